"""Two rows of a table that say different things of the same value, and what may part them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .columns import Columns
from .directions import by_name


def joined(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """What the columns say, with their names where there are several."""
    if len(names) == 1:
        return text_of(row, names[0])
    return ", ".join(f"{name} {text_of(row, name)}" for name in names if text_of(row, name))


def text_of(row: Mapping[str, Any], name: str) -> str:
    """What a column says in a row, on one line; empty without the column."""
    value = row.get(name) if name else None
    return "" if value is None else " ".join(str(value).split())


def contradiction(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    file: str,
    one: str,
    other: str,
    place: tuple[str, str, str, str],
) -> str:
    """What is said of two values of the same run, dataset, metric and seed; `one` and `other` are files and rows."""
    run, dataset, metric, seed = place
    what = f"run {run!r}, dataset {dataset!r}" + (f", seed {seed!r}" if seed else "")
    start = f"{one} and {other} both give {metric} of {what}, with different values"
    if not one.startswith(f"{file}:"):
        return f"{start}; leave one of the files out"
    first, second = (rows[int(where.rpartition(":")[2]) - 2] for where in (one, other))
    known = {*columns.run, *columns.dataset, columns.seed, columns.metric, columns.value}
    parting = [head for head in first if head not in known and text_of(first, head) != text_of(second, head)]
    setting = next((head for head in parting if by_name(head) is None), "")
    hint = f": is it --column run={','.join([*columns.run, setting])}?" if setting else "; keep one of the rows"
    return f"{start}; they differ in {', '.join(parting)}{hint}"
