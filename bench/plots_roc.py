"""ROC curves of a run's reviewers, with a band for chance at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..presentation.drawing import GREY, lines, style, wrap
from ..presentation.numbers import number, show
from ..statistics.arrays import Bools, Floats
from ..statistics.bootstrap import drawn_papers
from ..statistics.draws import Counts
from ..statistics.metrics import roc_tpr
from .outcomes import Humans, Machine
from .plots_summary import ShownReviewer, shown_reviewers
from .summary import RunMetrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

BANDS = 4
"""Reviewers with an interval band in the ROC figure; more would hide each other."""


def roc(
    figures: RunMetrics, humans: Humans, machines: Sequence[Machine], *, draws: int = 1000, seed: int = 0
) -> Figure | None:
    """ROC curves with AUC and 95% bands, the reviewers' own decisions as dots, floors in grey."""
    from matplotlib.figure import Figure

    with style():
        figure = Figure()
        axes = figure.add_subplot()
        handles, labels = draw_roc(axes, figures, humans, machines, draws=draws, seed=seed)
        if not handles:
            return None
        width, height = 9.3, max(5.65, 0.3 + sum(0.145 * lines(label) + 0.11 for label in labels))
        figure.set_size_inches(width, height)
        axes.set_position((0.65 / width, (height - 5.05) / height, 4.9 / width, 4.9 / height))
        beside = (5.75 / width, 1 - 0.08 / height)
        figure.legend(handles, labels, loc="upper left", bbox_to_anchor=beside, labelspacing=0.9, borderpad=0)
    return figure


def draw_roc(
    axes: Axes, figures: RunMetrics, humans: Humans, machines: Sequence[Machine], *, draws: int = 1000, seed: int = 0
) -> tuple[list[Line2D], list[str]]:
    """The curves on these axes; returns the handles and labels of a legend, none where there is nothing to draw."""
    from matplotlib.lines import Line2D

    reviewers = [r for r in shown_reviewers(figures, machines) if r.machine.score is not None or _decides(r.machine)]
    counts = drawn_papers(humans.accepted, draws, seed, groups=humans.groups)
    banded = sorted((r for r in reviewers if "auc" in r.figures.scores), key=_auc, reverse=True)[:BANDS]
    handles: list[Line2D] = []
    labels: list[str] = []
    if not reviewers:
        return handles, labels
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    for i, (name, score, auc) in enumerate(_varied_floors(figures, machines, {r.name for r in reviewers})):
        dash = ("--", ":", "-.")[i % 3]
        handles += axes.plot(*roc_points(humans.accepted, score), dash, color=GREY, linewidth=0.9)
        labels.append(f"{wrap(name, 40)}  AUC {number(auc)}")
    floors = len(handles)
    for reviewer in reviewers:
        if reviewer in banded:
            _band(axes, humans.accepted, reviewer, counts)
    for reviewer in reviewers:
        line = Line2D([], [], linestyle="none", marker="o", color=reviewer.colour)
        score, decision = reviewer.machine.score, reviewer.machine.decision
        if score is not None:
            points = roc_points(humans.accepted, score)
            (line,) = axes.plot(*points, reviewer.dash, color=reviewer.colour, linewidth=1.7)
        if decision is not None:
            rates = decision[~humans.accepted].mean(), decision[humans.accepted].mean()
            axes.plot(*rates, "o", color=reviewer.colour, markeredgecolor="white", markersize=7, clip_on=False)
        handles.insert(len(handles) - floors, line)
        auc = f"AUC {show(reviewer.figures.scores.get('auc'))}" if score is not None else "no scores, decisions only"
        labels.insert(len(labels) - floors, f"{wrap(reviewer.name, 40)}\n{auc}")
    if any(r.machine.decision is not None for r in reviewers):
        handles.append(Line2D([], [], linestyle="none", marker="o", color=GREY, markeredgecolor="white"))
        labels.append("own decisions")
    axes.set(xlim=(0, 1), ylim=(0, 1.005))
    axes.set(xlabel="share of rejected papers that it accepts", ylabel="share of accepted papers that it accepts")
    return handles, [f" {label}" if label.startswith("_") else label for label in labels]


def roc_points(accepted: Bools, score: ArrayLike) -> tuple[Floats, Floats]:
    """False and true positive rates of the thresholds, from (0, 0) to (1, 1); tied scores enter together."""
    score = np.asarray(score, dtype=np.float64)
    thresholds = np.unique(score)[::-1]
    rates = [
        np.append(0.0, 1 - np.searchsorted(np.sort(of), thresholds) / len(of))
        for of in (score[~accepted], score[accepted])
    ]
    return rates[0], rates[1]


def _band(axes: Axes, accepted: Bools, reviewer: ShownReviewer, counts: Counts) -> None:
    grid = np.linspace(0, 1, 101)
    curves = roc_tpr(accepted, reviewer.machine.score, grid, sample_weight=counts)  # pyright: ignore[reportArgumentType]
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    axes.fill_between(grid, low, high, color=reviewer.colour, alpha=0.13, linewidth=0)


def _varied_floors(
    figures: RunMetrics, machines: Sequence[Machine], drawn: set[str]
) -> list[tuple[str, Floats, float | None]]:
    """Name, scores and AUC of floors with more than one score; the others would only draw the diagonal."""
    areas = {r.name: r.scores["auc"].value for r in figures.reviewers if r.kind == "floor" and "auc" in r.scores}
    return [
        (m.name, m.score, areas[m.name])
        for m in machines
        if m.name in areas and m.name not in drawn and m.score is not None and len(np.unique(m.score)) > 1
    ]


def _decides(machine: Machine) -> bool:
    return machine.decision is not None


def _auc(reviewer: ShownReviewer) -> float:
    return reviewer.figures.scores["auc"].value or 0.0
