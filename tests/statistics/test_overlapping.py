"""Differences of entries that share some of their units: paired, independent, and in between."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.statistics.arrays import Floats
from peerassay.statistics.intervals import wilson
from peerassay.statistics.overlapping import Overlapping
from scipy import stats

NAN, NONE = np.nan, np.zeros(2, dtype=np.int64)


def apart(*sides: Floats) -> Floats:
    """(k, units) of entries with no unit in common."""
    ends = np.cumsum([0, *map(len, sides)])
    found = np.full((len(sides), ends[-1]), NAN)
    for row, side in enumerate(sides):
        found[row, ends[row] : ends[row + 1]] = side
    return found


def test_means_on_the_same_units_are_compared_as_by_the_paired_t_test() -> None:
    rng = np.random.default_rng(0)
    a, b = (shared := rng.normal(5, 2, 14)) + rng.normal(0, 1, 14), shared + rng.normal(0.3, 1, 14)
    found = Overlapping.of_means(np.stack([a, b]), NONE)
    low, high = stats.ttest_rel(a, b).confidence_interval()
    assert found.margins[0, 1] == pytest.approx((high - low) / 2) == pytest.approx(found.margins[1, 0])
    assert found.shared[0, 1] == 14 and found.means[0] - found.means[1] == pytest.approx((low + high) / 2)


def test_means_on_different_units_are_compared_as_by_welch() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(5, 2, 14), rng.normal(5, 1, 30)
    found = Overlapping.of_means(apart(a, b), NONE)
    low, high = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert found.margins[0, 1] == pytest.approx((high - low) / 2) and found.shared[0, 1] == 0
    few = Overlapping.of_means(np.concatenate([apart(a, b), [[*a[:9], *[NAN] * 35]]]), np.zeros(3, dtype=np.int64))
    assert few.shared[0, 2] == 0 and np.isnan(few.margins[0, 2]) and few.margins[0, 1] == found.margins[0, 1]


def test_units_that_nobody_names_count_as_zeros_of_their_own() -> None:
    a, b = np.arange(1.0, 15), np.arange(3.0, 15)
    named = Overlapping.of_means(apart(np.append(a, [0, 0]), b), NONE)
    counted = Overlapping.of_means(apart(a, b), np.array([2, 0]))
    assert counted.margins[0, 1] == pytest.approx(named.margins[0, 1]) and counted.counts.tolist() == [16, 12]


def test_differences_that_do_not_vary() -> None:
    a = np.arange(12.0)
    found = Overlapping.of_means(np.stack([a, a, a + 1, np.ones(12), np.ones(12) * 2]), np.zeros(5, dtype=np.int64))
    assert found.margins[0, 1] == 0 and np.isnan(found.margins[0, 2]) and np.isnan(found.margins[3, 4])
    assert found.margins[3, 3] == 0


def test_intervals_of_partly_paired_means_cover() -> None:
    rng = np.random.default_rng(2)
    missed, shared_by_both = 0, 0
    for _ in range(1500):
        shared = rng.normal(0, 1.5, 30)
        values = np.stack([shared + rng.normal(0, 1, 30), shared + rng.normal(0, 2, 30)])
        values[0, 22:], values[1, :8] = NAN, NAN
        found = Overlapping.of_means(values, NONE)
        shared_by_both = found.shared[0, 1]
        missed += abs(found.means[0] - found.means[1]) > found.margins[0, 1]
    assert shared_by_both == 14 and 0.035 < missed / 1500 < 0.068


def test_shares_of_different_units_have_newcombes_interval() -> None:
    found = Overlapping.of_shares(apart(np.repeat([1.0, 0], [56, 14]), np.repeat([1.0, 0], [48, 32])), NONE)
    difference = found.means[0] - found.means[1]
    assert difference - found.margins[0, 1] == pytest.approx(0.0524, abs=5e-5), "Newcombe 1998, table II, (a)"
    assert difference + found.margins[1, 0] == pytest.approx(0.3339, abs=5e-5)


def test_shares_of_the_same_units_have_newcombes_paired_interval() -> None:
    both, first, second, neither = 20, 12, 2, 16
    a = np.repeat([1.0, 1, 0, 0], [both, first, second, neither])
    b = np.repeat([1.0, 0, 1, 0], [both, first, second, neither])
    found = Overlapping.of_shares(np.stack([a, b]), NONE)
    phi = (both * neither - first * second - 25) / np.sqrt(32 * 18 * 22 * 28)
    low, high = wilson([32, 22], [50, 50])
    down, up = 0.64 - low[0], high[1] - 0.44
    assert found.margins[0, 1] == pytest.approx(np.sqrt(down**2 - 2 * phi * down * up + up**2))
    assert found.shared[0, 1] == 50
    none = Overlapping.of_shares(np.zeros((2, 12)), NONE)
    assert none.margins[0, 1] == pytest.approx(np.hypot(0, wilson([0], [12])[1][0])), "nobody: not certain"
    assert np.isnan(Overlapping.of_shares(np.array([[1.0], [NAN]]), NONE).margins[0, 1])
