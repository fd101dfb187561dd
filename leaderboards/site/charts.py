"""The site's drawings. Charts are matplotlib's, set into the page in the page's own colours.

A row's interval or small histogram is one or two SVG shapes in the templates, on the axis of its column: hundreds of
figures of matplotlib would take minutes and megabytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...presentation.numbers import number
from ...statistics.calibration import ReliabilityBin
from ...statistics.estimate import Estimate
from ..boards import Histogram
from .inline_svg import CLASS, CONTROL, INK, LINE, MARK, OTHER, PAGE, TITLE, canvas, chart_style, inline_svg
from .links import quiet

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes
    from matplotlib.ticker import MaxNLocator

LABEL_GAP = 13
"""Pixels between two labels of a scatter."""
LONGEST_NAME = 26
TENTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True)
class Point:
    """An entry in the scatter: money per paper in US dollars, its quality with the interval."""

    name: str
    usd: float
    mean: Estimate
    efficient: bool


@dataclass(frozen=True)
class Scatter:
    """Quality against cost on one template or dataset."""

    title: str
    quality: str
    """What is drawn upwards, in words."""
    price: str
    """What is drawn to the right."""
    points: tuple[Point, ...]
    unknown: tuple[str, ...]
    """Entries whose cost nobody knows."""
    digits: int
    """Decimals of the quality in words."""

    @property
    def chart(self) -> Markup:
        """The drawing, 380 by 226 pixels; costs logarithmic where the dearest is over twenty times the cheapest."""
        costs = [p.usd for p in self.points]
        log = min(costs) > 0 and max(costs) / min(costs) > 20
        with chart_style():
            figure, axes = canvas(380, 226, left=40, right=8, top=14, bottom=34)
            _cost_axis(axes, costs, log=log)
            axes.yaxis.set_major_locator(round_values(5))
            axes.yaxis.set_major_formatter(lambda value, _: tick_label(value))
            axes.grid(axis="y", color=LINE, linewidth=1)
            for p in self.points:
                _estimate(axes, p.usd, p.mean, MARK if p.efficient else PAGE)
            axes.margins(y=0.06)
            price = f"{self.price}{', logarithmic' if log else ''} →"
            figure.text(372 / 380, 4 / 226, price, ha="right", style="italic")
            _name_points(axes, self.points)
            words = "; ".join(f"{p.name}: {number(p.mean.value, self.digits)} at ${p.usd:.2g}" for p in self.points)
            return inline_svg(figure, f"{self.quality} against {self.price} on {self.title}. {words}")


def histogram_chart(histogram: Histogram) -> Markup:
    """The distribution of scores, 580 pixels wide: of two series the last one above the line, the first one below."""
    two = len(histogram.series) == 2
    centres = [(bar.low + bar.high) / 2 for bar in histogram.bars]
    widths = [bar.high - bar.low for bar in histogram.bars]
    room = 500 / (histogram.bars[-1].high - histogram.bars[0].low)
    with chart_style():
        figure, axes = canvas(580, 252 if two else 214, left=40, right=40, top=6, bottom=28)
        for i, series in enumerate(histogram.series):
            sign, colour = (-1, OTHER) if two and i == 0 else (1, MARK)
            counts = [bar.counts[i] for bar in histogram.bars]
            heights = [sign * count for count in counts]
            bars = axes.bar(centres, heights, widths, color=colour, edgecolor=PAGE, linewidth=1)
            for bar, count in zip(bars, counts, strict=True):
                bar.set_gid(f"{TITLE}{count} {series}")
            labels = [str(n) if n and width * room >= 20 else "" for n, width in zip(counts, widths, strict=True)]
            axes.bar_label(bars, labels, padding=3)
        axes.axhline(0, color=CONTROL, linewidth=1)
        axes.margins(x=0, y=0.1)
        axes.set_ylim(None if two else 0)
        axes.tick_params(length=4, color=CONTROL)
        axes.yaxis.set_visible(False)
        axes.set_xticks(*score_ticks(histogram))
        return inline_svg(figure, f"Distribution of the scores. {described(histogram)}")


def reliability_chart(bins: Sequence[ReliabilityBin]) -> Markup:
    """The reliability diagram, 360 by 392 pixels, with the number of papers in each bin below it."""
    words = "; ".join(f"predicted {number(b.predicted, 2)}, accepted {number(b.accepted, 2)} of {b.n}" for b in bins)
    with chart_style():
        figure, axes = canvas(360, 392, left=44, right=24, top=14, bottom=86)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_ticks(TENTHS, [tick_label(value) for value in TENTHS])
        axes.grid(color=LINE, linewidth=1)
        axes.plot([0, 1], [0, 1], color=CONTROL, linewidth=1, dashes=(4, 4))
        for one in bins:
            share = Estimate.between(one.accepted, (one.accepted_low, one.accepted_high), one.n)
            _estimate(axes, one.predicted, share, MARK)
        axes.text(0.99, 0.02, "predicted P(accept) →", ha="right", style="italic")
        axes.text(0.02, 0.96, "↑ share accepted", style="italic")
        papers = figure.add_axes((44 / 360, 4 / 392, 292 / 360, 44 / 392), frameon=False, sharex=axes)
        low, width = [one.low for one in bins], [one.high - one.low for one in bins]
        bars = papers.bar(low, [one.n for one in bins], width, align="edge", color=MARK, edgecolor=PAGE, linewidth=1)
        papers.bar_label(bars, padding=2)
        papers.margins(y=0.4)
        papers.axhline(0, color=CONTROL, linewidth=1)
        papers.set_axis_off()
        return inline_svg(figure, f"Reliability of the probabilities. {words}")


def _cost_axis(axes: Axes, costs: Sequence[float], *, log: bool) -> None:
    from matplotlib.ticker import NullFormatter

    if log:
        axes.set_xscale("log")
        axes.set_xlim(min(costs) / 1.6, max(costs) * 2.5)
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(0, max(costs) * 1.2)
        axes.xaxis.set_major_locator(round_values(6))
    axes.xaxis.set_major_formatter(lambda value, _: f"${tick_label(value)}")
    axes.spines.bottom.set(visible=True, color=CONTROL)
    axes.tick_params(axis="x", length=4, color=CONTROL)


def score_ticks(histogram: Histogram, most: int = 12) -> tuple[list[float], list[str]]:
    """Values and labels below the bars: the value that a bar is of where all are of one each, else round values."""
    values = [(bar.low + bar.high) / 2 for bar in histogram.bars]
    if any(value % 0.25 for value in values):
        low, high = histogram.bars[0].low, histogram.bars[-1].high
        values = [value for value in round_values(8).tick_values(low, high) if low <= value <= high]
    else:
        values = values[:: -(-len(values) // most)]
    return values, [tick_label(value) for value in values]


def described(histogram: Histogram) -> str:
    """The bars in words, for who cannot see them: "3 to 4: 5; 4 to 5: 9"."""
    parts = [f"{number(b.low, 2)} to {number(b.high, 2)}: {_counts(histogram, b.counts)}" for b in histogram.bars]
    return "; ".join(parts) or "no scores"


def _counts(histogram: Histogram, counts: Sequence[int]) -> str:
    if len(counts) == 1:
        return str(counts[0])
    return ", ".join(f"{count} {name}" for count, name in zip(counts, histogram.series, strict=True))


def spread(places: Sequence[float], low: float, high: float, gap: float = LABEL_GAP) -> list[float]:
    """Places for labels beside the given ones, in their order: `gap` apart, as far as there is room up to `high`."""
    gap = min(gap, (high - low) / max(len(places) - 1, 1))
    order = sorted(range(len(places)), key=lambda i: places[i])
    found = [0.0] * len(places)
    for last, i in zip([None, *order], order, strict=False):
        found[i] = places[i] if last is None else max(places[i], found[last] + gap)
    for left, i in enumerate(reversed(order)):
        found[i] = min(found[i], high - gap * left)
    return found


def tick_label(value: float) -> str:
    """A round value in as few characters as possible."""
    text = f"{value:,.10g}" if abs(value) < 1e6 else f"{value:.0e}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def round_values(most: int) -> MaxNLocator:
    """Where round values are on an axis, at most about `most`."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most - 1, steps=[1, 2, 5, 10])


def _estimate(axes: Axes, x: float, estimate: Estimate, face: str) -> None:
    """A dot with its interval, where it has one."""
    if estimate.low is not None and estimate.high is not None:
        axes.plot([x, x], [estimate.low, estimate.high], color=MARK, linewidth=1.5, clip_on=False)
    y = [estimate.value or 0]
    axes.plot([x], y, "o", color=MARK, markersize=8, markerfacecolor=face, markeredgewidth=2, clip_on=False)


def _name_points(axes: Axes, points: Sequence[Point]) -> None:
    """The points' names beside them, apart from each other, those on the right half on their left."""
    axes.autoscale_view()
    at = [axes.transData.transform((p.usd, p.mean.value or 0)) for p in points]
    box = axes.bbox
    for point, (x, y), place in zip(points, at, spread([y for _, y in at], box.y0, box.y1), strict=True):
        side = -1 if x > (box.x0 + box.x1) / 2 else 1
        name = quiet(point.name)
        name = name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
        label = axes.annotate(
            name, (point.usd, point.mean.value or 0), (side * 10, place - y), textcoords="offset pixels",
            ha="left" if side > 0 else "right", va="center", color=INK, fontsize=12, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": CONTROL, "shrinkA": 0} if abs(place - y) > 8 else None,
        )  # fmt: skip
        label.set_gid(f"{CLASS}name")
