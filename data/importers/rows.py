"""Rows of a table as Excel, pandas, a database or a crawler writes them: CSV, TSV, JSON lines, JSON.

Read are: a byte-order mark, UTF-16, `sep=;` in the first line, semicolons or tabs in a .csv, quoted fields in a .tsv,
line ends of any system, a column of row numbers without a name, empty columns at the end; in JSON an array of objects,
objects by id, or an object of columns; lines of JSON under the name of a document and the reverse.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import read_text
from .json_rows import json_rows

SUFFIXES = (".tsv", ".csv", ".jsonl", ".json", ".ndjson")
NESTED = ("paper", "content", "metadata", "review", "scores")
"""Objects in a row of JSON that hold fields of their own."""
IDS = ("paperid", "id", "forum", "forumid", "paper", "submissionid", "noteid")
"""Names of ids beside which a column without a name holds none."""
FLATTENED = re.compile(r"^(?:(?:paper|content|metadata|review|note|scores)\.)*([^.]+)(?:\.value)?$")
"""A field within objects as `pandas.json_normalize` names it."""
DELIMITERS = (",", ";", "\t", "|")
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

csv.field_size_limit(2**31 - 1)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows as mappings from the columns' names.

    Raises InputError for another suffix, or at the line that is wrong.
    """
    suffix = path.suffix.lower().replace(".ndjson", ".jsonl")
    _refuse_other_kinds(path)
    if suffix in (".jsonl", ".json"):
        yield from json_rows(path, suffix)
    elif suffix in SUFFIXES:
        yield from _lines(path, read_text(path, utf16=True), tabs=suffix == ".tsv")
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


def _lines(path: Path, text: str, *, tabs: bool) -> Iterator[dict[str, Any]]:
    text = text.replace("\0", "").lstrip("\r\n")
    first, _, rest = text.partition("\n")
    delimiter = "\t" if tabs and "\t" in first else ""
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text, skipped = first.strip()[4], rest, 1
    delimiter = delimiter or _delimiter(text)
    plain = delimiter == "\t" and tabs and not _quoted(text)
    quoting = csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    heads: list[str] = []
    try:
        heads = [head.strip() for head in next(reader, [])]
        rows = [(reader.line_num + skipped, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num + skipped}: {error}") from None
    if rows and "\n" in rows[-1][1][-1] and not text.rstrip().endswith('"'):
        raise InputError(f"{path}: a quotation mark is never closed; look from {rows[-1][1][0][:40]!r} on")
    heads = _with_index(heads, [row for _, row in rows])
    named = [i for i, head in enumerate(heads) if head]
    nameless = [i for i, head in enumerate(heads) if not head]
    twice = sorted({heads[i] for i in named if heads.count(heads[i]) > 1})
    if twice:
        raise InputError(f"{path}: a column stands twice ({', '.join(twice)})")
    numbered = _counts([row[0].strip() for _, row in rows])
    for line, row in rows:
        if len(row) != len(heads):
            raise InputError(f"{path}:{line}: {len(heads)} columns expected, {len(row)} found")
        strange = [row[i] for i in nameless if row[i].strip() and not (i == 0 and numbered)]
        if strange:
            raise InputError(f"{path}:{line}: {strange[0][:40]!r} stands in a column without a name; name it")
        yield {heads[i]: row[i] for i in named}


def _with_index(heads: list[str], rows: list[list[str]]) -> list[str]:
    """The names, that of a first column of row numbers or names included, which pandas and R leave out."""
    if rows and all(len(row) == len(heads) + 1 for row in rows) and all(heads):
        heads = ["", *heads]
    first = [row[0].strip() for row in rows if row]
    if not heads or heads[0] or not all(first) or len({*first}) < len(first) or _counts(first):
        return heads
    if any(re.sub(r"[\W_]+", "", head).lower() in IDS for head in heads):
        return heads
    return ["paper_id", *heads[1:]]


def _counts(cells: list[str]) -> bool:
    """Whether the cells are numbers of rows, of which some may be gone, in any order."""
    return all(cell.isdecimal() for cell in cells) and len({*cells}) == len(cells)


def _delimiter(text: str) -> str:
    """What parts the names in the first line: the candidate that stands there most often, a comma where none does."""
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _quoted(text: str) -> bool:
    """Whether fields of a table with tabs are quoted as in CSV: all names are, or some fields with the quotation marks
    in them doubled."""
    names = text.partition("\n")[0].strip().split("\t")
    if all(len(name) > 1 and name[0] == name[-1] == '"' for name in names):
        return True
    fields = [field for line in text.splitlines() for field in line.split("\t")]
    quoted = [f[1:-1] for f in fields if len(f) > 1 and f[0] == f[-1] == '"']
    return any('""' in f for f in quoted) and all('"' not in f.replace('""', "") for f in quoted)


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
