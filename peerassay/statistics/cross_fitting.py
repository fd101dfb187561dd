"""Cross-fitting: predictions for a paper by what was fitted without it, and balanced accuracy at such thresholds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Bools, Floats, Value, binary, over_draws, paired, ratio
from .calibration import Predictor, labels_and_scores
from .draws import Draws, drawn

FOLD_SEEDS = 20


def cross_fitted_balanced_accuracy(
    y_true: ArrayLike,
    y_score: ArrayLike,
    *,
    groups: Sequence[str | None] | None = None,
    sample_weight: ArrayLike | Draws | None = None,
    folds: int = 10,
    seeds: Sequence[int] = range(FOLD_SEEDS),
) -> Value:
    """Balanced accuracy of "accept where score >= t", t fitted on the other folds; the mean over deals of the folds.

    In each draw t is fitted anew: all copies of a paper, and all papers of one of `groups`, stay in one fold, so that
    no threshold sees what it is tested on, and the bootstrap holds the spread of fitting. Arguments and folds as in
    `cross_fit`, thresholds as in `calibration.best_threshold`; infinite scores are those of failed reviews.

    Returns a float, or (draws,) for weights of shape (draws, n). NaN where a class is absent; .5 for constant scores.

    Raises ValueError for wrong shapes, labels or NaN.
    """
    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    accepted = binary(y, "y_true")
    dealt = [deal_folds(accepted, groups, folds, seed) for seed in seeds]
    counts = sample_weight if isinstance(sample_weight, Draws) else np.asarray(sample_weight)
    if counts.ndim == 2:
        return drawn(_at_fitted_thresholds, counts, accepted, s, *dealt)
    return _at_fitted_thresholds(accepted, s, *dealt, sample_weight=sample_weight)


def _at_fitted_thresholds(
    accepted: Bools, score: Floats, *dealt: NDArray[np.int64], sample_weight: ArrayLike | Draws | None
) -> Value:
    """The mean over deals, each of which has the fold (n,) of every paper."""
    order = np.argsort(score, kind="stable")
    y = accepted[order]
    values, starts, level = np.unique(score[order], return_index=True, return_inverse=True)
    impossible = ~np.isfinite(values)
    folds = [[np.flatnonzero(d[order] == fold) for fold in range(d.max() + 1)] for d in dealt]

    def statistic(weights: Floats) -> Floats:
        w = weights[order]
        wanted, unwanted = w[y].sum(axis=0), w[~y].sum(axis=0)
        total, gained = np.zeros(w.shape[1]), np.empty_like(w)
        for deal in folds:
            right, wrong = np.zeros(w.shape[1]), np.zeros(w.shape[1])
            for fold in deal:
                held_out, of_class = w[fold], y[fold]
                positive = wanted - held_out[of_class].sum(axis=0)
                negative = unwanted - held_out[~of_class].sum(axis=0)
                np.multiply(w, np.where(y[:, None], negative, -positive), out=gained)
                gained[fold] = 0
                at_threshold = gained[::-1].cumsum(axis=0)[::-1][starts]
                at_threshold[impossible] = -np.inf
                above = held_out * (level[fold][:, None] >= at_threshold.argmax(axis=0))
                right += above[of_class].sum(axis=0)
                wrong += above[~of_class].sum(axis=0)
            total += (ratio(right, wanted) + 1 - ratio(wrong, unwanted)) / 2
        return total / len(folds)

    return over_draws(statistic, sample_weight, len(score))


def cross_fit(
    y_true: ArrayLike,
    y_score: ArrayLike,
    fit: Callable[[Floats, Floats], Predictor],
    *,
    groups: Sequence[str | None] | None = None,
    folds: int = 10,
    seed: int = 0,
) -> Floats:
    """Predictions for every paper by a predictor that was fitted without it.

    `fit` maps labels and scores to a predictor: `cross_fit(y, s, PlattCalibrator.fit)`.

    `y_true` and `y_score` are (n,). Papers with the same group are never on both sides; None is a group of its own.
    Folds are stratified: groups of like composition are dealt out in turn. There are at most as many folds as groups.

    Returns (n,), in the order given. Raises ValueError for wrong shapes, labels or NaN, fewer than two folds, or a fold
    without which a class is missing.
    """
    y, s = labels_and_scores(y_true, y_score)
    fold_of_paper = deal_folds(y, groups, folds, seed)
    predictions = np.empty(len(y))
    for fold in range(fold_of_paper.max() + 1):
        held_out = fold_of_paper == fold
        predictions[held_out] = fit(y[~held_out], s[~held_out]).predict(s[held_out])
    return predictions


def deal_folds(
    y: ArrayLike, groups: Sequence[str | None] | None = None, folds: int = 10, seed: int = 0
) -> NDArray[np.int_]:
    """The fold of each paper, (n,) from 0 on, as `cross_fit` has them; `y` is (n,) of 0 and 1.

    Raises ValueError for groups of another length, or fewer than two folds.
    """
    y = np.asarray(y, dtype=int)
    if groups is None:
        groups = [None] * len(y)
    if len(groups) != len(y):
        raise ValueError(f"groups must name the group of each of {len(y)} papers, not of {len(groups)}")
    numbers: dict[object, int] = {}
    group_of_paper = np.array([numbers.setdefault(i if g is None else g, len(numbers)) for i, g in enumerate(groups)])
    if min(folds, len(numbers)) < 2:
        raise ValueError(f"cross-fitting needs at least two folds and two groups, not {folds} and {len(numbers)}")
    accepted = np.bincount(group_of_paper, weights=y)
    rejected = np.bincount(group_of_paper, weights=1 - y)
    shuffled = np.random.default_rng(seed).permutation(len(numbers))
    dealt = shuffled[np.lexsort((rejected[shuffled], accepted[shuffled]))]
    fold_of_group = np.empty(len(numbers), dtype=int)
    fold_of_group[dealt] = np.arange(len(numbers)) % min(folds, len(numbers))
    return fold_of_group[group_of_paper]
