"""The records that figures are kept in: a reviewer's row of metrics, its decisions under each rule, a calibration."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from ..reviewer.protocol import paper_key
from ..reviewer.verdict import Calibrated
from ..statistics.calibration import IsotonicCalibrator, PlattCalibrator, ThresholdRule
from ..statistics.estimate import Estimate
from ..statistics.rating_matched import Matched
from .outcomes import Humans, MeanUsage


class DecisionRow(BaseModel):
    """How good a reviewer's decisions are under one rule for making them."""

    rule: str
    kind: str = Field(description="own | form | calibrated | in-sample | cross-fitted | oracle")
    threshold: float | None = None
    in_sample: bool = Field(default=False, description="the threshold was chosen on the papers that it is tested on")
    contradicted: int | None = Field(
        default=None,
        description="reviews whose own word is not the rule's decision, of `worded`; None for the own word itself",
    )
    metrics: dict[str, Estimate]
    confusion: dict[str, int] = Field(description="tp, fp, fn, tn with `accept` as positive")


class TierRow(BaseModel):
    """Mean score of the papers of one tier."""

    tier: int
    score: Estimate


class OtherScore(BaseModel):
    """Another number of the same reviews, taken as a score."""

    name: str
    of: str = Field(description="whether it was fitted to decisions, or is the reviewer's own word")
    mean: float | None = Field(default=None, description="over the papers reviewed")
    metrics: dict[str, Estimate] = Field(description="auc and spearman; of a probability brier and ece too")


class ReviewerMetrics(BaseModel):
    """All metrics of one reviewer."""

    name: str
    kind: str
    automatic: bool
    n: int
    reviewed: int
    coverage: float
    in_sample: int = 0
    failures: dict[str, int] = Field(default_factory=dict)
    scores: dict[str, Estimate] = Field(default_factory=dict)
    matched: Matched | None = Field(default=None, description="its AUC among papers of equal mean rating")
    probability: str = Field(default="", description="where the probabilities of Brier score and ECE come from")
    other_scores: list[OtherScore] = Field(default_factory=list)
    decisions: list[DecisionRow] = Field(default_factory=list)
    worded: int = Field(default=0, description="reviews with both a score and a decision of their own")
    tiers: list[TierRow] = Field(default_factory=list)
    usd_per_review: float | None = Field(
        default=None, description="what its calls cost when they were made; None: the price of one is unknown"
    )
    seconds_per_review: float | None = None
    usage: MeanUsage = MeanUsage()
    findings: dict[str, int] = Field(
        default_factory=dict, description="papers by what was found in them on reading: hidden, injections, cut"
    )
    noted: int = Field(default=0, description="reviews that stand although one of their calls came to nothing")

    @property
    def headline(self) -> DecisionRow | None:
        """The decisions to look at first; never an in-sample threshold."""
        rows = {row.kind: row for row in self.decisions}
        return next((rows[kind] for kind in headline_order(self.kind) if kind in rows), None)


def headline_order(reviewer_kind: str) -> tuple[str, ...]:
    """Which rule for decisions to prefer: thresholds fitted on other papers, and the own word where it is one.

    Of a language model the form's rule goes before its own word, which often contradicts its score.
    """
    if reviewer_kind in ("floor", "learned"):
        return ("calibrated", "own", "cross-fitted")
    if reviewer_kind == "llm":
        return ("calibrated", "cross-fitted", "form", "own")
    return ("calibrated", "cross-fitted", "own")


class Calibration(BaseModel):
    """A threshold and a calibrator that were fitted on other papers, by `peerassay calibrate`."""

    reviewer: str
    fingerprint: str
    dataset: str
    split: str
    n: int
    threshold: ThresholdRule
    method: Literal["platt", "isotonic"]
    calibrator: PlattCalibrator | IsotonicCalibrator
    fitted_on: frozenset[str] = Field(description="`paper_key` of each paper; on these its figures are in-sample")

    def seen(self, humans: Humans) -> int:
        """How many of the papers it was fitted on."""
        return sum(paper_key(paper_id) in self.fitted_on for paper_id in humans.ids)

    def applied(self) -> Calibrated:
        """What a verdict on a review needs of it."""
        source = f"{self.dataset} {self.split}, n={self.n}"
        return Calibrated(self.threshold.threshold, self.calibrator, source, self.fitted_on)
