"""Intervals that cover: of an area under the ROC curve, a share, balanced accuracy, a mean, and of fitted metrics."""

from __future__ import annotations

import math
import statistics
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, binary, cluster_numbers, paired
from .delong import covariance, fewest, placements


def auc_interval(
    y_true: ArrayLike, y_score: ArrayLike, *, groups: Sequence[Hashable] | None = None, level: float = 0.95
) -> tuple[float, float]:
    """The interval of an area under the ROC curve: DeLong's variance on the logit scale (Pepe 2003, 5.2.3), in [0, 1].

    Papers of one of `groups` (n,) depend on each other (Obuchowski 1997). The quantile is Student's for the smaller
    class. A perfect order of the papers has no variance: its interval goes to Clopper & Pearson's end for as many pairs
    as the smaller class has papers. Constant scores have (.5, .5).

    Raises ValueError for wrong shapes, NaN, or labels other than 0 and 1; NaN below two papers of either class.
    """
    from scipy.special import expit, logit, stdtrit

    y, s = paired(y_true, y_score, ("y_true", "y_score"))
    accepted, cluster = binary(y, "y_true"), cluster_numbers(groups, len(y))
    smaller = fewest(accepted, cluster)
    if smaller < 2:
        return math.nan, math.nan
    placed = placements(accepted, s)
    area = float(placed[accepted].mean())
    se = math.sqrt(max(0.0, float(covariance(accepted, placed[None], cluster)[0, 0])))
    if area in (0.0, 1.0):
        end = ((1 - level) / 2) ** (1 / smaller)
        return (end, 1.0) if area else (0.0, 1 - end)
    margin = float(stdtrit(smaller - 1, (1 + level) / 2)) * se / (area * (1 - area))
    return float(expit(logit(area) - margin)), float(expit(logit(area) + margin))


def wilson(k: ArrayLike, n: ArrayLike, z: float = 1.959964) -> tuple[Floats, Floats]:
    """Wilson's (1927) interval of a share: `k` of `n`, (m,) each, n > 0. Returns low and high, (m,), in [0, 1]."""
    k, n = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    centre = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    low, high = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return np.where(k <= 0, 0.0, low), np.where(k >= n, 1.0, high)  # exact there, whatever the rounding


def balanced_accuracy_interval(right: ArrayLike, papers: ArrayLike) -> tuple[float, float]:
    """The interval of the mean of two independent shares, by the square-and-add method (Newcombe 1998) from Wilson's.

    `right` and `papers` are (2,): of accepted and of rejected papers those decided right, and all, above 0.
    """
    share = np.asarray(right, dtype=np.float64) / np.asarray(papers, dtype=np.float64)
    low, high = wilson(right, papers)
    value = float(share.mean())
    down, up = (float(np.hypot(*(share - end))) / 2 for end in (low, high))
    return value - down, value + up


def spread_interval(
    value: float, draws: Floats, smaller: int, *, within: tuple[float, float] = (0.0, 1.0), level: float = 0.95
) -> tuple[float, float]:
    """Value plus and minus Student's quantile times the standard deviation of the bootstrap draws (draws,).

    The quantile is that for `smaller` papers, those of the smaller class. For metrics whose draws are off centre, since
    something is fitted in each; cut off at the ends of `within`. NaN where more than 5% of the draws are.
    """
    from scipy.special import stdtrit

    defined = draws[~np.isnan(draws)]
    if smaller < 2 or len(defined) < 0.95 * len(draws):
        return math.nan, math.nan
    margin = float(stdtrit(smaller - 1, (1 + level) / 2)) * float(defined.std())
    return max(value - margin, within[0]), min(value + margin, within[1])


def centred_interval(
    value: float, draws: Floats, *, within: tuple[float, float] = (0.0, 1.0), level: float = 0.95
) -> tuple[float, float]:
    """The percentile interval of the draws moved so that their mean is the value: for errors that noise only adds to.

    An expected calibration error is higher in every resample than in the sample, by the noise that resampling adds, so
    that the plain interval may not even hold the estimate. Cut off at the ends of `within`.
    """
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) - draws.mean() + value
    return max(float(low), within[0]), min(float(high), within[1])


def mean_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float]:
    """The Student t interval of the mean of (k,) values: mean ± t * s / sqrt(k), with t at k - 1 degrees of freedom.

    Student (1908), "The probable error of a mean", Biometrika 6. Raises ValueError for fewer than two values.
    """
    if len(values) < 2:
        raise ValueError("an interval needs at least two values")
    from scipy.special import stdtrit

    centre = statistics.mean(values)
    half = float(stdtrit(len(values) - 1, (1 + level) / 2)) * statistics.stdev(values) / math.sqrt(len(values))
    return centre - half, centre + half
