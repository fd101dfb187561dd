"""Strengths of configurations from who wins against whom (Bradley & Terry 1952), for many bootstrap draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
PRIOR = 0.5
"""Wins and losses that each configuration has, beside its own, against an average player of strength 0."""
STEPS = 200
LONGEST = 1.0
"""A step that the algorithm may make in any log-strength: far from the maximum Newton's would overshoot."""
CLOSE = 1e-9


def strengths(wins: ArrayLike, *, prior: float = PRIOR) -> Floats:
    """Log-strengths of k players, the mean of each draw being 0.

    `wins` is (..., k, k): how often the row's player won against the column's, ties half to either. P(i beats j) is
    1 / (1 + exp(s_j - s_i)). The log-likelihood is concave (Hunter 2004), and its maximum is found by Newton's steps:
    for thousands of draws some hundred times faster than Hunter's minorisation, with the same result.

    The likelihood alone has no maximum where somebody never loses or never wins. So everyone also has `prior` wins and
    as many losses against a player of strength 0: undefeated ones stay finite, and all are drawn a little together.
    Players who met nobody have strength 0 before centring.

    Returns (..., k). Raises ValueError for another shape, negative or infinite wins, or prior <= 0.
    """
    w = np.asarray(wins, dtype=np.float64)
    if w.ndim < 2 or w.shape[-1] != w.shape[-2]:
        raise ValueError(f"wins must be (..., k, k), not {w.shape}")
    if not np.isfinite(w).all() or (w < 0).any() or prior <= 0:
        raise ValueError("wins must be finite and not negative, and prior above 0")
    k = w.shape[-1]
    flat = w.reshape(-1, k, k) * (1 - np.eye(k))
    return _maximum(flat, prior).reshape(*w.shape[:-2], k)


def _maximum(wins: Floats, prior: float) -> Floats:
    met = wins + wins.transpose(0, 2, 1)
    won = wins.sum(axis=2) + prior
    found = np.zeros(won.shape)
    moving = np.arange(len(wins))
    for _ in range(STEPS):
        step = _newton_step(found[moving], won[moving], met[moving], prior)
        found[moving] += np.clip(step, -LONGEST, LONGEST)
        moving = moving[np.abs(step).max(axis=1, initial=0.0) > CLOSE]
        if not len(moving):
            break
    return found - found.mean(axis=1, keepdims=True)


def _newton_step(s: Floats, won: Floats, met: Floats, prior: float) -> Floats:
    """From the log-strengths (n, k) towards the maximum: the slope over the curvature of the log-likelihood."""
    beats = 1 / (1 + np.exp(s[:, None, :] - s[:, :, None]))
    average = 1 / (1 + np.exp(-s))
    slope = won - (met * beats).sum(axis=2) - 2 * prior * average
    curvature = -met * beats * (1 - beats)
    own = 2 * prior * average * (1 - average) - curvature.sum(axis=2)
    curvature += own[:, :, None] * np.eye(s.shape[1])
    return np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]


def components(met: ArrayLike) -> list[list[int]]:
    """Groups of players that are linked by comparisons, `met` being (k, k), above 0 where two were compared.

    Strengths of players in different groups cannot be compared.
    """
    from scipy.sparse.csgraph import connected_components

    count, label = connected_components(np.asarray(met) > 0, directed=False)
    return [np.flatnonzero(label == number).tolist() for number in range(count)]
