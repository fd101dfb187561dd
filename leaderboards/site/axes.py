"""Ticks, labels and names of the points of the site's charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...presentation.pages import quiet
from ...statistics.estimate import Estimate
from ..boards import Histogram
from .inline_svg import CLASS, CONTROL, INK

if TYPE_CHECKING:
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


def set_cost_axis(axes: Axes, costs: Sequence[float], *, log: bool) -> None:
    """Draw the axis of US dollars per paper, with round values."""
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


def name_points(axes: Axes, points: Sequence[Point]) -> None:
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
