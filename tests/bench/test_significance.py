"""Paired tests: against direct formulas, exact binomials, and simulation under the null hypothesis."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from peerassay.bench.bootstrap import stratified_counts
from peerassay.bench.metrics import balanced_accuracy, roc_auc
from peerassay.bench.significance import delong_test, holm, mcnemar_exact, paired_bootstrap_test
from scipy import stats


def two_reviewers(seed: int, gap: float, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels and two correlated, rounded (tied) scores; the first is better by `gap`."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 5 < 2
    shared = rng.normal(size=n)
    a, b = (np.round(2 * (y * shift + shared + rng.normal(size=n))) for shift in (1 + gap, 1))
    return y, a, b


def delong_by_definition(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Difference and standard error from the kernel of every pair (DeLong, DeLong & Clarke-Pearson 1988)."""
    kernels = [(s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y]) for s in (a, b)]
    difference = kernels[0] - kernels[1]
    of_accepted, of_rejected = difference.mean(axis=1), difference.mean(axis=0)
    variance = of_accepted.var(ddof=1) / len(of_accepted) + of_rejected.var(ddof=1) / len(of_rejected)
    return difference.mean(), math.sqrt(variance)


@pytest.mark.parametrize("seed", range(5))
def test_delong_is_the_definition(seed: int) -> None:
    y, a, b = two_reviewers(seed, gap=0.3)
    test = delong_test(y, a, b)
    difference, se = delong_by_definition(y, a, b)
    assert (test.difference, test.se) == pytest.approx((difference, se), rel=1e-9)
    assert test.difference == pytest.approx(roc_auc(y, a) - roc_auc(y, b))
    assert test.p_value == pytest.approx(2 * stats.norm.sf(abs(difference) / se))
    assert test.interval == pytest.approx((difference - 1.959964 * se, difference + 1.959964 * se))


def test_delong_agrees_with_the_bootstrap() -> None:
    y, a, b = two_reviewers(7, gap=0.4, n=400)
    weights = stratified_counts(y, 4000)
    area_a, area_b = (roc_auc(y, s, sample_weight=weights) for s in (a, b))
    test = delong_test(y, a, b)
    boot = paired_bootstrap_test(area_a, area_b, test.difference)
    assert boot.se == pytest.approx(test.se, rel=0.05)
    assert boot.interval == pytest.approx(test.interval, abs=0.006)


def test_delong_turns_round_with_its_arguments() -> None:
    y, a, b = two_reviewers(3, gap=0.3)
    there, back = delong_test(y, a, b), delong_test(y, b, a)
    assert back.difference == pytest.approx(-there.difference)
    assert back.p_value == pytest.approx(there.p_value)
    assert back.interval == pytest.approx((-there.interval[1], -there.interval[0]))


def test_delong_without_variance() -> None:
    y = np.array([0, 0, 0, 1, 1, 1])
    score = np.array([1.0, 2, 4, 3, 5, 6])
    same = delong_test(y, score, np.exp(score))
    assert (same.difference, same.se, same.p_value) == (0.0, 0.0, 1.0)
    perfect = delong_test(y, y, np.ones(6))
    assert (perfect.difference, perfect.se, perfect.p_value) == (0.5, 0.0, 0.0)
    infinite = np.array([-np.inf, 2, 4, 3, 5, np.inf])
    assert delong_test(y, infinite, score).p_value == 1.0


def test_delong_refuses_what_it_cannot_test() -> None:
    with pytest.raises(ValueError, match="at least two accepted"):
        delong_test([0, 0, 1], [1, 2, 3], [1, 2, 3])
    with pytest.raises(ValueError, match="score_b holds NaN"):
        delong_test([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3, np.nan])
    with pytest.raises(ValueError, match="differ in length"):
        delong_test([0, 0, 1, 1], [1, 2, 3, 4], [1, 2, 3])


def test_delong_keeps_its_level() -> None:
    rejected = sum(delong_test(*two_reviewers(seed, gap=0.0)).p_value < 0.05 for seed in range(400))
    assert 0.025 <= rejected / 400 <= 0.085


def test_released_reviews_are_told_apart_as_published(released_reviews: Callable) -> None:
    y, best, _ = released_reviews("_fewshot_1_reflect_5_ensemble_5")
    zero_shot = delong_test(y, best, released_reviews("_reflect_5_ensemble_5")[1])
    assert zero_shot.difference == pytest.approx(0.027, abs=1e-3)
    assert zero_shot.p_value > 0.2
    plain = delong_test(y, best, released_reviews("")[1])
    assert plain.difference == pytest.approx(0.091, abs=1e-3)
    assert plain.interval == pytest.approx((0.036, 0.144), abs=3e-3)
    assert plain.p_value < 0.005


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
        draws = [balanced_accuracy(y, s > 1, sample_weight=weights) for s in (a, b)]
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
