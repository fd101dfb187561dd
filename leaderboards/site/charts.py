"""Geometry of the drawings: axes that map values to pixels, and where labels go so that they do not overlap."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ...presentation.numbers import number
from ...statistics.estimate import Estimate
from ..boards import Bin, Histogram


@dataclass(frozen=True)
class Axis:
    """Values from `low` to `high` on pixels from `start` to `end`; logarithmic where `log`, for positive values."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value; one beyond the axis is at its end."""
        low, high, value = (self._scaled(v) for v in (self.low, self.high, min(max(value, self.low), self.high)))
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> list[tuple[float, str]]:
        """Pixel and label of round values, at most about `most`."""
        values = _decades(self.low, self.high) if self.log else _steps(self.low, self.high, most)
        return [(self.at(value), tick_label(value)) for value in values]

    def _scaled(self, value: float) -> float:
        return math.log10(value) if self.log else value


@dataclass(frozen=True)
class IntervalBar:
    """An estimate on the axis of its column; `reference` is a value to compare with, as .5 for AUC."""

    axis: Axis
    estimate: Estimate
    label: str
    reference: float | None = None


@dataclass(frozen=True)
class Sparkline:
    """A histogram for a cell, on the axis of its column; its highest bar fills the height."""

    histogram: Histogram
    axis: Axis
    label: str


@dataclass(frozen=True)
class Point:
    """An entry in the scatter: money per paper in US dollars, its quality with the interval."""

    name: str
    href: str
    usd: float
    mean: Estimate
    efficient: bool
    label_y: float = 0.0
    left: bool = False
    """Whether the label stands left of the point."""


@dataclass(frozen=True)
class Scatter:
    """Quality against cost on one template or dataset."""

    title: str
    quality: str
    """What is drawn upwards, in words."""
    price: str
    """What is drawn to the right."""
    x: Axis
    y: Axis
    points: tuple[Point, ...]
    unknown: tuple[str, ...]
    """Entries whose cost nobody knows."""
    label: str


def scatter_of(
    title: str, quality: str, price: str, points: Sequence[Point], unknown: Sequence[str], *, digits: int
) -> Scatter:
    """The drawing of the points, with room for their labels and, for who cannot see it, what it shows."""
    x = cost_axis([p.usd for p in points], 40, 348)
    y = axis_over((end for p in points for end in (p.mean.value, p.mean.low, p.mean.high)), 186, 14)
    told = "; ".join(f"{p.name}: {number(p.mean.value, digits)} at ${p.usd:.2g}" for p in points)
    label = f"{quality} against {price} on {title}. {told}"
    return Scatter(title, quality, price, x, y, spread_labels(points, x, y), tuple(unknown), label)


def axis_over(values: Iterable[float | None], start: float, end: float, *, pad: float = 0.06) -> Axis:
    """An axis with some room around all values; from 0 to 1 where there are none."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return Axis(0, 1, start, end)
    room = (max(known) - min(known)) * pad or max(abs(known[0]) * 0.1, 0.1)
    return Axis(min(known) - room, max(known) + room, start, end)


def cost_axis(values: Sequence[float], start: float, end: float) -> Axis:
    """From 0 on, or logarithmic where all are positive and the dearest costs over twenty times the cheapest."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low > 0 and high / low > 20:
        return Axis(low / 1.6, high * 1.6, start, end, log=True)
    return Axis(0, high * 1.12 or 1, start, end)


def histogram_axis(histogram: Histogram, start: float, end: float) -> Axis:
    """From the lowest bar to the highest."""
    if not histogram.bars:
        return Axis(0, 1, start, end)
    return Axis(histogram.bars[0].low, histogram.bars[-1].high, start, end)


def score_ticks(histogram: Histogram, axis: Axis, most: int = 12) -> list[tuple[float, str]]:
    """Pixel and label below the bars: the value that a bar is of where all are of one each, else round values."""
    values = [(bar.low + bar.high) / 2 for bar in histogram.bars]
    if any(value % 0.25 for value in values):
        return axis.ticks(8)
    every = -(-len(values) // most)
    return [(axis.at(value), tick_label(value)) for value in values[::every]]


def peak(histogram: Histogram) -> int:
    """The highest count of one bar and series; at least 1."""
    return max((count for bar in histogram.bars for count in bar.counts), default=0) or 1


def described(histogram: Histogram) -> str:
    """The bars in words, for who cannot see them: "3 to 4: 5; 4 to 5: 9"."""
    parts = [f"{number(b.low, 2)} to {number(b.high, 2)}: {_counts(histogram, b.counts)}" for b in histogram.bars]
    return "; ".join(parts) or "no scores"


def _counts(histogram: Histogram, counts: Sequence[int]) -> str:
    if len(counts) == 1:
        return str(counts[0])
    return ", ".join(f"{count} {name}" for count, name in zip(counts, histogram.series, strict=True))


def bins_described(bins: Sequence[Bin]) -> str:
    """The reliability diagram in words."""
    parts = (f"predicted {number(b.predicted, 2)}, accepted {number(b.accepted, 2)} of {b.n}" for b in bins)
    return "; ".join(parts)


def spread_labels(points: Sequence[Point], x: Axis, y: Axis, gap: float = 13) -> tuple[Point, ...]:
    """The points with places for their labels: `gap` pixels apart, as far as there is room on the axis."""
    ordered = sorted(points, key=lambda p: y.at(p.mean.value or 0))
    gap = min(gap, abs(y.start - y.end) / max(len(points) - 1, 1))
    places: list[float] = []
    for point in ordered:
        places.append(max([y.at(point.mean.value or 0), *(last + gap for last in places[-1:])]))
    for i in reversed(range(len(places))):
        places[i] = min(places[i], y.start - gap * (len(places) - 1 - i))
    middle = (x.start + x.end) / 2
    return tuple(
        replace(point, label_y=round(place, 1), left=x.at(point.usd) > middle)
        for point, place in zip(ordered, places, strict=True)
    )


def tick_label(value: float) -> str:
    """A round value in as few characters as possible."""
    text = f"{value:,.10g}" if abs(value) < 1e6 else f"{value:.0e}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _steps(low: float, high: float, most: int) -> list[float]:
    if not high > low:
        return [low]
    rough = (high - low) / max(most - 1, 1)
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{i * step:.10g}") for i in range(first, last + 1)]


def _decades(low: float, high: float) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    factors = (1,) if len(powers) > 3 else (1, 3)
    return [10.0**p * f for p in powers for f in factors if low <= 10.0**p * f <= high]
