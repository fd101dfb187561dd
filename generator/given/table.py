"""A tidy table of results, CSV, TSV or JSON: a row for each run, dataset and seed, metrics as columns or as rows."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.importers.rows import read_rows
from ..latex.words import count
from .cells import Decimal, has_decimal_commas, reader_of
from .columns import HINT, Columns, roles_of
from .contradiction import contradiction, joined, text_of
from .observations import Observations

LARGEST = 200
"""Megabytes of a table."""
THE_DATA = "data"
"""The dataset where no column names one."""
Place = tuple[str, str, str, str]
"""Run, dataset, metric and seed."""


def read_table(
    path: Path, given: Mapping[str, Sequence[str]], decimal: Decimal | None, found: Observations,
    *, run: str = "", seed: str = "",
) -> None:  # fmt: skip
    """Add the values of a table to `found`; `run` and `seed` hold where no column names others.

    Raises InputError where the table is too large or empty, its columns can be read in more than one way, a cell has
    text for a number, or two rows say different things of the same run, dataset, seed and metric.
    """
    rows = _rows(path)
    columns = roles_of(rows, given, path.name)
    if not columns.run and not run:
        heads = ", ".join(dict.fromkeys(key for row in rows for key in row))
        raise InputError(f"{path.name}: no column names the run (columns: {heads}); {HINT}")
    found.said.append(f"{path.name}: {columns.in_words}")
    counted = not (columns.seed or columns.by_seed or seed)
    repeats: Counter[tuple[str, str, str]] = Counter()
    twice = 0
    for (of_run, dataset, metric, of_seed), value, where in _values(rows, columns, decimal, found, path.name):
        cell = (of_run or run, dataset, metric)
        repeats[cell] += 1
        place = (*cell, str(repeats[cell]) if counted else of_seed or seed)
        before = found.places.setdefault(place, (value, where))
        if before[1] != where:
            if not _same(before[0], value):
                raise InputError(contradiction(rows, columns, path.name, before[1], where, place))
            twice += 1
        found.cell(*cell).seeds[place[3]] = value
    if twice:
        found.said.append(f"{path.name}: {count(twice, 'value')} given twice, counted once")
    if counted and any(number > 1 for number in repeats.values()):
        found.unnamed_seeds = found.unnamed_rows = True
        found.said.append(f"{path.name}: no column of seeds; rows of the same run and dataset are taken for repeats")


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        size = path.stat().st_size / 1e6
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if size > LARGEST:
        raise InputError(f"{path}: {size:.0f} MB; at most {LARGEST} MB are read: keep the final value of each run")
    rows = list(read_rows(path))
    if not rows:
        raise InputError(f"{path}: no rows")
    return rows


def _values(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    decimal: Decimal | None,
    found: Observations,
    name: str,
) -> Iterator[tuple[Place, float, str]]:
    """Each value with its place and its row; of a table with steps the last row of each run, dataset and seed."""
    numbered = list(enumerate(rows, 2))
    if columns.step:
        numbered = _last_steps(numbered, columns, decimal, name)
        found.said.append(f"{name}: along {columns.step} the last row of each run counts")
    elif not columns.seed and not columns.by_seed:
        _refuse_steps(rows, columns, name)
    heads = [columns.value] if columns.metric else [*columns.metrics, *columns.by_seed]
    readers = {head: reader_of(head, [row.get(head) for row in rows], decimal) for head in heads}
    if commas := [h for h in heads if decimal is None and has_decimal_commas([row.get(h) for row in rows])]:
        found.said.append(f"{name}: decimal commas in {', '.join(commas)}")
    for number, row in numbered:
        where = f"{name}:{number}"
        named = (_run_of(row, columns, where), joined(row, columns.dataset) or THE_DATA)
        seed = text_of(row, columns.seed)
        for head in heads:
            value = readers[head](row.get(head), where)
            metric, by_seed = columns.by_seed.get(head, (head, seed))
            metric = text_of(row, columns.metric) if columns.metric else metric
            if value is not None and metric:
                yield (*named, metric, by_seed), value, where


def _run_of(row: Mapping[str, Any], columns: Columns, where: str) -> str:
    if columns.run and not joined(row, columns.run):
        raise InputError(f"{where}: nothing in the column of runs ({', '.join(columns.run)}); fill it or drop the row")
    return joined(row, columns.run)


def _last_steps(
    numbered: Sequence[tuple[int, Mapping[str, Any]]], columns: Columns, decimal: Decimal | None, name: str
) -> list[tuple[int, Mapping[str, Any]]]:
    """The rows with the largest step of each run, dataset, seed and metric."""
    read = reader_of(columns.step, [row.get(columns.step) for _, row in numbered], decimal)
    last: dict[tuple[str, ...], tuple[float, int, Mapping[str, Any]]] = {}
    for number, row in numbered:
        key = (joined(row, columns.run), joined(row, columns.dataset), text_of(row, columns.seed),
               text_of(row, columns.metric))  # fmt: skip
        step = read(row.get(columns.step), f"{name}:{number}")
        if step is not None and (key not in last or step >= last[key][0]):
            last[key] = (step, number, row)
    return sorted(((number, row) for _, number, row in last.values()), key=lambda pair: pair[0])


def _refuse_steps(rows: Sequence[Mapping[str, Any]], columns: Columns, name: str) -> None:
    """Raises InputError where a column counts the rows of each run, so that they may be steps as well as seeds."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault((joined(row, columns.run), joined(row, columns.dataset)), []).append(row)
    for head in columns.metrics:
        counted = [[text_of(row, head) for row in group] for group in groups.values()]
        if all(len(texts) > 1 and all(text.isdecimal() for text in texts) for texts in counted) and all(
            all(int(a) < int(b) for a, b in pairwise(texts)) for texts in counted
        ):
            raise InputError(f"{name}: column {head!r} counts the rows of each run: is it the seed or a step? {HINT}")


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))
