"""Differences between configurations: exact where that can be counted, honest where nothing is there."""

from __future__ import annotations

import math
import random as chance
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.bench.scores.pairs import (
    ALL_TEMPLATES,
    compare_configurations,
    enough_resamples,
    mean_difference_test,
)
from peerassay.bench.scores.records import ScorePair
from peerassay.bench.significance import holm

WHOLE = st.lists(st.integers(1, 10), min_size=2, max_size=5)


def row(pairs: list[ScorePair], template: str, a: str, b: str) -> ScorePair:
    return next(p for p in pairs if (p.template, p.a, p.b) == (template, a, b))


@given(WHOLE, WHOLE)
@settings(max_examples=30, deadline=None)
def test_few_papers_are_counted_out(a: list[int], b: list[int]) -> None:
    pooled = a + b
    sums = [sum(pooled[i] for i in chosen) for chosen in combinations(range(len(pooled)), len(a))]
    above, below = sum(s >= sum(a) for s in sums), sum(s <= sum(a) for s in sums)
    expected = min(1.0, 2 * min(above, below) / len(sums))
    found = mean_difference_test(a, b, draws=50)
    assert found.p_value == pytest.approx(expected)
    assert found.difference == pytest.approx(np.mean(a) - np.mean(b))


def test_chance_alone_gives_p_values_that_are_uniform() -> None:
    rng = np.random.default_rng(1)
    within, single = [], []
    for _ in range(200):
        a, b = rng.normal(size=15), rng.normal(size=12)
        single.append(mean_difference_test(a, b, draws=10, resamples=299).p_value)
        scores = {t: {"a": list(rng.normal(i, size=8)), "b": list(rng.normal(i, size=8))} for i, t in enumerate("tuv")}
        found = row(compare_configurations(scores, draws=10, resamples=299), ALL_TEMPLATES, "a", "b").p_value
        within.append(found or math.nan)
    for p_values in (single, within):
        for level in (0.05, 0.2, 0.5, 0.8):
            share = np.mean(np.array(p_values) <= level)
            assert abs(share - level) < 3.5 * math.sqrt(level * (1 - level) / 200)


def test_a_planted_difference_is_found_with_its_size() -> None:
    rng = np.random.default_rng(2)
    found = mean_difference_test(rng.normal(1.5, 1, 40), rng.normal(0, 1, 30))
    assert found.p_value < 0.001
    assert found.interval[0] < 1.5 < found.interval[1]
    assert found.se == pytest.approx(math.sqrt(1 / 40 + 1 / 30), rel=0.25)


def test_a_p_value_is_never_0() -> None:
    assert mean_difference_test(np.arange(50.0) + 1000, np.arange(50.0), draws=10).p_value == 2 / 10_000


@pytest.mark.parametrize("value", [3.0, 0.1])
def test_equal_constant_scores_are_no_difference(value: float) -> None:
    found = mean_difference_test([value] * 40, [value] * 30, draws=10)
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert math.isnan(found.interval[0])
    scores = {t: {"a": [value] * 9, "b": [value] * 5} for t in "tu"}
    assert all(pair.p_value == pair.p_holm == 1 for pair in compare_configurations(scores, draws=10))


@pytest.mark.parametrize(("a", "difference"), [([5.0], 1.0), ([], None)])
def test_too_few_papers_say_nothing(a: list[float], difference: float | None) -> None:
    (found,) = compare_configurations({"t": {"a": a, "b": [3.0, 5.0, 4.0]}}, draws=10)
    assert found.difference == difference
    assert (found.p_value, found.p_holm, found.low, found.high, found.resolved) == (None, None, None, None, False)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        mean_difference_test([1.0, bad], [2.0, 3.0])


@given(st.randoms())
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_papers_does_not_matter(random: chance.Random) -> None:
    a, b = [1.5, 2.0, 7.0, 3.0, 3.0, 6.0, 5.0, 8.0], [2.0, 2.0, 1.0, 4.5, 3.0, 2.0, 2.5, 1.0]
    plain = mean_difference_test(a, b, draws=50, resamples=199)
    assert mean_difference_test(random.sample(a, 8), random.sample(b, 8), draws=50, resamples=199) == plain


def test_over_all_templates_nobody_gains_by_the_easier_one() -> None:
    rng = np.random.default_rng(3)

    def papers(mean: float, n: int) -> list[float]:
        return list(rng.normal(mean, 0.5, n))

    scores = {"easy": {"a": papers(7, 40), "b": papers(8, 8)}, "hard": {"a": papers(2, 8), "b": papers(3, 40)}}
    assert np.mean([*scores["easy"]["a"], *scores["hard"]["a"]]) > np.mean([*scores["easy"]["b"], *scores["hard"]["b"]])
    found = row(compare_configurations(scores, draws=200), ALL_TEMPLATES, "a", "b")
    assert found.difference == pytest.approx(-1, abs=0.35)
    assert found.resolved
    assert (found.n_a, found.n_b) == (48, 48)


def test_all_templates_needs_two_that_both_have_papers_on() -> None:
    scores = {
        "t": {"a": [1.0, 2.0], "b": [2.0, 3.0], "c": [1.0, 1.5]},
        "u": {"a": [1.0, 2.0], "b": [4.0], "c": [5.0, 6.0]},
    }
    found = [(p.a, p.b) for p in compare_configurations(scores, draws=10) if p.template == ALL_TEMPLATES]
    assert found == [("a", "c")]


def test_the_correction_is_over_the_whole_table() -> None:
    rng = np.random.default_rng(4)
    scores = {t: {c: list(rng.normal(i, 1, 12)) for i, c in enumerate("abc")} for t in "tu"}
    found = compare_configurations(scores, draws=50)
    assert len(found) == 9
    p_values = [p.p_value if p.p_value is not None else math.nan for p in found]
    assert [p.p_holm for p in found] == holm(p_values)
    assert [p.resolved for p in found] == [p.p_holm is not None and p.p_holm < 0.05 for p in found]
    assert min(p.p_holm or 1 for p in found) >= 9 * min(p_values)


@pytest.mark.parametrize("rows", [1, 60, 250, 1000])
def test_a_large_table_can_still_resolve_something(rows: int) -> None:
    smallest = 2 / (enough_resamples(rows) + 1)
    assert holm([smallest] * rows)[0] < 0.05


def test_the_test_over_all_templates_is_that_of_all_ways_to_deal() -> None:
    scores = {"t": {"a": [7.0, 3.0], "b": [5.0, 2.0, 1.0, 4.0, 3.5]}, "u": {"a": [6.0, 2.0, 8.0], "b": [1.0, 5.0, 7.5]}}
    dealt: list[list[float]] = []
    for each in scores.values():
        pooled, n = each["a"] + each["b"], len(each["a"])
        chosen = [sum(some) for some in combinations(pooled, n)]
        dealt.append([total / n - (sum(pooled) - total) / (len(pooled) - n) for total in chosen])
    differences = np.add.outer(*map(np.array, dealt)).ravel() / 2
    found = row(compare_configurations(scores, draws=10), ALL_TEMPLATES, "a", "b")
    assert found.difference is not None and found.p_value is not None
    tail = min(np.mean(differences >= found.difference - 1e-9), np.mean(differences <= found.difference + 1e-9))
    assert found.p_value == pytest.approx(2 * tail, abs=0.02)
