"""Tables of the site before they are HTML: columns, cells and what they are sorted by, rows that can be filtered."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ...presentation.numbers import NONE, number
from ...statistics.estimate import Estimate
from ..boards import Histogram, Place
from .charts import round_values, tick_label

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

    def told(self) -> Grid:
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


UNKNOWN, UNDRAWN = Cell(NONE), Cell("")


def number_cell(value: float | None, digits: int = 3, small: str = "") -> Cell:
    """A number; a dash that sorts last where it is unknown."""
    return Cell(number(value, digits), value, small if value is not None else "")


def estimated(estimate: Estimate | None, digits: int = 3, *, interval: bool = True, small: str = "") -> Cell:
    """An estimate with its interval below it, or with other words there."""
    if estimate is None or estimate.value is None:
        return UNKNOWN
    return number_cell(estimate.value, digits, small or (span(estimate, digits) if interval else ""))


def span(estimate: Estimate, digits: int = 3) -> str:
    """The interval as "[.646, .734]"; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return f"[{number(estimate.low, digits)}, {number(estimate.high, digits)}]"


def money(usd: float | None) -> Cell:
    """US dollars with three significant digits; a dash where unknown."""
    return UNKNOWN if usd is None else Cell(dollars(usd), usd)


def dollars(usd: float | None) -> str:
    """US dollars for a table: "$12.40", "$.0031", "$0"; "unknown"."""
    if usd is None:
        return "unknown"
    if usd == 0:
        return "$0"
    return f"${usd:,.2f}" if usd >= 1 else f"${number(usd, 2 if usd >= 0.1 else 4)}"


def share(count: int, of: int) -> Cell:
    """A count of a whole, sorted by the share."""
    return Cell(f"{count:,}/{of:,}", count / of) if of else UNKNOWN


def ranked(place: Place | None) -> Cell:
    """A rank with its order interval, as "1 (1–2)"; ties as "1="."""
    if place is None:
        return UNKNOWN
    order = f"({place.low}–{place.high})" if place.low != place.high else f"({place.low})"
    return Cell(f"{place.rank}{'=' if place.tied else ''}", place.rank, order)


def bar(axis: PixelAxis, estimate: Estimate | None, what: str, reference: float | None = None, digits: int = 3) -> Cell:
    """An estimate as a drawing on the column's axis, said in words for who cannot see it."""
    if estimate is None or estimate.value is None:
        return UNDRAWN
    label = f"{what} {number(estimate.value, digits)}"
    if estimate.low is not None and estimate.high is not None:
        label += f", 95% interval {number(estimate.low, digits)} to {number(estimate.high, digits)}"
    return Cell("", estimate.value, drawing=IntervalBar(axis, estimate, label, reference))


def choices(name: str, label: str, found: Sequence[tuple[str, str]]) -> tuple[Select, ...]:
    """A filter over the values found, each once, in their order; none where there is nothing to choose from."""
    options = tuple(dict(found).items())
    return (Select(name, label, options),) if len(options) > 1 else ()


def axis_over(values: Iterable[float | None], start: float, end: float, *, pad: float = 0.06) -> PixelAxis:
    """An axis with some room around all values; from 0 to 1 where there are none."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return PixelAxis(0, 1, start, end)
    room = (max(known) - min(known)) * pad or max(abs(known[0]) * 0.1, 0.1)
    return PixelAxis(min(known) - room, max(known) + room, start, end)
