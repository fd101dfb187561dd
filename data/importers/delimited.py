"""A table whose cells a sign parts, CSV or TSV, as Excel, pandas, R, a database or a crawler writes it.

It is read row by row, twice: once for its shape, once for its rows; so it may be larger than memory. One that changes
meanwhile is refused.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ..errors import InputError
from ..file_state import State, refuse_change, state_of
from ..files import open_text

IDS = ("paperid", "id", "forum", "forumid", "paper", "submissionid", "noteid")
"""Names of ids beside which a column without a name holds none."""
DELIMITERS = (",", ";", "\t", "|")

csv.field_size_limit(2**31 - 1)


def delimited_rows(path: Path, *, tabs: bool) -> Iterator[dict[str, str]]:
    """The rows of a .csv, or with `tabs` of a .tsv, as mappings from the columns' names.

    Raises InputError at the line that is wrong, and where the file changes meanwhile.
    """
    records = _Records(path, tabs=tabs)
    heads, widths, last = [], set[int](), ["", ""]
    for number, (_, row) in enumerate(records):
        if not number:
            heads = [head.strip() for head in row]
        else:
            widths.add(len(row))
            last = row[0], row[-1]
    if "\n" in last[1] and not records.last_line.rstrip().endswith('"'):
        raise InputError(f"{path}: a quotation mark is never closed; look from {last[0][:40]!r} on")
    if widths == {len(heads) + 1} and all(heads):
        heads = ["", *heads]
    numbered = False
    if heads and not heads[0]:
        first = [row[0].strip() for _, row in islice(records, 1, None)]
        numbered = _counts(first)
        heads = _with_index(heads, first)
    named = [i for i, head in enumerate(heads) if head]
    nameless = [i for i, head in enumerate(heads) if not head]
    twice = sorted({heads[i] for i in named if heads.count(heads[i]) > 1})
    if twice:
        raise InputError(f"{path}: a column stands twice ({', '.join(twice)})")
    for line, row in islice(records, 1, None):
        if len(row) != len(heads):
            raise InputError(f"{path}:{line}: {len(heads)} columns expected, {len(row)} found")
        strange = [row[i] for i in nameless if row[i].strip() and not (i == 0 and numbered)]
        if strange:
            raise InputError(f"{path}:{line}: {strange[0][:40]!r} stands in a column without a name; name it")
        yield {heads[i]: row[i] for i in named}


class _Records:
    """The names of the columns, then each row that is not empty, with the number of its last line."""

    def __init__(self, path: Path, *, tabs: bool) -> None:
        self.last_line = ""
        """The last line that is not empty of those that were read."""
        self._path, self._skipped = path, 0
        self._begun: State | None = None
        first = self._first_line()
        delimiter = "\t" if tabs and "\t" in first else ""
        if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
            delimiter = first.strip()[4]
            self._skipped += 1
            first = self._first_line()
        self._delimiter = delimiter or max(DELIMITERS, key=first.count)
        self._plain = self._delimiter == "\t" and tabs and not self._quoted(first)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Raises InputError at a line that is wrong."""
        quoting = csv.QUOTE_NONE if self._plain else csv.QUOTE_MINIMAL
        reader = csv.reader(self._lines(), delimiter=self._delimiter, quoting=quoting)
        heads = True
        try:
            for row in reader:
                if heads or any(cell.strip() for cell in row):
                    yield reader.line_num + self._skipped, row
                heads = False
        except csv.Error as error:
            raise InputError(f"{self._path}:{reader.line_num + self._skipped}: {error}") from None

    def _lines(self) -> Iterator[str]:
        with open_text(self._path) as stream:
            self._begun = self._begun or state_of(stream.fileno())
            refuse_change(self._path, self._begun, state_of(stream.fileno()))
            for given in islice(stream, self._skipped, None):
                line = given.replace("\0", "")
                if line.strip():
                    self.last_line = line
                yield line
            refuse_change(self._path, self._begun, state_of(stream.fileno()))

    def _first_line(self) -> str:
        """The first line that is not empty; those before it are passed over from now on."""
        for line in self._lines():
            if line.strip("\r\n"):
                return line
            self._skipped += 1
        return ""

    def _quoted(self, first: str) -> bool:
        """Whether fields of a table with tabs are quoted as in CSV: all names are, or some fields with the quotation
        marks in them doubled."""
        if all(len(name) > 1 and name[0] == name[-1] == '"' for name in first.strip().split("\t")):
            return True
        fields = (field for line in self._lines() for field in line.rstrip("\r\n").split("\t"))
        doubled = False
        for field in fields:
            if len(field) > 1 and field[0] == field[-1] == '"':
                if '"' in field[1:-1].replace('""', ""):
                    return False
                doubled = doubled or '""' in field[1:-1]
        return doubled


def _with_index(heads: list[str], first: list[str]) -> list[str]:
    """The names, that of a first column of row numbers or names included, which pandas and R leave out."""
    if not all(first) or len({*first}) < len(first) or _counts(first):
        return heads
    if any(re.sub(r"[\W_]+", "", head).lower() in IDS for head in heads):
        return heads
    return ["paper_id", *heads[1:]]


def _counts(cells: list[str]) -> bool:
    """Whether the cells are numbers of rows, of which some may be gone, in any order."""
    return all(cell.isdecimal() for cell in cells) and len({*cells}) == len(cells)
