"""Rows of JSON: an array of objects, objects by id, an object of columns, or lines, whatever the file's name says.

An array and lines are read one by one, so that they may be larger than memory; the rest is read as a whole.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import read_jsonl, read_text, whole_characters
from .cells import SPLITS, refuse_other_class
from .json_stream import array_objects, is_array, loose_objects

TOLD = {
    "split": frozenset(SPLITS),
    "decision": frozenset(["accept", "accepted", "reject", "rejected", "oral", "spotlight", "poster"]),
}
"""Names of several arrays in an object that are cells of the rows in them."""


def json_rows(path: Path, suffix: str) -> Iterator[dict[str, Any]]:
    """The rows of a file that is called `suffix`, .json or .jsonl.

    Raises InputError, behind the rows before it, for what is neither.
    """
    yield from _document(path) if _is_one_document(path, suffix) else _by_line(path)


def _is_one_document(path: Path, suffix: str) -> bool:
    """Whether the file is one JSON document, by its first lines where these say otherwise than its name."""
    try:
        with path.open("rb") as stream:
            if stream.read(4096).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"["):
                return True
            stream.seek(0)
            filled = (line.strip().removeprefix(codecs.BOM_UTF8) for line in stream if line.strip())
            first, more = next(filled, b""), any(filled)
    except OSError:
        return suffix == ".json"
    if suffix == ".jsonl":
        return first == b"{"
    try:
        return not (more and isinstance(json.loads(first), Mapping))
    except (ValueError, RecursionError):
        return True


def _by_line(path: Path) -> Iterator[dict[str, Any]]:
    count = 0
    try:
        for _, row in read_jsonl(path):
            count += 1
            yield row
    except InputError as error:
        yield from _loose(path, error, after=count)


def _loose(path: Path, problem: InputError, *, after: int = 0) -> Iterator[dict[str, Any]]:
    """The objects of the file behind the first ones. Raises the problem where it holds anything else, or none."""
    count = after
    try:
        for row in islice(loose_objects(path), after, None):
            count += 1
            yield row
    except InputError:
        raise problem from None
    if not count:
        raise problem


def _document(path: Path) -> Iterator[dict[str, Any]]:
    if is_array(path):
        yield from array_objects(path)
        return
    try:
        value = whole_characters(json.loads(read_text(path, utf16=True)))
    except (ValueError, RecursionError) as error:
        words = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        yield from _loose(path, InputError(f"{path}: not JSON ({words})"))
        return
    if isinstance(value, Mapping):
        while len(value) == 1 and isinstance(inner := next(iter(value.values())), Mapping) and _lists(inner):
            value = inner
        lists = _lists(value)
        told = next(
            (field for field, names in TOLD.items() if len(lists) > 1 and set(lists) == set(value) <= names), ""
        )
        if told:
            value = [_told(path, told, name, row) for name, rows in lists.items() for row in rows]
        else:
            value = next(iter(lists.values())) if len(lists) == 1 else _by_id_or_column(path, value)
    if not isinstance(value, list) or not _all_objects(value):
        raise InputError(f"{path}: expected an array of objects, or objects by the papers' ids")
    yield from value


def _told(path: Path, field: str, name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what the name of its array tells. Raises InputError where the row says that it is of another one."""
    if field == "decision":
        refuse_other_class(name, row.get(field), str(path))
    elif SPLITS.get(str(row.get(field) or name).lower()) != SPLITS[name]:
        raise InputError(f"{path}: a row stands under {name!r} and says split {row[field]!r}; mend one of them")
    return {field: name, **row}


def _lists(value: Mapping[str, Any]) -> dict[str, Any]:
    """The arrays of objects in an object."""
    return {name: item for name, item in value.items() if isinstance(item, list) and _all_objects(item)}


def _all_objects(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, Mapping) for value in values)


def _by_id_or_column(path: Path, value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of {id: row}; or of {column: {row: cell}} or {column: [cell, ...]}, as pandas writes them."""
    cells = list(value.values())
    if set(value) == {"columns", "index", "data"}:
        return [dict(zip(value["columns"], row, strict=True)) for row in value["data"]]
    if cells and all(isinstance(cell, list) for cell in cells) and len({len(cell) for cell in cells}) == 1:
        return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]
    if cells and all(isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in cells):
        return [{"paper_id": name, "score": cell} for name, cell in value.items()]
    if not _all_objects(cells):
        raise InputError(f"{path}: expected an array of objects, or objects by the papers' ids")
    numbered = [name for name in cells[0] if name.isdecimal()]
    if numbered and all(list(cell) == numbered for cell in cells):
        return [{column: value[column][row] for column in value} for row in numbered]
    return [{"paper_id": name, **row} for name, row in value.items()]
