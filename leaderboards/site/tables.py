"""Tables of the site before they are HTML: columns, cells and what they are sorted by, rows that can be filtered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from ...presentation.cell import NONE
from ...statistics.estimate import Estimate
from ..boards import Histogram
from .axes import round_values, tick_label

Sorted = Literal["descending", "ascending"]


@dataclass(frozen=True)
class PixelAxis:
    """Values from `low` to `high` on pixels from `start` to `end`, shared by the drawings of a table's column."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value; one beyond the axis is at its end."""
        value = min(max(value, self.low), self.high)
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Pixel and label of round values, at most about `most`."""
        values = round_values(most).tick_values(self.low, self.high)
        return [(self.at(value), tick_label(value)) for value in values if self.low <= value <= self.high]


@dataclass(frozen=True)
class IntervalBar:
    """An estimate on the axis of its column; `reference` is a value to compare with, as .5 for AUC."""

    axis: PixelAxis
    estimate: Estimate
    label: str
    reference: float | None = None


@dataclass(frozen=True)
class Sparkline:
    """A histogram for a cell, on the axis of its column; its highest bar fills the height."""

    histogram: Histogram
    axis: PixelAxis
    label: str


@dataclass(frozen=True)
class Column:
    """A column; `about` is the anchor of its explanation, `first` the order of the first click on it."""

    key: str
    label: str
    about: str = ""
    kind: Literal["number", "text", "drawing"] = "number"
    first: Sorted = "descending"
    axis: PixelAxis | None = None


@dataclass(frozen=True)
class Cell:
    """A cell; `value` is what it is sorted by, None is unknown and last."""

    text: str
    value: float | str | None = None
    small: str = ""
    href: str = ""
    tags: tuple[str, ...] = ()
    drawing: IntervalBar | Sparkline | None = None


@dataclass(frozen=True)
class Row:
    """A row; a filter by kind, status or part passes over rows where that is empty. `look` is a class of the style."""

    cells: tuple[Cell, ...]
    kind: str = ""
    status: str = ""
    part: str = ""
    look: str = ""


@dataclass(frozen=True)
class Grid:
    """A table with a caption, `facts` in it; `head` is the place of the column that names the row."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    facts: str = ""
    note: str = ""
    head: int = 0
    sortable: bool = True

    def without_empty_columns(self) -> Grid:
        """The table without columns in which no row has anything."""
        kept = [
            i
            for i, column in enumerate(self.columns)
            if i <= self.head or any(row.cells[i].text not in ("", NONE) or row.cells[i].drawing for row in self.rows)
        ]
        rows = tuple(replace(row, cells=tuple(row.cells[i] for i in kept)) for row in self.rows)
        return replace(self, columns=tuple(self.columns[i] for i in kept), rows=rows)


@dataclass(frozen=True)
class Select:
    """A filter by one of a few values: the attribute of rows that it looks at, and value and words of each choice."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
