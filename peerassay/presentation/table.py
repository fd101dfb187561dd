"""The one table: a title, heads, rows of cells, a note. How it is drawn is up to the renderers beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Self

from .cell import NONE, Cell, number_of

Format = Literal["latex", "md", "csv"]
FORMATS: tuple[Format, ...] = ("latex", "md", "csv")
"""What `--table` takes; the renderers are in `formats`."""
NUMERIC = re.compile(r"[<>×±+\-−]?[.\d]")

Attributes = dict[str, str | None]
"""Of an element of HTML; None is none."""


@dataclass(frozen=True)
class Table:
    """A title, heads, and rows of as many cells; the first column names the row.

    A cell is text; a `Cell` carries the unrounded number behind it. `headline` is the head of the column to read
    first, by which `sorted` orders. A list or a text is a table of empty heads.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    headline: str = ""

    @property
    def named_by(self) -> int:
        """The column that names the row."""
        return 0

    def compact(self) -> Self:
        """Without the columns in which no row has anything; that which names the row stays, with those before it."""
        kept = (i for i in range(len(self.heads)) if i <= self.named_by or any(_shows(row[i]) for row in self.rows))
        return self.only(list(kept))

    def only(self, columns: list[int]) -> Self:
        """With these columns alone."""
        heads = tuple(self.heads[i] for i in columns)
        return replace(self, heads=heads, rows=tuple(tuple(row[i] for i in columns) for row in self.rows))

    def sorted(self) -> Self:
        """Rows by the headline, the highest first, those without a number last; equal ones stay in their order."""
        column = self.heads.index(self.headline)

        def place(row: tuple[str, ...]) -> float:
            value = number_of(row[column])
            return float("inf") if value is None else -value

        return replace(self, rows=tuple(sorted(self.rows, key=place)))

    def is_text(self, column: int) -> bool:
        """Whether a column is of words: the first is, and each in which less than half the cells begin as numbers.

        In a table of empty heads all are.
        """
        if column == 0 or not any(self.heads):
            return True
        cells = [row[column] for row in self.rows if row[column] not in (NONE, "")]
        return 2 * sum(NUMERIC.match(cell) is not None for cell in cells) < len(cells)

    def attributes(self) -> Attributes:
        """Of the table in HTML, as those below are of its parts."""
        return {}

    def head_attributes(self, column: int) -> Attributes:
        """Of a head; of its cells in HTML too."""
        return {"class": "text"} if self.is_text(column) else {}

    def row_attributes(self, row: int) -> Attributes:
        """Of a row: "headline" where its second cell begins with an asterisk, "oracle" where it does with that word."""
        second = self.rows[row][1] if len(self.heads) > 1 else ""
        return {"class": "headline" if second.startswith("* ") else "oracle" if second.startswith("oracle") else None}

    def cell_attributes(self, row: int, column: int) -> Attributes:
        """Of a cell."""
        cell = self.rows[row][column]
        tone = cell.tone if isinstance(cell, Cell) else ""
        return {"class": " ".join(filter(None, (self.head_attributes(column).get("class"), tone))) or None}


def _shows(cell: str) -> bool:
    return cell not in (NONE, "") or (isinstance(cell, Cell) and cell.drawing is not None)


def listed(title: str, rows: Iterable[tuple[str, ...]]) -> Table:
    """A list of labels with their words (or of marks with texts) below a title: a table of two empty heads."""
    return Table(title, ("", ""), tuple(rows))
