"""Distributions of scores, and the bins of reliability diagrams, as the boards show them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ..bench.decisions import probabilities
from ..bench.outcomes import Humans, Machine
from ..bench.scores.plots import bar_edges
from ..statistics.calibration import ReliabilityBin, reliability_bins
from .boards import Bar, Histogram

FEWEST, BARS = 5, 20
LARGEST = 1e6
STEPS = (1.0, 0.5, 0.25)
"""Where all scores are multiples of one of these, and none is beyond `LARGEST`, a bar for each multiple."""


def histogram(scores: Mapping[str, Sequence[float]], missing: int) -> Histogram | None:
    """Bars over the scores of all series together; None where there is no score.

    Scores on a form's scale have a bar for each value between the lowest and the highest. Others have bars of one
    width, two for each unit of the root of their number, from `FEWEST` to `BARS`.
    """
    values = np.concatenate([np.asarray(series, dtype=np.float64) for series in scores.values()])
    bins = min(max(math.ceil(2 * math.sqrt(len(values))), FEWEST), BARS)
    edges = bar_edges(values, bins=bins, steps=STEPS, most=BARS, largest=LARGEST)
    if edges is None:
        return None
    counts = [np.histogram(np.asarray(series, dtype=np.float64), edges)[0].tolist() for series in scores.values()]
    bars = (
        Bar(low=float(low), high=float(high), counts=tuple(column))
        for low, high, column in zip(edges[:-1], edges[1:], zip(*counts, strict=True), strict=True)
    )
    return Histogram(series=tuple(scores), bars=tuple(bars), missing=missing)


def reviewer_histogram(humans: Humans, machine: Machine) -> Histogram | None:
    """The scores of rejected and of accepted papers; None without scores."""
    if machine.score is None:
        return None
    there = np.isfinite(machine.score)
    by_decision = {
        "rejected": machine.score[there & ~humans.accepted].tolist(),
        "accepted": machine.score[there & humans.accepted].tolist(),
    }
    return histogram(by_decision, int((~there).sum()))


def reliability(humans: Humans, machine: Machine) -> tuple[ReliabilityBin, ...]:
    """Ten bins of the predicted probability that hold papers, failed reviews left out; empty without probabilities."""
    _, predicted = probabilities(humans, machine)
    if predicted is None:
        return ()
    return reliability_bins(humans.accepted[machine.ok], predicted[machine.ok])
