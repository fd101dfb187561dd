"""The site's charts: matplotlib's, set into the page in the page's own colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...presentation.numbers import number
from ...statistics.calibration import ReliabilityBin
from ...statistics.estimate import Estimate
from ..boards import Histogram
from .axes import TENTHS, Point, name_points, round_values, score_ticks, set_cost_axis, tick_label
from .inline_svg import CONTROL, LINE, MARK, OTHER, PAGE, TITLE, canvas, chart_style, inline_svg

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes


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
        """The drawing, 640 by 280 pixels; costs logarithmic where the dearest is over twenty times the cheapest."""
        costs = [p.usd for p in self.points]
        log = min(costs) > 0 and max(costs) / min(costs) > 20
        with chart_style():
            figure, axes = canvas(640, 280, left=40, right=8, top=14, bottom=34)
            set_cost_axis(axes, costs, log=log)
            axes.yaxis.set_major_locator(round_values(5))
            axes.yaxis.set_major_formatter(lambda value, _: tick_label(value))
            axes.grid(axis="y", color=LINE, linewidth=1)
            for p in self.points:
                _estimate(axes, p.usd, p.mean, MARK if p.efficient else PAGE)
            axes.margins(y=0.06)
            price = f"{self.price}{', logarithmic' if log else ''} →"
            figure.text(632 / 640, 4 / 280, price, ha="right", style="italic")
            name_points(axes, self.points)
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


def described(histogram: Histogram) -> str:
    """The bars in words, for who cannot see them: "3 to 4: 5; 4 to 5: 9"."""
    parts = [f"{number(b.low, 2)} to {number(b.high, 2)}: {_counts(histogram, b.counts)}" for b in histogram.bars]
    return "; ".join(parts) or "no scores"


def _counts(histogram: Histogram, counts: Sequence[int]) -> str:
    if len(counts) == 1:
        return str(counts[0])
    return ", ".join(f"{count} {name}" for count, name in zip(counts, histogram.series, strict=True))


def _estimate(axes: Axes, x: float, estimate: Estimate, face: str) -> None:
    """A dot with its interval, where it has one."""
    if estimate.low is not None and estimate.high is not None:
        axes.plot([x, x], [estimate.low, estimate.high], color=MARK, linewidth=1.5, clip_on=False)
    y = [estimate.value or 0]
    axes.plot([x], y, "o", color=MARK, markersize=8, markerfacecolor=face, markeredgewidth=2, clip_on=False)
