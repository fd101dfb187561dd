"""One correction for all tests of a table: the step-down maximum of correlated statistics."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
LEVEL = 0.05
_BLOCK = 5_000
_FIRST, _MOST = 20_000, 400_000


def step_down_max_t(p_values: ArrayLike, covariance: ArrayLike, *, seed: int = 0) -> list[float]:
    """p-values adjusted for their number, where the correlation of the tests is known.

    `p_values` is (k,), two-sided; `covariance` (k, k) is that of the k estimates that are tested, of which only the
    correlation counts. A test without variance is none where its p-value is 1 (an entry against its copy), and else
    counts as independent of the others. An adjusted p-value
    is the probability that the largest of the remaining statistics, drawn from the normal distribution with that
    correlation, is as large as the one observed (Westfall & Young 1993, algorithm 2.8; Romano & Wolf 2005; Hothorn,
    Bretz & Westfall 2008), never below the unadjusted one. Tests that are copies of each other count once, so that no
    entry of a board is corrected for the copies of another. There are 20,000 draws, and up to 400,000 where a
    p-value is too close to .05 to tell on which side it is.

    Returns k floats in the order given; NaN stays NaN and is not counted. Raises ValueError for other shapes.
    """
    from scipy.special import ndtri

    given, covariance = np.asarray(p_values, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if given.ndim != 1 or covariance.shape != (len(given),) * 2:
        raise ValueError(f"p_values must be (k,) and covariance (k, k), not {given.shape}, {covariance.shape}")
    adjusted = np.full(len(given), math.nan)
    variance = np.diag(covariance)
    varies = variance > 1e-12 * variance.max(initial=0.0)
    adjusted[~varies & (given == 1)] = 1.0
    tested = np.flatnonzero(~np.isnan(given) & (varies | (given < 1)))
    if not len(tested):
        return adjusted.tolist()
    order = tested[np.argsort(given[tested], kind="stable")]
    p = given[order]
    statistics = -ndtri(np.maximum(p, 1e-300) / 2)
    larger = _exceedances(statistics, _root(covariance[np.ix_(order, order)], varies[order]), seed)
    adjusted[order] = np.maximum.accumulate(np.maximum(larger, p))
    return adjusted.tolist()


def _root(covariance: Floats, varies: NDArray[np.bool_]) -> Floats:
    """(k, r): a root of the correlation matrix, of as many columns as its rank."""
    spread = np.sqrt(np.where(varies, np.diag(covariance), np.inf))
    correlation = covariance / spread / spread[:, None]
    np.fill_diagonal(correlation, 1.0)
    values, vectors = np.linalg.eigh(correlation)
    kept = values > 1e-10 * values[-1]
    root = vectors[:, kept] * np.sqrt(values[kept])
    return root / np.linalg.norm(root, axis=1, keepdims=True)


def _exceedances(statistics: Floats, root: Floats, seed: int) -> Floats:
    """(k,) how often the largest of a statistic and all smaller ones is as large as it was observed."""
    rng, least_first = np.random.default_rng(seed), root[::-1].astype(np.float32)
    observed = (statistics[::-1, None] * (1 - 1e-5)).astype(np.float32)
    count, draws = np.zeros(len(statistics)), 0
    while draws < _FIRST or (draws < _MOST and _open(count / draws, draws)):
        drawn = np.abs(least_first @ rng.standard_normal((root.shape[1], _BLOCK), dtype=np.float32))
        largest = np.maximum.accumulate(drawn, axis=0, out=drawn)
        count += (largest >= observed).sum(axis=1)[::-1]
        draws += _BLOCK
    return (count + 1) / (draws + 1)


def _open(p: Floats, draws: int) -> bool:
    """Whether a p-value is within four standard errors of the level."""
    return bool((np.abs(p - LEVEL) < 4 * math.sqrt(LEVEL * (1 - LEVEL) / draws)).any())
