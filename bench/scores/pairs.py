"""Which configuration is better: differences of mean scores, permutation tests, Holm's correction for all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from ..bootstrap import percentile_interval, stratified_counts
from ..compare import LEVEL
from ..estimate import finite
from ..significance import Comparison, holm
from .describe import DRAWS, Floats, ordered
from .records import ScorePair

RESAMPLES = 9_999
ALL_TEMPLATES = "all templates"
_CELLS = 2_000_000

Sides = tuple[Floats, Floats]


def compare_configurations(
    scores: Mapping[str, Mapping[str, Sequence[float]]],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    resamples: int | None = None,
) -> list[ScorePair]:
    """All pairs of configurations on each template, then over all templates that two have in common.

    `scores` has the scores of the papers by template and configuration, in the order of the table. Holm's correction
    is over all rows. Without `resamples` there are at least 9,999, and as many as the correction needs for a p-value
    below .05 to be possible.

    A row "all templates" is there where two configurations have two or more templates with two scores on either side.
    """
    found: list[tuple[str, str, str, list[Sides]]] = []
    for template, by_configuration in scores.items():
        for a, b in combinations(by_configuration, 2):
            found.append((template, a, b, [(ordered(by_configuration[a]), ordered(by_configuration[b]))]))
    for a, b in combinations(dict.fromkeys(name for each in scores.values() for name in each), 2):
        both = [(ordered(each[a]), ordered(each[b])) for each in scores.values() if a in each and b in each]
        enough = [sides for sides in both if min(map(len, sides)) > 1]
        if len(enough) > 1:
            found.append((ALL_TEMPLATES, a, b, enough))
    resamples = resamples or enough_resamples(len(found))
    tests = [_test(strata, draws, seed, resamples) for *_, strata in found]
    corrected = holm([test.p_value for test in tests])
    return [_pair(*row, test, p) for row, test, p in zip(found, tests, corrected, strict=True)]


def enough_resamples(rows: int) -> int:
    """So many that the smallest p-value, times the rows of the table, is well below .05."""
    return max(RESAMPLES, 50 * rows - 1)


def mean_difference_test(
    a: ArrayLike, b: ArrayLike, *, draws: int = DRAWS, seed: int = 0, resamples: int = RESAMPLES
) -> Comparison:
    """Test whether two configurations have the same mean score: mean of `a` (n_a,) less mean of `b` (n_b,).

    Two-sided permutation test, exact where there are at most `resamples` ways to part the scores, else with so many
    drawn ones and p = 2 (k + 1) / (resamples + 1), at most 1 and never 0 (Davison & Hinkley 1997, 4.3). The interval
    is the percentile one of a bootstrap over the papers of both sides, whose standard deviation is `se`; there is none
    where both sides are constant. Below two papers on a side all but the difference is NaN, without any it too.

    Raises ValueError for values that are not finite.
    """
    return _test([(ordered(a), ordered(b))], draws, seed, resamples)


def _test(strata: Sequence[Sides], draws: int, seed: int, resamples: int) -> Comparison:
    """The mean of the differences within the strata; labels are permuted within each."""
    if not all(len(side) for sides in strata for side in sides):
        return Comparison(math.nan, math.nan, (math.nan, math.nan), math.nan)
    difference = float(np.mean([_mean(a) - _mean(b) for a, b in strata]))
    if any(len(side) < 2 for sides in strata for side in sides):
        return Comparison(difference, math.nan, (math.nan, math.nan), math.nan)
    p_value = _permuted(*strata[0], seed, resamples) if len(strata) == 1 else _permuted_within(strata, seed, resamples)
    if all(side[0] == side[-1] for sides in strata for side in sides):
        return Comparison(difference, math.nan, (math.nan, math.nan), p_value)
    drawn = _bootstrapped(strata, draws, seed)
    return Comparison(difference, float(drawn.std()), percentile_interval(drawn), p_value)


def _mean(side: Floats) -> float:
    """The mean, without what rounding makes of equal values."""
    return float(side[0] if side[0] == side[-1] else side.mean())


def _bootstrapped(strata: Sequence[Sides], draws: int, seed: int) -> Floats:
    """Differences (draws,) with each side of each stratum drawn anew to its own size."""
    sides = [side for pair in strata for side in pair]
    counts = stratified_counts(np.repeat(np.arange(len(sides)), [len(side) for side in sides]), draws, seed)
    weights = [(-1) ** i * side / len(side) / len(strata) for i, side in enumerate(sides)]
    return np.asarray(counts @ np.concatenate(weights), dtype=np.float64)


def _permuted(a: Floats, b: Floats, seed: int, resamples: int) -> float:
    """p-value of the sum of `a`, which tells as much as the difference of means and is exact for whole scores."""
    from scipy.stats import permutation_test

    def total(x: Floats, _: Floats, axis: int) -> Floats:
        return x.sum(axis=axis)

    found = permutation_test(
        (a, b),
        total,
        vectorized=True,
        n_resamples=resamples,
        batch=max(1, _CELLS // (len(a) + len(b))),
        alternative="two-sided",
        rng=np.random.default_rng(seed),
    )
    return float(found.pvalue)


def _permuted_within(strata: Sequence[Sides], seed: int, resamples: int) -> float:
    """p-value of the mean difference when labels are permuted within each stratum."""
    rng = np.random.default_rng(seed)
    permuted, observed, size = np.zeros(resamples), 0.0, 0.0
    for a, b in strata:
        pooled, weight = np.concatenate([a, b]), 1 / len(a) + 1 / len(b)
        block = max(1, _CELLS // len(pooled))
        for start in range(0, resamples, block):
            rows = min(block, resamples - start)
            chosen = rng.random((rows, len(pooled))).argpartition(len(a) - 1, axis=1)[:, : len(a)]
            permuted[start : start + rows] += pooled[chosen].sum(axis=1) * weight
        observed += a.sum() * weight
        size += abs(pooled).sum() * weight
    slack = 1e-12 * size
    tail = min(int((permuted >= observed - slack).sum()), int((permuted <= observed + slack).sum()))
    return min(1.0, 2 * (tail + 1) / (resamples + 1))


def _pair(template: str, a: str, b: str, strata: Sequence[Sides], test: Comparison, p_holm: float) -> ScorePair:
    return ScorePair(
        template=template,
        a=a,
        b=b,
        n_a=sum(len(side) for side, _ in strata),
        n_b=sum(len(side) for _, side in strata),
        difference=finite(test.difference),
        low=finite(test.interval[0]),
        high=finite(test.interval[1]),
        p_value=finite(test.p_value),
        p_holm=finite(p_holm),
        resolved=p_holm < LEVEL,
    )
