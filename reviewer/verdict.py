"""What a review means: a decision and where it comes from, the chance of acceptance, and how sure the score is.

The interval of an ensemble says how much the panel's own answers vary: asked again, its mean would mostly fall there.
How well the panel agrees with humans is another matter, which `peerassay bench` measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from ..data.records import Decision
from .protocol import Traits, paper_key
from .review import Review

if TYPE_CHECKING:
    from ..statistics.calibration import Predictor

LEVEL = 0.95
OWN_WORD = "the reviewer's own word, uncalibrated, see `peerassay calibrate`"
Interval = tuple[float, float]


@dataclass(frozen=True)
class Calibrated:
    """What was fitted for a reviewer on other papers: the threshold, and the map from scores to P(accept)."""

    threshold: float
    predictor: Predictor
    source: str
    """The papers, in words."""
    fitted_on: frozenset[str] = frozenset()
    """`paper_key` of each of these papers."""

    def probabilities(self, scores: Sequence[float]) -> list[float]:
        """P(accept) in [0, 1] of the scores (n,)."""
        return [float(p) for p in self.predictor.predict(list(scores))]


class PanelRecord(BaseModel):
    """What a panel of language models puts on record in the field `panel` of its review, as far as it matters here."""

    members: list[Any]
    overall_by_round: list[Annotated[list[FiniteFloat], Field(min_length=1)]]
    mean: float
    calls_saved: int = 0


class Verdict(BaseModel):
    """What one review comes to."""

    model_config = ConfigDict(frozen=True)

    score: float | None = Field(default=None, description="None: the reviewer gives no scores")
    scale: Interval | None = Field(default=None, description="lowest and highest score of the form")
    interval: Interval | None = Field(default=None, description="95% interval of the score, on its scale")
    interval_from: str = Field(description="what the interval is, or why there is none")
    n_members: int = Field(default=0, description="members of the panel that were heard; 0: no panel")
    p_accept: float | None = Field(default=None, ge=0, le=1, description="chance of acceptance")
    p_interval: Interval | None = Field(default=None, description="the score's interval, mapped like the score")
    p_from: str = Field(default="", description="where the chance comes from, or why there is none")
    decision: Decision | None = None
    decision_from: str = Field(description="the rule that made the decision")
    threshold: float | None = Field(default=None, description="the score from which on that rule accepts")
    undecided: bool = Field(default=False, description="the interval of the score has the threshold in it")
    own_word: Decision | None = Field(default=None, description="what the reviewer itself says")
    contradicts: bool = Field(default=False, description="the own word is not the decision")
    calibrated: bool = Field(default=False, description="decision and chance were fitted on other papers' decisions")
    in_sample: bool = Field(default=False, description="the reviewer or its calibration was fitted on this very paper")


def verdict(review: Review, traits: Traits, calibration: Calibrated | None = None, *, rule: str = "") -> Verdict:
    """What the review of a reviewer with these traits comes to.

    The decision is by the calibrated threshold where there is one, else by the score that `traits.accept_at` asks for
    (`rule` says in words whose rule that is), else the reviewer's own word.

    Raises ValueError for a failed review.
    """
    if review.status != "ok":
        raise ValueError(f"a failed review has no verdict ({review.reason})")
    panel = panel_record(review)
    interval, interval_from = score_interval(review, traits.scale)
    decision, decision_from, threshold = _decision(review, traits, calibration, rule)
    p_accept, p_interval, p_from = _chance(review, interval, calibration)
    fitted_on = traits.trained_on | (calibration.fitted_on if calibration else frozenset())
    return Verdict(
        score=review.overall,
        scale=traits.scale,
        interval=interval,
        interval_from=interval_from,
        n_members=len(panel.members) if panel else 0,
        p_accept=p_accept,
        p_interval=p_interval,
        p_from=p_from,
        decision=decision,
        decision_from=decision_from,
        threshold=threshold,
        undecided=interval is not None and threshold is not None and interval[0] < threshold <= interval[1],
        own_word=review.decision,
        contradicts=None not in (decision, review.decision) and decision != review.decision,
        calibrated=calibration is not None and review.overall is not None,
        in_sample=paper_key(review.paper_id) in fitted_on,
    )


def score_interval(review: Review, scale: Interval | None = None) -> tuple[Interval | None, str]:
    """The 95% interval of a review's score within the scale, with what it is; None, with the reason, without one."""
    panel = panel_record(review)
    scores = [rounds[-1] for rounds in panel.overall_by_round] if panel else []
    if panel is None or len(scores) < 2:
        return None, "one answer: no interval"
    if review.overall != panel.mean:
        return None, "the chair's score alone: no interval"
    if len(set(scores)) == 1:
        return None, f"all {len(scores)} members give the same score: no interval"
    from ..statistics.intervals import mean_interval

    low, high = mean_interval(scores)
    if scale is not None:
        low, high = max(low, scale[0]), min(high, scale[1])
    stopped = "; rough, since the panel stopped early" if panel.calls_saved else ""
    return (low, high), f"95% interval of the mean of {len(scores)} members{stopped}"


def _decision(
    review: Review, traits: Traits, calibration: Calibrated | None, rule: str
) -> tuple[Decision | None, str, float | None]:
    """The decision, where it comes from, and the threshold where it is by one."""
    score = review.overall
    if score is not None and calibration is not None:
        at = calibration.threshold
        return _by(score, at), f"calibrated threshold {at:.4g} ({calibration.source})", at
    if score is not None and traits.accept_at is not None:
        at = traits.accept_at
        whose = rule or "the reviewer's rule"
        return _by(score, at), f"{whose}: accept from {at:g} on; not calibrated", at
    if review.decision is None:
        return None, "the reviewer says neither accept nor reject, and has no threshold", None
    return review.decision, f"the reviewer itself: {traits.decision_rule}", None


def _by(score: float, threshold: float) -> Decision:
    return "accept" if score >= threshold else "reject"


def _chance(
    review: Review, interval: Interval | None, calibration: Calibrated | None
) -> tuple[float | None, Interval | None, str]:
    """P(accept), its interval, and where they come from."""
    if calibration is not None and review.overall is not None:
        p_accept, *ends = calibration.probabilities([review.overall, *(interval or ())])
        return p_accept, (min(ends), max(ends)) if ends else None, f"calibrated on {calibration.source}"
    if review.p_accept is not None:
        how = "the reviewer's own figure, fitted to decisions" if review.p_calibrated else OWN_WORD
        return review.p_accept, None, how
    return None, None, "unknown without a calibration, see `peerassay calibrate`"


def panel_record(review: Review) -> PanelRecord | None:
    """The panel's record; None where the reviewer is no panel, whatever it calls its fields."""
    try:
        return PanelRecord.model_validate(review.fields.get("panel"))
    except ValidationError:
        return None
