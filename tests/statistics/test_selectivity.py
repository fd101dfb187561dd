"""Balanced accuracy where as many papers are accepted as the venue did."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.metrics import balanced_accuracy_score, matched_balanced_accuracy


def test_without_ties_it_accepts_the_highest() -> None:
    y = np.array([1, 0, 1, 0, 0, 1])
    score = np.array([6.0, 5, 4, 3, 2, 1])
    assert matched_balanced_accuracy(y, score) == pytest.approx(balanced_accuracy_score(y, score >= 4))


def test_ties_at_the_cut_are_the_mean_over_all_ways_to_break_them() -> None:
    y = np.array([1, 0, 1, 0, 0, 1, 0])
    score = np.array([3.0, 2, 2, 2, 2, 1, 1])
    ways = [balanced_accuracy_score(y, np.isin(np.arange(7), [0, *tied])) for tied in combinations(range(1, 5), 2)]
    assert matched_balanced_accuracy(y, score) == pytest.approx(np.mean(ways))


def test_a_draw_is_the_sample_in_which_papers_are_repeated() -> None:
    rng = np.random.default_rng(3)
    y, score = rng.random(40) < 0.4, rng.integers(1, 5, 40)
    counts = stratified_counts(y, 20)
    drawn = matched_balanced_accuracy(y, score, sample_weight=counts)
    repeated = [matched_balanced_accuracy(np.repeat(y, c), np.repeat(score, c)) for c in counts]
    assert drawn == pytest.approx(repeated)


def test_bounds_and_what_makes_no_difference() -> None:
    y = np.array([0, 0, 1, 1, 0])
    assert matched_balanced_accuracy(y, y) == 1
    assert matched_balanced_accuracy(y, -y) == pytest.approx(1 / 6)
    assert matched_balanced_accuracy(y, np.ones(5)) == pytest.approx(0.5)
    wrong = np.where(y == 1, -np.inf, np.inf)
    assert matched_balanced_accuracy(y, wrong) == pytest.approx(1 / 6)
    score = np.array([1.0, 3, 2, 5, 4])
    assert matched_balanced_accuracy(y, score) == matched_balanced_accuracy(y, np.exp(score))
    assert np.isnan(matched_balanced_accuracy([1, 1], [1, 2]))
    with pytest.raises(ValueError, match="y_score holds NaN"):
        matched_balanced_accuracy([0, 1], [np.nan, 1])
