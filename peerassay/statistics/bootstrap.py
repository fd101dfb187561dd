"""The bootstrap over papers: how often each paper is drawn, and the percentile interval of what comes out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats, cluster_numbers
from .draws import BLOCK, MANY, Counts, DealtDraws, Draws, KeptDraws
from .kinds import Kinds

_CELLS = 2**19
"""Papers times draws that are dealt at a time."""
_MOST_KEPT = 2**26
"""Papers times draws that are kept, 64 MB; more are dealt anew whenever they are read."""


def stratified_counts(
    strata: ArrayLike, draws: int = 10_000, seed: int = 0, *, groups: Sequence[Hashable] | None = None
) -> NDArray[np.uint8]:
    """How often each paper is drawn, when every stratum is resampled with replacement to its own size.

    `strata` is (n,), any labels; the human decisions give a class-stratified bootstrap, in which every draw has the
    base rate of the sample. The same strata, draws and seed give the same counts, so that reviewers are compared on
    the same draws (Efron & Tibshirani 1993, ch. 6). Papers of one of `groups` (n,) are drawn together, among the groups
    of the same composition (Davison & Hinkley 1997, 3.8).

    Returns (draws, n) of uint8, made to be `sample_weight` of any metric. (A count above 255 has a chance below
    1e-500.)

    Raises ValueError for strata that are no array (n,), or draws < 1.
    """
    strata = np.asarray(strata)
    if strata.ndim != 1 or not strata.size:
        raise ValueError(f"strata must have shape (n,) with n > 0, not {strata.shape}")
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    if groups is not None and len(set(groups)) < len(strata):
        of_group = cluster_numbers(groups, len(strata))
        return stratified_counts(_compositions(strata, of_group), draws, seed)[:, of_group]
    rng = np.random.default_rng(seed)
    counts = np.empty((draws, len(strata)), dtype=np.uint8)
    stratum_of_paper = np.unique(strata, return_inverse=True)[1]
    for stratum in range(stratum_of_paper.max() + 1):
        papers = np.flatnonzero(stratum_of_paper == stratum)
        most = max(_CELLS // len(papers), 1)
        for start in range(0, draws, most):
            rows = min(most, draws - start)
            counts[start : start + rows, papers] = _tally(rng, rows, len(papers))
    return counts


def drawn_papers(
    strata: ArrayLike,
    draws: int = 10_000,
    seed: int = 0,
    *,
    groups: Sequence[Hashable] | None = None,
    beside: Sequence[ArrayLike] = (),
) -> Counts:
    """`stratified_counts`; of 2,000 papers and more as draws that count papers of a kind together.

    Where they take more than 64 MB they are dealt whenever they are read: drawn alike, from random numbers of their
    own for each block. `beside` (n,) are columns that many metrics read.

    Raises ValueError as `stratified_counts`.
    """
    strata = np.asarray(strata)
    if strata.ndim != 1 or len(strata) < MANY:
        return stratified_counts(strata, draws, seed, groups=groups)
    columns = [strata, *map(np.asarray, beside)]
    if len(strata) * draws <= _MOST_KEPT:
        return Draws(KeptDraws(stratified_counts(strata, draws, seed, groups=groups)), columns)
    of_group = cluster_numbers(groups, len(strata))
    alone = of_group[-1] == len(strata) - 1
    alike = np.unique(strata, return_inverse=True)[1] if alone else _compositions(strata, of_group)
    drawn_together = [np.flatnonzero(alike == number) for number in range(alike.max() + 1)]

    def deal(block: int) -> NDArray[np.uint8]:
        rng, counts = np.random.default_rng([seed, block]), np.empty((BLOCK, len(alike)), dtype=np.uint8)
        for those in drawn_together:
            counts[:, those] = _tally(rng, BLOCK, len(those))
        return counts if alone else counts[:, of_group]

    def tally(block: int, kinds: Kinds) -> NDArray[np.uint32]:
        rng, counts = np.random.default_rng([seed, block]), np.zeros((BLOCK, len(kinds)), dtype=np.uint32)
        for those in drawn_together:
            kind = kinds.of_paper[those]
            for row in counts:
                row += np.bincount(kind[rng.integers(len(those), size=len(those))], minlength=len(kinds)).astype(
                    np.uint32
                )
        return counts

    return Draws(DealtDraws(deal, (draws, len(strata)), tally if alone else None), columns)


def _compositions(strata: NDArray[Any], of_group: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of each group's composition: how many papers of which strata it has."""
    members = np.split(np.argsort(of_group, kind="stable"), np.cumsum(np.bincount(of_group))[:-1])
    return cluster_numbers([tuple(sorted(strata[papers].tolist())) for papers in members], len(members))


def _tally(rng: np.random.Generator, rows: int, papers: int) -> NDArray[np.intp]:
    """How often each of so many papers is drawn, (rows, papers)."""
    drawn = rng.integers(papers, size=(rows, papers))
    drawn += np.arange(rows)[:, None] * papers
    return np.bincount(drawn.ravel(), minlength=drawn.size).reshape(drawn.shape)


def chosen_groups(groups: Sequence[Hashable], where: ArrayLike) -> list[Hashable]:
    """The groups (n,) of the papers that `where` (n,) holds, in order."""
    return [group for group, chosen in zip(groups, np.asarray(where, dtype=bool), strict=True) if chosen]


def percentile_interval(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """The central interval that holds `level` of the draws, (low, high); draws that are NaN are left out.

    `values` is (draws,). Both ends are NaN where more than 5% of the draws are, since what is left is then no longer
    the distribution of the metric.

    Raises ValueError for another shape, or a level outside (0, 1).
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"values must have shape (draws,) with draws > 0, not {values.shape}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    defined = values[~np.isnan(values)]
    if len(defined) < 0.95 * len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def bootstrap_means(values: Floats, draws: int, seed: int = 0) -> Floats:
    """The means (draws,) of n of the values (n,), drawn with replacement."""
    counts = stratified_counts(np.zeros(len(values)), draws, seed)
    return counts @ values / len(values)


def with_sample(counts: Counts) -> Counts:
    """The draws with the sample itself put first, as one more draw."""
    if isinstance(counts, Draws):
        return counts.with_sample()
    return np.concatenate([np.ones_like(counts[:1]), counts])
