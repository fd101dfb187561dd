"""Permutation tests of the difference of means that hold where the two sides spread differently.

The statistic is Welch's: the difference over its own standard error, so that the test is right for unequal spreads
too, asymptotically and closely with a dozen papers (Janssen 1997). The p-value is exact where all ways to deal the
scores can be counted, else drawn, more and more where a decision hangs on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import Bools, Floats
from .estimate import ENOUGH
from .multiple_testing import LEVEL, holm

Sides = tuple[Floats, Floats]


FIRST, MOST = 99_999, 999_999
"""Resamples that a p-value begins with, and has at the most."""
STEP = 10
BRACKET = 0.999
"""Level of the interval that a drawn p-value lies in, as `settle` looks at it."""
COUNTED, COMBINED = 1_000_000, 2_000_000
"""Ways to deal that are counted out: cells of a stratum's tables, and combinations of what differs between strata."""
_CELLS = 2_000_000
_EQUAL, _ROUNDING = 1e-9, 1e-11


class WelchPermutation:
    """The test of one difference: labels are permuted within each stratum.

    `strata` are pairs of scores (n_a,) and (n_b,), each side with at least two. |t| counts, so that the order of the
    sides does not matter, nor that of the scores.
    """

    def __init__(self, strata: Sequence[Sides], seed: int = 0, resamples: int = FIRST) -> None:
        turned = [(b, a) for a, b in strata]
        first = min(strata, turned, key=lambda some: [(len(a), *a.tolist()) for a, _ in some])
        largest = max(_deviation(np.concatenate(sides)) for sides in first) or 1.0
        self._dealt = [_Dealt.of(a / largest, b / largest) for a, b in first]
        self._observed = _size([dealt.observed() for dealt in self._dealt])
        self.resamples = self._hits = 0
        self.exact = self._counted_out()
        if self.exact is None:
            self._rng = np.random.default_rng(seed)
            self.draw(resamples)

    @property
    def p_value(self) -> float:
        """Two-sided; (k + 1) / (resamples + 1) where it is drawn, so never 0 (Davison & Hinkley 1997, 4.3)."""
        return (self._hits + 1) / (self.resamples + 1) if self.exact is None else self.exact

    @property
    def bracket(self) -> tuple[float, float]:
        """Where the exact p-value lies, at 99.9%; one point where that is known (Clopper & Pearson 1934)."""
        from scipy.stats import beta

        if self.exact is not None:
            return self.exact, self.exact
        k, n, tail = self._hits, self.resamples, (1 - BRACKET) / 2
        low = float(beta.ppf(tail, k, n - k + 1)) if k else 0.0
        return low, float(beta.ppf(1 - tail, k + 1, n - k)) if k < n else 1.0

    def draw(self, resamples: int) -> None:
        """Draw so many more."""
        block = max(1, _CELLS // sum(dealt.n for dealt in self._dealt))
        for start in range(0, resamples, block):
            rows = min(block, resamples - start)
            drawn = _size([dealt.drawn(self._rng, rows) for dealt in self._dealt])
            self._hits += int(self._as_large(drawn).sum())
        self.resamples += resamples

    def _counted_out(self) -> float | None:
        """The share of all ways to deal that give as large a difference; None where there are too many."""
        ways = [dealt.ways() for dealt in self._dealt]
        cells = max(many * len(dealt.values) for many, dealt in zip(ways, self._dealt, strict=True))
        if cells > COUNTED or math.prod(ways) > 100 * COMBINED:
            return None
        differences, variances, chances = np.zeros(1), np.zeros(1), np.ones(1)
        for dealt in self._dealt:
            difference, variance, chance = dealt.distribution()
            if len(chances) * len(chance) > COMBINED:
                return None
            differences = np.add.outer(differences, difference).ravel()
            variances = np.add.outer(variances, variance).ravel()
            chances = np.multiply.outer(chances, chance).ravel()
        return min(1.0, float(chances[self._as_large(_size([(differences, variances)]))].sum()))

    def _as_large(self, sizes: Floats) -> Bools:
        return sizes >= self._observed * (1 - _EQUAL) - _EQUAL


def settle(families: Sequence[Sequence[WelchPermutation]], level: float = LEVEL, most: int = MOST) -> None:
    """Draw more, up to `most` for each, until Holm's decision in each family hangs on no drawn p-value's own error."""
    for tests in families:
        while open_tests := [test for test in _undecided(tests, level) if test.exact is None and test.resamples < most]:
            for test in open_tests:
                test.draw(min(most, STEP * (test.resamples + 1) - 1) - test.resamples)


def _undecided(tests: Sequence[WelchPermutation], level: float) -> list[WelchPermutation]:
    """Those that Holm's correction resolves at one end of the p-values' brackets and not at the other."""
    lows, highs = (
        (holm(list(ends)) for ends in zip(*(test.bracket for test in tests), strict=True)) if tests else ((), ())
    )
    return [test for test, low, high in zip(tests, lows, highs, strict=True) if low < level <= high]


@dataclass(frozen=True)
class _Dealt:
    """The scores of a stratum: v distinct values, how often each is there, and on side a."""

    values: Floats
    """Centred, the largest deviation 1, so that rounding is known to be small beside it."""
    scale: float
    counts: NDArray[np.int64]
    on_a: NDArray[np.int64]

    @classmethod
    def of(cls, a: Floats, b: Floats) -> _Dealt:
        values, place, counts = np.unique(np.concatenate([a, b]), return_inverse=True, return_counts=True)
        centred = values - counts @ values / counts.sum() if len(values) > 1 else np.zeros(1)
        scale = float(abs(centred).max()) or 1.0
        return cls(centred / scale, scale, counts, np.bincount(place[: len(a)], minlength=len(values)))

    @property
    def n(self) -> int:
        """Scores on both sides."""
        return int(self.counts.sum())

    @property
    def n_a(self) -> int:
        """Scores on side a."""
        return int(self.on_a.sum())

    def observed(self) -> tuple[Floats, Floats]:
        """The difference of means and its estimated variance, each (1,)."""
        return self.tabled(self.on_a[None, :])

    def drawn(self, rng: np.random.Generator, rows: int) -> tuple[Floats, Floats]:
        """Differences (rows,) and variances of scores dealt at random."""
        pooled = np.repeat(self.values, self.counts)
        on_a = rng.permuted(np.broadcast_to(pooled, (rows, self.n)), axis=1)[:, : self.n_a]
        return self._contrast(on_a.sum(axis=1), (on_a**2).sum(axis=1))

    def tabled(self, tables: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Differences (m,) and variances of tables (m, v): how often each value is on side a."""
        return self._contrast(tables @ self.values, tables @ self.values**2)

    def _contrast(self, sums: Floats, squares: Floats) -> tuple[Floats, Floats]:
        """From the sums of the scores on side a and of their squares; the scores of both sides add up to 0."""
        n_a, n_b = self.n_a, self.n - self.n_a
        total = self.counts @ self.values**2
        a_mean, b_mean = sums / n_a, -sums / n_b
        a_spread, b_spread = squares - n_a * a_mean**2, total - squares - n_b * b_mean**2
        variance = _of_mean(a_spread, n_a) + _of_mean(b_spread, n_b)
        return self.scale * (a_mean - b_mean), self.scale**2 * variance

    def ways(self) -> float:
        """The number of tables."""
        ways = np.ones(1)
        for count in self.counts:
            ways = np.convolve(ways, np.ones(count + 1))
        return float(ways[self.n_a])

    def distribution(self) -> tuple[Floats, Floats, Floats]:
        """Differences and variances of all ways to deal the scores, with their chances; equal ones together."""
        from scipy.special import gammaln

        tables = self._tables()

        def ways(of: NDArray[np.int64] | int, chosen: NDArray[np.int64] | int) -> Floats:
            return gammaln(np.add(of, 1)) - gammaln(np.add(chosen, 1)) - gammaln(np.subtract(of, chosen) + 1)

        chance = np.exp(ways(self.counts, tables).sum(axis=1) - ways(self.n, self.n_a))
        difference, variance = self.tabled(tables)
        rounded = np.round(difference / self.scale, 12) + 1j * np.round(variance / self.scale**2, 12)
        _, first, same = np.unique(rounded, return_index=True, return_inverse=True)
        return difference[first], variance[first], np.bincount(same, chance).astype(np.float64)

    def _tables(self) -> NDArray[np.int64]:
        """All tables (m, v): each value as often on side a as it is there at the most, n_a scores in all."""
        tables, left = np.zeros((1, 0), dtype=np.int64), np.array([self.n_a])
        rooms = self.counts.sum() - self.counts.cumsum()
        for count, room in zip(self.counts, rooms, strict=True):
            least, most = np.maximum(left - room, 0), np.minimum(left, count)
            choices = most - least + 1
            nth = np.arange(choices.sum()) - np.repeat(choices.cumsum() - choices, choices)
            chosen = np.repeat(least, choices) + nth
            tables = np.column_stack([np.repeat(tables, choices, axis=0), chosen])
            left = np.repeat(left, choices) - chosen
        return tables


def _of_mean(spread: Floats, n: int) -> Floats:
    """The variance of the mean of n scores from the sum of their squared deviations, 0 for equal scores."""
    return np.where(spread > _ROUNDING, spread, 0.0) / (n * (n - 1))


def _deviation(values: Floats) -> float:
    return float(abs(values - values.mean()).max())


def _size(contrasts: Sequence[tuple[Floats, Floats]]) -> Floats:
    """|t| of the summed differences: infinite for a difference without any spread, 0 without either."""
    difference = abs(sum(d for d, _ in contrasts))
    error = np.sqrt(sum(v for _, v in contrasts))
    size = np.full(np.shape(difference), math.inf)
    size[(error == 0) & (difference <= _EQUAL)] = 0.0
    return np.divide(difference, error, out=size, where=error > 0)


def mean_difference(strata: Sequence[Sides], level: float = 0.95) -> tuple[float, tuple[float, float]]:
    """The mean of the differences of means within the strata, and Welch's (1947) interval of it.

    Its degrees of freedom are Satterthwaite's. There is no interval, but NaN, below two scores on a side or
    `ENOUGH` in all strata, and where all sides are constant; no difference without a score on each.
    """
    from scipy.special import stdtrit

    if not strata or not all(len(side) for sides in strata for side in sides):
        return math.nan, (math.nan, math.nan)
    difference = float(np.mean([_mean(a) - _mean(b) for a, b in strata]))
    sides = [side for both in strata for side in both]
    few = min(map(len, sides)) < 2 or any(sum(map(len, side)) < ENOUGH for side in zip(*strata, strict=True))
    if few or all(side[0] == side[-1] for side in sides):
        return difference, (math.nan, math.nan)
    freedom = np.array([len(side) - 1 for side in sides])
    variances = np.array([0.0 if side[0] == side[-1] else side.var(ddof=1) / len(side) for side in sides])
    df = 1 / ((variances / variances.sum()) ** 2 / freedom).sum()
    margin = float(stdtrit(df, (1 + level) / 2)) * math.sqrt(variances.sum()) / len(strata)
    return difference, (difference - margin, difference + margin)


def _mean(side: Floats) -> float:
    """The mean, without what rounding makes of equal values."""
    return float(side[0] if side[0] == side[-1] else side.mean())
