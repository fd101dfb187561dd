"""The figures of a run that are drawn from its summary alone: confusion matrices, tiers, the leak audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data.records import TIERS
from ..presentation.drawing import ALARM, COLOURS, GREY, INK, Difference, forest, heading, panels, style, wrap
from ..presentation.numbers import between, show
from ..statistics.estimate import Estimate
from .audit.records import AuditSummary, ProbeMetrics, ProbeResult
from .compare import PairRow
from .compare_tables import TITLES
from .outcomes import Machine
from .records import DecisionRow, ReviewerMetrics
from .summary import RunMetrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

MOST_PAIRS = 60
"""Differences that a drawing can hold."""


@dataclass(frozen=True)
class ShownReviewer:
    """A reviewer that has a colour of its own in every drawing."""

    figures: ReviewerMetrics
    machine: Machine
    colour: str
    dash: str

    @property
    def name(self) -> str:
        """The reviewer's name."""
        return self.machine.name


def shown_reviewers(figures: RunMetrics, machines: Sequence[Machine]) -> list[ShownReviewer]:
    """All reviewers but the floors, in the order of the run; the floors where there is nothing else."""
    by_name = {machine.name: machine for machine in machines}
    featured = [r for r in figures.reviewers if r.kind != "floor"] or figures.reviewers
    return [
        ShownReviewer(r, by_name[r.name], COLOURS[i % len(COLOURS)], ("-", "--")[i // 6 % 2])
        for i, r in enumerate(featured)
    ]


def confusion(figures: RunMetrics, machines: Sequence[Machine]) -> Figure | None:
    """Confusion matrices of the headline decisions: counts and shares of the row; None without decisions."""
    found = [(r, row) for r in shown_reviewers(figures, machines) if (row := r.figures.headline)]
    if not found:
        return None
    with style():
        figure, grid = panels(len(found), height=3.0)
        for axes, (reviewer, row) in zip(grid, found, strict=True):
            draw_confusion(axes, reviewer, row, constructed=figures.card.labels == "constructed")
    return figure


def draw_confusion(axes: Axes, reviewer: ShownReviewer, row: DecisionRow, *, constructed: bool = False) -> None:
    """The confusion matrix of one rule for decisions on these axes."""
    counts = np.array([[row.confusion["tp"], row.confusion["fn"]], [row.confusion["fp"], row.confusion["tn"]]])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1.25, aspect="auto")
    for (i, j), count in np.ndenumerate(counts):
        colour = "white" if shares[i, j] > 0.7 else INK
        axes.text(j, i, f"{count}\n{shares[i, j]:.0%}", ha="center", va="center", color=colour, fontsize=11)
    axes.set(xticks=[0, 1], xticklabels=["accept", "reject"], xlabel="reviewer")
    axes.set(yticks=[0, 1], yticklabels=["accept", "reject"], ylabel="labels" if constructed else "humans")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(True)
    accuracy = show(row.metrics["balanced_accuracy"], interval=False)
    heading(axes, reviewer.name, reviewer.colour, f"{row.rule}: BA {accuracy}")


def paired_differences(pairs: Sequence[PairRow]) -> Figure | None:
    """The paired differences with their intervals, a panel per metric; None without any.

    Of too many pairs, those with the first reviewer, which has the highest AUC.
    """
    shown = [row for row in pairs if row.difference is not None]
    if len(shown) > MOST_PAIRS:
        shown = [row for row in shown if shown[0].a in (row.a, row.b)]
    panels: dict[str, list[Difference]] = {}
    for row, difference in zip(shown, as_differences(shown), strict=True):
        panels.setdefault(TITLES[row.metric], []).append(difference)
    return forest(panels, "difference: right of 0, the first one's is higher", 0.42) if panels else None


def as_differences(pairs: Sequence[PairRow]) -> list[Difference]:
    """Pairs as rows of a forest plot; long names are cut in the middle, unless two would then be alike."""
    names = {name for row in pairs for name in (row.a, row.b)}
    cut = {name: wrap(name, 60, 1) for name in names}
    called = cut if len(set(cut.values())) == len(names) else {name: name for name in names}
    return [
        Difference(
            f"{called[row.a]}\n− {called[row.b]}",
            row.difference or 0.0,
            row.low,
            row.high,
            row.resolved,
            COLOURS[0],
            between(row.difference, row.low, row.high),
        )
        for row in pairs
    ]


def tiers(figures: RunMetrics, machines: Sequence[Machine]) -> Figure | None:
    """Mean score by tier with intervals, a panel per reviewer on its own scale; None for fewer than two tiers."""
    reviewers = [r for r in shown_reviewers(figures, machines) if len(r.figures.tiers) > 1]
    if not reviewers:
        return None
    with style():
        figure, grid = panels(len(reviewers), height=3.0)
        for axes, reviewer in zip(grid, reviewers, strict=True):
            rows = reviewer.figures.tiers
            at = np.arange(len(rows))
            value = np.array([row.score.value for row in rows], dtype=np.float64)
            axes.plot(at, value, color=reviewer.colour, linewidth=0.8, alpha=0.5)
            axes.errorbar(
                at, value, yerr=np.array([_reach(row.score) for row in rows]).T, fmt="o", color=reviewer.colour,
                markersize=5, elinewidth=1.3, capsize=3,
            )  # fmt: skip
            axes.set_xticks(at, [f"{TIERS[row.tier]}\nn={row.score.n}" for row in rows])
            axes.set(xlim=(-0.5, len(rows) - 0.5), ylabel="mean score")
            axes.margins(y=0.15)
            concordance = reviewer.figures.scores.get("tier_concordance")
            heading(
                axes,
                reviewer.name,
                reviewer.colour,
                f"tier concordance {show(concordance)}" if concordance else "",
            )
    return figure


def leaks(audit: AuditSummary) -> Figure:
    """What each probe tells of the decision, raw and scrubbed, on the metric that its verdict is on."""
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=(9.4, 1.5 + 0.4 * len(audit.probes)), layout="constrained")
        figure.legend(*draw_leaks(figure.add_subplot(), audit), loc="outside upper left", ncols=5)
    return figure


def draw_leaks(axes: Axes, audit: AuditSummary) -> tuple[list[Line2D], list[str]]:
    """The probes on these axes; returns the handles and labels of a legend."""
    from matplotlib.lines import Line2D

    axes.axvline(0.5, color="#bbbbbb", linewidth=0.8)
    for at, probe in enumerate(audit.probes):
        axes.plot([probe.limit] * 2, [at - 0.34, at + 0.34], color=GREY, linewidth=1.2)
        for offset, form, face in ((-0.15, probe.raw, "white"), (0.15, probe.scrubbed, None)):
            estimate = deciding(probe, form)
            if estimate.value is None:
                continue
            colour = ALARM if form.verdict == "leak" else "#33638d"
            axes.errorbar(
                estimate.value, at + offset, xerr=np.array([_reach(estimate)]).T, fmt="o", color=colour,
                markerfacecolor=face or colour, markersize=5.5, elinewidth=1.2, capsize=2,
            )  # fmt: skip
            matched = None if form.matched.auc is None else form.matched.auc.value
            if matched is not None:
                axes.plot(matched, at + offset, "x", color=colour, markersize=5)
        verdict = f"{probe.raw.verdict} → {probe.scrubbed.verdict}"
        weight = "bold" if getattr(probe, audit.text).verdict in ("leak", "suspect") else "normal"
        colour = ALARM if weight == "bold" else INK
        axes.annotate(
            verdict, (1.01, at), xycoords=("axes fraction", "data"), va="center", color=colour, fontweight=weight
        )
    names = [f"{probe.name}  ({'BA' if probe.kind == 'artefact' else 'AUC'})" for probe in audit.probes]
    axes.set_yticks(range(len(names)), names)
    axes.set(ylim=(len(names) - 0.4, -0.6), xlabel="balanced accuracy (BA) or AUC; .5 tells nothing")
    axes.set_xlim(right=max(1.01, axes.get_xlim()[1]))
    axes.tick_params(axis="y", length=0)
    marks = [("raw", "o", "white"), ("scrubbed", "o", INK), ("limit", "|", INK)]
    handles = [Line2D([], [], linestyle="none", marker=m, color=INK, markerfacecolor=face) for _, m, face in marks]
    handles += [Line2D([], [], linestyle="none", marker="x", color=INK)]
    handles += [Line2D([], [], linestyle="none", marker="s", color=ALARM)]
    labels = [label for label, _, _ in marks] + ["AUC among equal ratings", "leak"]
    return handles, labels


def deciding(probe: ProbeResult, form: ProbeMetrics) -> Estimate:
    """The figure that the probe's verdict is on."""
    return form.balanced_accuracy if probe.kind == "artefact" else form.auc


def _reach(estimate: Estimate) -> tuple[float, float]:
    """How far the interval reaches below and above the value."""
    value = estimate.value or 0.0
    low = value if estimate.low is None else estimate.low
    high = value if estimate.high is None else estimate.high
    return max(value - low, 0.0), max(high - value, 0.0)
