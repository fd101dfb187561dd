"""Paired tests between two reviewers of the same papers, and Holm's correction for a table of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .bootstrap import percentile_interval
from .draws import Floats, binary, paired


@dataclass(frozen=True)
class Comparison:
    """Reviewer A less reviewer B: the difference, its standard error, its interval and a two-sided p-value."""

    difference: float
    se: float
    interval: tuple[float, float]
    p_value: float


def delong_test(y_true: ArrayLike, score_a: ArrayLike, score_b: ArrayLike, *, level: float = 0.95) -> Comparison:
    """Test whether two scores have the same area under the ROC curve (DeLong et al. 1988).

    By the midrank algorithm of Sun & Xu (2014). `y_true` is (n,), 1 for accept; scores may be infinite, not NaN. The
    normal interval and p-value are asymptotic. Scores that order the papers alike have p = 1; a difference with no
    estimated variance (one score perfect, the other constant) has p = 0.

    Raises ValueError for wrong shapes, labels or NaN, or fewer than two papers of either class.
    """
    from scipy.special import ndtr, ndtri

    y, a = paired(y_true, score_a, ("y_true", "score_a"))
    b = paired(y_true, score_b, ("y_true", "score_b"))[1]
    accepted = binary(y, "y_true")
    if min(accepted.sum(), (~accepted).sum()) < 2:
        raise ValueError("the DeLong test needs at least two accepted and two rejected papers")
    of_accepted, of_rejected = zip(*(_placements(score, accepted) for score in (a, b)), strict=True)
    difference = float(of_accepted[0].mean() - of_accepted[1].mean())
    variance = sum(np.var(p[0] - p[1], ddof=1) / len(p[0]) for p in (of_accepted, of_rejected))
    se = math.sqrt(variance)
    if se == 0:
        return Comparison(difference, 0.0, (difference, difference), float(difference == 0))
    p_value = float(2 * ndtr(-abs(difference) / se))
    margin = float(ndtri((1 + level) / 2)) * se
    return Comparison(difference, se, (difference - margin, difference + margin), p_value)


def mcnemar_exact(y_true: ArrayLike, pred_a: ArrayLike, pred_b: ArrayLike, *, level: float = 0.95) -> Comparison:
    """Test whether two reviewers' decisions are equally often right (McNemar 1947, exact binomial form).

    All (n,) of 0 and 1. The difference is that of the accuracies. The interval is Clopper & Pearson's for the share of
    A among the papers that just one of the two has right, scaled to accuracy, so that it is conditional on their
    number, as the test is. p = 1 where there are none.

    Raises ValueError for wrong shapes, labels or NaN.
    """
    from scipy.stats import binomtest

    y, a = paired(y_true, pred_a, ("y_true", "pred_a"))
    b = paired(y_true, pred_b, ("y_true", "pred_b"))[1]
    truth = binary(y, "y_true")
    right_a, right_b = binary(a, "pred_a") == truth, binary(b, "pred_b") == truth
    only_a, only_b = int((right_a & ~right_b).sum()), int((right_b & ~right_a).sum())
    n, apart = len(truth), only_a + only_b
    difference = (only_a - only_b) / n
    se = math.sqrt(apart - (only_a - only_b) ** 2 / n) / n
    if apart == 0:
        return Comparison(0.0, 0.0, (0.0, 0.0), 1.0)
    test = binomtest(only_a, apart)
    share = test.proportion_ci(level)
    low, high = ((2 * end - 1) * apart / n for end in (share.low, share.high))
    return Comparison(difference, se, (float(low), float(high)), float(test.pvalue))


def paired_bootstrap_test(
    draws_a: ArrayLike, draws_b: ArrayLike, observed: float, *, level: float = 0.95
) -> Comparison:
    """Test whether a metric differs between two reviewers, from its values on the same bootstrap draws.

    `draws_a` and `draws_b` are (draws,), made with the same counts; `observed` is the difference on the sample itself.
    With k the draws whose difference is not on the majority's side of 0, p = 2 (k + 1) / (draws + 1), at most 1
    (Davison & Hinkley 1997, 4.2.5): the interval of `percentile_interval` turned into a test. Draws that are NaN are
    left out; above 5% of them, all but the difference is NaN.

    Raises ValueError for arrays of different or wrong shape.
    """
    a, b = np.asarray(draws_a, dtype=np.float64), np.asarray(draws_b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"both reviewers need the same draws, not {a.shape} and {b.shape}")
    interval = percentile_interval(a - b, level)
    if math.isnan(interval[0]):
        return Comparison(float(observed), math.nan, interval, math.nan)
    differences = (a - b)[~np.isnan(a - b)]
    k = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    p_value = min(1.0, 2 * (k + 1) / (len(differences) + 1))
    return Comparison(float(observed), float(differences.std()), interval, p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for their number (Holm 1979), in the order given; NaN stays NaN and is not counted."""
    defined = sorted((p, i) for i, p in enumerate(p_values) if not math.isnan(p))
    adjusted = [math.nan] * len(p_values)
    largest = 0.0
    for done, (p, i) in enumerate(defined):
        largest = max(largest, min(1.0, (len(defined) - done) * p))
        adjusted[i] = largest
    return adjusted


def _placements(score: Floats, accepted: np.ndarray) -> tuple[Floats, Floats]:
    """For each accepted paper the share of rejected ones below it, for each rejected the share of accepted above it."""
    from scipy.stats import rankdata

    overall = rankdata(score)
    accepted_count, rejected_count = accepted.sum(), (~accepted).sum()
    of_accepted = (overall[accepted] - rankdata(score[accepted])) / rejected_count
    of_rejected = 1 - (overall[~accepted] - rankdata(score[~accepted])) / accepted_count
    return of_accepted, of_rejected
