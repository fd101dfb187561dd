"""Equal terms: humans and machines on one target, worth in humans, mixes, committees by a model, failed reviews."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.load_outcomes import humans_of
from peerassay.bench.mixes import Mix, auc_at_mixes, chosen_mixes, known_mixes
from peerassay.bench.outcomes import Humans
from peerassay.bench.report import run_tables
from peerassay.bench.resampled import Bootstrap
from peerassay.bench.summary import summarise
from peerassay.bench.terms import outage_row
from peerassay.bench.terms_tables import show_worth
from peerassay.data.errors import InputError
from peerassay.data.records import Judgement
from peerassay.presentation.table import Table
from peerassay.statistics.agreement import auc_of_correlation, committee_aucs, in_random_order
from peerassay.statistics.bootstrap import percentile_interval, stratified_counts
from peerassay.statistics.human_equivalents import MOST, equivalent_humans, worth_in_humans
from peerassay.statistics.like_for_like import ONE_HUMAN, TWO_HUMANS, against_committees, against_others, mean_auc
from peerassay.statistics.metrics import roc_auc_score
from peerassay.statistics.rank_metrics import spearman
from synthetic_run import made_run


def simulated(
    n: int, reliability: float, latent: float, seed: int = 0, reviewers: int = 4
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratings (n, reviewers) of a reliability, the decisions by their mean, and a score that sees quality."""
    rng = np.random.default_rng(seed)
    quality = rng.normal(size=n)
    spread = np.sqrt((1 - reliability) / reliability)
    ratings = quality[:, None] + spread * rng.normal(size=(n, reviewers))
    mean = ratings.mean(axis=1)
    score = latent * quality + np.sqrt(1 - latent**2) * rng.normal(size=n)
    return ratings, mean > np.quantile(mean, 0.6), score


def released() -> dict[str, str]:
    stem = "gpt-4o-2024-05-13_temp_0_1"
    return {
        "1-shot": f"{stem}_fewshot_1_reflect_5_ensemble_5_pages_all.csv",
        "0-shot": f"{stem}_reflect_5_ensemble_5_pages_all.csv",
        "plain": f"{stem}_pages_all.csv",
    }


@pytest.fixture(scope="module")
def iclr(shared_data: Path) -> tuple[Humans, dict[str, np.ndarray]]:
    """The 500 test papers and the released scores of GPT-4o."""
    folder = shared_data / "iclr2022"
    with (folder / "decisions.tsv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["split"] == "test"]
    judgements = [
        Judgement(
            paper_id=row["paper_id"],
            decision="reject" if row["decision"] == "Reject" else "accept",
            tier=next(t for t in ("reject", "poster", "spotlight", "oral") if t in row["decision"].lower()),
            ratings=tuple(map(float, row["ratings"].split(";"))),
        )
        for row in rows
    ]
    humans = humans_of(judgements, (1, 3, 5, 6, 8, 10))
    scores: dict[str, np.ndarray] = {}
    for name, file in released().items():
        with (folder / "llm_reviews" / file).open(encoding="utf-8", newline="") as stream:
            by_id = {row["paper_id"]: float(row["Overall"]) for row in csv.DictReader(stream)}
        scores[name] = np.array([by_id[paper_id] for paper_id in humans.ids])
    return humans, scores


def test_against_others_is_the_mean_of_correlations_with_the_others() -> None:
    rng = np.random.default_rng(1)
    ratings = [tuple(row) for row in rng.integers(1, 9, (60, 3)).astype(float).tolist()]
    score, counts = rng.normal(size=60), stratified_counts(np.zeros(60), 20)
    found = against_others(ratings, {"a": score}, counts, repeats=12)
    order = np.random.default_rng(0)
    shuffled = [in_random_order(np.array(ratings), order) for _ in range(12)]
    others = [each[:, 1:].mean(axis=1) for each in shuffled]
    assert found.values["a"].value == pytest.approx(np.mean([spearman(score, other) for other in others]))
    human = np.mean([spearman(each[:, 0], other) for each, other in zip(shuffled, others, strict=True)])
    assert found.values[ONE_HUMAN].value == pytest.approx(human)
    drawn = np.mean([spearman(score, other, sample_weight=counts) for other in others], axis=0)
    assert (found.values["a"].low, found.values["a"].high) == pytest.approx(percentile_interval(drawn))


def test_mean_auc_is_the_mean_of_aucs_and_failures_lose() -> None:
    rng = np.random.default_rng(1)
    score, labels = rng.integers(0, 6, 50).astype(float), rng.random((3, 50)) < 0.4
    counts = stratified_counts(np.zeros(50), 20)
    expected = np.mean([roc_auc_score(y, score, sample_weight=counts) for y in labels], axis=0)
    assert mean_auc(labels, score, counts) == pytest.approx(expected, abs=1e-6)
    score[:5] = np.inf
    wrong = [np.where(np.isfinite(score), score, np.where(y, -np.inf, np.inf)) for y in labels]
    expected = np.mean([roc_auc_score(y, s, sample_weight=counts) for y, s in zip(labels, wrong, strict=True)], axis=0)
    assert mean_auc(labels, score, counts) == pytest.approx(expected, abs=1e-6)


def test_a_machine_that_is_one_more_human_equals_one() -> None:
    ratings, accepted, _ = simulated(1000, 0.4, 0.0, reviewers=5)
    ratings = ratings.round()
    counts = stratified_counts(accepted, 100)
    humans, machine = ratings[:, :4], {"fifth": ratings[:, 4]}
    others = against_others(humans, machine, counts, repeats=10)
    assert others.differences["fifth"].value == pytest.approx(0, abs=0.05)
    committees = against_committees(humans, accepted, machine, counts, splits=30)
    assert committees.differences["fifth"].value == pytest.approx(0, abs=0.05)
    assert committees.values[TWO_HUMANS].value > committees.values[ONE_HUMAN].high
    assert committees.values[ONE_HUMAN].n == others.values[ONE_HUMAN].n == 1000


def test_the_human_left_out_has_no_part_in_the_target() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(800, 3))
    counts = stratified_counts(np.zeros(800), 100)
    others = against_others(noise, {"mean of all": noise.mean(axis=1)}, counts, repeats=5)
    assert others.values[ONE_HUMAN].low < 0 < others.values[ONE_HUMAN].high
    with pytest.raises(ValueError, match="19 papers have 2 human ratings or more; 20 are needed"):
        against_others([(1.0, 2.0)] * 19 + [(1.0,)], {}, np.ones((2, 20), np.uint8))
    with pytest.raises(ValueError, match="0 papers have 4 human ratings"):
        against_committees([(1.0, 2.0)] * 30, np.arange(30) > 15, {}, np.ones((2, 30), np.uint8))


def test_equivalent_humans_invert_spearman_brown() -> None:
    for k in (0.5, 1, 3, 12):
        latent = np.sqrt(k * 0.3 / (1 + (k - 1) * 0.3))
        assert equivalent_humans(latent, 0.3) == pytest.approx(k)
    assert equivalent_humans([-0.5, 0.0, 1.0, 1.4], 0.3).tolist() == [0, 0, MOST, MOST]


def test_worth_recovers_the_truth_within_its_interval() -> None:
    truth = float(equivalent_humans(0.6, 0.4))
    ratings, accepted, score = simulated(600, 0.4, 0.6, seed=3)
    (row,) = worth_in_humans(ratings, {"machine": score}, stratified_counts(accepted, 400))
    assert row.humans.low < truth < row.humans.high
    assert row.latent.low < 0.6 < row.latent.high


def test_worth_of_the_quality_itself_is_beyond_telling() -> None:
    ratings, accepted, score = simulated(400, 0.4, 1.0)
    (row,) = worth_in_humans(ratings, {"oracle": score, "constant": np.ones(400)}, stratified_counts(accepted, 200))
    assert row.name == "oracle"
    assert row.humans.high == MOST
    assert show_worth(row.humans).endswith(">20]")
    with pytest.raises(ValueError, match="ICC"):
        worth_in_humans([(1.0, 2.0), (2.0, 1.0)] * 20, {"m": np.arange(40.0)}, np.ones((2, 40), np.uint8))


@pytest.mark.skipif("PEERASSAY_SLOW" not in os.environ, reason="slow: 400 simulations of the interval's coverage")
@pytest.mark.parametrize(("n", "latent"), [(100, 0.5), (500, 0.5), (500, 0.25), (500, 0.8)])
def test_the_interval_of_worth_covers(n: int, latent: float) -> None:
    truth, runs, covered = float(equivalent_humans(latent, 0.35)), 400, 0
    for seed in range(runs):
        ratings, accepted, score = simulated(n, 0.35, latent, seed=seed)
        (row,) = worth_in_humans(ratings, {"m": score}, stratified_counts(accepted, 500, seed))
        covered += row.humans.low is not None and row.humans.low <= truth <= (row.humans.high or MOST)
    assert covered / runs >= 0.92


def test_committees_of_the_model_are_what_simulated_ones_reach() -> None:
    ratings, _, _ = simulated(40_000, 0.4, 0.0, reviewers=8)
    quality_noise = np.random.default_rng(9).normal(scale=0.3, size=len(ratings))
    venue = ratings[:, :4].mean(axis=1)
    decided = venue + quality_noise
    accepted = decided > np.quantile(decided, 0.63)
    found = committee_aucs(ratings[:, :4], accepted, np.ones((1, len(ratings)), np.uint8))
    for k in (1, 2, 4):
        fresh = ratings[:, 4 : 4 + k].mean(axis=1)
        assert found[f"committee of {k}"].value == pytest.approx(roc_auc_score(accepted, fresh), abs=0.01)


def test_auc_of_correlation_rises_from_guessing_to_certainty() -> None:
    curve = auc_of_correlation(np.array([0.0, 0.3, 0.6, 0.9, 1.0]), 0.37)
    assert curve[0] == 0.5
    assert (np.diff(curve) > 0).all()
    assert curve[-1] == 1.0


def test_failed_reviews_under_three_treatments() -> None:
    rng = np.random.default_rng(4)
    accepted = np.arange(200) % 3 == 0
    score = accepted + rng.normal(size=200)
    whole = float(roc_auc_score(accepted, score))
    score[:20] = np.where(accepted[:20], -np.inf, np.inf)
    row = outage_row("m", accepted, score, stratified_counts(accepted, 200))
    assert row.failed == 20
    assert row.complete.n == 180
    assert row.wrong.value == pytest.approx(roc_auc_score(accepted, score))
    assert row.wrong.value < row.coin.value < row.complete.value
    assert row.complete.value == pytest.approx(whole, abs=0.05)
    coin = [
        roc_auc_score(accepted, np.where(np.isfinite(score), score, rng.choice([-50.0, 50.0], 200)))
        for _ in range(3000)
    ]
    assert row.coin.value == pytest.approx(np.mean(coin), abs=0.005)


def test_bundled_mixes_and_own_ones(tmp_path: Path) -> None:
    assert {"borderline", "1:1:1", "oral-vs-reject", "clear"} == set(chosen_mixes(()))
    assert "iclr2022-venue" in chosen_mixes(["iclr2022-venue"])
    own = tmp_path / "own.toml"
    own.write_text('[mine]\ntitle = "mine"\nsource = "me"\nratings = [3, 5]\n')
    assert chosen_mixes([str(own)])["mine"].ratings == (3, 5)
    with pytest.raises(InputError, match="unknown mix 'borderlin'; did you mean borderline"):
        chosen_mixes(["borderlin"])
    for text, said in (
        ('[m]\ntitle = "m"\nsource = "s"\n', "one of tiers, ratings and apart"),
        ('[m]\ntitle = "m"\nsource = "s"\ntiers = { reject = 1, posters = 1 }\n', "tiers must be reject and"),
        ('[m]\ntitle = "m"\nsource = "s"\ntiers = { reject = 1, poster = 0 }\n', "above 0"),
        ("[m\n", "TOML"),
    ):
        own.write_text(text)
        with pytest.raises(InputError, match=said):
            known_mixes(own)
    with pytest.raises(InputError, match=r"missing.toml"):
        known_mixes(tmp_path / "missing.toml")


def test_mixes_without_enough_papers_say_so() -> None:
    judgements = [
        Judgement(paper_id=str(i), decision="accept" if i % 2 else "reject", tier="poster" if i % 2 else "reject",
                  ratings=(float(i % 7),)) for i in range(40)
    ]  # fmt: skip
    humans = humans_of(judgements)
    mixes = {"oral": Mix(title="o", source="s", tiers={"reject": 1, "oral": 1}), "none": chosen_mixes(())["clear"]}
    found = auc_at_mixes(humans, {"m": np.arange(40.0)}, Bootstrap(humans, 50, 0), mixes)
    assert found[0].missing == "too few papers (0 oral; 8 are needed)"
    assert not found[0].auc
    assert found[1].missing.startswith("too few papers (0 higher")


def test_the_terms_stand_in_the_tables(tmp_path: Path) -> None:
    figures, _, _ = summarise(made_run(tmp_path, ["one", "two", "floor:coin"], failures=3), draws=200)
    tables = {table.title: table for table in run_tables(figures)}
    like = next(t for title, t in tables.items() if title.startswith("Like for like"))
    assert [row[0] for row in like.rows] == ["one human", "two humans", "one", "two", "floor:coin"]
    assert tables["What failed reviews cost"].rows[0][:2] == ("one", "3/80")
    scores = next(t for title, t in tables.items() if title.startswith("Scores"))
    assert "committee of 2 (model)" in names(scores)
    assert "human halves, 2 vs 2" not in names(scores)
    assert "natural mix, 50.0% accepted" not in scores.title
    assert f"natural mix, {figures.base_rate:.1%} accepted" in scores.title
    apart = next(t for title, t in tables.items() if title.startswith("Humans against other targets"))
    assert "mean human rating vs decision (contaminated)" in names(apart)


def test_without_ratings_a_note_says_what_is_missing(tmp_path: Path) -> None:
    figures, _, _ = summarise(made_run(tmp_path, ["one", "two"], constructed=True), draws=200)
    assert not figures.terms.like_for_like
    assert any("no human ratings" in note for note in figures.notes)
    assert any(note.startswith("No AUC at other mixes of papers (") for note in figures.notes)
    assert "constructed mix" in run_tables(figures)[0].title


def test_the_released_reviews_of_gpt_4o_on_equal_terms(iclr: tuple[Humans, dict[str, np.ndarray]]) -> None:
    humans, scores = iclr
    counts = stratified_counts(humans.accepted, 400)
    others = against_others(humans.ratings, scores, counts)
    assert others.values[ONE_HUMAN].value == pytest.approx(0.458, abs=0.005)
    assert others.values["1-shot"].value == pytest.approx(0.366, abs=0.005)
    assert others.differences["1-shot"].high < 0
    committees = against_committees(humans.ratings, humans.accepted, scores, counts, splits=100)
    for name, value in {"1-shot": 0.644, ONE_HUMAN: 0.685, TWO_HUMANS: 0.727}.items():
        assert committees.values[name].value == pytest.approx(value, abs=0.006)
        assert committees.values[name].n == 407
    worth = {row.name: row.humans for row in worth_in_humans(humans.ratings, scores, counts)}
    for name, value in {"1-shot": 0.75, "0-shot": 0.41, "plain": 0.12}.items():
        assert worth[name].low < value < worth[name].high
    found = {mix.name: mix for mix in auc_at_mixes(humans, scores, Bootstrap(humans, 200, 0), chosen_mixes(()))}
    for name, value in {"borderline": 0.633, "1:1:1": 0.735, "oral-vs-reject": 0.784, "clear": 0.864}.items():
        assert found[name].auc["1-shot"].value == pytest.approx(value, abs=1e-3)
    assert [found[name].n for name in ("borderline", "1:1:1", "oral-vs-reject", "clear")] == [326, 466, 325, 126]
    committee = committee_aucs(humans.ratings, humans.accepted, counts)
    reached = [committee[name].value for name in ("committee of 2", "committee of 4", "one who knows the true quality")]
    assert reached == pytest.approx([0.76, 0.80, 0.87], abs=0.006)


def names(table: Table) -> list[str]:
    return [row[0] for row in table.rows]
