"""Decisions that accept as many papers as the venue did: what two reviewers can be compared by without a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .draws import Floats, Levels, Value, binary, over_draws, paired, ratio


def matched_balanced_accuracy(
    y_true: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None
) -> Value:
    """Balanced accuracy where the highest scores are accepted, as many papers as are accepted in `y_true`; in [0, 1].

    Papers that tie at the cut share what is left, each accepted to the same fraction, which is the mean over all ways
    to break the tie. The cut is found anew in every draw, so that the spread of its choice is in a bootstrap. Scores
    may be infinite (a failed review imputed as the wrong extreme), not NaN; .5 for constant scores.

    At this selectivity accuracy, precision, recall and MCC are functions of balanced accuracy: a test of one is a test
    of all. `y_true` (n,), `y_score` (n,), `sample_weight` as in `metrics`.

    Raises ValueError for wrong shapes, NaN, or labels other than 0 and 1. NaN where a class is absent.
    """
    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    accepted, levels = binary(y, "y_true")[:, None], Levels(s)

    def statistic(w: Floats) -> Floats:
        accepted_here, all_here = levels.weights(w * accepted), levels.weights(w)
        wanted, total = accepted_here.sum(axis=0), all_here.sum(axis=0)
        above = total - all_here.cumsum(axis=0)
        share = np.clip(ratio(wanted - above, all_here, 0.0), 0, 1)
        true_positive = (accepted_here * share).sum(axis=0)
        rejected = total - wanted
        return (ratio(true_positive, wanted) + 1 - ratio(wanted - true_positive, rejected)) / 2

    return over_draws(statistic, sample_weight, len(y))
