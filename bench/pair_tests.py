"""The paired tests of two reviewers by metric, each with the bootstrap draws by which tests hang together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from ..statistics import metrics
from ..statistics.arrays import Floats, cluster_numbers
from ..statistics.delong import FEW, delong_test, fewest
from ..statistics.significance import Comparison, mcnemar_exact, paired_t_test
from .decisions import decision_as_made
from .outcomes import Humans, Machine
from .records import Calibration
from .resampled import Bootstrap, Drawn

NO_TEST = "too few papers for a test"


@dataclass(frozen=True)
class PairTest:
    """A test of two reviewers, corrected for nothing yet."""

    metric: str
    name: str
    a: Machine
    b: Machine
    n: int
    result: Comparison
    draws: Floats
    """(draws,) the difference in each bootstrap draw: how the tests of a family hang together."""


def score_of(machine: Machine) -> Floats:
    """The scores (n,) of a reviewer that has some."""
    assert machine.score is not None
    return machine.score


def fewest_groups(humans: Humans) -> int:
    """Of how many groups the papers of the smaller class come."""
    return fewest(humans.accepted, cluster_numbers(humans.groups, len(humans)))


def delong(humans: Humans, a: Machine, b: Machine) -> Comparison:
    """DeLong's test, papers of a group together."""
    return delong_test(humans.accepted, score_of(a), score_of(b), groups=humans.groups)


def auc_tests(humans: Humans, machines: list[Machine], bootstrap: Bootstrap) -> list[PairTest]:
    """All pairs on the AUC of scores; only the difference where a class has fewer than two papers."""
    enough = min(humans.accepted.sum(), (~humans.accepted).sum()) > 1
    drawn = {m.name: bootstrap.drawn(metrics.roc_auc_score, humans.accepted, score_of(m)) for m in machines}
    tests: list[PairTest] = []
    for a, b in combinations(machines, 2):
        (value_a, draws_a), (value_b, draws_b) = drawn[a.name], drawn[b.name]
        found = delong(humans, a, b) if enough else _untested(value_a - value_b)
        tests.append(PairTest("auc", found.method or "DeLong", a, b, len(humans), found, draws_a - draws_b))
    return tests


def bootstrap_tests(
    metric: str, humans: Humans, machines: list[Machine], drawn: Mapping[str, Drawn], n: int
) -> list[PairTest]:
    """All pairs on a metric by its bootstrap draws; only the difference where a class has few groups of papers."""
    tests: list[PairTest] = []
    enough, freedom = fewest_groups(humans) >= FEW, len(set(humans.groups)) - 2
    for a, b in combinations(machines, 2):
        (value_a, draws_a), (value_b, draws_b) = drawn[a.name], drawn[b.name]
        difference = value_a - value_b
        found = paired_t_test(draws_a, draws_b, difference, freedom=freedom) if enough else _untested(difference)
        tests.append(PairTest(metric, found.method or "bootstrap", a, b, n, found, draws_a - draws_b))
    return tests


def decision_tests(
    humans: Humans, machines: list[Machine], bootstrap: Bootstrap, calibrations: Mapping[str, Calibration]
) -> list[PairTest]:
    """McNemar's test of decisions as made; the bootstrap where papers come in groups, which it cannot draw together."""
    y = humans.accepted
    made = {m.name: decision_as_made(humans, m, calibrations.get(m.name)) for m in machines}
    decisions = {name: decision for name, decision in made.items() if decision is not None}
    decided = [m for m in machines if m.name in decisions]
    drawn = {m.name: bootstrap.drawn(metrics.accuracy_score, y, decisions[m.name]) for m in decided}
    if len(set(humans.groups)) < len(humans):
        return bootstrap_tests("accuracy", humans, decided, drawn, len(y))
    return [
        PairTest(
            "accuracy",
            "exact McNemar",
            a,
            b,
            len(y),
            mcnemar_exact(y, decisions[a.name], decisions[b.name]),
            drawn[a.name][1] - drawn[b.name][1],
        )
        for a, b in combinations(decided, 2)
    ]


def _untested(difference: float) -> Comparison:
    return Comparison(difference, math.nan, (math.nan, math.nan), math.nan, NO_TEST)
