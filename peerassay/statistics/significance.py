"""Tests of a difference: paired ones of two reviewers of the same papers or of means, equivalence, their power."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, binary, paired
from .bootstrap import percentile_interval

Z_LEVEL = 1.959964
"""Normal quantile of a two-sided test at .05."""
TYPICAL_SE, TYPICAL_PAPERS = 0.027, 500
"""Standard error of the difference of two AUCs: GPT-4o with one example less GPT-4o without, ICLR 2022 test papers."""
EQUAL = 1e-12
"""Relative size of a standard error from which down values count as equal."""


@dataclass(frozen=True)
class Comparison:
    """A less B: the difference, its standard error, its interval and a two-sided p-value."""

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
    from scipy.special import bdtr, betaincinv

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
    tail = (1 - level) / 2
    shares = (
        betaincinv(only_a, only_b + 1, tail) if only_a else 0.0,
        betaincinv(only_a + 1, only_b, 1 - tail) if only_b else 1.0,
    )
    low, high = (float(2 * share - 1) * apart / n for share in shares)
    p_value = min(1.0, 2 * float(bdtr(min(only_a, only_b), apart, 0.5)))
    return Comparison(difference, se, (low, high), p_value)


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


def paired_mean_test(differences: Sequence[float], *, level: float = 0.95) -> Comparison:
    """Test whether the mean of paired differences is 0, by Student's (1908) t with n - 1 degrees of freedom.

    `differences` (n,) are taken as independent and normal. Where they do not vary, all but the difference is NaN.

    Raises ValueError for fewer than two.
    """
    from scipy.special import stdtr, stdtrit

    if len(differences) < 2:
        raise ValueError("a paired test needs two differences or more")
    mean, freedom = statistics.fmean(differences), len(differences) - 1
    se = math.sqrt(statistics.variance(differences) / len(differences))
    if se <= EQUAL * max(map(abs, differences)):
        return Comparison(mean, math.nan, (math.nan, math.nan), math.nan)
    half = float(stdtrit(freedom, (1 + level) / 2)) * se
    return Comparison(mean, se, (mean - half, mean + half), 2 * float(stdtr(freedom, -abs(mean) / se)))


def papers_needed(difference: float, se: float, n: int, *, power: float = 0.8) -> int | None:
    """Papers with which a two-sided test at .05 resolves a difference with the given power.

    `se` is the standard error of the difference on `n` papers, which falls with the root of their number: n ((z_.975 +
    z_power) se / difference)^2. One test alone: corrections for several need more. None where the difference is 0 or
    `se` is unknown.

    Raises ValueError for n < 1, a negative `se`, or power outside (.05, 1).
    """
    from scipy.special import ndtri

    if n < 1 or se < 0 or not 0.05 < power < 1:
        raise ValueError(f"n must be 1 or more, se not negative, power within (.05, 1): not {n}, {se}, {power}")
    if not difference or not math.isfinite(difference) or not math.isfinite(se):
        return None
    return max(1, math.ceil(n * ((Z_LEVEL + float(ndtri(power))) * se / difference) ** 2))


def power_of(difference: float, se: float) -> float:
    """Probability that a two-sided test at .05 resolves a true difference estimated with this standard error."""
    from scipy.special import ndtr

    if not se > 0:
        raise ValueError(f"the standard error must be above 0, not {se}")
    effect = abs(difference) / se
    return float(ndtr(effect - Z_LEVEL) + ndtr(-effect - Z_LEVEL))


def detectable(se: float, *, power: float = 0.8) -> float:
    """The smallest difference that is resolved with the given power where its standard error is `se`."""
    from scipy.special import ndtri

    return (Z_LEVEL + float(ndtri(power))) * se


def equivalence_p(difference: float, se: float, margin: float) -> float:
    """p-value of two one-sided tests (Schuirmann 1987) that a difference lies outside (-margin, margin).

    Small: the two are as good as each other within the margin. NaN without a standard error; a difference without
    variance is certain. Raises ValueError for a margin that is not above 0.
    """
    from scipy.special import ndtr

    if not margin > 0:
        raise ValueError(f"the margin must be above 0, not {margin}")
    if se == 0:
        return float(abs(difference) >= margin)
    return float(ndtr((abs(difference) - margin) / se))


def _differences(draws_a: ArrayLike, draws_b: ArrayLike) -> Floats:
    a, b = np.asarray(draws_a, dtype=np.float64), np.asarray(draws_b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"both reviewers need the same draws, not {a.shape} and {b.shape}")
    return a - b
