"""What the figures of a score run share: colours that stay with a configuration, and panels by template."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...data.errors import printable
from ...presentation.drawing import COLOURS, GREY, wrap
from ...statistics.arrays import Floats
from ...statistics.estimate import ordered
from .records import GroupFigures, ScoreFigures
from .summary import ideas_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

WIDTH = 9.3


@dataclass(frozen=True)
class Shown:
    """A group with its scores, lowest first, and the colour of its configuration."""

    figures: GroupFigures
    scores: Floats
    colour: str

    @property
    def name(self) -> str:
        """The configuration, on at most two lines."""
        return plain(self.figures.configuration, 34)


def shown_groups(figures: ScoreFigures) -> dict[str, list[Shown]]:
    """The groups by template, in the order of the tables."""
    colours = configuration_colours(figures)
    found: dict[str, list[Shown]] = {}
    for group in figures.groups:
        scores = ordered([s.score for s in ideas_of(group, figures.ideas) if s.score is not None])
        found.setdefault(group.template, []).append(Shown(group, scores, colours[group.configuration]))
    return found


def configuration_colours(figures: ScoreFigures) -> dict[str, str]:
    """The colour of each configuration, the same in every figure."""
    names = dict.fromkeys(group.configuration for group in figures.groups)
    return {name: COLOURS[i % len(COLOURS)] for i, name in enumerate(names)}


def stacked(rows: Sequence[int], row: float) -> tuple[Figure, list[Axes]]:
    """A figure with a panel below another, one per template with so many rows of `row` inches, below a legend."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    size = (WIDTH, 0.65 + sum(n * row + 0.62 for n in rows))
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
    grid = figure.add_gridspec(len(rows), 1, height_ratios=rows)
    return figure, [figure.add_subplot(grid[i, 0]) for i in range(len(rows))]


def round_ticks(axis: Axis, *, most: int = 8, whole: bool = False) -> None:
    """At most so many ticks at round numbers, at whole ones only where that is asked for."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=whole))


def name_rows(axes: Axes, labels: Sequence[str], title: str) -> None:
    """Label the rows from the top down, and set the template above them."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.set_title(plain(title, 90, 1), loc="left", fontsize=10, fontweight="bold")


def threshold_line(axes: Axes, figures: ScoreFigures) -> None:
    """The score from which on the table's rule accepts, where there is one."""
    if figures.threshold is not None:
        axes.axvline(figures.threshold, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=0)


def threshold_words(figures: ScoreFigures) -> str:
    """What the dashed line is; empty where there is none."""
    return "" if figures.threshold is None else f"accepted from {figures.threshold:.4g} on"


def plain(name: str, width: int, most: int = 2) -> str:
    """A name broken into lines, without characters that a figure cannot show."""
    return wrap(printable(name), width, most)
