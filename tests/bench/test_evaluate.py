"""Figures of a reviewer: failures in the denominator, honest thresholds, labelled rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from peerassay.bench.compare import compare, rank
from peerassay.bench.decisions import decision_rules
from peerassay.bench.evaluate import decision_rows, evaluate
from peerassay.bench.load_outcomes import humans_of, machine_of
from peerassay.bench.outcomes import Humans, Machine
from peerassay.bench.resampled import Bootstrap
from peerassay.data.errors import InputError
from peerassay.data.importers.rows import read_rows
from peerassay.data.records import Judgement, parse_decision
from peerassay.reviewer.protocol import Traits, paper_key
from peerassay.reviewer.replay import ReplayReviewer
from peerassay.reviewer.review import Review, Usage, failed

RNG = np.random.default_rng(7)
N = 120


def judgement(i: int, accepted: bool, rating: float) -> Judgement:
    tier = "poster" if accepted else "reject"
    return Judgement(
        paper_id=f"p{i}", decision="accept" if accepted else "reject", tier=tier, ratings=(rating - 1, rating + 1)
    )


@pytest.fixture(scope="module")
def humans() -> Humans:
    quality = RNG.normal(size=N)
    return humans_of([judgement(i, q > 0.3, 5 + q) for i, q in enumerate(quality)])


def machine(
    humans: Humans, noise: float, *, name: str = "m", failures: int = 0, traits: Traits | None = None
) -> Machine:
    rng = np.random.default_rng(50 + len(name))
    scores = humans.rating + rng.normal(scale=noise, size=len(humans))
    reviews = [
        failed(paper_id, "refused") if i < failures else Review(paper_id=paper_id, overall=float(s), decision="reject")
        for i, (paper_id, s) in enumerate(zip(humans.ids, scores, strict=True))
    ]
    return machine_of(name, traits or Traits(), reviews, humans)


def test_failures_count_as_wrong_everywhere_and_never_help(humans: Humans) -> None:
    bootstrap = Bootstrap(humans, 200)
    traits = Traits(scale=(0, 10), accept_at=5.3)
    whole = evaluate(humans, machine(humans, 0.5, traits=traits), bootstrap)
    holed = evaluate(humans, machine(humans, 0.5, failures=30, traits=traits), bootstrap)
    assert (holed.n, holed.reviewed, holed.coverage) == (N, 90, 0.75)
    assert holed.failures == {"refused": 30}
    for metric in ("auc", "average_precision", "spearman", "kendall", "pairwise_accuracy"):
        assert holed.scores[metric].n == N
        assert holed.scores[metric].value < whole.scores[metric].value  # type: ignore[operator]
    for metric in ("mae", "brier"):
        assert holed.scores[metric].value > whole.scores[metric].value  # type: ignore[operator]
    rows = {row.kind: row for row in holed.decisions}
    assert sum(rows["form"].confusion.values()) == N
    by_rule = {kind: decision for _, kind, _, decision in decision_rules(humans, machine(humans, 0.5, failures=30))}
    for decision in by_rule.values():
        assert (decision[:30] != humans.accepted[:30]).all()


def test_a_threshold_is_never_tested_on_the_paper_that_chose_it(humans: Humans) -> None:
    """On scores without information, the oracle gains and the cross-fitted threshold does not."""
    gains, oracle = [], []
    for seed in range(100, 160):
        scores = np.random.default_rng(seed).normal(size=N)
        reviews = [Review(paper_id=p, overall=float(s)) for p, s in zip(humans.ids, scores, strict=True)]
        rules = {kind: d for _, kind, _, d in decision_rules(humans, machine_of("noise", Traits(), reviews, humans))}
        y = humans.accepted
        for kind, found in (("cross-fitted", gains), ("oracle", oracle)):
            found.append((rules[kind][y].mean() + 1 - rules[kind][~y].mean()) / 2)
    assert np.mean(oracle) > 0.54
    assert abs(np.mean(gains) - 0.5) < 0.02


def test_the_oracle_is_labelled_and_never_the_headline(humans: Humans) -> None:
    figures = evaluate(humans, machine(humans, 1.0), Bootstrap(humans, 200))
    oracle = next(row for row in figures.decisions if row.kind == "oracle")
    assert oracle.in_sample
    assert "in-sample" in oracle.rule
    assert figures.headline is not None
    assert figures.headline.kind == "cross-fitted"


def test_groups_stay_on_one_side_of_the_fit() -> None:
    judgements = [
        Judgement(paper_id=f"{pair}{kind}", decision=kind, group=f"g{pair}")  # type: ignore[arg-type]
        for pair in range(10)
        for kind in ("accept", "reject")
    ]
    humans = humans_of(judgements)
    assert len(set(humans.groups)) == 10


def test_a_reviewer_without_scores_has_decisions_only(humans: Humans) -> None:
    reviews = [Review(paper_id=p, decision="accept") for p in humans.ids]
    figures = evaluate(humans, machine_of("yes", Traits(), reviews, humans), Bootstrap(humans, 200))
    assert not figures.scores
    assert [row.kind for row in figures.decisions] == ["own"]
    assert figures.decisions[0].metrics["balanced_accuracy"].value == 0.5


def test_a_reviewer_that_always_failed_has_only_a_coverage_of_zero(humans: Humans) -> None:
    reviews = [failed(p, "down") for p in humans.ids]
    figures = evaluate(humans, machine_of("down", Traits(), reviews, humans), Bootstrap(humans, 200))
    assert figures.coverage == 0
    assert not figures.decisions


def test_papers_that_a_reviewer_was_fitted_on_are_counted(humans: Humans) -> None:
    traits = Traits(trained_on=frozenset(paper_key(p) for p in humans.ids[:17]))
    assert evaluate(humans, machine(humans, 1.0, traits=traits), Bootstrap(humans, 200)).in_sample == 17


def test_one_class_is_refused() -> None:
    with pytest.raises(InputError, match="accepted: agreement needs both classes"):
        humans_of([judgement(i, True, 6) for i in range(5)])


def test_comparison_resolves_what_differs_and_not_what_does_not(humans: Humans) -> None:
    machines = [
        machine(humans, 0.3, name="good"),
        machine(humans, 0.3, name="as good"),
        machine(humans, 30.0, name="noise"),
    ]
    bootstrap = Bootstrap(humans, 1000)
    resolved = {(row.metric, row.a, row.b): row.resolved for row in compare(humans, machines, bootstrap)}
    assert {metric for metric, _, _ in resolved} == {"auc", "accuracy", "balanced_accuracy", "spearman"}
    for metric in ("auc", "balanced_accuracy", "spearman"):
        assert resolved[metric, "good", "noise"]
    for metric in ("auc", "spearman"):
        assert not resolved[metric, "good", "as good"]
    ranks = {row.name: row.rank for row in rank(humans, machines, bootstrap)}
    assert ranks == {"good": 1, "as good": 1, "noise": 3}


def test_an_answer_without_a_score_counts_as_wrong_and_is_told(humans: Humans) -> None:
    whole = machine(humans, 0.5)
    assert whole.score is not None
    reviews = [
        Review(paper_id=p, overall=None if i < 20 else float(s), decision="reject")
        for i, (p, s) in enumerate(zip(humans.ids, whole.score, strict=True))
    ]
    holed = machine_of("m", Traits(), reviews, humans)
    bootstrap = Bootstrap(humans, 200)
    figures, before = evaluate(humans, holed, bootstrap), evaluate(humans, whole, bootstrap)
    assert figures.scores["auc"].value < before.scores["auc"].value  # type: ignore[operator]
    assert figures.failures == {"answered without a score, which counts as wrong there": 20}


RELEASED = "gpt-4o-2024-05-13_temp_0_1_fewshot_1_reflect_5_ensemble_5_pages_all.csv"


def test_the_released_reviews_contradict_themselves_in_151_of_500(shared_data: Path) -> None:
    rows = read_rows(shared_data / "iclr2022" / "decisions.tsv")
    decided = {row["paper_id"]: parse_decision(row["decision"])[0] for row in rows}
    replay = ReplayReviewer(shared_data / "iclr2022" / "llm_reviews" / RELEASED)
    assert replay.traits.accept_at == 6
    humans = humans_of([Judgement(paper_id=paper_id, decision=decided[paper_id]) for paper_id in replay.reviews])
    found = machine_of("gpt-4o", replay.traits, list(replay.reviews.values()), humans)
    contradicted = {row.kind: row.contradicted for row in decision_rows(humans, found, Bootstrap(humans, 100))}
    assert found.worded.sum() == 500
    assert contradicted["form"] == 151
    assert contradicted["own"] is None


def test_only_reviews_with_a_score_and_a_word_can_contradict_themselves(humans: Humans) -> None:
    traits = Traits(accept_at=5)

    def review(i: int, paper_id: str) -> Review:
        if i < 10:
            return failed(paper_id, "refused")
        if i < 30:
            return Review(paper_id=paper_id, decision="accept")
        if i < 60:
            return Review(paper_id=paper_id, overall=7)
        return Review(paper_id=paper_id, overall=7 if i % 4 else 3, decision="accept")

    mixed = machine_of("mixed", traits, [review(i, p) for i, p in enumerate(humans.ids)], humans)
    figures = evaluate(humans, mixed, Bootstrap(humans, 100))
    assert figures.worded == 60
    assert {row.kind: row.contradicted for row in figures.decisions}["form"] == 15
    silent = machine_of("silent", traits, [Review(paper_id=p, overall=7) for p in humans.ids], humans)
    assert [row.contradicted for row in decision_rows(humans, silent, Bootstrap(humans, 100))] == [None]


def test_of_a_language_model_the_form_goes_before_its_own_word(humans: Humans) -> None:
    reviews = [Review(paper_id=p, overall=7, decision="reject") for p in humans.ids]
    for kind, expected in (("llm", "form"), ("replay", "own")):
        found = machine_of("m", Traits(kind=kind, accept_at=6), reviews, humans)
        headline = evaluate(humans, found, Bootstrap(humans, 100)).headline
        assert headline is not None
        assert headline.kind == expected
    varied = evaluate(humans, machine(humans, 0.5, traits=Traits(kind="llm", accept_at=5)), Bootstrap(humans, 100))
    assert varied.headline is not None
    assert varied.headline.kind == "cross-fitted"


@pytest.mark.parametrize(("scale", "measured"), [((), True), ((1, 3, 8, 10), True), ((0, 2, 10), False)])
def test_a_mean_error_needs_scores_on_the_scale_of_the_ratings(scale: tuple[float, ...], measured: bool) -> None:
    humans = humans_of([judgement(i, i % 2 == 0, 3 + i % 5) for i in range(40)], scale)
    found = evaluate(humans, machine(humans, 1.0, traits=Traits(scale=(1, 10))), Bootstrap(humans, 100))
    assert ("mae" in found.scores) == measured
    assert "spearman" in found.scores


def test_usage_is_the_mean_over_all_reviews(humans: Humans) -> None:
    used = Usage(calls=4, tokens_in=1000, tokens_cached=600, tokens_out=50, usd=0.02, seconds=3)
    panel = {
        "panel": {"calls_saved": 2},
        "notes": ["review 2: refused"],
        "findings": {"injections": [{}], "hidden": []},
    }
    foreign = {"panel": "of three", "notes": "none", "findings": "many"}
    reviews = [
        failed(p, "refused", Usage(calls=2, usd=0.01)) if i < 60
        else Review(paper_id=p, overall=i, fields=panel if i < 90 else foreign, usage=used)
        for i, p in enumerate(humans.ids)
    ]  # fmt: skip
    figures = evaluate(humans, machine_of("m", Traits(kind="llm"), reviews, humans), Bootstrap(humans, 100))
    assert figures.usage.model_dump() == {
        "calls": 3, "tokens_in": 500, "tokens_cached": 300, "tokens_out": 25, "calls_saved": 0.5
    }  # fmt: skip
    assert figures.usd_per_review == pytest.approx(0.015)
    assert figures.findings == {"injections": 30}
    assert figures.noted == 30


def test_a_failed_review_of_ones_own_reviewer_may_have_been_as_dear_as_its_dearest() -> None:
    reviews = [Review(paper_id="a", overall=1, usage=Usage(usd=0.4)), failed("b", "crashed")]
    humans = humans_of([Judgement(paper_id="a", decision="accept"), Judgement(paper_id="b", decision="reject")])
    assert machine_of("mine", Traits(), reviews, humans).usd == 0.4
    free = [reviews[0].model_copy(update={"usage": Usage()}), reviews[1]]
    assert machine_of("mine", Traits(), free, humans).usd == 0


def test_seconds_of_stored_reviews_are_unknown_unless_stored() -> None:
    humans = humans_of([Judgement(paper_id="a", decision="accept"), Judgement(paper_id="b", decision="reject")])
    stored = [Review(paper_id=p, overall=1) for p in "ab"]
    timed = [r.model_copy(update={"usage": Usage(seconds=3.0)}) for r in stored]
    replay = Traits(kind="replay")
    assert np.isnan(machine_of("old", replay, stored, humans).seconds)
    assert machine_of("old", replay, timed, humans).seconds == 3.0
