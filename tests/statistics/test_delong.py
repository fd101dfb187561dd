"""DeLong's test: against its definition, an exact test, simulated groups, and under the null hypothesis."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from correlated_scores import two_reviewers
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.delong import delong_test
from peerassay.statistics.metrics import roc_auc_score
from peerassay.statistics.significance import paired_bootstrap_test
from scipy import stats


def delong_by_definition(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Difference and standard error from the kernel of every pair (DeLong, DeLong & Clarke-Pearson 1988)."""
    kernels = [(s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y]) for s in (a, b)]
    difference = kernels[0] - kernels[1]
    of_accepted, of_rejected = difference.mean(axis=1), difference.mean(axis=0)
    variance = of_accepted.var(ddof=1) / len(of_accepted) + of_rejected.var(ddof=1) / len(of_rejected)
    return difference.mean(), math.sqrt(variance)


def satterthwaite(y: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    """Degrees of freedom of a difference of areas, from the kernel of every pair."""
    kernels = [(s[y][:, None] > s[~y]) + 0.5 * (s[y][:, None] == s[~y]) for s in (a, b)]
    parts = [(kernels[0] - kernels[1]).mean(axis=axis) for axis in (1, 0)]
    errors = [part.var(ddof=1) / len(part) for part in parts]
    return sum(errors) ** 2 / sum(e**2 / (len(part) - 1) for e, part in zip(errors, parts, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_delong_is_the_definition(seed: int) -> None:
    y, a, b = two_reviewers(seed, gap=0.3)
    test = delong_test(y, a, b)
    difference, se = delong_by_definition(y, a, b)
    assert (test.difference, test.se) == pytest.approx((difference, se), rel=1e-9)
    assert test.difference == pytest.approx(roc_auc_score(y, a) - roc_auc_score(y, b))
    freedom = satterthwaite(y == 1, a, b)
    assert test.p_value == pytest.approx(2 * stats.t.sf(abs(difference) / se, freedom))
    assert test.interval == pytest.approx(stats.t.interval(0.95, freedom, difference, se))


def test_delong_agrees_with_the_bootstrap() -> None:
    y, a, b = two_reviewers(7, gap=0.4, n=400)
    weights = stratified_counts(y, 4000)
    area_a, area_b = (roc_auc_score(y, s, sample_weight=weights) for s in (a, b))
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


def test_scores_that_order_papers_alike_have_p_one() -> None:
    y = np.array([0, 0, 0, 1, 1, 1])
    score = np.array([1.0, 2, 4, 3, 5, 6])
    same = delong_test(y, score, np.exp(score))
    assert (same.difference, same.se, same.p_value) == (0.0, 0.0, 1.0)
    infinite = np.array([-np.inf, 2, 4, 3, 5, np.inf])
    assert delong_test(y, infinite, score).p_value == 1.0


def test_few_papers_are_tested_by_permutation() -> None:
    perfect = delong_test([0, 0, 1, 1], np.ones(4), [1, 2, 3, 4])
    assert (perfect.difference, perfect.p_value, perfect.method) == (-0.5, pytest.approx(1 / 3), "permutation")
    assert all(math.isnan(end) for end in perfect.interval)
    y, a = np.arange(12) % 2, np.random.default_rng(4).normal(size=12) + np.arange(12) % 2
    against_constant = delong_test(y, a, np.zeros(12))
    exact = stats.mannwhitneyu(a[y == 1], a[y == 0], method="exact")
    assert against_constant.p_value == pytest.approx(exact.pvalue)


def test_no_variance_among_many_papers_is_tested_by_permutation() -> None:
    y = np.arange(40) % 2
    found = delong_test(y, y, np.zeros(40))
    assert (found.difference, found.se, found.p_value) == (0.5, 0.0, pytest.approx(1e-4))
    assert math.isnan(found.interval[0])


def test_permutation_stays_within_pairs() -> None:
    y, pair = np.tile([0, 1], 4), np.repeat(np.arange(4), 2)
    score = 10.0 * pair + y  # right within each pair, pairs far apart
    assert delong_test(y, score, np.zeros(8), groups=pair.tolist()).p_value == pytest.approx(2 / 16, abs=0.01)
    assert delong_test(y, score, np.zeros(8)).p_value > 0.5


def test_without_groups_of_several_papers_obuchowski_is_delong() -> None:
    y, a, b = two_reviewers(2, gap=0.3)
    assert delong_test(y, a, b, groups=[f"g{i}" for i in range(120)]) == delong_test(y, a, b)


def test_variance_of_pairs_is_that_of_many_samples() -> None:
    """Sound and flawed versions of 30 papers: DeLong's error is twice the true one, Obuchowski's is right."""
    y, pair = np.tile([0, 1], 30), np.repeat(np.arange(30), 2)
    found, alone, together = [], [], []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        score = 2 * np.repeat(rng.normal(size=30), 2) + y + 0.7 * rng.normal(size=60)
        test = delong_test(y, score, np.zeros(60), groups=pair.tolist())
        found.append(test.difference)
        together.append(test.se)
        alone.append(delong_test(y, score, np.zeros(60)).se)
    assert np.mean(together) == pytest.approx(np.std(found), rel=0.12)
    assert np.mean(alone) > 1.8 * np.std(found)


def test_a_group_counted_twice_adds_nothing() -> None:
    y, a, b = two_reviewers(5, gap=0.3)
    once = delong_test(y, a, b)
    twice = delong_test(*(np.tile(x, 2) for x in (y, a, b)), groups=[*range(120), *range(120)])
    assert twice.difference == pytest.approx(once.difference)
    assert twice.se == pytest.approx(once.se, rel=0.01)


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
