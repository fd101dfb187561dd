"""The figures of a score run that show every paper: distributions and histograms of the scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...data.errors import printable
from ...presentation.drawing import GREY, INK, name_rows, round_ticks, stacked, style
from ...presentation.numbers import number
from ...statistics.arrays import Floats
from ..plots import jittered
from .idea_tables import score_digits
from .metrics import ScoreMetrics
from .plots_groups import ShownGroup, plain, shown_groups, threshold_line, threshold_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

VIOLIN_FROM = 5
"""Papers that a violin needs; with fewer the points say all."""
BINS = 12
COLUMNS = 4


def distributions(figures: ScoreMetrics, *, seed: int = 0) -> Figure | None:
    """Violins by template, with all papers as points and the mean with its interval; None without a score."""
    from matplotlib.lines import Line2D

    templates = shown_groups(figures)
    limits = score_limits([s for groups in templates.values() for s in groups], figures)
    if limits is None:
        return None
    rng = np.random.default_rng(seed)
    with style():
        figure, grid = stacked([len(groups) for groups in templates.values()], 0.62)
        for axes, (template, groups) in zip(grid, templates.items(), strict=True):
            draw_distributions(axes, template, groups, figures, limits, rng)
        grid[-1].set_xlabel(figures.unit)
        handles = [Line2D([], [], linestyle="none", marker="o", color=GREY, markersize=4, alpha=0.7),
                   Line2D([], [], color=INK, marker="D", markersize=5)]  # fmt: skip
        labels = ["a paper", "mean, 95% interval"]
        if figures.threshold is not None:
            handles.append(Line2D([], [], color=GREY, linestyle=(0, (4, 3))))
            labels.append(threshold_words(figures))
        figure.legend(handles, labels, loc="outside upper right", ncols=3)
    return figure


def draw_distributions(
    axes: Axes,
    template: str,
    groups: Sequence[ShownGroup],
    figures: ScoreMetrics,
    limits: tuple[float, float],
    rng: np.random.Generator,
) -> None:
    """The groups of one template on these axes."""
    threshold_line(axes, figures)
    for row, shown in enumerate(groups):
        _distribution(axes, row, shown, rng)
    name_rows(axes, [_label(shown) for shown in groups], printable(template))
    axes.set_xlim(*limits)
    round_ticks(axes.xaxis)
    axes.grid(axis="x", color="#e6e6e6", linewidth=0.6)
    axes.set_axisbelow(True)


def histograms(figures: ScoreMetrics) -> Figure | None:
    """A histogram per group on one axis of scores; a template of several begins on a new row. None without a score."""
    from matplotlib.figure import Figure

    templates = shown_groups(figures)
    everyone = [s for groups in templates.values() for s in groups]
    edges = bar_edges(np.concatenate([s.scores for s in everyone]))
    if edges is None:
        return None
    parts = list(templates.values()) if len(everyone) > len(templates) else [everyone]
    columns = min(COLUMNS, max(map(len, parts)))
    rows = [part[i : i + columns] for part in parts for i in range(0, len(part), columns)]
    most = max(np.histogram(s.scores, edges)[0].max() for s in everyone)
    with style():
        figure = Figure(figsize=(max(9.3 * columns / COLUMNS, 4.2), 1.95 * len(rows)), layout="constrained")
        for i, row in enumerate(rows):
            for j, shown in enumerate(row):
                axes = figure.add_subplot(len(rows), columns, i * columns + j + 1)
                _histogram(axes, shown, edges, most, figures)
                axes.set(ylabel="" if j else "papers", xlabel=figures.unit if i == len(rows) - 1 else "")
    return figure


def bar_edges(
    scores: Floats, *, bins: int = BINS, steps: Sequence[float] = (1.0, 0.5), most: int = 41, largest: float = 1e9
) -> Floats | None:
    """Edges of the bars of scores (n,); None without scores.

    Where all scores are multiples of one of the steps, and none is beyond `largest`, a bar for each multiple, if that
    makes at most so many; else equal bins.
    """
    if not len(scores):
        return None
    low, high = float(scores.min()), float(scores.max())
    for step in steps:
        if (scores % step == 0).all() and (high - low) / step + 1 <= most and max(abs(low), abs(high)) < largest:
            return np.arange(low - step / 2, high + step, step)
    if low == high:
        half = max(0.5, abs(low) / 1000)
        return np.array([low - half, high + half])
    return np.linspace(low, high, bins + 1)


def score_limits(shown: Sequence[ShownGroup], figures: ScoreMetrics) -> tuple[float, float] | None:
    """The ends of the axis of scores, the threshold included; None without scores."""
    scores = np.concatenate([s.scores for s in shown])
    if not len(scores):
        return None
    ends = [scores.min(), scores.max(), *([] if figures.threshold is None else [figures.threshold])]
    margin = (max(ends) - min(ends)) * 0.06 or max(abs(ends[0]) * 0.1, 0.5)
    return float(min(ends) - margin), float(max(ends) + margin)


def _distribution(axes: Axes, row: int, shown: ShownGroup, rng: np.random.Generator) -> None:
    scores, mean = shown.scores, shown.figures.mean
    if mean.value is None:
        axes.annotate(
            "no score", (0.01, row), xycoords=("axes fraction", "data"), va="center", color=GREY, fontstyle="italic"
        )
        return
    if len(scores) >= VIOLIN_FROM and scores[0] < scores[-1]:
        drawn = axes.violinplot([scores], [row], orientation="horizontal", widths=0.88, showextrema=False)
        for body in drawn["bodies"]:  # pyright: ignore[reportGeneralTypeIssues]
            body.set(facecolor=shown.colour, alpha=0.22, edgecolor=shown.colour, linewidth=0.8)
    x = _apart(scores, rng)
    y = row + rng.uniform(0.12, 0.33, len(scores)) * np.resize([1, -1], len(scores))
    axes.scatter(x, y, s=12, color=shown.colour, alpha=0.6, linewidth=0, rasterized=len(scores) > 500)
    if mean.low is not None and mean.high is not None:
        axes.plot([mean.low, mean.high], [row, row], color="white", linewidth=3.6, solid_capstyle="round", zorder=3)
        axes.plot([mean.low, mean.high], [row, row], color=INK, linewidth=1.5, zorder=4)
    axes.plot(mean.value, row, "D", color=INK, markersize=5.5, markeredgecolor="white", markeredgewidth=0.9, zorder=5)


def _apart(scores: Floats, rng: np.random.Generator) -> Floats:
    """The scores, moved a little where some are equal."""
    if len(np.unique(scores)) == len(scores):
        return scores
    return scores + np.clip(jittered(scores, np.isfinite(scores), rng) - scores, -0.12, 0.12)


def _label(shown: ShownGroup) -> str:
    group = shown.figures
    return (
        f"{shown.name}\nn = {group.reviewed} of {group.tried} {'papers' if group.tried_from == 'papers' else 'tried'}"
    )


def _histogram(axes: Axes, shown: ShownGroup, edges: Floats, most: int, figures: ScoreMetrics) -> None:
    group = shown.figures
    counts = np.histogram(shown.scores, edges)[0]
    axes.bar(edges[:-1], counts, np.diff(edges) * 0.9, align="edge", color=shown.colour, alpha=0.75, linewidth=0)
    threshold_line(axes, figures)
    name = f"{plain(group.template, 28, 1)}\n{plain(group.configuration, 28)}"
    axes.set_title(name, loc="left", fontsize=8, fontweight="bold", color=shown.colour)
    words = [f"mean {number(group.mean.value, score_digits(figures))}, n = {group.reviewed}"] if group.reviewed else []
    if group.tried > group.reviewed:
        words.append(f"{group.tried - group.reviewed} without a score")
    axes.text(
        0.98, 0.98, "\n".join(words), transform=axes.transAxes, ha="right", va="top", fontsize=7, color="#555555",
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip
    axes.set_ylim(0, most * 1.45)
    reach = [edges[0], edges[-1], *([] if figures.threshold is None else [figures.threshold])]
    axes.set_xlim(min(reach) - 0.02 * np.ptp(reach), max(reach) + 0.02 * np.ptp(reach))
    round_ticks(axes.yaxis, most=4, whole=True)
    round_ticks(axes.xaxis, most=6)
