"""Ceilings: exact small cases, models whose answer is known, and ICLR 2022."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from peerassay.statistics.agreement import human_agreement, human_halves, intraclass_correlation
from peerassay.statistics.bootstrap import stratified_counts

# Shrout & Fleiss 1979, table 2: six targets rated by four judges; ICC(1,1) = .17, ICC(1,4) = .44 (table 4).
SHROUT_FLEISS = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]


def simulated(n: int, k: int, icc: float, seed: int = 0) -> tuple[list[tuple[float, ...]], np.ndarray]:
    """Continuous ratings of a given ICC(1), sorted as in files, and decisions that accept the top 40% by mean."""
    rng = np.random.default_rng(seed)
    ratings = rng.normal(size=(n, 1)) * np.sqrt(icc) + rng.normal(size=(n, k)) * np.sqrt(1 - icc)
    mean = ratings.mean(axis=1)
    return [tuple(row) for row in np.sort(ratings, axis=1).tolist()], mean > np.quantile(mean, 0.6)


def test_icc_of_the_textbook_example() -> None:
    assert intraclass_correlation(SHROUT_FLEISS) == pytest.approx([0.166, 0.443], abs=1e-3)


def test_icc_weights_are_repetitions() -> None:
    ratings = [(9, 2, 5, 8), (6, 1), (8, 4, 6), (7, 1, 2, 6, 3), (10,), (6, 2, 4, 7)]
    weight = np.array([2, 0, 1, 3, 1, 2])
    repeated = [r for r, w in zip(ratings, weight, strict=True) for _ in range(w)]
    assert intraclass_correlation(ratings, sample_weight=weight) == pytest.approx(intraclass_correlation(repeated))
    batch = intraclass_correlation(ratings, sample_weight=np.stack([weight, np.ones(6)]))
    assert batch == pytest.approx(np.stack([intraclass_correlation(repeated), intraclass_correlation(ratings)]))


def test_icc_of_unequal_numbers_finds_the_model() -> None:
    ratings, _ = simulated(4000, 6, 0.4)
    rng = np.random.default_rng(1)
    unequal = [tuple(rng.permutation(r)[: rng.integers(2, 7)]) for r in ratings]
    assert intraclass_correlation(unequal)[0] == pytest.approx(0.4, abs=0.03)


def test_icc_where_it_is_undefined() -> None:
    assert np.isnan(intraclass_correlation([(5, 5), (5, 5)])).all()
    assert np.isnan(intraclass_correlation([(5,), (6,)])).all()
    assert intraclass_correlation([(5, 5), (6, 6)]) == pytest.approx([1.0, 1.0])
    for wrong in ([], [(5,), ()], [(5, np.nan)]):
        with pytest.raises(ValueError, match="rating"):
            intraclass_correlation(wrong)


def test_halves_of_reviewers_that_agree_are_perfect() -> None:
    ratings = [(float(i),) * 4 for i in range(40)]
    halves = human_halves(ratings, np.arange(40) >= 24, repeats=3, draws=50)
    for estimate in (halves.balanced_accuracy, halves.auc):
        assert (estimate.value, estimate.low, estimate.high) == (1.0, 1.0, 1.0)


def test_halves_of_noise_are_chance_even_when_ratings_are_sorted() -> None:
    ratings, accepted = simulated(600, 4, 0.0)
    halves = human_halves(ratings, accepted, repeats=20, draws=200)
    assert halves.auc.low < 0.5 < halves.auc.high
    assert halves.balanced_accuracy.value == pytest.approx(0.5, abs=0.03)


def test_halves_find_the_model() -> None:
    """Of bivariate normal means with correlation rho = 2 icc / (1 + icc), by direct simulation."""
    ratings, accepted = simulated(3000, 4, 0.4)
    halves = human_halves(ratings, accepted, repeats=5, draws=100)
    rho = 2 * 0.4 / 1.4
    rng = np.random.default_rng(2)
    a = rng.normal(size=1_000_000)
    b = rho * a + np.sqrt(1 - rho**2) * rng.normal(size=a.size)
    cut = np.quantile(a, 0.6)
    expected = ((b > cut)[a > cut].mean() + (b <= cut)[a <= cut].mean()) / 2
    assert halves.balanced_accuracy.value == pytest.approx(expected, abs=0.02)


def test_halves_accept_as_many_as_the_venue_and_leave_out_short_papers() -> None:
    """Every rating is tied: half A accepts the venue's 4 of 10 at random, and half B scores all alike."""
    ratings = [(5.0,) * 4] * 10 + [(1.0, 2.0, 3.0)] * 5
    accepted = np.array([True] * 4 + [False] * 6 + [True] * 5)
    halves = human_halves(ratings, accepted, repeats=200, draws=50)
    assert halves.papers == 10
    assert halves.auc.value == 0.5
    assert halves.balanced_accuracy.value == pytest.approx(0.5, abs=0.04)


def test_halves_refuse_what_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="no paper has four ratings"):
        human_halves([(5, 6, 6)], [1])
    with pytest.raises(ValueError, match="all accepted or all rejected"):
        human_halves([(5, 6, 6, 8)] * 3, [1, 1, 1])
    with pytest.raises(ValueError, match="differ in length"):
        human_halves([(5, 6, 6, 8)] * 3, [1, 0])
    with pytest.raises(ValueError, match="no paper has two ratings"):
        human_agreement([(5,), (6,)], [1, 0])


def test_agreement_finds_the_model() -> None:
    ratings, accepted = simulated(2000, 4, 0.4)
    agreement = human_agreement(ratings, accepted, repeats=5, draws=200)
    assert agreement.icc_single.value == pytest.approx(0.4, abs=0.03)
    assert agreement.icc_mean.value == pytest.approx(4 * 0.4 / (1 + 3 * 0.4), abs=0.03)
    assert agreement.spearman.value == pytest.approx(6 / np.pi * np.arcsin(0.4 / 2), abs=0.03)
    assert agreement.mean_rating_auc.value == 1.0  # decided by the mean
    assert 0.5 < agreement.single_rating_auc.value < 1.0
    for estimate in (agreement.icc_single, agreement.icc_mean, agreement.spearman, agreement.single_rating_auc):
        assert estimate.low < estimate.value < estimate.high


def test_the_seed_sets_the_estimates() -> None:
    ratings, accepted = simulated(60, 4, 0.4)
    runs = [human_halves(ratings, accepted, repeats=3, draws=20, seed=s) for s in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_ceilings_of_iclr_2022(shared_data: Path) -> None:
    with (shared_data / "iclr2022" / "decisions.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    ratings = [tuple(map(float, row["ratings"].split(";"))) for row in rows]
    accepted = np.array([row["decision"] != "Reject" for row in rows])
    halves = human_halves(ratings, accepted, repeats=20, draws=200)
    assert halves.papers == 814
    assert halves.auc.value == pytest.approx(0.75, abs=0.01)
    assert halves.balanced_accuracy.value == pytest.approx(0.68, abs=0.01)
    agreement = human_agreement(ratings, accepted, repeats=20, draws=200)
    assert agreement.icc_single.low < 0.392 < agreement.icc_single.high
    assert agreement.icc_mean.low < 0.716 < agreement.icc_mean.high
    assert agreement.spearman.low < 0.395 < agreement.spearman.high
    assert agreement.mean_rating_auc.value == pytest.approx(0.955, abs=2e-3)
    assert 0.81 <= agreement.single_rating_auc.value <= 0.825


def test_icc_draws_centre_on_the_estimate() -> None:
    ratings, accepted = simulated(300, 4, 0.4)
    draws = intraclass_correlation(ratings, sample_weight=stratified_counts(accepted, 500))
    assert draws.shape == (500, 2)
    assert draws.mean(axis=0) == pytest.approx(intraclass_correlation(ratings), abs=0.02)
