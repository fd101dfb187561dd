"""A figure with its interval and the number of papers that it stands on."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, Field

from .arrays import Floats, cluster_numbers
from .bootstrap import percentile_interval
from .delong import FEW, fewest
from .intervals import auc_interval, mean_interval, wilson
from .metrics import roc_auc_score

PAPERS = 32
"""Papers below which there is no interval: no method that was tried covers there."""
ENOUGH = 10
"""Values that the interval of a mean needs: of fewer, Student's covers too seldom where scores are few and skewed."""


class Estimate(BaseModel):
    """A figure, its 95% interval, and on how many papers it stands. None: undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int
    few: bool = Field(default=False, description="too few papers for an interval, see `too_few`")

    @classmethod
    def between(cls, value: float, ends: tuple[float, float], n: int) -> Self:
        """The value on the sample of n papers with the ends of its interval."""
        return cls(value=finite(value), low=finite(ends[0]), high=finite(ends[1]), n=n)

    @classmethod
    def of(cls, value: float, draws: ArrayLike, n: int) -> Self:
        """The value on the sample of n papers, with the percentile interval of its bootstrap draws, (draws,).

        None below `PAPERS` papers.
        """
        if n < PAPERS:
            return cls(value=finite(value), n=n, few=True)
        return cls.between(value, percentile_interval(draws), n)

    def without_interval(self) -> Self:
        """The value alone, marked as one of too few papers."""
        return self.model_copy(update={"low": None, "high": None, "few": True})


def finite(value: float) -> float | None:
    """The value, None where it is NaN or infinite."""
    return float(value) if math.isfinite(value) else None


def too_few(accepted: ArrayLike, groups: Sequence[Hashable] | None = None) -> bool:
    """Whether an interval would not cover: fewer than 32 papers, or than 8 (groups of) papers of either class.

    `accepted` is (n,) of 0 and 1, `groups` (n,) the papers that depend on each other. Where all papers are of one class
    (the mean score of a tier), of that class alone 8 are needed.
    """
    y = np.asarray(accepted, dtype=bool)
    cluster = cluster_numbers(groups, len(y))
    if y.all() or not y.any():
        return len(set(cluster.tolist())) < FEW
    return len(y) < PAPERS or fewest(y, cluster) < FEW


def auc_estimate(y_true: ArrayLike, y_score: ArrayLike, *, groups: Sequence[Hashable] | None = None) -> Estimate:
    """The AUC with its `auc_interval`; without one on too few papers. Raises ValueError as `roc_auc_score` does."""
    value, n = float(roc_auc_score(y_true, y_score)), np.size(y_score)
    if too_few(y_true, groups):
        return Estimate(value=finite(value), n=n, few=True)
    return Estimate.between(value, auc_interval(y_true, y_score, groups=groups), n)


def mean_estimate(values: ArrayLike, *, within: tuple[float, float] | None = None) -> Estimate:
    """The mean of (n,) values with Student's 95% interval, cut off at the ends of `within`; undefined for none.

    There is no interval of fewer than `ENOUGH` values, nor of values that are all the same: they cannot show how much
    others would vary. Raises ValueError for values that are not finite.
    """
    found = ordered(values)
    if not len(found) or found[0] == found[-1]:
        return _constant(found)
    value = float(found.mean())
    if len(found) < ENOUGH:
        return Estimate(value=value, n=len(found))
    low, high = mean_interval(found.tolist())
    if within:
        low, high = max(low, min(within[0], value)), min(high, max(within[1], value))
    return Estimate(value=value, low=low, high=high, n=len(found))


def median_estimate(values: ArrayLike) -> Estimate:
    """The median of (n,) values with the 95% interval between two of them, under the terms of `mean_estimate`.

    Between the order statistics that the sign test does not reject (Thompson 1936), so that it holds for any
    distribution.
    """
    from scipy.stats import binom

    found = ordered(values)
    n = len(found)
    if not n or found[0] == found[-1]:
        return _constant(found)
    value = float(np.median(found))
    if n < ENOUGH:
        return Estimate(value=value, n=n)
    beyond = int(binom.ppf(0.025, n, 0.5))
    return Estimate(value=value, low=float(found[beyond - 1]), high=float(found[n - beyond]), n=n)


def share_estimate(k: int, n: int) -> Estimate:
    """The share k of n > 0 with Wilson's (1927) 95% interval.

    No bootstrap: where none or all are among the k, it would say that the share is certain.
    """
    low, high = wilson([k], [n])
    return Estimate(value=k / n, low=float(low[0]), high=float(high[0]), n=n)


def _constant(values: Floats) -> Estimate:
    return Estimate(value=float(values[0]) if len(values) else None, n=len(values))


def ordered(values: ArrayLike) -> Floats:
    """The values (n,) from the lowest to the highest, so that their order cannot matter to what is drawn of them.

    Raises ValueError for values that are not finite.
    """
    found = np.sort(np.asarray(values, dtype=np.float64))
    if not np.isfinite(found).all():
        raise ValueError("scores must be finite numbers")
    return found


def filled(values: Floats, n: int, missing: float) -> Floats:
    """The values and, for what lacks one, as many times `missing` as make n of them."""
    return np.append(values, np.full(n - len(values), missing))
