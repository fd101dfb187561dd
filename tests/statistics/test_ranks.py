"""Ranks with ties, and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.statistics.multiple_testing import rank_intervals, rank_with_ties


def differ(k: int, *pairs: tuple[int, int]) -> np.ndarray:
    matrix = np.zeros((k, k), dtype=bool)
    for i, j in pairs:
        matrix[i, j] = matrix[j, i] = True
    return matrix


def test_nothing_told_apart_is_one_tie() -> None:
    assert rank_with_ties([0.7, 0.6, 0.5], differ(3)).tolist() == [1, 1, 1]


def test_everything_told_apart_is_the_plain_rank() -> None:
    assert rank_with_ties([0.5, 0.7, 0.6], ~np.eye(3, dtype=bool)).tolist() == [3, 1, 2]


def test_only_significantly_better_reviewers_count() -> None:
    ranks = rank_with_ties([0.70, 0.67, 0.60, 0.50], differ(4, (0, 2), (0, 3), (1, 3)))
    assert ranks.tolist() == [1, 1, 2, 3]


def test_a_significant_pair_of_equal_estimates_is_a_tie() -> None:
    assert rank_with_ties([0.7, 0.7], differ(2, (0, 1))).tolist() == [1, 1]


def test_an_undefined_estimate_is_last() -> None:
    assert rank_with_ties([np.nan, 0.7, 0.6], ~np.eye(3, dtype=bool)).tolist() == [3, 1, 2]


def test_wrong_matrices_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(k, k\)"):
        rank_with_ties([0.7, 0.6], differ(3))
    with pytest.raises(ValueError, match="symmetric"):
        rank_with_ties([0.7, 0.6], np.array([[0, 1], [0, 0]]))


def test_intervals_follow_the_overlap() -> None:
    rng = np.random.default_rng(0)
    draws = rng.normal([[5.0], [0.0], [0.0], [-5.0]], 0.5, size=(4, 4000))
    assert rank_intervals(draws).tolist() == [[1, 1], [2, 3], [2, 3], [4, 4]]


def test_intervals_hold_the_central_share() -> None:
    draws = np.zeros((2, 1000))
    draws[0, :24] = -1  # rank 2 in 2.4% of the draws, a tie in the others
    assert rank_intervals(draws).tolist() == [[1, 1], [1, 1]]
    draws[0, :30] = -1
    assert rank_intervals(draws).tolist() == [[1, 2], [1, 1]]
    assert rank_intervals(draws, level=0.9).tolist() == [[1, 1], [1, 1]]


def test_undefined_draws_are_last() -> None:
    assert rank_intervals([[np.nan, np.nan], [0.1, 0.2]]).tolist() == [[2, 2], [1, 1]]
    with pytest.raises(ValueError, match="draws must have shape"):
        rank_intervals([0.1, 0.2])
