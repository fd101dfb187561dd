"""Means, shares and slopes over papers of which some depend on each other: those of one group count together.

Variances are those of a ratio of sums over groups, by linearisation (Cochran 1977, 6; Cameron & Miller 2015, J. Human
Resources 50), with Student's quantile for one group less than there are.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, cluster_numbers
from .estimate import ENOUGH, Estimate
from .intervals import wilson


def clustered_mean(
    values: ArrayLike, groups: Sequence[Hashable] | None = None, *, within: tuple[float, float] | None = None
) -> Estimate:
    """The mean of (n,) values with its 95% interval, cut off at the ends of `within`; undefined for none.

    There is no interval of fewer than `ENOUGH` groups, nor of values that are all the same. Raises ValueError for
    values that are not finite.
    """
    found = _finite(values)
    if not len(found):
        return Estimate(value=None, n=0)
    cluster = cluster_numbers(groups, len(found))
    count, value = int(cluster.max()) + 1, float(found.mean())
    if np.ptp(found) == 0:
        return Estimate(value=value, n=len(found))
    if count < ENOUGH:
        return Estimate(value=value, n=len(found), few=True)
    margin = _quantile(count - 1) * math.sqrt(_variance(found - value, cluster))
    low, high = value - margin, value + margin
    if within:
        low, high = max(low, min(within[0], value)), min(high, max(within[1], value))
    return Estimate(value=value, low=low, high=high, n=len(found))


def clustered_share(values: ArrayLike, groups: Sequence[Hashable] | None = None) -> Estimate:
    """The mean of (n,) values in [0, 1] with Wilson's interval for as many independent papers as they are worth.

    That number is n over the design effect (Kish 1965, 8.2), which is 1 at least; where all values are the same it is
    the number of groups. A value of a half is a tie. Undefined for no values; raises ValueError beyond [0, 1].
    """
    found = _finite(values)
    n = len(found)
    if not n:
        return Estimate(value=None, n=0)
    if found.min() < 0 or found.max() > 1:
        raise ValueError("shares are made of values from 0 to 1")
    cluster = cluster_numbers(groups, n)
    count, value = int(cluster.max()) + 1, float(found.mean())
    plain = value * (1 - value) / n
    effect = n / count
    if plain > 0 and count > 1:
        effect = max(1.0, _variance(found - value, cluster) / plain)
    worth = n / effect
    low, high = wilson([value * worth], [worth])
    return Estimate(value=value, low=float(low[0]), high=float(high[0]), n=n)


def clustered_slope(
    y: ArrayLike, x: ArrayLike, given: Sequence[ArrayLike] = (), groups: Sequence[Hashable] | None = None
) -> Estimate:
    """The least-squares slope of y on x at given other variables, each (n,), with an intercept.

    The sandwich variance sums over groups (Liang & Zeger 1986) and is raised by (G / (G - 1)) (n - 1) / (n - k).
    Undefined where x varies with the others alone; no interval of fewer than `ENOUGH` groups or without residuals.
    """
    outcome, moved = _finite(y), _finite(x)
    n = len(outcome)
    held = [_finite(other) for other in given]
    design = np.column_stack([moved, np.ones(n), *(other for other in held if n and np.ptp(other) > 0)])
    columns = design.shape[1]
    if n <= columns or np.linalg.matrix_rank(design) < columns:
        return Estimate(value=None, n=n)
    if np.ptp(outcome) == 0:
        return Estimate(value=0.0, n=n)
    inverse = np.linalg.inv(design.T @ design)
    coefficients = inverse @ design.T @ outcome
    residuals = outcome - design @ coefficients
    cluster = cluster_numbers(groups, n)
    count = int(cluster.max()) + 1
    value = float(coefficients[0])
    if count < ENOUGH or not np.abs(residuals).max() > 1e-9 * max(1.0, float(np.abs(outcome).max())):
        return Estimate(value=value, n=n, few=count < ENOUGH)
    scores = np.zeros((count, columns))
    np.add.at(scores, cluster, design * residuals[:, None])
    correction = count / (count - 1) * (n - 1) / (n - columns)
    variance = correction * (inverse @ (scores.T @ scores) @ inverse)[0, 0]
    margin = _quantile(count - 1) * math.sqrt(float(variance))
    return Estimate(value=value, low=value - margin, high=value + margin, n=n)


def group_sums(values: ArrayLike, groups: Sequence[Hashable] | None = None) -> Floats:
    """(G,): the sums of the values (n,) by group, in order of first appearance."""
    found = _finite(values)
    return np.bincount(cluster_numbers(groups, len(found)), weights=found).astype(np.float64) if len(found) else found


def _variance(centred: Floats, cluster: np.ndarray) -> float:
    """Of the mean of values around it, by the sums over groups."""
    sums = np.bincount(cluster, weights=centred)
    count = len(sums)
    return float(sums @ sums) * count / max(count - 1, 1) / len(centred) ** 2


def _quantile(freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


def _finite(values: ArrayLike) -> Floats:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or not np.isfinite(found).all():
        raise ValueError("one finite value per paper is needed, shape (n,)")
    return found
