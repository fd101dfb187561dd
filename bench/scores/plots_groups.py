"""The drawings of a score run that set groups side by side, and what all of its drawings share: groups in colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...data.errors import printable
from ...presentation.drawing import (
    COLOURS,
    GREY,
    INK,
    Difference,
    forest,
    name_rows,
    round_ticks,
    stacked,
    style,
    wrap,
)
from ...presentation.numbers import signed
from ...statistics.arrays import Floats
from ...statistics.estimate import ordered
from .idea_tables import score_digits
from .metrics import GroupMetrics, ScoreMetrics, ScorePair
from .summary import ideas_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROWS = 45
"""Pairs that a figure can hold; of more, those with the highest mean of a template are shown."""
STEPS = ("tried", "finished", "reviewed", "accepted")


@dataclass(frozen=True)
class ShownGroup:
    """A group with its scores, lowest first, and the colour of its configuration."""

    figures: GroupMetrics
    scores: Floats
    colour: str

    @property
    def name(self) -> str:
        """The configuration, on at most two lines."""
        return plain(self.figures.configuration, 34)


def shown_groups(figures: ScoreMetrics) -> dict[str, list[ShownGroup]]:
    """The groups by template, in the order of the tables."""
    colours = configuration_colours(figures)
    found: dict[str, list[ShownGroup]] = {}
    for group in figures.groups:
        scores = ordered([s.score for s in ideas_of(group, figures.ideas) if s.score is not None])
        found.setdefault(group.template, []).append(ShownGroup(group, scores, colours[group.configuration]))
    return found


def configuration_colours(figures: ScoreMetrics) -> dict[str, str]:
    """The colour of each configuration, the same in every figure."""
    names = dict.fromkeys(group.configuration for group in figures.groups)
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def threshold_line(axes: Axes, figures: ScoreMetrics) -> None:
    """The score from which on the table's rule accepts, where there is one."""
    if figures.threshold is not None:
        axes.axvline(figures.threshold, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=0)


def threshold_words(figures: ScoreMetrics) -> str:
    """What the dashed line is; empty where there is none."""
    return "" if figures.threshold is None else f"accepted from {figures.threshold:.4g} on"


def plain(name: str, width: int, most: int = 2) -> str:
    """A name broken into lines, without characters that a figure cannot show."""
    return wrap(printable(name), width, most)


def differences(figures: ScoreMetrics) -> Figure | None:
    """Differences of means with their intervals, by template; full marks are resolved. None without any."""
    pairs = shown_pairs(figures)
    if not pairs:
        return None
    colours, digits = configuration_colours(figures), score_digits(figures)
    panels: dict[str, list[Difference]] = {}
    for pair in pairs:
        row = Difference(
            f"{plain(pair.a, 26, 1)} − {plain(pair.b, 26, 1)}",
            pair.difference or 0.0,
            pair.low,
            pair.high,
            pair.resolved,
            colours[pair.a],
            signed(pair.difference, pair.low, pair.high, digits),
        )
        panels.setdefault(printable(pair.template), []).append(row)
    return forest(panels, "difference of mean scores: right of 0, the first one's is higher")


def shown_pairs(figures: ScoreMetrics) -> list[ScorePair]:
    """The pairs with a difference; where they are too many, those of the first configuration of each template."""
    pairs = [pair for pair in figures.pairs if pair.difference is not None]
    if len(pairs) <= ROWS:
        return pairs
    first: dict[str, str] = {}
    for pair in pairs:
        first.setdefault(pair.template, pair.a)
    return [pair for pair in pairs if pair.a == first[pair.template]]


def funnel(figures: ScoreMetrics) -> Figure:
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
            name_rows(axes, [shown.name for shown in groups], printable(template))
            axes.set_xlim(0, most * 1.2)
            round_ticks(axes.xaxis, whole=True)
        grid[-1].set_xlabel("ideas")
        faces = [{"facecolor": "white", "edgecolor": GREY}, {"facecolor": GREY, "alpha": 0.3},
                 {"facecolor": GREY, "alpha": 0.85}, {"facecolor": INK}]  # fmt: skip
        handles = [Patch(**face) for face in faces[: len(steps)]]
        figure.legend(handles, steps, loc="outside upper right", ncols=4)
    return figure


def _bars(axes: Axes, row: int, shown: ShownGroup, steps: int) -> None:
    tried, finished, reviewed, accepted = _counts(shown)
    axes.barh(row, tried, 0.62, facecolor="white", edgecolor=shown.colour, linewidth=0.9)
    axes.barh(row, finished, 0.62, color=shown.colour, alpha=0.3, linewidth=0)
    axes.barh(row, reviewed, 0.62, color=shown.colour, alpha=0.8, linewidth=0)
    if steps == len(STEPS):
        axes.barh(row, accepted, 0.24, color=INK, linewidth=0)


def _counts(shown: ShownGroup) -> Sequence[int]:
    group = shown.figures
    return group.tried, group.finished, group.reviewed, group.accepted or 0
