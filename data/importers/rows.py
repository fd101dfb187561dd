"""Rows of a table as Excel, pandas, a database or a crawler writes them: CSV, TSV, JSON lines, JSON.

Read are: a byte-order mark, UTF-16, `sep=;` in the first line, semicolons or tabs in a .csv, quoted fields in a .tsv,
line ends of any system, a column of row numbers without a name, empty columns at the end; in JSON an array of objects,
objects by id, or an object of columns; lines of JSON under the name of a document and the reverse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from .delimited import delimited_rows
from .json_rows import json_rows

SUFFIXES = (".tsv", ".csv", ".jsonl", ".json", ".ndjson")
NESTED = ("paper", "content", "metadata", "review", "scores")
"""Objects in a row of JSON that hold fields of their own."""
FLATTENED = re.compile(r"^(?:(?:paper|content|metadata|review|note|scores)\.)*([^.]+)(?:\.value)?$")
"""A field within objects as `pandas.json_normalize` names it."""
OTHERS = {
    ".xlsx": "save the sheet as CSV UTF-8",
    ".xls": "save the sheet as CSV UTF-8",
    ".parquet": "import it with --hf",
    ".arrow": "import it with --hf",
    ".feather": "save it as CSV or JSON lines",
    ".ods": "save the sheet as CSV UTF-8",
    ".gz": "unpack it",
    ".zip": "unpack it",
    ".txt": "call it .csv, or .tsv where tabs part its columns",
    ".pkl": "save it as CSV or JSON lines; a pickle can run code",
}

MAGIC = {
    b"pk\x03\x04": ("an Excel workbook or a zip file", "save the sheet as CSV UTF-8, or unpack it"),
    b"\xd0\xcf\x11\xe0": ("an Excel workbook", "save the sheet as CSV UTF-8"),
    b"\x1f\x8b": ("compressed", "unpack it"),
    b"par1": ("a Parquet file", "import it with --hf"),
    b"%pdf-": ("a PDF", "give the table"),
    b"<!doctype": ("a web page", "download the table itself"),
    b"<html": ("a web page", "download the table itself"),
    b"version https://git-lfs": ("a pointer of Git LFS", "fetch the file with `git lfs pull`"),
}
"""How files that are no tables begin."""


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows as mappings from the columns' names.

    Raises InputError for another suffix, or at the line that is wrong.
    """
    suffix = path.suffix.lower().replace(".ndjson", ".jsonl")
    _refuse_other_kinds(path)
    if suffix in (".jsonl", ".json"):
        yield from json_rows(path, suffix)
    elif suffix in SUFFIXES:
        yield from delimited_rows(path, tabs=suffix == ".tsv")
    else:
        hint = f"; {OTHERS[suffix]}" if suffix in OTHERS else ""
        raise InputError(f"{path}: expected a file ending in {', '.join(SUFFIXES)}{hint}")


def named_rows(path: Path) -> tuple[list[str], Iterable[dict[str, Any]]]:
    """The names of the columns, and the rows, of which JSON is read twice: a file may be larger than memory.

    Raises InputError as `read_rows`.
    """
    again = path.suffix.lower() not in (".csv", ".tsv")
    rows = read_rows(path) if again else [*read_rows(path)]
    names = dict.fromkeys(name for row in rows for name in row)
    return [*names], read_rows(path) if again else rows


def _refuse_other_kinds(path: Path) -> None:
    """Raise InputError for a file whose first bytes say that it is no table, whatever its name."""
    try:
        with path.open("rb") as stream:
            head = stream.read(200).lstrip().lower()
    except OSError:
        return
    for start, (kind, way) in MAGIC.items():
        if head.startswith(start) and path.suffix.lower() not in OTHERS:
            raise InputError(f"{path}: is {kind}, whatever its name says; {way}")


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what stands in objects within it (`paper`, `content`, `review`, ...) beside the rest, also where
    pandas has flattened them ("content.title.value") or they are JSON as a text.

    What the row has under a name of its own stays.
    """
    given = {name: opened(value) if name in NESTED else value for name, value in row.items()}
    inner = [value for name in NESTED if isinstance(value := given.get(name), Mapping) and "value" not in value]
    dotted = {short: value for name, value in row.items() if (short := FLATTENED.sub(r"\1", name)) != name}
    whole = {name: value for name, value in given.items() if FLATTENED.sub(r"\1", name) == name}
    return {name: value for part in [*reversed(inner), dotted, whole] for name, value in part.items()}


def opened(value: Any) -> Any:
    """The object that JSON in a cell says; the cell itself where it is none."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return value
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return found if isinstance(found, dict) else value
