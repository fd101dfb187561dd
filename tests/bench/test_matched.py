"""The AUC among papers of equal mean rating: by hand, by its invariances, and on the released reviews."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from peerassay.bench.decision_tables import matched_table
from peerassay.bench.evaluate import evaluate
from peerassay.bench.load_outcomes import humans_of, machine_of
from peerassay.bench.notes import unmatched_note
from peerassay.bench.resampled import Bootstrap
from peerassay.data.records import Judgement
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.review import Review
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.metrics import roc_auc_score
from peerassay.statistics.rating_matched import matched_metrics, rating_matched_auc, stratified_rank_test
from scipy.stats import mannwhitneyu

SAMPLES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([-math.inf, 1.0, 2.0, 3.0, 4.0, math.inf]), st.sampled_from([3, 5.25, 6])),
    min_size=2,
    max_size=25,
)


def by_pairs(y: np.ndarray, score: np.ndarray, rating: np.ndarray) -> float:
    worth = [
        0.5 if score[i] == score[j] else float(score[i] > score[j])
        for i in np.flatnonzero(y)
        for j in np.flatnonzero(~y)
        if rating[i] == rating[j]
    ]
    return float(np.mean(worth)) if worth else math.nan


@settings(max_examples=60)
@given(SAMPLES, st.integers(0, 5))
def test_it_counts_the_pairs_of_equal_rating_in_every_draw(sample: list[tuple[bool, float, float]], seed: int) -> None:
    y, score, rating = (np.array(column) for column in zip(*sample, strict=True))
    np.testing.assert_allclose(rating_matched_auc(y, score, rating), by_pairs(y, score, rating))
    counts = np.random.default_rng(seed).integers(0, 3, size=(4, len(y)))
    drawn = rating_matched_auc(y, score, rating, sample_weight=counts)
    expected = [by_pairs(*(np.repeat(column, weights) for column in (y, score, rating))) for weights in counts]
    np.testing.assert_allclose(drawn, expected)


def test_with_one_rating_it_is_the_auc_and_its_test_the_rank_sum_test() -> None:
    rng = np.random.default_rng(1)
    y, score = rng.random(60) < 0.4, rng.integers(0, 6, 60).astype(float)
    rating = np.full(60, 5.5)
    assert rating_matched_auc(y, score, rating) == pytest.approx(roc_auc_score(y, score))
    p_value, pairs, accepted, rejected = stratified_rank_test(y, score, rating)
    expected = mannwhitneyu(score[y], score[~y], use_continuity=False, method="asymptotic").pvalue
    assert p_value == pytest.approx(float(expected))
    assert (pairs, accepted, rejected) == (y.sum() * (~y).sum(), y.sum(), (~y).sum())


def test_the_ratings_themselves_tell_nothing_there() -> None:
    rng = np.random.default_rng(2)
    rating = rng.choice([4.75, 5, 5.2, 5.25, 16 / 3, 5.5], 200)
    y = rng.random(200) < rating / 10
    assert rating_matched_auc(y, rating, rating) == 0.5
    assert stratified_rank_test(y, rating, rating)[0] == 1
    assert rating_matched_auc(y, rating, rating, step=100) == pytest.approx(roc_auc_score(y, rating))


def test_a_leak_keeps_its_power_and_a_reading_of_quality_does_not() -> None:
    rng = np.random.default_rng(3)
    rating = np.round(rng.normal(5, 1.2, 1500) * 4) / 4
    y = rating + rng.normal(0, 0.6, 1500) > 5.5
    quality, leak = rating + rng.normal(0, 0.5, 1500), np.where(rng.random(1500) < 0.9, y, ~y)
    counts = stratified_counts(y, 300)
    read, leaked = (matched_metrics(y, score, rating, counts) for score in (quality, leak))
    assert roc_auc_score(y, quality) > 0.85
    assert (read.above_chance, leaked.above_chance) == (False, True)
    assert read.auc is not None and read.auc.low is not None and read.auc.low < 0.5
    assert leaked.auc is not None and leaked.auc.value == pytest.approx(0.9, abs=0.05)
    assert not matched_metrics(y, 1 - leak.astype(float), rating, counts).above_chance


def test_papers_without_a_rating_are_left_out() -> None:
    y, score, rating = [1, 0, 1, 0], [2, 1, 1, 2], [5, 5, math.nan, math.nan]
    assert rating_matched_auc(y, score, rating) == 1
    assert math.isnan(rating_matched_auc(y, score, [5, 6, 5, 6]))


@pytest.mark.parametrize(
    ("ratings", "reason"),
    [
        ([math.nan] * 40, "no ratings"),
        (list(range(40)), "too few to match: 0 accepted and 0 rejected papers share a mean rating; 8 of each"),
        ([5.0] * 10 + list(range(10, 40)), "too few to match: 5 accepted and 5 rejected"),
    ],
)
def test_where_nothing_can_be_matched_the_reason_is_said(ratings: list[float], reason: str) -> None:
    y = np.arange(40) % 2 == 0
    found = matched_metrics(y, y, ratings, stratified_counts(y, 50))
    assert found.auc is None
    assert found.p_value is None
    assert found.reason.startswith(reason)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="one value per paper"):
        rating_matched_auc([1, 0], [1, 2], [1])
    with pytest.raises(ValueError, match="NaN"):
        rating_matched_auc([1, 0], [1, math.nan], [1, 1])
    with pytest.raises(ValueError, match="step must be positive"):
        rating_matched_auc([1, 0], [1, 2], [1, 1], step=0)


@pytest.mark.parametrize("rated", [True, False])
def test_every_reviewer_of_a_bench_has_it_beside_its_auc(rated: bool) -> None:
    judgements = [
        Judgement(paper_id=f"p{i}", decision="accept" if i % 2 else "reject", ratings=(5 + i % 3,) if rated else ())
        for i in range(60)
    ]
    humans = humans_of(judgements)
    reviews = [Review(paper_id=j.paper_id, overall=5 + j.accepted + i % 4) for i, j in enumerate(judgements)]
    figures = evaluate(humans, machine_of("m", Traits(), reviews, humans), Bootstrap(humans, 100))
    assert figures.matched is not None
    table = matched_table([figures])
    assert ("auc_rating_matched" in figures.scores) is rated
    if rated:
        assert table is not None
        assert table.rows[0][0] == "m"
        assert table.rows[0][-2:] == ("60", "300")
    else:
        assert table is None
        assert unmatched_note([figures]) == "No rating-matched AUC: no ratings."


def test_the_released_reviews(shared_data: Path) -> None:
    """Quarter points give the figures of an independent recomputation, .619 and .637; equal ratings are stricter."""
    with (shared_data / "iclr2022" / "decisions.tsv").open(newline="") as file:
        rows = {row["paper_id"]: row for row in csv.DictReader(file, delimiter="\t")}
    found = {}
    for setting in ("fewshot_1_reflect_5_ensemble_5", "reflect_5_ensemble_5"):
        name = f"gpt-4o-2024-05-13_temp_0_1_{setting}_pages_all.csv"
        with (shared_data / "iclr2022" / "llm_reviews" / name).open(newline="") as file:
            reviews = list(csv.DictReader(file))
        judged = [rows[review["paper_id"]] for review in reviews]
        y = np.array([not row["decision"].lower().startswith("reject") for row in judged])
        rating = np.array([np.mean([float(r) for r in row["ratings"].split(";")]) for row in judged])
        score = np.array([float(review["Overall"]) for review in reviews])
        p_value, pairs, accepted, rejected = stratified_rank_test(y, score, rating)
        assert (pairs, accepted + rejected) == (1075, 275)
        quarters = rating_matched_auc(y, score, rating, step=0.25)
        found[setting] = [round(x, 3) for x in (quarters, rating_matched_auc(y, score, rating), p_value)]
    assert found == {
        "fewshot_1_reflect_5_ensemble_5": [0.619, 0.62, 0.012],
        "reflect_5_ensemble_5": [0.637, 0.641, 0.004],
    }
