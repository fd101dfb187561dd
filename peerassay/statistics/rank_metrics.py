"""How well scores agree with the mean human rating, and with the tiers of a venue.

The same signature and weights as in `metrics`, with human ratings (n,) in the place of decisions. All but
`mean_absolute_error` and `pearson` depend on the order of scores alone, and take infinite scores (a failed review
imputed as the wrong extreme). All raise ValueError for wrong shapes or NaN.

The metrics on pairs of papers count exactly for integer weights, in n log n steps, see `concordance`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, Levels, Value, over_draws, paired, ratio
from .concordance import pair_excess


def spearman(rating: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Correlation of midranks (Spearman 1904), in [-1, 1]; NaN where either side is constant."""
    x, y = (Levels(values) for values in paired(rating, y_score, ("rating", "y_score")))

    def statistic(w: Floats) -> Floats:
        rank_x, spread_x = centred_midranks(x, w)
        rank_y, spread_y = centred_midranks(y, w)
        return ratio((w * rank_x * rank_y).sum(axis=0), np.sqrt(spread_x) * np.sqrt(spread_y))

    return over_draws(statistic, sample_weight, len(x.of_paper))


def kendall(rating: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Kendall's tau-b (Kendall 1945), in [-1, 1]; NaN where either side is constant.

    Concordant less discordant pairs, over the geometric mean of the numbers of pairs untied in rating and in score.
    """
    return _of_pairs(
        lambda excess, untied_x, untied_y: ratio(excess, np.sqrt(untied_x) * np.sqrt(untied_y)),
        *paired(rating, y_score, ("rating", "y_score")),
        sample_weight,
    )


def pairwise_accuracy(rating: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Share of the pairs with different human ratings that the score orders the same way, in [0, 1].

    Pairs with tied scores count half, so that constant scores give .5; NaN where all ratings are equal. Against two
    classes it is the area under the ROC curve.
    """
    return _of_pairs(
        lambda excess, untied_x, _: (1 + ratio(excess, untied_x)) / 2,
        *paired(rating, y_score, ("rating", "y_score")),
        sample_weight,
    )


def tier_concordance(tier_rank: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Probability that, of two papers of different tiers, the one of the higher tier scores higher, in [0, 1].

    `tier_rank` rises with the tier (reject 0, poster 1, spotlight 2, oral 3). Ties of score count half. This is the
    statistic of Jonckheere (1954) and Terpstra (1952) divided by its maximum.
    """
    tiers, scores = paired(tier_rank, y_score, ("tier_rank", "y_score"))
    return pairwise_accuracy(tiers, scores, sample_weight=sample_weight)


def mean_absolute_error(rating: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Mean of |rating - score| in points of the rating scale, >= 0; both must stand on that scale.

    Raises ValueError for infinite values as well: impute a failed review by the farther end of the scale.
    """
    x, y = paired(rating, y_score, ("rating", "y_score"))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("mean_absolute_error needs finite values: impute a failed review by an end of the scale")
    return over_draws(lambda w: ratio(np.abs(x - y) @ w, w.sum(axis=0)), sample_weight, len(x))


def pearson(rating: ArrayLike, y_score: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Value:
    """Product-moment correlation (Pearson 1895), in [-1, 1]; NaN where either side is constant.

    Raises ValueError for infinite values as well.
    """
    x, y = paired(rating, y_score, ("rating", "y_score"))
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("pearson needs finite values: impute a failed review first")
    x, y = x - x.mean(), y - y.mean()
    moments = np.stack([x, y, x * x, y * y, x * y])

    def statistic(w: Floats) -> Floats:
        sum_x, sum_y, xx, yy, xy = moments @ w
        total = w.sum(axis=0)
        spread_x, spread_y = xx - ratio(sum_x**2, total), yy - ratio(sum_y**2, total)
        return ratio(xy - ratio(sum_x * sum_y, total), np.sqrt(spread_x) * np.sqrt(spread_y))

    return over_draws(statistic, sample_weight, len(x))


def centred_midranks(levels: Levels, w: Floats) -> tuple[Floats, Floats]:
    """Of weights (n, block): midranks less their mean, (n, block), and their weighted sum of squares, (block,)."""
    below = levels.cumulative(w)
    ranks = (below[:-1] + below[1:] - below[-1]) / 2
    return ranks[levels.of_paper], (np.diff(below, axis=0) * ranks**2).sum(axis=0)


def _of_pairs(
    statistic: Callable[[Floats, Floats, Floats], Floats], x: Floats, y: Floats, sample_weight: ArrayLike | None
) -> Value:
    """A statistic of the pairs' counts: concordant less discordant, untied in x, untied in y; each (block,)."""
    levels_x, levels_y = Levels(x), Levels(y)
    excess = pair_excess(levels_x, levels_y)

    def counts(w: Floats) -> Floats:
        return statistic(excess(w), _untied(levels_x, w), _untied(levels_y, w))

    return over_draws(counts, sample_weight, len(x))


def _untied(levels: Levels, w: Floats) -> Floats:
    """The number of pairs of papers on different levels, (block,)."""
    return (w.sum(axis=0) ** 2 - (levels.weights(w) ** 2).sum(axis=0)) / 2
