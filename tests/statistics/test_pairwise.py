"""Bradley-Terry strengths: against other implementations, against known strengths, and at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.statistics.arrays import Floats
from peerassay.statistics.pairwise import PRIOR, bradley_terry, components
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression


def simulated(true: Floats, games: int, seed: int) -> Floats:
    """Wins among players of known log-strengths who all play one another."""
    rng = np.random.default_rng(seed)
    k = len(true)
    wins = np.zeros((k, k))
    for i in range(k):
        for j in range(i):
            wins[i, j] = rng.binomial(games, 1 / (1 + np.exp(true[j] - true[i])))
            wins[j, i] = games - wins[i, j]
    return wins


def loss(s: Floats, wins: Floats, prior: float) -> float:
    """The negative log-posterior, written down anew."""
    log_beats = -np.logaddexp(0, s[None, :] - s[:, None])
    pseudo = -np.logaddexp(0, -s) - np.logaddexp(0, s)
    return -float((wins * log_beats).sum() + prior * pseudo.sum())


@pytest.mark.parametrize("seed", range(3))
def test_it_is_logistic_regression_without_a_penalty(seed: int) -> None:
    wins = simulated(np.array([1.0, 0.3, -0.2, -1.1]), 60, seed)
    rows, labels, weights = [], [], []
    for i, j in zip(*np.nonzero(wins), strict=True):
        row = np.zeros(4)
        row[i], row[j] = 1, -1
        rows += [row, -row]
        labels += [1, 0]
        weights += [wins[i, j]] * 2
    model = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-12, solver="newton-cg", max_iter=1000)
    fitted = model.fit(rows, labels, sample_weight=weights).coef_[0]
    assert bradley_terry(wins, prior=1e-9) == pytest.approx(fitted - fitted.mean(), abs=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_maximum_that_an_optimiser_finds(seed: int) -> None:
    wins = simulated(np.array([2.0, 0.0, 0.0, -1.0, -1.0]), 7, seed)
    found = minimize(loss, np.zeros(5), args=(wins, PRIOR), method="BFGS", options={"gtol": 1e-9}).x
    assert bradley_terry(wins) == pytest.approx(found - found.mean(), abs=1e-5)


def test_known_strengths_are_found_again() -> None:
    true = np.array([1.2, 0.4, 0.0, -0.5, -1.1])
    found = np.stack([bradley_terry(simulated(true, 400, seed)) for seed in range(20)])
    assert found.mean(axis=0) == pytest.approx(true - true.mean(), abs=0.05)


@settings(max_examples=40)
@given(st.data())
def test_the_slope_is_zero_there_and_the_order_of_players_does_not_matter(data: st.DataObject) -> None:
    k = data.draw(st.integers(2, 6))
    values = data.draw(st.lists(st.floats(0, 1000), min_size=k * k, max_size=k * k))
    wins = np.array(values).reshape(k, k)
    np.fill_diagonal(wins, 0)
    found = bradley_terry(wins)
    assert np.isfinite(found).all()
    assert found.sum() == pytest.approx(0, abs=1e-8)
    order = np.array(data.draw(st.permutations(range(k))))
    assert bradley_terry(wins[np.ix_(order, order)]) == pytest.approx(found[order], abs=1e-6)
    offset = minimize(lambda c: loss(found + c, wins, PRIOR), 0.0).x[0]
    best = loss(found + offset, wins, PRIOR)
    for i in range(k):
        for step in (0.01, -0.01):
            moved = found + offset
            moved[i] += step
            assert loss(moved, wins, PRIOR) >= best - 1e-9 * (1 + abs(best))


def test_an_undefeated_player_stays_finite_and_more_wins_count_more() -> None:
    one, many = np.zeros((2, 2)), np.zeros((2, 2))
    one[0, 1], many[0, 1] = 1, 1000
    few, lots = bradley_terry(one), bradley_terry(many)
    assert 0 < few[0] < lots[0] < 10


def test_players_who_met_nobody_are_average() -> None:
    wins = np.zeros((3, 3))
    assert bradley_terry(wins) == pytest.approx([0, 0, 0])
    wins[0, 1] = wins[1, 0] = 5
    assert bradley_terry(wins) == pytest.approx([0, 0, 0])


def test_games_against_oneself_do_not_count() -> None:
    wins = simulated(np.array([1.0, 0.0, -1.0]), 20, 0)
    assert bradley_terry(wins + 50 * np.eye(3)) == pytest.approx(bradley_terry(wins))


def test_draws_are_computed_each_by_itself() -> None:
    draws = np.stack([simulated(np.array([1.0, 0.0, -1.0]), 10, seed) for seed in range(50)])
    together = bradley_terry(draws)
    assert together.shape == (50, 3)
    assert together == pytest.approx(np.stack([bradley_terry(draw) for draw in draws]), abs=1e-8)


@pytest.mark.parametrize(
    "wins", [[1.0, 2.0], [[0.0, 1.0]], [[0.0, -1.0], [0.0, 0.0]], [[0.0, np.nan], [0.0, 0.0]], [[0, np.inf], [0, 0]]]
)
def test_what_are_no_wins_is_refused(wins: list[object]) -> None:
    with pytest.raises(ValueError, match="wins must be"):
        bradley_terry(wins)


def test_a_prior_is_needed() -> None:
    with pytest.raises(ValueError, match="prior above 0"):
        bradley_terry([[0, 1], [1, 0]], prior=0)


def test_players_without_a_chain_of_games_are_in_different_groups() -> None:
    met = np.zeros((5, 5))
    for i, j in ((0, 3), (3, 4)):
        met[i, j] = met[j, i] = 2
    assert sorted(map(tuple, components(met))) == [(0, 3, 4), (1,), (2,)]
