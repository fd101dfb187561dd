"""Paired tests between reviewers on the same papers, with one correction for all of them, and ranks by AUC."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations

import numpy as np
from pydantic import BaseModel, Field

from ..statistics import metrics, rank_metrics
from ..statistics.arrays import cluster_numbers
from ..statistics.delong import FEW, covariance, placements
from ..statistics.estimate import finite
from ..statistics.margins import delong_p_values
from ..statistics.metrics import matched_balanced_accuracy
from ..statistics.multiple_testing import LEVEL, holm, rank_intervals, rank_with_ties, step_down_max_t, widened
from ..statistics.significance import equivalence_p, papers_needed
from .outcomes import Humans, Machine
from .pair_tests import (
    PairTest,
    auc_tests,
    bootstrap_tests,
    decision_tests,
    fewest_groups,
    score_of,
)
from .records import Calibration
from .resampled import Bootstrap

METRICS = ("auc", "balanced_accuracy", "accuracy", "spearman")
"""What is compared; the first is the primary endpoint."""


class PairRow(BaseModel):
    """One pair of reviewers on one metric; the difference is that of `a` less `b`."""

    metric: str
    test: str = Field(description="how the p-value was found, or why there is none")
    a: str
    b: str
    n: int
    difference: float | None
    se: float | None
    low: float | None
    high: float | None
    p_value: float | None
    p_family: float | None = Field(description="corrected for all tests of the comparison, all metrics together")
    resolved: bool = Field(description="whether the corrected p-value is below .05")
    papers_needed: int | None = Field(
        description="where not resolved: papers with which one test alone resolves this difference with 80% power"
    )
    in_sample: bool = Field(description="one of the two was fitted on some of these papers")


class EquivalenceRow(BaseModel):
    """Whether two reviewers' AUCs are equal within a margin, by two one-sided tests."""

    a: str
    b: str
    margin: float
    difference: float | None
    p_value: float | None
    p_holm: float | None
    equivalent: bool = Field(description="whether the corrected p-value is below .05")


class RankRow(BaseModel):
    """A reviewer's rank by score AUC: 1 + the number of reviewers that are significantly better."""

    name: str
    auc: float
    rank: int | None = Field(description="None: fitted on papers of the table, or too few papers for a test")
    low: int | None
    high: int | None
    in_sample: int = Field(default=0, description="papers of the table that it was fitted on; then it has no rank")
    above: tuple[str, ...] = Field(default=(), description="reviewers that it is significantly better than")


def compare(
    humans: Humans,
    machines: list[Machine],
    bootstrap: Bootstrap,
    *,
    calibrations: Mapping[str, Calibration] | None = None,
    only: Collection[str] = METRICS,
    against: str | None = None,
) -> list[PairRow]:
    """All pairs on each metric of `only` that both reviewers have, corrected for each other by `step_down_max_t`.

    AUC by DeLong's test. Balanced accuracy where both accept as many papers as the venue, by the bootstrap: reviewers
    do not differ by a threshold that was fitted to these papers. Accuracy of the decisions as they were made (own word,
    form's rule, threshold of a calibration), by McNemar's exact test. Spearman with the mean rating, by the bootstrap.
    With fewer than 8 groups of papers in a class only AUC is tested, by permutation, and with one paper nothing.
    With `against` only the pairs with that reviewer, as the second of each, and corrected for each other alone.
    """
    if against is not None:
        machines = sorted(machines, key=lambda machine: machine.name == against)
    scored = [m for m in machines if m.score is not None]
    tests: list[PairTest] = []
    if "auc" in only:
        tests += auc_tests(humans, scored, bootstrap)
    if "balanced_accuracy" in only:
        areas = {m.name: bootstrap.drawn(matched_balanced_accuracy, humans.accepted, score_of(m)) for m in scored}
        tests += bootstrap_tests("balanced_accuracy", humans, scored, areas, len(humans))
    if "accuracy" in only:
        tests += decision_tests(humans, machines, bootstrap, calibrations or {})
    rated = ~np.isnan(humans.rating)
    if "spearman" in only and rated.sum() >= 2 * FEW:
        found = {m.name: bootstrap.drawn(rank_metrics.spearman, humans.rating, score_of(m), rated) for m in scored}
        tests += bootstrap_tests("spearman", humans, scored, found, int(rated.sum()))
    return _corrected([test for test in tests if against is None or test.b.name == against])


def equivalence(rows: Sequence[PairRow], margin: float) -> list[EquivalenceRow]:
    """Of each pair's AUC whether it is equal within the margin, with Holm's correction over the pairs."""
    pairs = [row for row in rows if row.metric == "auc"]
    p_values = [
        math.nan if row.low is None or row.se is None else equivalence_p(row.difference or 0.0, row.se, margin)
        for row in pairs
    ]
    return [
        EquivalenceRow(
            a=row.a,
            b=row.b,
            margin=margin,
            difference=row.difference,
            p_value=finite(p),
            p_holm=finite(corrected),
            equivalent=corrected < LEVEL,
        )
        for row, p, corrected in zip(pairs, p_values, holm(p_values), strict=True)
    ]


def rank(
    humans: Humans,
    machines: list[Machine],
    bootstrap: Bootstrap,
    pairs: Sequence[PairRow] | None = None,
    *,
    unranked: Collection[str] = (),
) -> list[RankRow]:
    """Ranks by score AUC; reviewers that cannot be told apart share one.

    Told apart by the AUC rows of a comparison, `pairs`, or by DeLong's tests corrected for each other. A reviewer that
    was fitted on papers of the table has no rank, and counts for nobody's; the same holds for those of `unranked`,
    which the others are tested against all the same.
    """
    scored = [m for m in machines if m.score is not None]
    if not scored:
        return []
    areas = {m.name: float(metrics.roc_auc_score(humans.accepted, score_of(m))) for m in scored}
    tested = [m for m in scored if not m.in_sample] if fewest_groups(humans) > 1 else []
    ranked = [m for m in tested if m.name not in unranked]
    differ = (
        _resolved(humans, tested) if pairs is None else {(r.a, r.b) for r in pairs if r.metric == "auc" and r.resolved}
    )
    places: dict[str, tuple[int, int, int]] = {}
    if ranked:
        significant = np.array(
            [[(a.name, b.name) in differ or (b.name, a.name) in differ for b in ranked] for a in ranked]
        )
        ranks = rank_with_ties([areas[m.name] for m in ranked], significant)
        draws = [bootstrap.drawn(metrics.roc_auc_score, humans.accepted, score_of(m))[1] for m in ranked]
        intervals = rank_intervals(np.stack(draws))
        places = {
            m.name: (int(place), *widened(int(place), int(low), int(high)))
            for m, place, (low, high) in zip(ranked, ranks, intervals, strict=True)
        }
    rows: list[RankRow] = []
    for m in scored:
        place, low, high = places.get(m.name, (None, None, None))
        worse = [
            o.name for o in tested if areas[o.name] < areas[m.name] and {(m.name, o.name), (o.name, m.name)} & differ
        ]
        row = RankRow(name=m.name, auc=areas[m.name], rank=place, low=low, high=high, in_sample=m.in_sample)
        rows.append(row.model_copy(update={"above": tuple(worse)}))
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, -row.auc))


def _resolved(humans: Humans, machines: list[Machine]) -> set[tuple[str, str]]:
    """The pairs that DeLong's tests tell apart, corrected by DeLong's covariance of the areas."""
    pairs = list(combinations(range(len(machines)), 2))
    cluster = cluster_numbers(humans.groups, len(humans))
    if not pairs:
        return set()
    placed = np.stack([placements(humans.accepted, score_of(m)) for m in machines])
    p_values = delong_p_values(humans.accepted, np.stack(list(map(score_of, machines))), groups=humans.groups)
    p_values = p_values[np.triu_indices(len(machines), 1)]
    adjusted = step_down_max_t(p_values, covariance(humans.accepted, placed, cluster), pairs=pairs)
    return {(machines[i].name, machines[j].name) for (i, j), p in zip(pairs, adjusted, strict=True) if p < LEVEL}


def _corrected(tests: Sequence[PairTest]) -> list[PairRow]:
    """The rows, corrected for each other by the covariance of their bootstrap draws."""
    if not tests:
        return []
    draws = np.stack([test.draws for test in tests])
    defined = ~np.isnan(draws)
    draws = np.where(defined, draws, 0.0)
    draws -= defined * draws.sum(axis=1, keepdims=True) / np.maximum(defined.sum(axis=1, keepdims=True), 1)
    together = draws @ draws.T / draws.shape[1]
    adjusted = step_down_max_t([test.result.p_value for test in tests], together)
    return [_row(test, p) for test, p in zip(tests, adjusted, strict=True)]


def _row(test: PairTest, p_family: float) -> PairRow:
    found, resolved = test.result, p_family < LEVEL
    low, high = found.interval
    few = resolved or math.isnan(low) or test.n < 2 * FEW
    needed = None if few else papers_needed(found.difference, found.se, test.n)
    return PairRow(
        metric=test.metric,
        test=test.name,
        a=test.a.name,
        b=test.b.name,
        n=test.n,
        difference=finite(found.difference),
        se=finite(found.se),
        low=finite(low),
        high=finite(high),
        p_value=finite(found.p_value),
        p_family=finite(p_family),
        resolved=resolved,
        papers_needed=needed,
        in_sample=bool(test.a.in_sample or test.b.in_sample),
    )
