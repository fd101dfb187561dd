"""Scores of two reviewers of the same papers, made up for tests of a difference."""

from __future__ import annotations

import numpy as np


def two_reviewers(seed: int, gap: float, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and two correlated, rounded (tied) scores; the first is better by `gap`."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 5 < 2
    shared = rng.normal(size=n)
    a, b = (np.round(2 * (y * shift + shared + rng.normal(size=n))) for shift in (1 + gap, 1))
    return y, a, b
