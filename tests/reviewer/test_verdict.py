"""What reviews come to: decisions and where they come from, probabilities, intervals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from peerassay.reviewer.protocol import Traits, paper_key
from peerassay.reviewer.review import Review, failed
from peerassay.reviewer.verdict import Calibrated, score_interval, verdict
from peerassay.statistics.calibration import IsotonicCalibrator, PlattCalibrator
from peerassay.statistics.intervals import mean_interval
from scipy import stats

FORM = Traits(kind="llm", scale=(1, 10), accept_at=6, decision_rule="the model's own word")
PLATT = PlattCalibrator(slope=1.5, intercept=-8.0, low=1, high=10)


def panel(*scores: float, own: str = "reject", **record: Any) -> Review:
    mean = sum(scores) / len(scores)
    kept = {"members": [{"overall": s} for s in scores], "overall_by_round": [[5.0, s] for s in scores], "mean": mean}
    return Review.model_validate(
        {"paper_id": "p", "overall": mean, "decision": own, "fields": {"panel": {**kept, **record}}}
    )


def single(**fields: Any) -> Review:
    return Review.model_validate({"paper_id": "p", **fields})


def calibrated(**changes: Any) -> Calibrated:
    return Calibrated(**{"threshold": 5.5, "predictor": PLATT, "source": "iclr2022 calibration, n=500", **changes})


@pytest.mark.parametrize("seed", range(5))
def test_the_interval_is_that_of_scipys_one_sample_t_test(seed: int) -> None:
    values = np.random.default_rng(seed).normal(5, 2, size=2 + 3 * seed).tolist()
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean_interval(values) == pytest.approx((expected.low, expected.high))


def test_the_interval_covers_the_mean_as_often_as_it_says() -> None:
    draws = np.random.default_rng(1).normal(6, 1.3, size=(3000, 4)).tolist()
    covered = [low <= 6 <= high for low, high in map(mean_interval, draws)]
    assert np.mean(covered) == pytest.approx(0.95, abs=0.012)


def test_one_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least two"):
        mean_interval([3.0])


def test_the_last_round_of_each_member_counts_and_the_scale_is_kept() -> None:
    (low, high), words = score_interval(panel(9, 10, 9, 10), (1, 10))
    assert (round(low, 3), high) == (8.581, 10)
    assert words == "95% interval of the mean of 4 members"


@pytest.mark.parametrize(
    ("review", "words"),
    [
        (single(overall=4), "one answer: no interval"),
        (panel(4), "one answer: no interval"),
        (panel(4, 4, 4), "all 3 members give the same score: no interval"),
        (panel(4, 8, mean=5.5), "the chair's score alone: no interval"),
    ],
)
def test_without_an_interval_the_reason_is_told(review: Review, words: str) -> None:
    assert score_interval(review) == (None, words)


def test_a_panel_that_stopped_early_has_a_rough_interval() -> None:
    assert "stopped early" in score_interval(panel(3, 4, calls_saved=3))[1]


def test_the_forms_rule_decides_and_the_own_word_may_contradict() -> None:
    found = verdict(panel(6, 6, 7, own="reject"), FORM, rule="the rule of the form neurips")
    assert (found.decision, found.own_word, found.contradicts) == ("accept", "reject", True)
    assert found.decision_from == "the rule of the form neurips: accept from 6 on; not calibrated"
    assert (found.calibrated, found.p_accept, found.n_members) == (False, None, 3)


def test_exactly_at_the_threshold_is_accepted() -> None:
    assert verdict(single(overall=6), FORM).decision == "accept"
    assert verdict(single(overall=5.5), FORM, calibrated()).decision == "accept"


def test_a_calibrated_threshold_goes_before_the_forms() -> None:
    review = panel(5, 6, 6.4, own="accept")
    found = verdict(review, FORM, calibrated())
    assert verdict(review, FORM).decision == "reject"
    assert (found.decision, found.contradicts, found.calibrated, found.threshold) == ("accept", False, True, 5.5)
    assert found.decision_from == "calibrated threshold 5.5 (iclr2022 calibration, n=500)"


@pytest.mark.parametrize(
    "predictor", [PLATT, IsotonicCalibrator(scores=(1.0, 5.0, 9.0), probabilities=(0.0, 0.2, 1.0))]
)
def test_the_interval_of_the_chance_is_the_scores_mapped(predictor: Any) -> None:
    found = verdict(panel(4, 5, 7), FORM, calibrated(predictor=predictor))
    assert found.interval is not None
    assert found.p_interval is not None
    assert [found.p_accept, *found.p_interval] == pytest.approx(predictor.predict([found.score, *found.interval]))
    assert found.p_interval[0] < found.p_accept < found.p_interval[1]


def test_the_ends_of_the_chance_are_in_order_where_higher_scores_mean_less() -> None:
    found = verdict(panel(4, 5, 7), FORM, calibrated(predictor=PLATT.model_copy(update={"slope": -1.5})))
    assert found.p_interval is not None
    assert found.p_interval[0] < found.p_interval[1]


def test_a_close_call_is_told() -> None:
    assert verdict(panel(5, 6, 8), FORM).undecided
    assert not verdict(panel(1, 2, 2), FORM).undecided
    assert not verdict(single(overall=6), FORM).undecided


def test_without_scores_the_own_word_stands_even_with_a_calibration() -> None:
    found = verdict(single(decision="accept"), Traits(decision_rule="a coin"), calibrated())
    assert (found.decision, found.decision_from, found.calibrated) == ("accept", "the reviewer itself: a coin", False)
    assert (found.score, found.p_accept, found.contradicts) == (None, None, False)


def test_a_score_without_any_rule_decides_nothing() -> None:
    found = verdict(single(overall=3), Traits())
    assert found.decision is None
    assert "no threshold" in found.decision_from


def test_the_own_chance_is_shown_where_nothing_was_calibrated() -> None:
    review = single(overall=0.3, decision="reject", p_accept=0.2)
    own = verdict(review, Traits())
    assert own.p_accept == 0.2 and "own word, uncalibrated" in own.p_from
    fitted = verdict(review.model_copy(update={"p_calibrated": True}), Traits())
    assert "uncalibrated" not in fitted.p_from
    assert verdict(review, Traits(), calibrated(threshold=0.1)).p_accept == pytest.approx(PLATT.predict([0.3])[0])


def test_papers_that_were_fitted_on_are_in_sample() -> None:
    key = frozenset({paper_key("p")})
    assert verdict(single(overall=3), FORM, calibrated(fitted_on=key)).in_sample
    assert verdict(single(overall=3), FORM.model_copy(update={"trained_on": key})).in_sample
    assert not verdict(single(overall=3), FORM, calibrated()).in_sample


def test_a_failed_review_has_no_verdict() -> None:
    with pytest.raises(ValueError, match="no answer came"):
        verdict(failed("p", "no answer came"), FORM)
