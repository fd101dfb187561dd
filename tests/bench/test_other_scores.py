"""What reviewers say beside their score: its worth, and whether it is a mere word."""

from __future__ import annotations

import numpy as np
import pytest
from peerassay.bench.calibrations import CALIBRATORS
from peerassay.bench.decision_tables import other_scores_table
from peerassay.bench.decisions import probabilities
from peerassay.bench.evaluate import evaluate
from peerassay.bench.load_outcomes import humans_of, machine_of
from peerassay.bench.outcomes import Humans, Machine
from peerassay.bench.records import Calibration
from peerassay.bench.resampled import Bootstrap
from peerassay.data.records import Judgement
from peerassay.reviewer.protocol import Traits
from peerassay.reviewer.review import Review, failed
from peerassay.statistics.calibration import ThresholdRule
from peerassay.statistics.metrics import brier_score_loss, roc_auc_score

N = 80
QUALITY = np.random.default_rng(3).normal(size=N)
HUMANS = humans_of(
    [
        Judgement(paper_id=f"p{i}", decision="accept" if q > 0.4 else "reject", ratings=(5 + q, 5.5 + q))
        for i, q in enumerate(QUALITY)
    ]
)


def machine(kind: str = "llm", *, failures: int = 0, calibrated: bool = False, humans: Humans = HUMANS) -> Machine:
    """A reviewer whose score is noisy, whose chance is half as noisy, whose percentile is right but for failures."""
    rng = np.random.default_rng(11)
    chance = 1 / (1 + np.exp(-2 * (QUALITY + rng.normal(scale=0.5, size=N))))
    scores = QUALITY + rng.normal(size=N)
    reviews = [
        failed(paper_id, "down")
        if i < failures
        else Review(
            paper_id=paper_id,
            overall=float(scores[i]),
            p_accept=float(chance[i]),
            p_calibrated=calibrated,
            fields={"percentile": 50 + 10 * float(QUALITY[i])},
        )
        for i, paper_id in enumerate(humans.ids)
    ]
    return machine_of("m", Traits(kind=kind), reviews, humans)


def test_chance_and_percentile_are_measured_as_scores_of_their_own() -> None:
    made = machine()
    figures = evaluate(HUMANS, made, Bootstrap(HUMANS, 200))
    chance, percentile = figures.other_scores
    assert made.probability is not None
    assert (chance.name, percentile.name) == ("P(accept)", "percentile")
    assert chance.metrics["auc"].value == pytest.approx(float(roc_auc_score(HUMANS.accepted, made.probability)))
    assert chance.metrics["brier"].value == pytest.approx(float(brier_score_loss(HUMANS.accepted, made.probability)))
    assert chance.mean == pytest.approx(made.probability.mean())
    assert percentile.metrics["auc"].value == 1.0 and percentile.metrics["spearman"].value == pytest.approx(1.0)
    assert "brier" not in percentile.metrics
    table = other_scores_table([figures], HUMANS.accepted.mean())
    assert table is not None
    assert [row[1] for row in table.rows] == ["score", "P(accept)", "percentile"]
    assert table.rows[1][-1] == "own word, uncalibrated"


def test_failed_reviews_count_as_wrong_in_them_too() -> None:
    bootstrap = Bootstrap(HUMANS, 200)
    whole, holed = (evaluate(HUMANS, machine(failures=k), bootstrap).other_scores for k in (0, 20))
    for before, after in zip(whole, holed, strict=True):
        assert after.metrics["auc"].value < before.metrics["auc"].value  # type: ignore[operator]


def test_a_word_is_called_a_word_until_it_is_calibrated() -> None:
    made = machine()
    source, said = probabilities(HUMANS, made)
    assert source == "own word, uncalibrated" and said is made.probability
    assert probabilities(HUMANS, machine(calibrated=True))[0] == "own"
    assert probabilities(HUMANS, machine("floor"))[0] == "own"
    assert made.score is not None
    fitted = Calibration(
        reviewer="m",
        fingerprint="f",
        dataset="other",
        split="calibration",
        n=N,
        threshold=ThresholdRule.fit(HUMANS.accepted, made.score),
        method="platt",
        calibrator=CALIBRATORS["platt"].fit(HUMANS.accepted, made.score),
        fitted_on=frozenset(),
    )
    source, mapped = probabilities(HUMANS, made, fitted)
    assert source == "platt, fitted on other calibration"
    assert mapped is not None and np.allclose(mapped, fitted.calibrator.predict(made.score))


def test_a_reviewer_whose_chance_is_its_score_has_no_other() -> None:
    assert [other.name for other in evaluate(HUMANS, machine("learned"), Bootstrap(HUMANS, 200)).other_scores] == [
        "percentile"
    ]
    assert other_scores_table([], 0.4) is None
