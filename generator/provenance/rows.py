"""Rows of results, as a CSV file or a list of JSON objects has them, to logged values.

Columns of words say what a row is of: `RUN` columns name the run, `DATASET` columns the data set; `metric` with `value`
is the long form; all other columns of numbers are metrics. Rows of one run and data set that differ in a `SEED` column
are seeds, of which the mean is added; along a `STEP` column the last row counts, and the largest and smallest value of
each metric are kept beside it.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    found: dict[Cell, list[float]] = {}
    for row in rows:
        place = (str(row.get(of_run) or run), str(row.get(of_data) or dataset))
        for metric, value in _values(row, heads, {of_run, of_data, seed, step}):
            found.setdefault((*place, metric), []).append(value)
    return [x for cell, values in found.items() for x in of_cell(cell, values, path, curve=bool(step) and not seed)]


def of_cell(cell: Cell, values: Sequence[float], path: str, *, curve: bool) -> Iterator[Logged]:
    """The values of one cell: one mean, a curve, or seeds with their mean; seeds may be NaN, which no mean counts."""
    finite = [value for value in values if math.isfinite(value)]
    if len(values) == 1:
        yield Logged(*cell, "mean", values[0], path)
    elif curve:
        yield Logged(*cell, "mean", values[-1], path)
        yield Logged(*cell, "other", max(values), f"largest of {path}")
        yield Logged(*cell, "other", min(values), f"smallest of {path}")
    else:
        yield Logged(*cell, "mean", statistics.fmean(finite) if finite else math.nan, path)
        yield from (Logged(*cell, "seed", value, path, str(place)) for place, value in enumerate(values))


def as_number(value: object) -> float | None:
    """The finite number that a cell holds, also as text; None for anything else."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(str(value).strip().rstrip("%"))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _column(heads: Iterable[str], words: re.Pattern[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """The first column of that name that holds words rather than numbers; "" where there is none."""
    fitting = [head for head in heads if words.fullmatch(head.strip()) or words.match(head.strip())]
    return next((head for head in fitting if any(row.get(head) and as_number(row[head]) is None for row in rows)), "")


def _named(heads: Iterable[str], words: re.Pattern[str]) -> str:
    return next((head for head in heads if words.fullmatch(head.strip())), "")


def _values(row: Mapping[str, Any], heads: Sequence[str], others: set[str]) -> Iterator[tuple[str, float]]:
    metric, value = _named(heads, METRIC), _named(heads, VALUE)
    if metric and value and row.get(metric) and as_number(row[metric]) is None:
        number = as_number(row.get(value))
        if number is not None:
            yield str(row[metric]), number
        return
    for head in heads:
        number = as_number(row.get(head)) if head not in others else None
        if number is not None:
            yield head.strip(), number
