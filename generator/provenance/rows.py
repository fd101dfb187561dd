"""Rows of results, as a CSV file or a list of JSON objects has them, to logged values.

Columns of words say what a row is of: `RUN` columns name the run, `DATASET` columns the data set; `metric` with `value`
is the long form; all other columns of numbers are metrics. Rows of one run and data set that differ in a `SEED` column
are seeds, of which the mean is added; along a `STEP` column the last row counts, of each seed where there are such, and
else the largest and smallest value of each metric are kept beside it. A curve that ends in NaN has no last value.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from .logged import Cell, Logged

RUN = re.compile(r"method|model|run|variant|algorithm|approach|setting|config|system|experiment|name|condition", re.I)
DATASET = re.compile(r"data_?set|task|env(?:ironment)?|benchmark|corpus|domain", re.I)
SEED = re.compile(r"seed|fold|repeat|replicate|trial", re.I)
STEP = re.compile(r"epochs?|(?:global_?)?steps?|iter(?:ation)?s?|update|time_?stamp|wall_?time", re.I)
METRIC, VALUE = re.compile(r"metric|measure", re.I), re.compile(r"value|score|result", re.I)


def logged_rows(rows: Sequence[Mapping[str, Any]], run: str, path: str, dataset: str = "") -> list[Logged]:
    """The values of rows; `run` and `dataset` hold where no column says another."""
    heads = list(dict.fromkeys(key for row in rows for key in row if key))
    of_run, of_data = _column(heads, RUN, rows), _column(heads, DATASET, rows)
    seed, step = _named(heads, SEED), _named(heads, STEP)
    found: dict[Cell, dict[str, list[float]]] = {}
    for row in rows:
        place = (str(row.get(of_run) or run), str(row.get(of_data) or dataset))
        of_seed = str(row.get(seed)) if seed and step else ""
        for metric, value in _values(row, heads, {of_run, of_data, seed, step}):
            found.setdefault((*place, metric), {}).setdefault(of_seed, []).append(value)
    return [x for cell, curves in found.items() for x in _of_curves(cell, list(curves.values()), path, seed, step)]


def _of_curves(cell: Cell, curves: list[list[float]], path: str, seed: str, step: str) -> Iterator[Logged]:
    """The values of one cell: with a column of seeds and one of steps the last of each seed, else those of one list."""
    if seed and step:
        yield from of_cell(cell, [last_of(values) for values in curves], path, curve=False)
    else:
        yield from of_cell(cell, curves[0], path, curve=bool(step))


def of_cell(cell: Cell, values: Sequence[float], path: str, *, curve: bool) -> Iterator[Logged]:
    """The values of one cell: one mean, a curve, or seeds with their mean; seeds may be NaN, which no mean counts."""
    finite = [value for value in values if math.isfinite(value)]
    if len(values) == 1:
        yield Logged(*cell, "mean", values[0], path)
    elif curve:
        yield Logged(*cell, "mean", last_of(values), path)
        yield Logged(*cell, "other", max(finite, default=math.nan), f"largest of {path}")
        yield Logged(*cell, "other", min(finite, default=math.nan), f"smallest of {path}")
    else:
        yield Logged(*cell, "mean", statistics.fmean(finite) if finite else math.nan, path)
        yield from (Logged(*cell, "seed", value, path, str(place)) for place, value in enumerate(values))


def last_of(values: Sequence[float]) -> float:
    """The last finite value of a curve; NaN where more values without a number stand behind it than ever before.

    Some logs have NaN at all steps without an evaluation; a curve that diverged has them at the end.
    """
    finite = [value for value in values if math.isfinite(value)]
    gaps = [sum(1 for _ in group) for is_gap, group in groupby(values, lambda x: not math.isfinite(x)) if is_gap]
    ended = bool(values) and math.isfinite(values[-1])
    return finite[-1] if finite and (ended or gaps[-1] <= max(gaps[:-1], default=0)) else math.nan


def as_number(value: object) -> float | None:
    """The finite number that a cell holds, also as text; None for anything else."""
    number = _as_float(value)
    return number if number is not None and math.isfinite(number) else None


def _as_float(value: object) -> float | None:
    """The number that a cell holds, NaN and infinity among them; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(str(value).strip().rstrip("%"))
    except ValueError:
        return None


def _column(heads: Iterable[str], words: re.Pattern[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """The first column of that name that holds words rather than numbers; "" where there is none."""
    fitting = [head for head in heads if words.fullmatch(head.strip()) or words.match(head.strip())]
    return next((head for head in fitting if any(row.get(head) and as_number(row[head]) is None for row in rows)), "")


def _named(heads: Iterable[str], words: re.Pattern[str]) -> str:
    return next((head for head in heads if words.fullmatch(head.strip())), "")


def _values(row: Mapping[str, Any], heads: Sequence[str], others: set[str]) -> Iterator[tuple[str, float]]:
    metric, value = _named(heads, METRIC), _named(heads, VALUE)
    if metric and value and row.get(metric) and as_number(row[metric]) is None:
        number = _as_float(row.get(value))
        if number is not None:
            yield str(row[metric]), number
        return
    for head in heads:
        number = _as_float(row.get(head)) if head not in others else None
        if number is not None:
            yield head.strip(), number
