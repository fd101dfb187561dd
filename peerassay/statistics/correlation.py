"""Correlations with closed-form intervals, for few papers: no draws, no seed.

By `bench/simulations/human_scores.py` the intervals cover .94 to .96 from ten papers on, for scores in whole and half
points as judges and humans give them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .arrays import Floats, Value, paired
from .estimate import ENOUGH, Estimate
from .rank_metrics import pearson, spearman

FEWEST = 3
"""Pairs below which a correlation says nothing: any two points lie on a line."""
NORMAL = 1.959964
Correlation = Callable[[Floats, Floats], Value]


def pearson_estimate(x: ArrayLike, y: ArrayLike) -> Estimate:
    """The product-moment correlation of (n,) and (n,) with Fisher's (1921) interval, tanh(atanh r ± 1.96 / √(n − 3)).

    Undefined below three pairs and where either side is constant; no interval below `ENOUGH` pairs, nor at ±1. Raises
    ValueError for wrong shapes and for values that are not finite.
    """
    return _estimate(x, y, pearson, lambda _: 1.0)


def spearman_estimate(x: ArrayLike, y: ArrayLike) -> Estimate:
    """The rank correlation in the same way, √(1 + r²/2) in the place of 1 (Bonett & Wright 2000, Psychometrika 65)."""
    return _estimate(x, y, spearman, lambda r: 1 + r**2 / 2)


def _estimate(x: ArrayLike, y: ArrayLike, correlation: Correlation, variance: Callable[[float], float]) -> Estimate:
    if not np.size(x) and not np.size(y):
        return Estimate(value=None, n=0)
    first, second = paired(x, y, ("x", "y"))
    n = len(first)
    if n < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return Estimate(value=None, n=n)
    value = float(np.asarray(correlation(first, second)))
    if n < ENOUGH or abs(value) > 1 - 1e-12:
        return Estimate(value=value, n=n, few=n < ENOUGH)
    centre, margin = math.atanh(value), NORMAL * math.sqrt(variance(value) / (n - 3))
    return Estimate.between(value, (math.tanh(centre - margin), math.tanh(centre + margin)), n)
