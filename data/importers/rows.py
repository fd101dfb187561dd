"""Rows of a table as Excel, pandas, a database or a crawler writes them: CSV, TSV, JSON lines, JSON.

Read are: a byte-order mark, UTF-16, `sep=;` in the first line, semicolons or tabs in a .csv, quoted fields in a .tsv,
line ends of any system, a column of row numbers without a name, empty columns at the end; in JSON an array of objects,
objects by id, or an object of columns; lines of JSON under the name of a document and the reverse.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import read_jsonl, read_text, whole_characters

SUFFIXES = (".tsv", ".csv", ".jsonl", ".json")
NESTED = ("paper", "content", "metadata", "review", "scores")
"""Objects in a row of JSON that hold fields of their own."""
DELIMITERS = (",", ";", "\t", "|")
OTHERS = {
    ".xlsx": "save the sheet as CSV UTF-8",
    ".xls": "save the sheet as CSV UTF-8",
    ".parquet": "import it with --hf",
    ".arrow": "import it with --hf",
    ".pkl": "save it as CSV or JSON lines; a pickle can run code",
}

csv.field_size_limit(2**31 - 1)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows as mappings from the columns' names.

    Raises InputError for another suffix, or at the line that is wrong.
    """
    suffix = path.suffix.lower()
    if suffix in (".jsonl", ".json"):
        yield from _json_rows(path) if _is_one_document(path, suffix) else (row for _, row in read_jsonl(path))
    elif suffix in SUFFIXES:
        yield from _lines(path, read_text(path, utf16=True), tabs=suffix == ".tsv")
    else:
        hint = f"; {OTHERS[suffix]}" if suffix in OTHERS else ""
        raise InputError(f"{path}: expected a file ending in {', '.join(SUFFIXES)}{hint}")


def _is_one_document(path: Path, suffix: str) -> bool:
    """Whether the file is one JSON document, by its first lines where these say otherwise than its name."""
    try:
        with path.open("rb") as stream:
            filled = (line.strip().removeprefix(codecs.BOM_UTF8) for line in stream if line.strip())
            first, more = next(filled, b""), any(filled)
    except OSError:
        return suffix == ".json"
    if suffix == ".jsonl":
        return first.startswith(b"[") or first == b"{"
    try:
        return not (more and isinstance(json.loads(first), Mapping))
    except (ValueError, RecursionError):
        return True


def _lines(path: Path, text: str, *, tabs: bool) -> Iterator[dict[str, Any]]:
    first, _, rest = text.partition("\n")
    delimiter = "\t" if tabs else ""
    skipped = 0
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text, skipped = first.strip()[4], rest, 1
    delimiter = delimiter or _delimiter(text)
    quoting = csv.QUOTE_NONE if tabs and not _quoted(text) else csv.QUOTE_MINIMAL
    reader = csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter, quoting=quoting)
    heads: list[str] = []
    try:
        heads = [head.strip() for head in next(reader, [])]
        rows = [(reader.line_num + skipped, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num + skipped}: {error}") from None
    if rows and "\n" in rows[-1][1][-1] and not text.rstrip().endswith('"'):
        raise InputError(f"{path}: a quotation mark is never closed; look from {rows[-1][1][0][:40]!r} on")
    named = [i for i, head in enumerate(heads) if head]
    nameless = [i for i, head in enumerate(heads) if not head]
    twice = sorted({heads[i] for i in named if heads.count(heads[i]) > 1})
    if twice:
        raise InputError(f"{path}: a column stands twice ({', '.join(twice)})")
    for number, (line, row) in enumerate(rows):
        if len(row) != len(heads):
            raise InputError(f"{path}:{line}: {len(heads)} columns expected, {len(row)} found")
        strange = [row[i] for i in nameless if row[i].strip() and not (i == 0 and row[i].strip() == str(number))]
        if strange:
            raise InputError(f"{path}:{line}: {strange[0][:40]!r} stands in a column without a name; name it")
        yield {heads[i]: row[i] for i in named}


def _delimiter(text: str) -> str:
    """What parts the names in the first line: the candidate that stands there most often, a comma where none does."""
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)


def _quoted(text: str) -> bool:
    """Whether fields of a table with tabs are quoted as in CSV: some are, with the quotation marks in them doubled."""
    fields = [field for line in text.splitlines() for field in line.split("\t")]
    quoted = [f[1:-1] for f in fields if len(f) > 1 and f[0] == f[-1] == '"']
    return any('""' in f for f in quoted) and all('"' not in f.replace('""', "") for f in quoted)


def _json_rows(path: Path) -> Iterator[dict[str, Any]]:
    try:
        value = whole_characters(json.loads(read_text(path, utf16=True)))
    except (ValueError, RecursionError) as error:
        words = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise InputError(f"{path}: not JSON ({words})") from None
    if isinstance(value, Mapping):
        lists = [item for item in value.values() if isinstance(item, list)]
        value = lists[0] if len(lists) == 1 and _all_objects(lists[0]) else _by_id_or_column(path, value)
    if not isinstance(value, list) or not _all_objects(value):
        raise InputError(f"{path}: expected an array of objects, or objects by the papers' ids")
    yield from value


def _all_objects(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, Mapping) for value in values)


def _by_id_or_column(path: Path, value: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of {id: row}; or of {column: {row: cell}} or {column: [cell, ...]}, as pandas writes them."""
    cells = list(value.values())
    if set(value) == {"columns", "index", "data"}:
        return [dict(zip(value["columns"], row, strict=True)) for row in value["data"]]
    if cells and all(isinstance(cell, list) for cell in cells) and len({len(cell) for cell in cells}) == 1:
        return [dict(zip(value, row, strict=True)) for row in zip(*cells, strict=True)]
    if not _all_objects(cells):
        raise InputError(f"{path}: expected an array of objects, or objects by the papers' ids")
    numbered = [str(i) for i in range(len(cells[0]))]
    if all(list(cell) == numbered for cell in cells) and numbered:
        return [{column: value[column][row] for column in value} for row in numbered]
    return [{"paper_id": name, **row} for name, row in value.items()]


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what stands in objects within it (`paper`, `content`, `review`, ...) beside the rest.

    What the row has under a name of its own stays.
    """
    inner = [value for name in NESTED if isinstance(value := row.get(name), Mapping) and "value" not in value]
    return {name: value for part in [*reversed(inner), row] for name, value in part.items()} if inner else dict(row)
