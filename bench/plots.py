"""The figures of a run that need its papers: ROC curves, reliability, score against rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ..presentation.drawing import ACCEPTED, GREY, REJECTED, heading, lines, panels, style, wrap
from ..presentation.numbers import number, show
from ..statistics.arrays import Bools, Floats
from ..statistics.bootstrap import stratified_counts
from ..statistics.intervals import wilson
from ..statistics.metrics import roc_tpr
from .decision_rules import probabilities
from .outcomes import Humans, Machine
from .plots_summary import Shown, shown_reviewers
from .records import Calibration
from .summary import RunFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

BANDS = 4
"""Reviewers with an interval band in the ROC figure; more would hide each other."""
BINS = 10


def roc(
    figures: RunFigures, humans: Humans, machines: Sequence[Machine], *, draws: int = 1000, seed: int = 0
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
    axes: Axes, figures: RunFigures, humans: Humans, machines: Sequence[Machine], *, draws: int = 1000, seed: int = 0
) -> tuple[list[Line2D], list[str]]:
    """The curves on these axes; returns the handles and labels of a legend, none where there is nothing to draw."""
    from matplotlib.lines import Line2D

    reviewers = [r for r in shown_reviewers(figures, machines) if r.machine.score is not None or _decides(r.machine)]
    counts = stratified_counts(humans.accepted, draws, seed, groups=humans.groups)
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


def _band(axes: Axes, accepted: Bools, reviewer: Shown, counts: np.ndarray) -> None:
    grid = np.linspace(0, 1, 101)
    curves = roc_tpr(accepted, reviewer.machine.score, grid, sample_weight=counts)  # pyright: ignore[reportArgumentType]
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    axes.fill_between(grid, low, high, color=reviewer.colour, alpha=0.13, linewidth=0)


def _varied_floors(
    figures: RunFigures, machines: Sequence[Machine], drawn: set[str]
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


def _auc(reviewer: Shown) -> float:
    return reviewer.figures.scores["auc"].value or 0.0


def reliability(
    figures: RunFigures,
    humans: Humans,
    machines: Sequence[Machine],
    calibrations: Mapping[str, Calibration] | None = None,
) -> Figure | None:
    """Reliability diagrams of the probabilities that Brier score and ECE are of; failed reviews are left out."""
    fitted = calibrations or {}
    reviewers = [
        r
        for r in shown_reviewers(figures, machines)
        if probabilities(humans, r.machine, fitted.get(r.name))[1] is not None
    ]
    if not reviewers:
        return None
    with style():
        figure, grid = panels(len(reviewers), height=3.7)
        for axes, reviewer in zip(grid, reviewers, strict=True):
            draw_reliability(axes, reviewer, humans, fitted.get(reviewer.name))
    return figure


def draw_reliability(axes: Axes, reviewer: Shown, humans: Humans, calibration: Calibration | None = None) -> bool:
    """The diagram of one reviewer on these axes; False where it has no probabilities."""
    source, p = probabilities(humans, reviewer.machine, calibration)
    if p is None:
        return False
    ok = reviewer.machine.ok
    _reliability(axes, humans.accepted[ok], p[ok], reviewer.colour)
    scores = reviewer.figures.scores
    brier, ece = (show(scores.get(key), interval=False) for key in ("brier", "ece"))
    heading(axes, reviewer.name, reviewer.colour, f"{source}: Brier {brier}, ECE {ece}{_left_out(int((~ok).sum()))}")
    return True


def _reliability(axes: Axes, accepted: Bools, p: Floats, colour: str) -> None:
    in_bin = np.minimum((p * BINS).astype(int), BINS - 1) == np.arange(BINS)[:, None]
    counts = in_bin.sum(axis=1)
    filled = counts > 0
    k, n = (in_bin @ accepted.astype(float))[filled], counts[filled]
    low, high = wilson(k, n)
    share = k / n
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    axes.errorbar(
        (in_bin @ p)[filled] / n, share, yerr=np.maximum([share - low, high - share], 0), fmt="o", color=colour,
        markersize=4.5, elinewidth=1.2, capsize=2,
    )  # fmt: skip
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1.03), ylabel="share accepted", xticks=np.linspace(0, 1, 6))
    axes.tick_params(labelbottom=False)
    below = axes.inset_axes((0, -0.27, 1, 0.2), sharex=axes)
    below.bar((np.arange(BINS) + 0.5) / BINS, counts, width=0.9 / BINS, color=colour, alpha=0.55, linewidth=0)
    below.set(xlabel="probability to accept", ylabel="papers", yticks=[0, counts.max()])


def score_vs_rating(
    figures: RunFigures, humans: Humans, machines: Sequence[Machine], *, seed: int = 0
) -> Figure | None:
    """Score against mean human rating, a panel per reviewer; None without ratings. Failed reviews are left out."""
    rated = ~np.isnan(humans.rating)
    reviewers = [r for r in shown_reviewers(figures, machines) if r.machine.score is not None]
    if not rated.any() or not reviewers:
        return None
    rng = np.random.default_rng(seed)
    many = len(rated) * len(reviewers) > 3000
    with style():
        figure, grid = panels(len(reviewers))
        for axes, reviewer in zip(grid, reviewers, strict=True):
            draw_score_vs_rating(axes, reviewer, humans, rng, rasterized=many)
        handles, labels = grid[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, markerscale=1.6)
    return figure


def draw_score_vs_rating(
    axes: Axes, reviewer: Shown, humans: Humans, rng: np.random.Generator, *, rasterized: bool = False
) -> None:
    """One reviewer's scores against the mean human ratings on these axes."""
    rated, score = ~np.isnan(humans.rating), np.asarray(reviewer.machine.score)
    there = rated & np.isfinite(score)
    x, y = jittered(humans.rating, there, rng), jittered(score, there, rng)
    for label, colour, chosen in (("rejected", REJECTED, ~humans.accepted), ("accepted", ACCEPTED, humans.accepted)):
        some = there & chosen
        axes.scatter(
            x[some], y[some], s=11, color=colour, marker="oD"[label == "accepted"], alpha=0.55, linewidth=0,
            label=label, rasterized=rasterized,
        )  # fmt: skip
    rho = f"ρ = {show(reviewer.figures.scores.get('spearman'))}"
    heading(axes, reviewer.name, reviewer.colour, rho + _left_out(int((rated & ~there).sum())))
    axes.set(xlabel="mean human rating", ylabel="score")


def jittered(values: Floats, where: Bools, rng: np.random.Generator) -> Floats:
    """The values, moved by up to three tenths of a step where few distinct ones lie on one another."""
    distinct = np.unique(values[where])
    if not 1 < len(distinct) <= 40:
        return values
    step = min(float(np.diff(distinct).min()), float(np.ptp(distinct)) / 10)
    return values + rng.uniform(-0.3 * step, 0.3 * step, len(values))


def _left_out(failures: int) -> str:
    return f"; {failures} failed, not shown" if failures else ""
