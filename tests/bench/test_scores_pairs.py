"""Differences between configurations: exact where that can be counted, honest where nothing is there."""

from __future__ import annotations

import math
import os
import random as chance
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_scores import made_record
from peerassay.bench.scores.groups import ALL_TEMPLATES, compare_configurations
from peerassay.bench.scores.metrics import ScorePair
from peerassay.bench.scores.summary import summarise_scores
from peerassay.statistics.multiple_testing import holm
from peerassay.statistics.permutation import MOST, WelchPermutation, mean_difference, settle
from scipy import stats

WHOLE = st.lists(st.integers(1, 10), min_size=2, max_size=5)


def welch(a: np.ndarray, b: np.ndarray, axis: int = -1) -> np.ndarray:
    """|t|, with 0 for no difference at all."""
    error = np.sqrt(a.var(axis=axis, ddof=1) / a.shape[axis] + b.var(axis=axis, ddof=1) / b.shape[axis])
    difference = abs(a.mean(axis=axis) - b.mean(axis=axis))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference < 1e-9, 0.0, difference / np.where(error < 1e-9, 0.0, error))


def p_value(a: object, b: object, **options: int) -> float:
    return WelchPermutation([(np.asarray(a, dtype=float), np.asarray(b, dtype=float))], **options).p_value


def row(pairs: list[ScorePair], template: str, a: str, b: str) -> ScorePair:
    return next(p for p in pairs if (p.template, p.a, p.b) == (template, a, b))


@given(WHOLE, WHOLE)
@settings(max_examples=30)
def test_few_papers_are_counted_out(a: list[int], b: list[int]) -> None:
    pooled, everyone = np.array(a + b, dtype=float), set(range(len(a + b)))
    sizes = [
        float(welch(pooled[list(chosen)], pooled[list(everyone - set(chosen))]))
        for chosen in combinations(range(len(pooled)), len(a))
    ]
    observed = float(welch(np.array(a, dtype=float), np.array(b, dtype=float)))
    test = WelchPermutation([(np.array(a, dtype=float), np.array(b, dtype=float))])
    assert test.exact == pytest.approx(np.mean([size >= observed * (1 - 1e-9) for size in sizes]))
    assert test.bracket == (test.exact, test.exact)


def test_the_test_is_that_of_scipy() -> None:
    rng = np.random.default_rng(9)
    a, b = rng.normal(size=6), 2 * rng.normal(size=7)
    expected = stats.permutation_test((a, b), welch, vectorized=True, alternative="greater", n_resamples=5_000)
    assert p_value(a, b) == pytest.approx(float(expected.pvalue))


def test_drawn_and_counted_p_values_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(10)
    strata = [(rng.integers(2, 6, n).astype(float), rng.integers(2, 7, m).astype(float)) for n, m in ((9, 12), (8, 5))]
    exact = WelchPermutation(strata)
    monkeypatch.setattr("peerassay.statistics.permutation.COUNTED", 0)
    drawn = WelchPermutation(strata)
    assert exact.exact is not None and drawn.exact is None
    low, high = drawn.bracket
    assert low < exact.exact < high < low + 0.02


def test_chance_alone_gives_p_values_that_are_uniform() -> None:
    rng = np.random.default_rng(1)
    within, single = [], []
    for _ in range(200):
        single.append(p_value(rng.normal(size=15), rng.normal(size=12), resamples=299))
        scores = {t: {"a": list(rng.normal(i, size=8)), "b": list(rng.normal(i, size=8))} for i, t in enumerate("tuv")}
        sides = [(np.array(each["a"]), np.array(each["b"])) for each in scores.values()]
        within.append(WelchPermutation(sides, resamples=299).p_value)
    for p_values in (single, within):
        for level in (0.05, 0.2, 0.5, 0.8):
            share = np.mean(np.array(p_values) <= level)
            assert abs(share - level) < 3.5 * math.sqrt(level * (1 - level) / 200)


@pytest.mark.parametrize(("n_a", "n_b", "sd_a", "sd_b"), [(12, 38, 3, 1), (12, 38, 1, 3), (10, 10, 3, 1)])
@pytest.mark.parametrize("whole", [False, True])
def test_unequal_spreads_are_no_difference_of_means(n_a: int, n_b: int, sd_a: int, sd_b: int, whole: bool) -> None:
    """Of raw means, 21% of such comparisons would be resolved with 12 and 38 papers. 2 standard errors are added."""
    rng = np.random.default_rng(11)
    rounds = 4000 if os.environ.get("PEERASSAY_SLOW") else 100
    resolved = 0
    for _ in range(rounds):
        a, b = rng.normal(5, 0.6 * sd_a, n_a), rng.normal(5, 0.6 * sd_b, n_b)
        resolved += p_value(a.round() if whole else a, b.round() if whole else b, resamples=499) < 0.05
    print(f"type-I error at .05, n {n_a} and {n_b}, sd {sd_a} and {sd_b}, whole {whole}: {resolved / rounds:.3f}")
    assert resolved / rounds <= 0.06 + 2 * math.sqrt(0.06 * 0.94 / rounds)


def test_the_interval_of_a_difference_covers_it() -> None:
    rng = np.random.default_rng(12)
    held = 0
    for _ in range(1000):
        strata = [(rng.normal(1, 3, 8), rng.normal(0, 1, 25)), (rng.normal(1, 1, 12), rng.normal(0, 2, 9))]
        _, (low, high) = mean_difference(strata)
        held += low <= 1 <= high
    assert 0.93 <= held / 1000 <= 0.97


def test_one_template_gives_the_interval_of_scipy() -> None:
    a, b = np.array([3.0, 4, 6, 4, 5] * 2), np.array([2.0, 2, 5, 1, 3, 4] * 2)
    difference, interval = mean_difference([(a, b)])
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert difference == pytest.approx(a.mean() - b.mean())
    assert interval == pytest.approx((expected.low, expected.high))
    assert all(map(math.isnan, mean_difference([(a[:9], b)])[1]))


def test_a_planted_difference_is_found() -> None:
    rng = np.random.default_rng(2)
    assert p_value(rng.normal(1.5, 1, 40), rng.normal(0, 1, 30)) < 0.001


def test_a_p_value_is_never_0() -> None:
    assert p_value(np.arange(50.0) + 1000, np.arange(50.0), resamples=999) == 1 / 1000


def test_a_p_value_near_the_threshold_is_drawn_until_the_decision_does_not_hang_on_it() -> None:
    rng = np.random.default_rng(13)
    near = [
        test
        for test in (
            WelchPermutation([(rng.normal(0.75, 1, 14), rng.normal(0, 1, 14))], resamples=499) for _ in range(40)
        )
        if 0.03 < test.p_value < 0.08
    ]
    assert near
    for test in near:
        settle([[test]])
        low, high = test.bracket
        assert test.resamples in (499, 4_999, 49_999, 499_999, MOST)
        assert not low < 0.05 <= high or test.resamples == MOST


@pytest.mark.parametrize("value", [3.0, 0.1])
def test_equal_constant_scores_are_no_difference(value: float) -> None:
    scores = {t: {"a": [value] * 9, "b": [value] * 5} for t in "tu"}
    for pair in compare_configurations(scores):
        assert (pair.difference, pair.p_value, pair.p_holm, pair.low) == (0.0, 1.0, 1.0, None)


@pytest.mark.parametrize(("a", "difference"), [([5.0], 1.0), ([], None)])
def test_too_few_papers_say_nothing(a: list[float], difference: float | None) -> None:
    (found,) = compare_configurations({"t": {"a": a, "b": [3.0, 5.0, 4.0]}})
    assert found.difference == difference
    assert (found.p_value, found.p_holm, found.low, found.high, found.resolved) == (None, None, None, None, False)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_scores_that_are_not_finite_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        compare_configurations({"t": {"a": [1.0, bad], "b": [2.0, 3.0]}})


@given(st.randoms())
@settings(max_examples=10)
def test_the_order_of_the_papers_does_not_matter(random: chance.Random) -> None:
    a, b = [1.5, 2.0, 7.0, 3.0, 3.0, 6.0, 5.0, 8.0], [2.0, 2.0, 1.0, 4.5, 3.0, 2.0, 2.5, 1.0]
    plain = p_value(a, b, resamples=199)
    assert p_value(random.sample(a, 8), random.sample(b, 8), resamples=199) == plain
    assert p_value(b, a, resamples=199) == plain


def test_over_all_templates_nobody_gains_by_the_easier_one() -> None:
    rng = np.random.default_rng(3)

    def papers(mean: float, n: int) -> list[float]:
        return list(rng.normal(mean, 0.5, n))

    scores = {"easy": {"a": papers(7, 40), "b": papers(8, 8)}, "hard": {"a": papers(2, 8), "b": papers(3, 40)}}
    assert np.mean([*scores["easy"]["a"], *scores["hard"]["a"]]) > np.mean([*scores["easy"]["b"], *scores["hard"]["b"]])
    found = row(compare_configurations(scores), ALL_TEMPLATES, "a", "b")
    assert found.difference == pytest.approx(-1, abs=0.35)
    assert found.resolved
    assert (found.n_a, found.n_b) == (48, 48)


def test_all_templates_needs_two_that_both_have_papers_on() -> None:
    scores = {
        "t": {"a": [1.0, 2.0], "b": [2.0, 3.0], "c": [1.0, 1.5]},
        "u": {"a": [1.0, 2.0], "b": [4.0], "c": [5.0, 6.0]},
    }
    found = [(p.a, p.b) for p in compare_configurations(scores) if p.template == ALL_TEMPLATES]
    assert found == [("a", "c")]


def test_the_correction_is_over_all_that_is_tested_on_a_template() -> None:
    rng = np.random.default_rng(4)
    reviewed = {t: {c: list(rng.normal(i, 1, 12)) for i, c in enumerate("abc")} for t in "tu"}
    tried = {t: {c: [*scores, -5.0, -5.0] for c, scores in groups.items()} for t, groups in reviewed.items()}
    found = compare_configurations(reviewed, tried, resamples=999)
    assert len(found) == 9
    for template in ("t", "u", ALL_TEMPLATES):
        rows = [p for p in found if p.template == template]
        p_values = [p for row in rows for p in (row.p_value or math.nan, row.tried_p_value or math.nan)]
        corrected = [p for row in rows for p in (row.p_holm, row.tried_p_holm)]
        assert corrected == pytest.approx(holm(p_values))
    for p in found:
        assert (p.resolved, p.tried_resolved) == ((p.p_holm or 0) < 0.05, (p.tried_p_holm or 0) < 0.05)


def test_a_test_that_is_the_same_twice_counts_once() -> None:
    scores = {"t": {"a": [3.0, 4.0, 6.0, 5.0], "b": [1.0, 2.0, 2.0, 4.0]}}
    (alone,) = compare_configurations(scores)
    (both,) = compare_configurations(scores, scores)
    assert both.p_holm == both.tried_p_holm == alone.p_holm == alone.p_value
    assert (alone.tried_p_value, alone.tried_difference) == (None, None)


def test_failures_are_tested_where_it_is_known_how_many_there_were() -> None:
    rng = np.random.default_rng(5)
    scores = {c: list(rng.integers(4, 8, 12).astype(float)) for c in "abc"}
    record, reviews = made_record({("t", c): (40 if c == "a" else 12, scores[c]) for c in "abc"})
    groups = [g.model_copy(update={"tried_from": "papers"}) if g.configuration == "c" else g for g in record.groups]
    found = summarise_scores(record.model_copy(update={"groups": groups}), reviews).pairs
    by_names = {frozenset((p.a, p.b)): p for p in found}
    pair = by_names[frozenset("ab")]
    assert {pair.tried_a, pair.tried_b} == {40, 12}
    assert pair.tried_resolved and not pair.resolved
    assert abs(pair.tried_difference or 0) == pytest.approx(
        abs(np.mean(scores["b"]) - np.mean([*scores["a"], *[1] * 28]))
    )
    assert by_names[frozenset("ac")].tried_p_value is None


@pytest.mark.parametrize("pairs", [1, 30])
def test_a_large_table_can_still_resolve_something(pairs: int) -> None:
    rng = np.random.default_rng(6)
    tests = [WelchPermutation([(rng.normal(9, 1, 20), rng.normal(0, 1, 20))], resamples=99) for _ in range(pairs)]
    settle([tests])
    assert max(holm([test.p_value for test in tests])) < 0.05


def test_the_test_over_all_templates_is_that_of_all_ways_to_deal() -> None:
    scores = {"t": {"a": [7.0, 3.0], "b": [5.0, 2.0, 1.0, 4.0, 3.5]}, "u": {"a": [6.0, 2.0, 8.0], "b": [1.0, 5.0, 7.5]}}
    dealt: list[list[tuple[float, float]]] = []
    for each in scores.values():
        pooled, n = np.array(each["a"] + each["b"]), len(each["a"])
        dealt.append([])
        for chosen in combinations(range(len(pooled)), n):
            a, b = pooled[list(chosen)], np.delete(pooled, chosen)
            dealt[-1].append((a.mean() - b.mean(), a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)))
    difference, variance = (np.add.outer(*(np.array([d[i] for d in each]) for each in dealt)).ravel() for i in (0, 1))
    found = row(compare_configurations(scores), ALL_TEMPLATES, "a", "b")
    sides = [(np.array(each["a"]), np.array(each["b"])) for each in scores.values()]
    total = sum(a.mean() - b.mean() for a, b in sides)
    error = math.sqrt(sum(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b) for a, b in sides))
    assert found.difference == pytest.approx(total / 2)
    expected = np.mean(abs(difference) / np.sqrt(variance) >= abs(total) / error * (1 - 1e-9))
    assert found.p_value == pytest.approx(expected)
