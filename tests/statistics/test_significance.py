"""Paired tests: against direct formulas, exact binomials, and simulation under the null hypothesis."""

from __future__ import annotations

import math

import numpy as np
import pytest
from correlated_scores import two_reviewers
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.metrics import balanced_accuracy_score
from peerassay.statistics.multiple_testing import holm
from peerassay.statistics.significance import mcnemar_exact, paired_bootstrap_test
from scipy import stats


def test_mcnemar_is_the_exact_binomial() -> None:
    y = np.zeros(50, dtype=int)
    a, b = np.zeros(50, dtype=int), np.zeros(50, dtype=int)
    b[:9] = 1  # right by A alone
    a[9:11] = 1  # right by B alone
    a[11:15] = b[11:15] = 1  # wrong by both
    test = mcnemar_exact(y, a, b)
    assert test.difference == pytest.approx(7 / 50)
    assert test.p_value == pytest.approx(2 * stats.binom.cdf(2, 11, 0.5))
    right = np.stack([a == y, b == y]).astype(float)
    assert test.se == pytest.approx(np.std(right[0] - right[1]) / math.sqrt(50))
    low, high = (end / 50 for end in np.array(stats.beta.ppf([0.025, 0.975], [9, 10], [3, 2])) * 22 - 11)
    assert test.interval == pytest.approx((low, high))
    turned = mcnemar_exact(y, b, a)
    assert (turned.difference, turned.p_value) == pytest.approx((-test.difference, test.p_value))


@pytest.mark.parametrize("only_a", range(13))
def test_mcnemar_interval_and_p_value_say_the_same(only_a: int) -> None:
    y, a = np.zeros(40, dtype=int), np.zeros(40, dtype=int)
    b = np.zeros(40, dtype=int)
    b[:only_a], a[only_a:12] = 1, 1
    test = mcnemar_exact(y, a, b)
    assert (test.interval[0] > 0 or test.interval[1] < 0) == (test.p_value < 0.05)
    reference = stats.binomtest(only_a, 12)
    ends = np.array(reference.proportion_ci()) * 24 - 12
    assert (test.p_value, *test.interval) == pytest.approx((reference.pvalue, *ends / 40))


def test_mcnemar_of_equal_decisions() -> None:
    test = mcnemar_exact([0, 1, 1], [0, 0, 1], [0, 0, 1])
    assert (test.difference, test.interval, test.p_value) == (0.0, (0.0, 0.0), 1.0)


def test_paired_bootstrap_counts_the_draws_across_zero() -> None:
    a = np.linspace(-1, 9, 101)  # 10 below zero, one at zero
    test = paired_bootstrap_test(a, np.zeros(101), observed=4.2)
    assert test.difference == 4.2
    assert test.p_value == pytest.approx(2 * (11 + 1) / 102)
    assert test.interval == pytest.approx((-0.75, 8.75))
    assert paired_bootstrap_test(-a, np.zeros(101), -4.2).p_value == test.p_value
    assert paired_bootstrap_test(a + 50, np.zeros(101), 54).p_value == pytest.approx(2 / 102)
    assert paired_bootstrap_test(a, a, 0.0).p_value == 1.0


def test_paired_bootstrap_with_undefined_draws() -> None:
    a = np.concatenate([np.ones(95), np.full(5, np.nan)])
    assert paired_bootstrap_test(a, np.zeros(100), 1.0).p_value == pytest.approx(2 / 96)
    test = paired_bootstrap_test(np.where(np.arange(100) < 6, np.nan, 1.0), np.zeros(100), 1.0)
    assert test.difference == 1.0
    assert all(math.isnan(v) for v in (test.se, *test.interval, test.p_value))
    with pytest.raises(ValueError, match="same draws"):
        paired_bootstrap_test(a, np.zeros(99), 1.0)


def test_paired_bootstrap_keeps_its_level() -> None:
    rejected = 0
    for seed in range(200):
        y, a, b = two_reviewers(seed, gap=0.0)
        weights = stratified_counts(y, 400)
        draws = [balanced_accuracy_score(y, s > 1, sample_weight=weights) for s in (a, b)]
        rejected += paired_bootstrap_test(*draws, observed=0.0).p_value < 0.05
    assert rejected / 200 <= 0.09


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.5]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_leaves_out_nan() -> None:
    adjusted = holm([0.02, math.nan, 0.03])
    assert math.isnan(adjusted[1])
    assert [adjusted[0], adjusted[2]] == pytest.approx([0.04, 0.04])
