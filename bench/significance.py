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
    method: str = ""
    """How the p-value was found, where it is not the way that the test's name says."""


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
    apart = _differences(draws_a, draws_b)
    interval = percentile_interval(apart, level)
    if math.isnan(interval[0]):
        return Comparison(float(observed), math.nan, interval, math.nan)
    differences = apart[~np.isnan(apart)]
    k = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    p_value = min(1.0, 2 * (k + 1) / (len(differences) + 1))
    return Comparison(float(observed), float(differences.std()), interval, p_value)


def paired_t_test(
    draws_a: ArrayLike, draws_b: ArrayLike, observed: float, *, freedom: float, level: float = 0.95
) -> Comparison:
    """Test whether a metric differs between two reviewers, by the standard deviation of its bootstrap differences.

    Arguments as in `paired_bootstrap_test`, but interval and p-value are those of Student's t with so many degrees of
    freedom: they hang less on the seed and hold their level with few, tied scores. Without variance p = 1 for no
    difference, else NaN. Draws that are NaN are left out; above 5% of them, all but the difference is NaN.

    Raises ValueError for arrays of different or wrong shape.
    """
    from scipy.special import stdtr, stdtrit

    apart = _differences(draws_a, draws_b)
    defined = apart[~np.isnan(apart)]
    if len(defined) < 0.95 * len(apart):
        return Comparison(float(observed), math.nan, (math.nan, math.nan), math.nan)
    se = float(defined.std())
    if se < 1e-12:
        end, p_value = (float(observed), 1.0) if abs(observed) < 1e-12 else (math.nan, math.nan)
        return Comparison(float(observed), 0.0, (end, end), p_value)
    margin = float(stdtrit(freedom, (1 + level) / 2)) * se
    p_value = float(2 * stdtr(freedom, -abs(observed) / se))
    return Comparison(float(observed), se, (observed - margin, observed + margin), p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for their number (Holm 1979), in the order given; NaN stays NaN and is not counted."""
    defined = sorted((p, i) for i, p in enumerate(p_values) if not math.isnan(p))
    adjusted = [math.nan] * len(p_values)
    largest = 0.0
    for done, (p, i) in enumerate(defined):
        largest = max(largest, min(1.0, (len(defined) - done) * p))
        adjusted[i] = largest
    return adjusted


def _differences(draws_a: ArrayLike, draws_b: ArrayLike) -> Floats:
    a, b = np.asarray(draws_a, dtype=np.float64), np.asarray(draws_b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"both reviewers need the same draws, not {a.shape} and {b.shape}")
    return a - b
