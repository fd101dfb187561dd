"""Differences of means and of shares between entries that have some of their units in common, all pairs at once.

Units in common are paired, the others count by themselves: with none in common the intervals are those of independent
samples, with all in common those of paired ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, ratio
from .estimate import ENOUGH
from .intervals import wilson

_NONE = 1e-12
"""A variance below this, as a share of the largest, is what rounding leaves of 0."""


@dataclass(frozen=True)
class Overlapping:
    """What k entries have to show on common units."""

    counts: Floats
    """(k,) units of each."""
    means: Floats
    """(k,) NaN without a unit."""
    shared: NDArray[np.int64]
    """(k, k) units of both; 0 where they are fewer than `ENOUGH`: then nothing is paired."""
    margins: Floats
    """(k, k) how far the lower end of the interval lies below the difference of row less column, and so the upper end
    above that of column less row; NaN where there is none, 0 where two say the same of all their units."""

    @classmethod
    def of_means(cls, values: Floats, more: NDArray[np.int64], level: float = 0.95) -> Self:
        """Of numbers (k, units), NaN where an entry lacks the unit; of `more` (k,) units of its own it has 0.

        By the t test for partially overlapping samples of unequal variances (Derrick, Russ, Toher & White 2017, J.
        Modern Applied Statistical Methods 16(1), 137-157): Welch's (1947) where nothing is in common, Student's paired
        one where all is. NaN below `ENOUGH` units, and for differences that do not vary.
        """
        from scipy.special import stdtrit

        n, means, parts = _counted(values, more)
        variance = ratio(parts.squares.diagonal() - n * means**2, n - 1)
        variance = np.where(variance > _NONE * np.nanmax(parts.squares, initial=0.0), variance, 0.0)
        of_mean = ratio(variance, n)
        spread = np.sqrt(of_mean)
        correlation = parts.correlation(np.zeros_like(parts.products)) * parts.weight(n)
        both = of_mean[:, None] + of_mean
        squared = both - 2 * correlation * spread[:, None] * spread
        squared = np.where(squared > _NONE * both, squared, 0.0)
        freedom = ratio(of_mean**2, n - 1)
        welch = ratio(both**2, freedom[:, None] + freedom)
        units = n[:, None] + n
        freedom = parts.shared - 1 + (welch - parts.shared + 1) * (units - 2 * parts.shared) / np.maximum(units, 1)
        margins = stdtrit(freedom, (1 + level) / 2) * np.sqrt(squared)
        alike = (parts.shared == n[:, None]) & (parts.shared == n) & (abs(means[:, None] - means) < 1e-9)
        margins[squared == 0] = np.where(alike, 0.0, np.nan)[squared == 0]
        margins[np.minimum(n[:, None], n) < ENOUGH] = np.nan
        return cls(n, means, parts.shared, margins)

    @classmethod
    def of_shares(cls, values: Floats, more: NDArray[np.int64]) -> Self:
        """Of 0 and 1 (k, units), NaN where an entry lacks the unit; of `more` (k,) units of its own it has 0.

        From Wilson's intervals by the square-and-add method, of independent shares (Newcombe 1998, Statistics in
        Medicine 17, 873-890) and of paired ones (ibid., 2635-2650, method 10: phi less its correction); the
        correlation of two shares of which a part is paired is phi times m / sqrt(n_a n_b).
        """
        n, means, parts = _counted(values, more)
        low, high = wilson(n * np.nan_to_num(means), np.maximum(n, 1))
        down, up = means - low, high - means
        correlation = parts.correlation(parts.shared / 2) * parts.weight(n)
        squared = down[:, None] ** 2 + up**2 - 2 * correlation * down[:, None] * up
        return cls(n, means, parts.shared, np.sqrt(np.maximum(squared, 0.0)))


@dataclass(frozen=True)
class _Parts:
    """Sums over the units that two entries have in common, (k, k)."""

    shared: NDArray[np.int64]
    sums: Floats
    """Of the values of the row."""
    squares: Floats
    products: Floats

    def correlation(self, correction: Floats) -> Floats:
        """Pearson's r on what is shared, its numerator, where above 0, less the correction; 0 where it is undefined."""
        m = self.shared
        products = m * self.products - self.sums * self.sums.T
        products = np.where(products > 0, np.maximum(products - correction, 0), products)
        spread = np.maximum(m * self.squares - self.sums**2, 0)
        spread[spread <= _NONE * np.maximum(m * self.squares, 1)] = 0
        return np.clip(ratio(products, np.sqrt(spread * spread.T), 0.0), -1, 1)

    def weight(self, n: Floats) -> Floats:
        """What part of the correlation two means have of it."""
        return ratio(self.shared.astype(np.float64), np.sqrt(n[:, None] * n), 0.0)


def _counted(values: Floats, more: NDArray[np.int64]) -> tuple[Floats, Floats, _Parts]:
    """Units and means, (k,) each, and the sums of what two have in common."""
    there = (~np.isnan(values)).astype(np.float64)
    filled = np.nan_to_num(values)
    n = there.sum(axis=1) + more
    common = there @ there.T
    shared = np.where(common >= ENOUGH, common, 0).astype(np.int64)
    return n, ratio(filled.sum(axis=1), n), _Parts(shared, filled @ there.T, filled**2 @ there.T, filled @ filled.T)
