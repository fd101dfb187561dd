"""Tables of the site: the one Table, whose columns can be sorted and explained and whose rows can be filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, Self

from ...presentation.cell import NONE, Cell
from ...presentation.pages import quiet
from ...presentation.table import Attributes, Table
from .bars import ColumnAxis

Sorted = Literal["descending", "ascending"]
DENSE = 13
"""More columns than this stand closer together."""
LONG = 80
"""Names of more characters are cut after four lines."""


@dataclass(frozen=True)
class Column:
    """A column; `about` is the anchor of its explanation, `first` the order of the first click on it."""

    key: str
    label: str
    about: str = ""
    kind: Literal["number", "text", "drawing"] = "number"
    first: Sorted = "descending"
    axis: ColumnAxis | None = None

    @property
    def head(self) -> Cell:
        """What stands above the column."""
        return Cell(self.label, href=f"metrics.html#{self.about}" if self.about else "", drawing=self.axis)


class Row(NamedTuple):
    """A row; a filter by kind, status, part or robustness passes over rows where that is empty. `look` is a class."""

    cells: tuple[Cell, ...]
    kind: str = ""
    status: str = ""
    part: str = ""
    look: str = ""
    robust: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardTable(Table):
    """A table with an id, its columns, and what its rows are filtered by (rows without their cells, in order)."""

    id: str
    columns: tuple[Column, ...]
    marks: tuple[Row, ...]
    sortable: bool = True

    @property
    def named_by(self) -> int:
        """The column that names the row: the first one but for the rank."""
        return int(self.columns[0].key == "rank")

    def only(self, columns: list[int]) -> Self:
        """With these columns alone."""
        return replace(super().only(columns), columns=tuple(self.columns[i] for i in columns))

    def is_text(self, column: int) -> bool:
        """Whether a column is of words."""
        return self.columns[column].kind == "text"

    def attributes(self) -> Attributes:
        """Of the table: its id, and whether a click sorts it."""
        dense = "dense" if len(self.columns) > DENSE else None
        return {"id": self.id, "class": dense, "data-sortable": "" if self.sortable else None}

    def head_attributes(self, column: int) -> Attributes:
        """Of a head: its column's kind and what sorting goes by."""
        c = self.columns[column]
        by = "text" if c.kind == "text" else "number"
        return {"class": c.kind, "data-key": c.key, "data-type": by, "data-first": c.first}

    def row_attributes(self, row: int) -> Attributes:
        """Of a row: its look and what filters go by."""
        mark = self.marks[row]
        found = {"class": mark.look, "data-kind": mark.kind, "data-status": mark.status, "data-part": mark.part,
                 "data-robust": mark.robust}  # fmt: skip
        return {name: value or None for name, value in found.items()}

    def cell_attributes(self, row: int, column: int) -> Attributes:
        """Of a cell: what it is sorted by, nothing where that is unknown."""
        cell, c = self.rows[row][column], self.columns[column]
        words = c.kind == "text" and cell not in (NONE, "")
        value = quiet(cell) if words else str(cell.value) if isinstance(cell, Cell) and cell.value is not None else None
        looks = [c.kind, *(["long"] if len(cell) > LONG else []), *(["status"] if c.key == "status" else [])]
        low, high = (cell.low, cell.high) if isinstance(cell, Cell) and cell.drawing is None else (None, None)
        ends = {"data-low": low, "data-high": high} if low is not None and high is not None else {}
        return {"class": " ".join(looks), "data-value": value, **{name: str(end) for name, end in ends.items()}}


def board_table(
    id: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    facts: str = "",
    note: str = "",
    sortable: bool = True,
) -> BoardTable:
    """A table of these rows without the columns in which none has anything; `facts` stand beside the title."""
    found = tuple(rows)
    table = BoardTable(
        title=Cell(title, small=facts),
        heads=tuple(column.head for column in columns),
        rows=tuple(row.cells for row in found),
        note=note,
        id=id,
        columns=tuple(columns),
        marks=tuple(row._replace(cells=()) for row in found),
        sortable=sortable,
    )
    return table.compact()


class Choices(NamedTuple):
    """Columns of a page's tables: those that can be hidden by key and label, and orders by metric with their words."""

    shown: tuple[tuple[str, str], ...]
    orders: tuple[tuple[str, str], ...]


def column_choices(tables: Iterable[BoardTable]) -> Choices:
    """What a reader can choose of the columns of these tables; that which names the row always stays."""
    found = {c.key: c for table in tables for i, c in enumerate(table.columns) if i != table.named_by}
    words = {"descending": "highest first", "ascending": "lowest first"}
    return Choices(
        tuple((c.key, c.label) for c in found.values()),
        tuple(
            (f"{c.key}:{c.first}", f"{c.label}, {words[c.first]}")
            for c in found.values()
            if c.kind == "number" and c.key != "rank"
        ),
    )


class Select(NamedTuple):
    """A filter by one of a few values: the attribute of rows that it looks at, and value and words of each choice."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
