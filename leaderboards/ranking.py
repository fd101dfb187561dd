"""Places on a board: ranks that show ties as ties, and the order in 95% of the draws."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..bench.compare import RankRow
from ..bench.floors import Verdict
from ..bench.resampled import DRAWS
from ..bench.scores.groups import compare_configurations
from ..statistics.arrays import Floats
from ..statistics.bootstrap import bootstrap_means, percentile_interval
from ..statistics.estimate import Estimate, ordered
from ..statistics.multiple_testing import LEVEL, rank_intervals, rank_with_ties, step_down_max_t, widened
from ..statistics.pairwise import IdeaScores, PairwiseWins, bradley_terry, components, pairwise_wins
from ..statistics.significance import paired_bootstrap_test
from .boards import RankInterval, Strength
from .recompute import SEED

TEMPLATE = "this template"


def reviewer_places(rows: Sequence[RankRow]) -> dict[str, RankInterval]:
    """Places of the rows of `rank`, by their names; none for a row without a rank."""
    shared = Counter(row.rank for row in rows)
    return {
        row.name: RankInterval(row.rank, row.low, row.high, shared[row.rank] > 1)
        for row in rows
        if row.rank is not None and row.low is not None and row.high is not None
    }


def score_places(
    scores: Mapping[str, Sequence[float]],
    tried: Mapping[str, Sequence[float]] | None = None,
    *,
    floors: Collection[str] = (),
) -> tuple[dict[str, RankInterval], dict[str, Verdict]]:
    """Places by mean score on one template, and how each stands against the floors, by name; none without a score.

    Floors have no place, and count for nobody's.

    `scores` are of reviewed papers; `tried` has the lowest of the scale for ideas without one, where the number of
    ideas is known. Ties are told as `compare_configurations` tells them, by the same family of tests, the order by
    bootstraps over the papers of each.
    """
    there = {name: ordered(values) for name, values in scores.items() if len(values)}
    names = list(there)
    if not names:
        return {}, {}
    resolved = np.zeros((len(names), len(names)), dtype=bool)
    for pair in compare_configurations({TEMPLATE: scores}, {TEMPLATE: tried or {}}):
        if pair.resolved:
            i, j = names.index(pair.a), names.index(pair.b)
            resolved[i, j] = resolved[j, i] = True
    means = [float(values.mean()) for values in there.values()]
    ranked = [i for i, name in enumerate(names) if name not in floors]
    verdicts = _verdicts(names, means, resolved, floors)
    if not ranked:
        return {}, verdicts
    draws = np.stack([bootstrap_means(there[names[i]], DRAWS, _seed_of(names[i])) for i in ranked])
    places = _rank_intervals([means[i] for i in ranked], resolved[np.ix_(ranked, ranked)], rank_intervals(draws))
    return {names[i]: place for i, place in zip(ranked, places, strict=True)}, verdicts


def strength_table(
    tries: Sequence[IdeaScores], usd_per_paper: Mapping[str, float | None], *, floors: Collection[str] = ()
) -> tuple[Strength, ...]:
    """The configurations over all templates, best first, then the floors; empty where there is just one.

    Floors are in the model, but have no place and count for nobody's.

    Configurations that no chain of comparisons links are ranked among those they are linked with only: their order
    against the others is open, and the average that they are measured against is that of their own.
    """
    wins = pairwise_wins(tries, DRAWS, SEED)
    if len(wins.configurations) < 2:
        return ()
    found = [s for members in components(wins.met) for s in _linked(wins, members, tries, usd_per_paper, floors)]
    shared = Counter(s.place.rank for s in found if s.place)
    tied = [replace(s, place=s.place and replace(s.place, tied=shared[s.place.rank] > 1)) for s in found]
    return tuple(sorted(tied, key=lambda s: (s.configuration in floors, -or_least(s.strength.value), s.configuration)))


def efficient(means: Sequence[float | None], costs: Sequence[float | None]) -> list[bool]:
    """Whether no other has as high a mean for less, or a higher one for no more.

    Never where one of the two is unknown, nor where there is nobody to compare with.
    """
    known = [(m, c) for m, c in zip(means, costs, strict=True) if m is not None and c is not None]

    def beaten(mean: float, cost: float) -> bool:
        return len(known) < 2 or any(m >= mean and c <= cost and (m, c) != (mean, cost) for m, c in known)

    return [m is not None and c is not None and not beaten(m, c) for m, c in zip(means, costs, strict=True)]


def _linked(
    wins: PairwiseWins,
    members: Sequence[int],
    tries: Sequence[IdeaScores],
    usd_per_paper: Mapping[str, float | None],
    floors: Collection[str],
) -> list[Strength]:
    """The strengths of configurations that comparisons link."""
    inside = np.ix_(members, members)
    point, drawn = bradley_terry(wins.wins[inside]), bradley_terry(wins.draws[:, *inside]).T
    names = [wins.configurations[member] for member in members]
    ranked = [i for i, name in enumerate(names) if name not in floors]
    others = len({*wins.configurations} - {*floors, *names})
    pairs = list(combinations(range(len(members)), 2))
    p_values = [paired_bootstrap_test(drawn[i], drawn[j], point[i] - point[j]).p_value for i, j in pairs]
    adjusted = step_down_max_t(p_values, np.atleast_2d(np.cov(drawn)), pairs=pairs) if pairs else []
    resolved = _resolved(len(members), pairs, adjusted)
    verdicts = _verdicts(names, point.tolist(), resolved, floors)
    intervals = rank_intervals(drawn[ranked]) + np.array([0, others]) if ranked else np.zeros((0, 2), dtype=np.int64)
    placed = _rank_intervals(point[ranked].tolist(), resolved[np.ix_(ranked, ranked)], intervals)
    places = dict(zip(ranked, placed, strict=True))
    found: list[Strength] = []
    for number, (member, name) in enumerate(zip(members, names, strict=True)):
        matched, unmatched = int(wins.matched[member].sum()), int(wins.unmatched[member].sum())
        found.append(
            Strength(
                configuration=name,
                strength=_estimate(float(point[number]), drawn[number], matched + unmatched),
                beats_average=_estimate(float(_chance(point[number])), _chance(drawn[number]), matched + unmatched),
                place=places.get(number),
                templates=tuple(sorted({t.template for t in tries if t.configuration == name})),
                tried=sum(t.tried for t in tries if t.configuration == name),
                matched=matched,
                unmatched=unmatched,
                usd_per_paper=usd_per_paper.get(name),
                floor=verdicts.get(name, ""),
            )
        )
    return found


def or_least(value: float | None) -> float:
    """A figure to sort by, highest first, in which an unknown one comes last."""
    return float("-inf") if value is None else value


def _estimate(value: float, draws: Floats, comparisons: int) -> Estimate:
    """With an interval that holds the value, which the prior of the draws may leave; undefined without a comparison."""
    if not comparisons:
        return Estimate(value=None, n=0)
    low, high = (value if np.isnan(end) else end for end in percentile_interval(draws))
    return Estimate.between(value, (min(low, value), max(high, value)), comparisons)


def _chance(strength: ArrayLike) -> Floats:
    return 1 / (1 + np.exp(-np.asarray(strength)))


def _verdicts(
    names: Sequence[str], values: Sequence[float], resolved: NDArray[np.bool_], floors: Collection[str]
) -> dict[str, Verdict]:
    """How each that is no floor stands against the floors; none without floors."""
    there = [i for i, name in enumerate(names) if name in floors]
    found: dict[str, Verdict] = {}
    for i, name in enumerate(names):
        if name in floors or not there:
            continue
        better = [bool(resolved[i, j]) and values[i] > values[j] for j in there]
        worse = [bool(resolved[i, j]) and values[i] < values[j] for j in there]
        found[name] = "below" if any(worse) else "above" if all(better) else "open"
    return found


def _resolved(k: int, pairs: Sequence[tuple[int, int]], p_values: Sequence[float]) -> NDArray[np.bool_]:
    """(k, k): which pairs differ by their corrected p-values; a pair without a test does not."""
    found = np.zeros((k, k), dtype=bool)
    for (i, j), p in zip(pairs, p_values, strict=True):
        found[i, j] = found[j, i] = p < LEVEL
    return found


def _rank_intervals(
    estimates: Sequence[float], resolved: NDArray[np.bool_], intervals: NDArray[np.int64]
) -> list[RankInterval]:
    ranks = rank_with_ties(estimates, resolved)
    shared = Counter(ranks.tolist())
    return [
        RankInterval(int(place), *widened(int(place), int(low), int(high)), shared[int(place)] > 1)
        for place, (low, high) in zip(ranks, intervals, strict=True)
    ]


def _seed_of(name: str) -> int:
    """A seed of its own for each name, so that two of them are not drawn in step."""
    return int.from_bytes(hashlib.sha256(f"{SEED}\0{name}".encode()).digest()[:8], "big")
