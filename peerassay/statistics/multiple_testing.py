"""One correction for all tests of a table, Holm's or the step-down maximum of correlated statistics; ranks by them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Bools, Floats

LEVEL = 0.05
"""Of a table's tests together: the probability that any of them finds a difference where there is none."""
_BLOCK = 5_000
_FIRST, _MOST = 20_000, 400_000
_ROWS = 400
"""Tests that are drawn at once, 8 MB for a block."""
_IN_ALL = 500_000_000
"""Statistics that are drawn of all tests together."""


def holm(p_values: Sequence[float], tests: int = 0) -> list[float]:
    """p-values adjusted for their number (Holm 1979), in the order given; NaN stays NaN and is not counted.

    `tests` is the size that their family was planned to have, where that is larger: those not made count as p = 1.
    """
    defined = sorted((p, i) for i, p in enumerate(p_values) if not math.isnan(p))
    size = max(tests, len(defined))
    adjusted = [math.nan] * len(p_values)
    largest = 0.0
    for done, (p, i) in enumerate(defined):
        largest = max(largest, min(1.0, (size - done) * p))
        adjusted[i] = largest
    return adjusted


def step_down_max_t(
    p_values: ArrayLike, covariance: ArrayLike, *, pairs: ArrayLike | None = None, seed: int = 0
) -> list[float]:
    """p-values adjusted for their number, where the correlation of the tests is known.

    `p_values` is (k,), two-sided; `covariance` (k, k) is that of the k estimates that are tested, of which only the
    correlation counts. With `pairs`, (k, 2) of integers, what is tested is the difference of two of m entries each,
    and `covariance` (m, m) is that of the entries: the pairs of hundreds of entries need no matrix of their own. A
    test without variance is none where its p-value is 1 (an entry against its copy), and else
    counts as independent of the others. An adjusted p-value
    is the probability that the largest of the remaining statistics, drawn from the normal distribution with that
    correlation, is as large as the one observed (Westfall & Young 1993, algorithm 2.8; Romano & Wolf 2005; Hothorn,
    Bretz & Westfall 2008), never below the unadjusted one. Tests that are copies of each other count once, so that no
    entry of a board is corrected for the copies of another. There are 20,000 draws, and up to 400,000 (fewer of more
    than 1,250 tests) where a p-value is too close to .05 to tell on which side it is.

    Returns k floats in the order given; NaN stays NaN and is not counted. Raises ValueError for other shapes.
    """
    from scipy.special import ndtri

    given, covariance = np.asarray(p_values, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    of = None if pairs is None else np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    size = len(given) if of is None else len(covariance)
    if given.ndim != 1 or covariance.shape != (size, size) or (of is not None and len(of) != len(given)):
        raise ValueError(f"p_values must be (k,) and covariance (k, k), not {given.shape}, {covariance.shape}")
    adjusted = np.full(len(given), math.nan)
    variance = np.diag(covariance) if of is None else _variances(covariance, of)
    varies = variance > 1e-12 * variance.max(initial=0.0)
    adjusted[~varies & (given == 1)] = 1.0
    tested = np.flatnonzero(~np.isnan(given) & (varies | (given < 1)))
    if not len(tested):
        return adjusted.tolist()
    order = tested[np.argsort(given[tested], kind="stable")]
    p = given[order]
    statistics = -ndtri(np.maximum(p, 1e-300) / 2)
    if of is None:
        root = _root(covariance[np.ix_(order, order)], varies[order])
    else:
        root = _root_of_pairs(covariance, of[order], varies[order])
    larger = _exceedances(statistics, root, seed)
    adjusted[order] = np.maximum.accumulate(np.maximum(larger, p))
    return adjusted.tolist()


def _root(covariance: Floats, varies: Bools) -> Floats:
    """(k, r): a root of the correlation matrix, of as many columns as its rank."""
    spread = np.sqrt(np.where(varies, np.diag(covariance), np.inf))
    correlation = covariance / spread / spread[:, None]
    np.fill_diagonal(correlation, 1.0)
    root = _eigen_root(correlation)
    return root / np.linalg.norm(root, axis=1, keepdims=True)


def _root_of_pairs(covariance: Floats, pairs: NDArray[np.int64], varies: Bools) -> Floats:
    """(k, r): as `_root`, of differences of entries; one that does not vary has a column of its own."""
    entries = _eigen_root(covariance)
    root = entries[pairs[:, 0]] - entries[pairs[:, 1]]
    root[~varies] = 0.0
    fixed = np.flatnonzero(~varies)
    own = np.zeros((len(pairs), len(fixed)))
    own[fixed, np.arange(len(fixed))] = 1.0
    root = np.hstack([root, own])
    return root / np.linalg.norm(root, axis=1, keepdims=True)


def _eigen_root(covariance: Floats) -> Floats:
    """(k, r): a root of the matrix, of as many columns as its rank."""
    values, vectors = np.linalg.eigh(covariance)
    kept = values > 1e-10 * values[-1]
    return vectors[:, kept] * np.sqrt(values[kept])


def _variances(covariance: Floats, pairs: NDArray[np.int64]) -> Floats:
    """(k,): those of differences of entries."""
    i, j = pairs.T
    return np.diag(covariance)[i] + np.diag(covariance)[j] - 2 * covariance[i, j]


def _exceedances(statistics: Floats, root: Floats, seed: int) -> Floats:
    """(k,) how often the largest of a statistic and all smaller ones is as large as it was observed."""
    rng, least_first = np.random.default_rng(seed), root[::-1].astype(np.float32)
    observed = (statistics[::-1, None] * (1 - 1e-5)).astype(np.float32)
    count, draws = np.zeros(len(statistics)), 0
    most = min(_MOST, max(_FIRST, _IN_ALL // len(statistics)))
    while draws < _FIRST or (draws < most and _open(count / draws, draws)):
        normal = rng.standard_normal((root.shape[1], _BLOCK), dtype=np.float32)
        largest = np.zeros(_BLOCK, dtype=np.float32)
        for start in range(0, len(root), _ROWS):
            drawn = least_first[start : start + _ROWS] @ normal
            np.abs(drawn, out=drawn)
            for row in drawn:
                largest = np.maximum(largest, row, out=row)
            count[start : start + _ROWS] += np.count_nonzero(drawn >= observed[start : start + _ROWS], axis=1)
        draws += _BLOCK
    return (count[::-1] + 1) / (draws + 1)


def _open(p: Floats, draws: int) -> bool:
    """Whether a p-value is within four standard errors of the level."""
    return bool((np.abs(p - LEVEL) < 4 * math.sqrt(LEVEL * (1 - LEVEL) / draws)).any())


def rank_with_ties(estimates: ArrayLike, significant: ArrayLike) -> NDArray[np.int64]:
    """Rank of each reviewer: 1 + the number of reviewers that are significantly better.

    `estimates` is (k,), higher is better; `significant` is (k, k) of booleans, symmetric: whether two reviewers
    differ. Reviewers that nothing tells apart share a rank, and ranks may be skipped. NaN is worse than
    every value.

    Returns (k,) of integers from 1 to k. Raises ValueError for other shapes or a matrix that is not symmetric.
    """
    estimates, significant = np.asarray(estimates, dtype=np.float64), np.asarray(significant, dtype=bool)
    if estimates.ndim != 1 or significant.shape != (len(estimates),) * 2:
        raise ValueError(f"estimates must be (k,) and significant (k, k), not {estimates.shape}, {significant.shape}")
    if (significant != significant.T).any():
        raise ValueError("significant must be symmetric: two reviewers differ or they do not")
    estimates = np.where(np.isnan(estimates), -np.inf, estimates)
    better = estimates > estimates[:, None]
    return 1 + (better & significant).sum(axis=1)


def rank_intervals(draws: ArrayLike, level: float = 0.95) -> NDArray[np.int64]:
    """The central interval of each reviewer's rank over bootstrap draws (Hall & Miller 2009).

    `draws` is (k, draws): the metric of k reviewers on the same draws, higher is better. In a draw a rank is 1 + the
    number of reviewers that are better; NaN is worse than every value.

    Returns (k, 2), the lowest and highest rank, each an integer from 1 to k. Raises ValueError for another shape.
    """
    draws = np.asarray(draws, dtype=np.float64)
    if draws.ndim != 2 or not draws.size:
        raise ValueError(f"draws must have shape (k, draws), not {draws.shape}")
    draws = np.where(np.isnan(draws), -np.inf, draws)
    ranks = np.stack([1 + (draws > own).sum(axis=0) for own in draws])
    low = np.quantile(ranks, (1 - level) / 2, axis=1, method="inverted_cdf")
    high = np.quantile(ranks, (1 + level) / 2, axis=1, method="inverted_cdf")
    return np.stack([low, high], axis=1).astype(np.int64)


def widened(rank: int, low: int, high: int) -> tuple[int, int]:
    """The range (low, high) with the rank in it: a tie that the tests leave open widens the order of the draws."""
    return min(low, rank), max(high, rank)
