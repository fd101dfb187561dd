"""In the place of human labels: the alternative-annotator test and prediction-powered means, floors beside both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.annotation_tables import alternative_annotator_table, powered_table
from peerassay.bench.summary import summarise
from peerassay.statistics.alternative_annotator import alternative_annotator_test
from peerassay.statistics.bootstrap import stratified_counts
from peerassay.statistics.prediction_powered import CONSTANT, powered_rows, prediction_powered_mean
from scipy import stats
from synthetic_run import made_run


def ids(n: int) -> list[str]:
    return [str(i) for i in range(n)]


def simulated(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Ratings of four reviewers (n, 4), and the papers' quality."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(6, 1, n)
    return quality[:, None] + rng.normal(size=(n, 4)), quality


def test_wins_are_those_of_the_definition() -> None:
    ratings = [(3.0, 5.0, 8.0), (1.0, 6.0, 6.0, 8.0)] * 20
    score = np.array([6.0, 6.0] * 20)
    expected = []
    for row, f in zip(ratings, score, strict=True):
        won = []
        for j, left_out in enumerate(row):
            others = np.delete(row, j)
            won.append(np.sqrt(np.mean((f - others) ** 2)) <= np.sqrt(np.mean((left_out - others) ** 2)))
        expected.append(np.mean(won))
    (found,) = alternative_annotator_test(ratings, {"m": score}, np.ones((3, 40), np.uint8), ids(40), orders=2)
    assert found.advantage.value == pytest.approx(np.mean(expected))
    assert found.advantage.n == 40


def test_one_more_human_wins_as_often_as_not_and_the_quality_more_often() -> None:
    ratings, quality = simulated(600)
    machines = {"human": ratings[:, 3], "quality": quality, "noise": np.random.default_rng(1).uniform(1, 10, 600)}
    counts = stratified_counts(np.zeros(600), 200)
    rows = alternative_annotator_test(ratings[:, :3], machines, counts, ids(600), constants=(1, 5, 6, 10))
    found = {row.name: row for row in rows}
    assert found["human"].advantage.low < 0.5 < found["human"].advantage.high
    assert found["human"].winning_rate["0.2"] == 1.0
    assert found["quality"].advantage.low > 0.6
    assert found["noise"].winning_rate == {"0.2": 0.0, "0.1": 0.0}
    floor = found["constant 6 (best on these papers)"]
    assert floor.floor
    assert not found["human"].floor


def test_the_winning_rate_is_by_t_tests_and_their_correction() -> None:
    ratings = np.full((60, 3), 6.0)
    for lost in range(1, 13):
        score = np.where(np.arange(60) < lost, 5.0, 6.0)
        p_value = stats.ttest_1samp(score == 5.0, 0.2, alternative="less").pvalue
        resolved = stats.false_discovery_control([p_value] * 3, method="by")[0] < 0.05
        (row,) = alternative_annotator_test(ratings, {"m": score}, np.ones((2, 60), np.uint8), ids(60), orders=1)
        assert row.winning_rate["0.2"] == resolved
        assert row.advantage.value == pytest.approx(1 - lost / 60)


def test_papers_of_a_group_count_as_one() -> None:
    ratings, quality = simulated(40)
    score = quality + np.random.default_rng(5).normal(size=40)
    twice, scores = np.repeat(ratings, 10, axis=0), np.repeat(score, 10)
    counts = np.ones((2, 400), np.uint8)
    alone = alternative_annotator_test(twice, {"m": scores}, counts, ids(400))[0]
    grouped = alternative_annotator_test(twice, {"m": scores}, counts, [str(i // 10) for i in range(400)])[0]
    assert grouped.winning_rate["0.2"] < alone.winning_rate["0.2"]
    assert grouped.advantage.value == alone.advantage.value


def test_failed_reviews_lose_and_few_papers_are_refused() -> None:
    ratings, _ = simulated(40)
    (row,) = alternative_annotator_test(ratings, {"m": np.full(40, np.inf)}, np.ones((2, 40), np.uint8), ids(40))
    assert row.advantage.value == 0.0
    with pytest.raises(ValueError, match="29 papers have 3 human ratings or more; 30 are needed"):
        alternative_annotator_test(ratings[:29], {}, np.ones((2, 29), np.uint8), ids(29))


def test_the_powered_mean_covers_the_truth_and_is_as_narrow_as_it_says() -> None:
    rng = np.random.default_rng(6)
    values, errors, alone = [], [], []
    for _ in range(600):
        quality = rng.normal(size=400)
        labels, scores = 5 + quality + rng.normal(size=400), 2 * quality + rng.normal(size=400) + 3
        found = prediction_powered_mean(labels[:100], scores[:100], scores[100:])
        values.append(found.value)
        errors.append(found.se)
        alone.append(labels[:100].mean())
    covered = np.mean(np.abs(np.array(values) - 5) <= 1.96 * np.array(errors))
    assert 0.92 < covered < 0.97
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.1)
    gain = 1 / (1 - 4 / 10 * 0.75)  # r^2 = 4 / (2 * 5), three quarters without labels
    assert np.var(alone) / np.var(values) == pytest.approx(gain, rel=0.15)


def test_scores_without_worth_save_nothing() -> None:
    rng = np.random.default_rng(7)
    labels, noise = rng.normal(size=300), rng.normal(size=300)
    found = prediction_powered_mean(labels[:100], np.zeros(100), np.zeros(200))
    assert found.value == labels[:100].mean()
    assert found.weight == 0.0
    rows = powered_rows(labels, {"noise": noise, "labels": labels + 0.1 * noise}, stratified_counts(noise > 0, 200))
    by_name = {row.name: row for row in rows}
    assert by_name["noise"].gain.value < 1.05
    assert by_name["labels"].gain.value > 3
    assert by_name["labels"].margin < 0.6 * by_name["labels"].margin_labels_only
    assert by_name[CONSTANT].gain.value == by_name[CONSTANT].gain.high == 1.0
    assert by_name[CONSTANT].margin == pytest.approx(by_name[CONSTANT].margin_labels_only)
    with pytest.raises(ValueError, match="39 papers have human ratings; 40 are needed"):
        powered_rows(labels[:39], {}, np.ones((2, 39), np.uint8))
    with pytest.raises(ValueError, match="finite"):
        prediction_powered_mean([1.0, 2.0], [1.0, np.inf], [1.0])


def test_floors_stand_in_both_tables(tmp_path: Path) -> None:
    figures, _, _ = summarise(made_run(tmp_path, ["one", "two"]), draws=200)
    test, powered = alternative_annotator_table(figures), powered_table(figures)
    assert test is not None
    assert powered is not None
    assert [row[0] for row in test.rows][:2] == ["one", "two"]
    assert test.rows[-1][0].startswith("constant ")
    assert powered.rows[-1][:3] == (CONSTANT, "×1.00 [1.00, 1.00]", "×1.00 [1.00, 1.00]")
