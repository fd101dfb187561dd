"""What a reviewer's reviews decide: by its form's rule, by its own word, or at the selectivity of the venue."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...statistics.arrays import Floats
from .columns import ACCEPT, REJECT, Column, StressScores


@dataclass(frozen=True)
class Rule:
    """How reviews become decisions, in words, and from which score on; None: by the reviewer's own word."""

    words: str
    threshold: float | None

    def accepts(self, column: Column) -> Floats:
        """(n,) 1 accept, 0 reject, NaN where the review decides nothing."""
        if self.threshold is None:
            letters = {ACCEPT: 1.0, REJECT: 0.0}
            return np.array([letters.get(mark, np.nan) for mark in column.marks])
        score = column.score
        return np.where(np.isnan(score), np.nan, score >= self.threshold)


def rule_of(scores: StressScores) -> Rule | None:
    """The reviewer's rule; None where it has neither decisions nor scores that could be cut."""
    accept_at = scores.traits.accept_at
    if accept_at is not None:
        return Rule(f"accept from {accept_at:g} on, its form's rule", accept_at)
    if {ACCEPT, REJECT} & set(scores.intact.marks):
        return Rule("its own word", None)
    score, accepted = scores.intact.score, scores.accepted
    known = score[np.isfinite(score)]
    if not len(known):
        return None
    share = float(np.nanmean(accepted)) if np.isfinite(accepted).any() else 0.5
    threshold = float(np.quantile(known, 1 - share, method="higher"))
    return Rule(f"accept from {threshold:.4g} on, which takes {share:.0%} of the intact papers", threshold)
