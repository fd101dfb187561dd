"""Paired tests between reviewers on the same papers, with Holm's correction within each metric's table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, Field

from . import metrics, rank_metrics
from .estimate import finite
from .evaluate import Bootstrap, Calibration, headline_decision
from .outcomes import Floats, Humans, Machine
from .ranks import rank_intervals, rank_with_ties
from .significance import Comparison, delong_test, holm, mcnemar_exact, paired_bootstrap_test

LEVEL = 0.05


class PairRow(BaseModel):
    """One pair of reviewers on one metric; the difference is that of `a` less `b`."""

    metric: str
    test: str
    a: str
    b: str
    n: int
    difference: float | None
    low: float | None
    high: float | None
    p_value: float | None
    p_holm: float | None
    resolved: bool = Field(description="whether the corrected p-value is below .05")


class RankRow(BaseModel):
    """A reviewer's rank by score AUC: 1 + the number of reviewers that are significantly better."""

    name: str
    auc: float
    rank: int
    low: int
    high: int


def compare(
    humans: Humans,
    machines: list[Machine],
    bootstrap: Bootstrap,
    *,
    calibrations: Mapping[str, Calibration] | None = None,
) -> list[PairRow]:
    """All pairs on score AUC, accuracy, balanced accuracy and Spearman, where both reviewers have the metric."""
    calibrations = calibrations or {}
    scored = [m for m in machines if m.score is not None]
    y = humans.accepted
    rows = _auc_pairs(humans, scored)

    found = {m.name: headline_decision(humans, m, calibrations.get(m.name)) for m in machines}
    decisions = {name: decision for name, decision in found.items() if decision is not None}
    decided = [m for m in machines if m.name in decisions]
    rows += _table(
        "accuracy",
        "exact McNemar",
        decided,
        len(y),
        lambda a, b: mcnemar_exact(y, decisions[a.name], decisions[b.name]),
    )
    accuracy = {
        m.name: _draws(metrics.balanced_accuracy, y, decisions[m.name], bootstrap.counts)
        for m in decided
    }  # fmt: skip
    rows += _table("balanced_accuracy", "paired bootstrap", decided, len(y), lambda a, b: _bootstrapped(accuracy, a, b))
    rated = ~np.isnan(humans.rating)
    if rated.any():
        correlation = {
            m.name: _draws(rank_metrics.spearman, humans.rating[rated], _score(m)[rated], bootstrap.counts[:, rated])
            for m in scored
        }
        rows += _table(
            "spearman", "paired bootstrap", scored, int(rated.sum()), lambda a, b: _bootstrapped(correlation, a, b)
        )
    return rows


def rank(humans: Humans, machines: list[Machine], bootstrap: Bootstrap) -> list[RankRow]:
    """Ranks by score AUC; reviewers that the DeLong test (Holm-corrected) cannot tell apart share one."""
    scored = [m for m in machines if m.score is not None]
    if not scored:
        return []
    areas = [float(metrics.roc_auc(humans.accepted, _score(m))) for m in scored]
    resolved = {(row.a, row.b) for row in _auc_pairs(humans, scored) if row.resolved}
    significant = np.array(
        [[(a.name, b.name) in resolved or (b.name, a.name) in resolved for b in scored] for a in scored]
    )
    ranks = rank_with_ties(areas, significant)
    draws = np.stack([metrics.roc_auc(humans.accepted, _score(m), sample_weight=bootstrap.counts) for m in scored])
    intervals = rank_intervals(draws)
    rows = [
        RankRow(name=m.name, auc=area, rank=int(place), low=int(low), high=int(high))
        for m, area, place, (low, high) in zip(scored, areas, ranks, intervals, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.rank, -row.auc))


Draws = tuple[float, Floats]


def _score(machine: Machine) -> Floats:
    assert machine.score is not None
    return machine.score


def _auc_pairs(humans: Humans, scored: list[Machine]) -> list[PairRow]:
    y = humans.accepted
    return _table("auc", "DeLong", scored, len(y), lambda a, b: delong_test(y, _score(a), _score(b)))


def _draws(metric: Callable[..., Floats], truth: ArrayLike, other: ArrayLike, counts: np.ndarray) -> Draws:
    return float(metric(truth, other)), metric(truth, other, sample_weight=counts)


def _bootstrapped(values: Mapping[str, Draws], a: Machine, b: Machine) -> Comparison:
    (value_a, draws_a), (value_b, draws_b) = values[a.name], values[b.name]
    return paired_bootstrap_test(draws_a, draws_b, value_a - value_b)


def _table(
    metric: str, test: str, machines: list[Machine], n: int, run_test: Callable[[Machine, Machine], Comparison]
) -> list[PairRow]:
    pairs = list(combinations(machines, 2))
    found = [run_test(a, b) for a, b in pairs]
    corrected = holm([result.p_value for result in found])
    return [
        PairRow(
            metric=metric,
            test=test,
            a=a.name,
            b=b.name,
            n=n,
            difference=finite(result.difference),
            low=finite(result.interval[0]),
            high=finite(result.interval[1]),
            p_value=finite(result.p_value),
            p_holm=finite(p),
            resolved=p < LEVEL,
        )
        for (a, b), result, p in zip(pairs, found, corrected, strict=True)
    ]
