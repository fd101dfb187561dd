"""The correction of a family of tests: by hand, with copies, and under the null hypothesis."""

from __future__ import annotations

import math
import tracemalloc
from itertools import combinations

import numpy as np
import pytest
from peerassay.statistics.multiple_testing import step_down_max_t
from scipy import stats


def test_independent_tests_are_corrected_as_sidak_and_holm_would() -> None:
    found = step_down_max_t([0.01, 0.2, 0.03], np.diag([1.0, 4.0, 0.25]))
    assert found == pytest.approx([1 - 0.99**3, 0.2, 1 - 0.97**2], abs=0.006)


def test_copies_of_a_test_count_once() -> None:
    once = step_down_max_t([0.01, 0.04], np.eye(2))
    root = np.eye(2).repeat(10, axis=1)
    copied = step_down_max_t([0.01] * 10 + [0.04] * 10, root.T @ root)
    assert copied[::10] == pytest.approx(once, abs=0.004)
    assert copied[:10] == [copied[0]] * 10


def test_pairs_of_entries_are_corrected_as_by_the_covariance_of_their_differences() -> None:
    rng = np.random.default_rng(2)
    entries = np.vstack([rng.normal(size=(6, 40)), np.zeros((2, 40))])
    pairs = np.array(list(combinations(range(8), 2)))
    apart = entries[pairs[:, 0]] - entries[pairs[:, 1]]
    p = rng.random(len(pairs)) ** 3
    for last in (1.0, 0.01):
        p[-1] = last
        whole = step_down_max_t(p, apart @ apart.T)
        assert step_down_max_t(p, entries @ entries.T, pairs=pairs) == pytest.approx(whole, abs=0.006)


def test_pairs_of_120_entries_take_little_memory() -> None:
    pairs = np.array(list(combinations(range(120), 2)))
    p = np.full(len(pairs), 0.5)
    p[0] = 1e-9
    tracemalloc.start()
    adjusted = step_down_max_t(p, np.eye(120), pairs=pairs)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert adjusted[0] < 1e-4 and adjusted[1] > 0.9
    assert most < 100e6, "a matrix of all pairs would have 400 MB"


def test_adjusted_values_keep_the_order_and_are_never_smaller() -> None:
    rng = np.random.default_rng(0)
    p, root = rng.random(12) ** 2, rng.normal(size=(5, 12))
    adjusted = np.array(step_down_max_t(p, root.T @ root))
    assert (adjusted >= p).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= 0).all()


def test_near_the_level_the_seed_decides_nothing() -> None:
    p = 1 - 0.9485 ** (1 / 3)
    found = [step_down_max_t([p] * 3, np.eye(3), seed=seed)[0] for seed in range(4)]
    assert all(value == pytest.approx(0.0515, abs=0.001) for value in found)
    assert all(value > 0.05 for value in found)


def test_tests_without_a_p_value_or_without_variance() -> None:
    alone = step_down_max_t([0.02, math.nan, 0.5], np.eye(3))
    assert math.isnan(alone[1])
    assert alone[0] == pytest.approx(1 - 0.98**2, abs=0.004)
    assert step_down_max_t([0.02, 0.5], np.diag([0.0, 1.0]))[0] == pytest.approx(1 - 0.98**2, abs=0.004)
    assert step_down_max_t([], np.empty((0, 0))) == []
    assert math.isnan(step_down_max_t([math.nan], np.eye(1))[0])
    with pytest.raises(ValueError, match=r"\(k, k\)"):
        step_down_max_t([0.1, 0.2], np.eye(3))
    with pytest.raises(ValueError, match=r"\(k, k\)"):
        step_down_max_t([0.1, 0.2], np.eye(3), pairs=[(0, 1)])


def test_the_family_keeps_its_level_and_beats_bonferroni_where_tests_agree() -> None:
    correlation = np.full((6, 6), 0.8) + 0.2 * np.eye(6)
    draws = np.random.default_rng(1).multivariate_normal(np.zeros(6), correlation, size=150)
    p = 2 * stats.norm.sf(np.abs(draws))
    wrong = [min(step_down_max_t(row, correlation)) < 0.05 for row in p]
    assert 0.01 <= np.mean(wrong) <= 0.09
    assert step_down_max_t([0.012] * 6, correlation)[0] < 0.05 < 6 * 0.012
