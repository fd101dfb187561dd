"""Ranks of reviewers that show ties as ties, and how far a rank can be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
