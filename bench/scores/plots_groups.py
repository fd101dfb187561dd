"""The figures of a score run that set groups side by side: differences of means, and how far the ideas came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...presentation.drawing import GREY, INK, style
from ...presentation.numbers import signed
from .drawing import Shown, configuration_colours, name_rows, plain, round_ticks, shown_groups, stacked
from .records import ScoreFigures, ScorePair
from .tables import score_digits

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS = 45
"""Pairs that a figure can hold; of more, those with the highest mean of a template are shown."""
STEPS = ("tried", "finished", "reviewed", "accepted")


def differences(figures: ScoreFigures) -> Figure | None:
    """Differences of means with their intervals, by template; full marks are resolved. None without any."""
    from matplotlib.lines import Line2D

    pairs = shown_pairs(figures)
    if not pairs:
        return None
    by_template: dict[str, list[ScorePair]] = {}
    for pair in pairs:
        by_template.setdefault(pair.template, []).append(pair)
    colours = configuration_colours(figures)
    ends = [0.0, *(end for pair in pairs for end in (pair.low, pair.high, pair.difference) if end is not None)]
    margin = (max(ends) - min(ends)) * 0.05 or 0.5
    with style():
        figure, grid = stacked([len(rows) for rows in by_template.values()], 0.3)
        for axes, (template, rows) in zip(grid, by_template.items(), strict=True):
            axes.axvline(0, color="#bbbbbb", linewidth=0.9, zorder=0)
            for at, pair in enumerate(rows):
                _difference(axes, at, pair, colours, score_digits(figures))
            name_rows(axes, [f"{plain(p.a, 26, 1)} − {plain(p.b, 26, 1)}" for p in rows], template)
            axes.set_xlim(min(ends) - margin, max(ends) + margin)
            round_ticks(axes.xaxis)
        grid[-1].set_xlabel("difference of mean scores: right of 0, the first one's is higher")
        marks = [("resolved after Holm's correction", GREY), ("not resolved", "white")]
        handles = [
            Line2D([], [], linestyle="none", marker="o", color=GREY, markerfacecolor=face, markersize=6)
            for _, face in marks
        ]
        figure.legend(handles, [label for label, _ in marks], loc="outside upper right", ncols=2)
    return figure


def shown_pairs(figures: ScoreFigures) -> list[ScorePair]:
    """The pairs with a difference; where they are too many, those of the first configuration of each template."""
    pairs = [pair for pair in figures.pairs if pair.difference is not None]
    if len(pairs) <= ROWS:
        return pairs
    first: dict[str, str] = {}
    for pair in pairs:
        first.setdefault(pair.template, pair.a)
    return [pair for pair in pairs if pair.a == first[pair.template]]


def funnel(figures: ScoreFigures) -> Figure:
    """How many ideas were tried, became papers, were reviewed, and were accepted, by template."""
    from matplotlib.patches import Patch

    templates = shown_groups(figures)
    steps = STEPS if figures.rule else STEPS[:3]
    most = max(group.tried for group in figures.groups)
    with style():
        figure, grid = stacked([len(groups) for groups in templates.values()], 0.52)
        for axes, (template, groups) in zip(grid, templates.items(), strict=True):
            for row, shown in enumerate(groups):
                _bars(axes, row, shown, len(steps))
                counts = _counts(shown)[: len(steps)]
                axes.text(shown.figures.tried + most * 0.012, row, " → ".join(map(str, counts)), va="center")
            name_rows(axes, [shown.name for shown in groups], template)
            axes.set_xlim(0, most * 1.2)
            round_ticks(axes.xaxis, whole=True)
        grid[-1].set_xlabel("ideas")
        faces = [{"facecolor": "white", "edgecolor": GREY}, {"facecolor": GREY, "alpha": 0.3},
                 {"facecolor": GREY, "alpha": 0.85}, {"facecolor": INK}]  # fmt: skip
        handles = [Patch(**face) for face in faces[: len(steps)]]
        figure.legend(handles, steps, loc="outside upper right", ncols=4)
    return figure


def _difference(axes: Axes, at: int, pair: ScorePair, colours: dict[str, str], digits: int) -> None:
    colour = colours[pair.a]
    if pair.low is not None and pair.high is not None:
        axes.plot([pair.low, pair.high], [at, at], color=colour, linewidth=1.5, solid_capstyle="butt")
    face = colour if pair.resolved else "white"
    axes.plot([pair.difference or 0.0], [at], "o", color=colour, markerfacecolor=face, markersize=6)
    words = signed(pair.difference, pair.low, pair.high, digits)
    axes.annotate(words, (1.01, at), xycoords=("axes fraction", "data"), va="center", fontsize=8, color=INK)


def _bars(axes: Axes, row: int, shown: Shown, steps: int) -> None:
    tried, finished, reviewed, accepted = _counts(shown)
    axes.barh(row, tried, 0.62, facecolor="white", edgecolor=shown.colour, linewidth=0.9)
    axes.barh(row, finished, 0.62, color=shown.colour, alpha=0.3, linewidth=0)
    axes.barh(row, reviewed, 0.62, color=shown.colour, alpha=0.8, linewidth=0)
    if steps == len(STEPS):
        axes.barh(row, accepted, 0.24, color=INK, linewidth=0)


def _counts(shown: Shown) -> Sequence[int]:
    group = shown.figures
    return group.tried, group.finished, group.reviewed, group.accepted or 0
