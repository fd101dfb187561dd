"""What a reviewer says beside its score, taken as a score: the chance of acceptance, the percentile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..statistics import metrics, rank_metrics
from .outcomes import Humans, Machine
from .records import OtherScore

if TYPE_CHECKING:
    from .evaluate import Bootstrap

OWN_WORD = "own word, uncalibrated"
"""Where probabilities come from that a reviewer says and nobody fitted to decisions."""


def other_scores(humans: Humans, machine: Machine, bootstrap: Bootstrap) -> list[OtherScore]:
    """What the other numbers of a reviewer are worth; a chance that is its score anyway is none of them."""
    found: list[OtherScore] = []
    chance = None if machine.traits.kind in ("floor", "learned") else machine.probability
    for name, values in (("P(accept)", chance), ("percentile", machine.percentile)):
        if values is None:
            continue
        measured = {"auc": bootstrap.auc(values)}
        rated = ~np.isnan(humans.rating)
        if rated.any():
            measured["spearman"] = bootstrap.estimate(rank_metrics.spearman, humans.rating, values, rated)
        if values is chance:
            measured["brier"] = bootstrap.estimate(metrics.brier_score_loss, humans.accepted, values)
            measured["ece"] = bootstrap.calibration_error(values)
        of = "its own word" if values is not chance else "fitted to decisions" if machine.p_calibrated else OWN_WORD
        said = float(np.mean(values[machine.ok])) if machine.ok.any() else None
        found.append(OtherScore(name=name, of=of, mean=said, metrics=measured))
    return found
