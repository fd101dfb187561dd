"""The exact sign-flip test of paired differences in blocks, its power, and how much more data would show.

Fisher's randomisation test for pairs (Fisher 1935, The Design of Experiments, 21; Pitman 1937): where a change has no
effect, the two values of a pair could as well have come the other way round, so that each difference has either sign
with the same probability, whatever its size. Pairs have to be independent of each other; nothing is assumed of their
distribution. Every difference is divided by the root mean square of its block, which no flip changes, so that blocks
on other scales have an equal say and the test stays exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Floats
from .multiple_testing import LEVEL

COUNTED = 40
"""Pairs up to which all ways to flip are counted; beyond, `DRAWS` are drawn."""
DRAWS = 99_999
MOST_SHIFT = 20.0
"""Standard deviations, beyond which no shift is looked for."""
_EQUAL = 1e-9


@dataclass(frozen=True)
class SignFlip:
    """The outcome. `statistic` is the sum of the scaled differences over the root of the sum of their squares.

    Under the null hypothesis it has mean 0 and variance 1; it is 0 where all differences are.
    """

    statistic: float
    p_value: float
    positive: int
    negative: int
    tied: int

    @property
    def pairs(self) -> int:
        """All pairs, ties among them."""
        return self.positive + self.negative + self.tied


def sign_flip_test(blocks: Sequence[Sequence[float]], *, seed: int = 0) -> SignFlip:
    """Test whether paired differences are as likely positive as negative, two-sided.

    `blocks` holds the differences of each block. An infinite one is that of a pair of which one side failed: it counts
    like the largest finite one of its block (1 where there is none), with its sign, so that a failure never helps.
    Ties stay in, and no flip moves them. p is exact up to `COUNTED` differences that are not 0, never below
    `least_p` of them; beyond, it is (k + 1) / (draws + 1) of drawn flips (Davison & Hinkley 1997, 4.3).

    Raises ValueError where there is no pair, or NaN.
    """
    scaled = [_scaled(np.asarray(block, dtype=np.float64)) for block in blocks]
    values = np.concatenate(scaled) if scaled else np.zeros(0)
    if not len(values) or np.isnan(values).any():
        raise ValueError("a sign-flip test needs a pair at least, and no NaN")
    moved = values[values != 0]
    total = float(moved.sum())
    return SignFlip(
        statistic=total / math.sqrt(float(moved @ moved)) if len(moved) else 0.0,
        p_value=_share_as_large(abs(moved), abs(total), seed) if len(moved) else 1.0,
        positive=int((values > 0).sum()),
        negative=int((values < 0).sum()),
        tied=len(values) - len(moved),
    )


def _scaled(block: Floats) -> Floats:
    finite = block[np.isfinite(block)]
    largest = float(abs(finite).max(initial=0.0)) or 1.0
    known = np.clip(block, -largest, largest)
    root = math.sqrt(float(np.mean((known / largest) ** 2))) if len(known) else 0.0
    return known / largest / root if root else known


def _share_as_large(sizes: Floats, observed: float, seed: int) -> float:
    """The share of all ways to give signs to the sizes whose sum is as large as the observed one, on either side."""
    bound = observed - _EQUAL * float(sizes.sum())
    if len(sizes) > COUNTED:
        return (int((abs(_drawn(sizes, seed)) >= bound).sum()) + 1) / (DRAWS + 1)
    half = len(sizes) // 2
    first, second = np.sort(_sums(sizes[:half])), np.sort(_sums(sizes[half:]))
    above = len(second) - np.searchsorted(second, bound - first[::-1], side="left")
    return min(1.0, 2 * float(above.sum()) / 2.0 ** len(sizes))  # the sums are symmetric about 0


def _drawn(sizes: Floats, seed: int) -> Floats:
    """(DRAWS,): sums of the sizes under drawn signs; the sums of eight at a time are looked up by a random byte."""
    rng, sums = np.random.default_rng(seed), np.zeros(DRAWS)
    for start in range(0, len(sizes), 8):
        eight = _sums(sizes[start : start + 8])
        sums += eight[rng.integers(len(eight), size=DRAWS, dtype=np.uint16)]
    return sums


def _sums(sizes: Floats) -> Floats:
    """(2^n,): the sums of the sizes under all signs."""
    sums = np.zeros(1)
    for size in sizes:
        sums = np.concatenate([sums - size, sums + size])
    return sums


def least_p(pairs: int) -> float:
    """The smallest p-value that so many pairs without ties can give: 2^(1 - n), both of the outermost flips."""
    return min(1.0, 2.0 ** (1 - pairs))


def pairs_needed(level: float) -> int:
    """The fewest pairs with which the test can reach a p-value of `level`."""
    return max(1, math.ceil(1 - math.log2(level) - _EQUAL))


def power(shift: float, pairs: int, level: float = LEVEL) -> float:
    """Probability that the test has p <= `level` where differences are normal with mean `shift` and deviation 1.

    That of the one-sample t-test at the largest level that the flips of so many pairs attain, to which the test comes
    close (Lehmann & Romano 2005, 15.2); 0 where they attain none.
    """
    from scipy.stats import nct, t

    steps = math.floor(level / least_p(pairs) + _EQUAL)
    if pairs < 2 or steps < 1:
        return 0.0
    attained = min(level, steps * least_p(pairs))
    critical, centre = float(t.isf(attained / 2, pairs - 1)), abs(shift) * math.sqrt(pairs)
    found = float(nct.sf(critical, pairs - 1, centre) + nct.cdf(-critical, pairs - 1, centre))
    return 1.0 if math.isnan(found) else found


def detectable_shift(pairs: int, level: float = LEVEL, wanted: float = 0.8) -> float | None:
    """The smallest shift, in standard deviations of a pair's difference, with this power; None where there is none."""
    low, high = 0.0, MOST_SHIFT
    if power(high, pairs, level) < wanted:
        return None
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle, pairs, level) >= wanted else (middle, high)
    return high


def conditional_power(statistic: float, pairs: int, later: int, level: float) -> float:
    """Probability of p <= `level` with `later` pairs in all, if further ones are like the first `pairs`.

    By the normal approximation under the current trend (Lan & Wittes 1988, Biometrics 44): the sum S of differences
    with sum of squares Q grows by a normal amount of mean (m/n - 1) S and variance (m/n - 1) Q (1 - S²/(nQ)).
    Returns 0 where so many pairs cannot reach the level.
    """
    from scipy.special import ndtr, ndtri

    if later <= pairs or least_p(later) > level:
        return 0.0
    growth = later / pairs
    bound = -float(ndtri(level / 2)) * math.sqrt(growth)
    spread = math.sqrt((growth - 1) * max(1 - statistic**2 / pairs, 1e-9))
    return float(ndtr((abs(statistic) * growth - bound) / spread))
