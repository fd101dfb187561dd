"""Balanced accuracy at a threshold that is fitted without the paper, with the fitting's own spread in its draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..reviewer.calibration import deal_folds
from .draws import Floats, Levels, Value, binary, over_draws, paired, ratio

FOLD_SEEDS = 20


def cross_fitted_balanced_accuracy(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    groups: Sequence[str | None] | None = None,
    sample_weight: ArrayLike | None = None,
    folds: int = 10,
    seeds: Sequence[int] = range(FOLD_SEEDS),
) -> Value:
    """Balanced accuracy of "accept where score >= t", t fitted on the other folds; the mean over deals of the folds.

    In each draw t is fitted anew: all copies of a paper, and all papers of one of `groups`, stay in one fold, so that
    no threshold sees what it is tested on, and the bootstrap holds the spread of fitting. Arguments and folds as in
    `reviewer.calibration.cross_fit`, thresholds as in `best_threshold`; infinite scores are those of failed reviews.

    Returns a float, or (draws,) for weights of shape (draws, n). NaN where a class is absent; .5 for constant scores.

    Raises ValueError for wrong shapes, labels or NaN.
    """
    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    accepted = binary(y, "y_true")
    dealt = [deal_folds(accepted, groups, folds, seed) for seed in seeds]
    levels = Levels(s)
    allowed = np.isfinite(np.unique(s))

    def statistic(w: Floats) -> Floats:
        positive, negative = w * accepted[:, None], w * ~accepted[:, None]
        wanted, unwanted = positive.sum(axis=0), negative.sum(axis=0)
        at_level = levels.weights(positive), levels.weights(negative)
        total = np.zeros(w.shape[1])
        for fold_of_paper in dealt:
            right, wrong = np.zeros(w.shape[1]), np.zeros(w.shape[1])
            for fold in range(fold_of_paper.max() + 1):
                outside = (fold_of_paper != fold)[:, None]
                held_out = tuple(_above(level - levels.weights(part * outside)) for level, part in
                                 zip(at_level, (positive, negative), strict=True))  # fmt: skip
                seen = tuple(_above(levels.weights(part * outside)) for part in (positive, negative))
                gain = seen[0] * seen[1][0] - seen[1] * seen[0][0]
                best = np.where(allowed[:, None], gain, -np.inf).argmax(axis=0)
                right += np.take_along_axis(held_out[0], best[None], axis=0)[0]
                wrong += np.take_along_axis(held_out[1], best[None], axis=0)[0]
            total += (ratio(right, wanted) + 1 - ratio(wrong, unwanted)) / 2
        return total / len(dealt)

    return over_draws(statistic, sample_weight, len(y))


def _above(at_level: Floats) -> Floats:
    """Weight at each level or above it, (k, block)."""
    return at_level[::-1].cumsum(axis=0)[::-1]
