"""Drawings within a table, as SVG: intervals and small histograms on the axis of their column, and its ruler.

Hundreds of figures of matplotlib would take minutes and megabytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...presentation.pages import quiet
from ...statistics.estimate import Estimate
from ..boards import Histogram
from .axes import round_values, tick_label

if TYPE_CHECKING:
    from markupsafe import Markup

WIDE = 'width="100%"'
TALL = 34
"""Pixels of an interval's height."""
SPARK_HEIGHT = 30


@dataclass(frozen=True)
class ColumnAxis:
    """Values from `low` to `high` on places from `start` to `end`, shared by the drawings of a table's column.

    Places are percents of the column's width for intervals, pixels for histograms.
    """

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """The place of a value; one beyond the axis is at its end."""
        value = min(max(value, self.low), self.high)
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Place and label of round values, at most about `most`."""
        values = round_values(most).tick_values(self.low, self.high)
        return [(self.at(value), tick_label(value)) for value in values if self.low <= value <= self.high]

    def __html__(self) -> Markup:
        """The ruler in the column's head."""
        tick = (
            '<line class="tick" x1="{0}%" x2="{0}%" y1="11" y2="15"/>'
            '<text x="{0}%" y="9" text-anchor="middle">{1}</text>'
        )
        return _svg("ruler", WIDE, 15, "", [_filled(tick, x, label) for x, label in self.ticks()])


@dataclass(frozen=True)
class IntervalBar:
    """An estimate on the axis of its column; `reference` is a value to compare with, as .5 for AUC."""

    axis: ColumnAxis
    estimate: Estimate
    label: str
    reference: float | None = None

    def __html__(self) -> Markup:
        """A line from end to end, a dot on the value; the numbers stand in the cell beside it."""
        at, e, parts = self.axis.at, self.estimate, []
        if self.reference is not None:
            line = '<line class="reference" x1="{0}%" x2="{0}%" y1="0" y2="{1}"/>'
            parts.append(_filled(line, at(self.reference), TALL))
        if e.low is not None and e.high is not None:
            parts.append(_filled('<line class="range" x1="{}%" x2="{}%" y1="17" y2="17"/>', at(e.low), at(e.high)))
        parts.append(_filled('<circle class="dot" cx="{}%" cy="17" r="4"/>', at(e.value or 0.0)))
        return _svg("bar", WIDE, TALL, self.label, parts)


@dataclass(frozen=True)
class Sparkline:
    """A histogram for a cell, on the axis of its column; its highest bar fills the height."""

    histogram: Histogram
    axis: ColumnAxis
    label: str

    def __html__(self) -> Markup:
        """The bars on a line."""
        at, bars = self.axis.at, self.histogram.bars
        highest = max(sum(bar.counts) for bar in bars) or 1
        rectangle = '<rect class="papers" x="{}" width="{}" y="{}" height="{}"/>'
        parts = []
        for bar in bars:
            height = round(27 * sum(bar.counts) / highest, 1)
            width = round(max(at(bar.high) - at(bar.low) - 1, 1), 1)
            parts.append(_filled(rectangle, at(bar.low), width, round(29 - height, 1), height))
        parts.append(_filled('<line class="axis" x1="0" x2="{}" y1="29.5" y2="29.5"/>', self.axis.end + 1))
        return _svg("spark", f'width="{self.axis.end + 1}"', SPARK_HEIGHT, self.label, parts)


def _svg(look: str, width: str, height: float, label: str, parts: list[Markup]) -> Markup:
    """The element, with the attribute of its width; without a label it is hidden from who cannot see it."""
    from markupsafe import Markup

    named = _filled('role="img" aria-label="{}"', quiet(label)) if label else Markup('aria-hidden="true"')
    start = _filled('<svg class="{}" {} {} height="{}">', look, named, Markup(width), height)
    return start + Markup("").join(parts) + Markup("</svg>")


def _filled(template: str, *values: object) -> Markup:
    from markupsafe import Markup

    return Markup(template).format(*values)
