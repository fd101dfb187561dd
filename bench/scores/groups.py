"""The metrics of a configuration on one template, and which configuration is better.

Differences of mean scores of reviewed papers and of all ideas tried are tested. One definition of the family that
Holm's correction is over, here and on the leaderboards: all that is tested on one template, every pair of
configurations by reviewed papers and by all ideas tried. "All templates" is one more family.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ...statistics.estimate import finite, ordered
from ...statistics.multiple_testing import LEVEL, holm
from ...statistics.permutation import FIRST, Sides, WelchPermutation, mean_difference, settle
from .metrics import ScorePair

ALL_TEMPLATES = "all templates"

Scores = Mapping[str, Mapping[str, Sequence[float]]]
"""By template and configuration, in the order of the table."""


def compare_configurations(
    reviewed: Scores, tried: Scores | None = None, *, seed: int = 0, resamples: int = FIRST
) -> list[ScorePair]:
    """All pairs of configurations on each template, then over all templates that two have in common.

    `reviewed` has the scores of papers; `tried` those of all ideas, the lowest of the scale for one without a score,
    and lacks groups of which it is not known how many were tried. Two-sided `WelchPermutation` tests, of at least
    `resamples` ways to deal where these cannot be counted out, and as many as Holm's decisions need.

    A row "all templates" is there where two configurations have two or more templates with two scores on either side.

    Raises ValueError for scores that are not finite.
    """
    differences = _on_each_template(reviewed, tried or {})
    differences += _over_templates(reviewed, tried or {})
    tests = [_Tests.of(difference, seed, resamples) for difference in differences]
    families: dict[str, list[_Tests]] = {}
    for test in tests:
        families.setdefault(test.of_pair.template, []).append(test)
    settle([[one for test in family for one in test.distinct()] for family in families.values()])
    corrected = [p for family in families.values() for p in _corrected(family)]
    in_families = [test for family in families.values() for test in family]
    return [_pair(test, *p) for test, p in zip(in_families, corrected, strict=True)]


@dataclass(frozen=True)
class _Pair:
    """Two configurations, with their scores by template: of reviewed papers, and of ideas tried where all know that."""

    template: str
    a: str
    b: str
    reviewed: Sequence[Sides]
    tried: Sequence[Sides] | None


@dataclass(frozen=True)
class _Tests:
    """The tests of a pair; None where a side has fewer than two scores."""

    of_pair: _Pair
    reviewed: WelchPermutation | None
    tried: WelchPermutation | None
    """The very same test where no idea of the two is without a score."""

    @classmethod
    def of(cls, pair: _Pair, seed: int, resamples: int) -> _Tests:
        reviewed = _test(pair.reviewed, seed, resamples)
        same = pair.tried is not None and _sizes(pair.tried) == _sizes(pair.reviewed)
        tried = reviewed if same else _test(pair.tried or (), seed, resamples)
        return cls(pair, reviewed, tried)

    def distinct(self) -> list[WelchPermutation]:
        """What Holm's correction counts."""
        return list(dict.fromkeys(test for test in (self.reviewed, self.tried) if test))


def _on_each_template(reviewed: Scores, tried: Scores) -> list[_Pair]:
    found: list[_Pair] = []
    for template, groups in reviewed.items():
        for a, b in combinations(groups, 2):
            there = tried.get(template, {})
            known = [_sides(there, a, b)] if a in there and b in there else None
            found.append(_Pair(template, a, b, [_sides(groups, a, b)], known))
    return found


def _over_templates(reviewed: Scores, tried: Scores) -> list[_Pair]:
    found: list[_Pair] = []
    for a, b in combinations(dict.fromkeys(name for groups in reviewed.values() for name in groups), 2):
        both = {t: _sides(groups, a, b) for t, groups in reviewed.items() if a in groups and b in groups}
        enough = {t: sides for t, sides in both.items() if min(map(len, sides)) > 1}
        if len(enough) < 2:
            continue
        known = all(a in tried.get(t, {}) and b in tried.get(t, {}) for t in both)
        every = [_sides(tried[t], a, b) for t in both] if known else None
        found.append(_Pair(ALL_TEMPLATES, a, b, list(enough.values()), every))
    return found


def _sides(groups: Mapping[str, Sequence[float]], a: str, b: str) -> Sides:
    return ordered(groups[a]), ordered(groups[b])


def _sizes(strata: Sequence[Sides]) -> list[tuple[int, int]]:
    return [(len(a), len(b)) for a, b in strata]


def _test(strata: Sequence[Sides], seed: int, resamples: int) -> WelchPermutation | None:
    if not strata or any(len(side) < 2 for sides in strata for side in sides):
        return None
    return WelchPermutation(strata, seed, resamples)


def _corrected(family: Sequence[_Tests]) -> list[tuple[float, float]]:
    """Holm's p-values of each pair in the family, by reviewed papers and by ideas tried."""
    tests = [one for test in family for one in test.distinct()]
    adjusted = dict(zip(tests, holm([test.p_value for test in tests]), strict=True))

    def of(test: WelchPermutation | None) -> float:
        return adjusted[test] if test else math.nan

    return [(of(test.reviewed), of(test.tried)) for test in family]


def _pair(tests: _Tests, p_holm: float, tried_p_holm: float) -> ScorePair:
    pair = tests.of_pair
    difference, (low, high) = mean_difference(pair.reviewed)
    tried_difference, (tried_low, tried_high) = mean_difference(pair.tried or ())
    return ScorePair(
        template=pair.template,
        a=pair.a,
        b=pair.b,
        n_a=sum(len(a) for a, _ in pair.reviewed),
        n_b=sum(len(b) for _, b in pair.reviewed),
        difference=finite(difference),
        low=finite(low),
        high=finite(high),
        p_value=tests.reviewed.p_value if tests.reviewed else None,
        p_holm=finite(p_holm),
        resolved=p_holm < LEVEL,
        tried_a=sum(len(a) for a, _ in pair.tried) if pair.tried else None,
        tried_b=sum(len(b) for _, b in pair.tried) if pair.tried else None,
        tried_difference=finite(tried_difference),
        tried_low=finite(tried_low),
        tried_high=finite(tried_high),
        tried_p_value=tests.tried.p_value if tests.tried else None,
        tried_p_holm=finite(tried_p_holm),
        tried_resolved=tried_p_holm < LEVEL,
    )
