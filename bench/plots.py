"""The figures of a run that need its papers: ROC curves, reliability, score against rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..presentation.drawing import ACCEPTED, REJECTED, heading, panels, style
from ..presentation.numbers import show
from ..statistics.arrays import Bools, Floats
from ..statistics.calibration import reliability_bins
from ..statistics.metrics import BINS
from .decisions import probabilities
from .outcomes import Humans, Machine
from .plots_summary import ShownReviewer, shown_reviewers
from .records import Calibration
from .summary import RunMetrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def reliability(
    figures: RunMetrics,
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


def draw_reliability(
    axes: Axes, reviewer: ShownReviewer, humans: Humans, calibration: Calibration | None = None
) -> bool:
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
    bins = reliability_bins(accepted, p)
    share, n = np.array([found.accepted for found in bins]), [found.n for found in bins]
    below_it = share - [found.accepted_low for found in bins]
    above_it = [found.accepted_high for found in bins] - share
    axes.plot([0, 1], [0, 1], color="#bbbbbb", linewidth=0.8)
    axes.errorbar(
        [found.predicted for found in bins], share, yerr=np.maximum([below_it, above_it], 0), fmt="o", color=colour,
        markersize=4.5, elinewidth=1.2, capsize=2,
    )  # fmt: skip
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.03, 1.03), ylabel="share accepted", xticks=np.linspace(0, 1, 6))
    axes.tick_params(labelbottom=False)
    below = axes.inset_axes((0, -0.27, 1, 0.2), sharex=axes)
    below.bar(
        [(found.low + found.high) / 2 for found in bins], n, width=0.9 / BINS, color=colour, alpha=0.55, linewidth=0
    )
    below.set(xlabel="probability to accept", ylabel="papers", yticks=[0, max(n, default=0)])


def score_vs_rating(
    figures: RunMetrics, humans: Humans, machines: Sequence[Machine], *, seed: int = 0
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
    axes: Axes, reviewer: ShownReviewer, humans: Humans, rng: np.random.Generator, *, rasterized: bool = False
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
