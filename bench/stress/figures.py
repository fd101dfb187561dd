"""The records of a stress run's figures, each with its interval and number of papers."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ...statistics.estimate import Estimate
from ..memory import MemoryRow

STILL = 0.1
"""Standard deviations of the intact papers' scores within which a shift is as good as none."""


class ChangeFigures(BaseModel):
    """What one manipulation at one strength does to a reviewer's reviews."""

    name: str
    family: str
    expected: str
    strength: float
    papers: int = Field(description="to which it applies")
    reasons: dict[str, int] = Field(default_factory=dict, description="why it does not apply to others")
    failed: int = Field(description="reviews of changed papers that failed")
    same: int = Field(description="papers of which reviewers read the very same text, so that nothing was left of it")
    shift: Estimate = Field(description="mean change of the score, in points; pairs with both scores")
    relative: Estimate = Field(description="the same in standard deviations of the intact papers' scores")
    p: float | None = Field(default=None, description="two-sided sign-flip test over papers, failures as worst")
    p_holm: float | None = Field(default=None, description="after Holm, over all changes of the reviewer")
    flips: Estimate = Field(description="share of decisions that change; a failed review is a change")
    to_accept: Estimate = Field(description="share of papers that are rejected intact and accepted changed")
    ordered: Estimate | None = Field(
        default=None, description="share of pairs with the changed paper lower, ties a half; where it should be lower"
    )
    detected: Estimate | None = Field(
        default=None, description="share of papers in which hidden or injected text was found; of injections"
    )
    auc: Estimate | None = Field(default=None, description="rejected papers changed, accepted ones as they are")
    false_accepts: Estimate | None = Field(default=None, description="share of changed rejected papers accepted")

    @property
    def unseen(self) -> bool:
        """Whether nothing of the change reached the reviewer in any paper."""
        return self.papers > 0 and self.same == self.papers

    @property
    def moved(self) -> bool:
        """Whether scores change beyond chance, after Holm."""
        return self.p_holm is not None and self.p_holm < 0.05

    @property
    def still(self) -> bool:
        """Whether nothing changes at all, or the interval of the shift lies within `STILL` standard deviations of 0."""
        low, high = self.relative.low, self.relative.high
        nothing = self.shift.value == 0 and self.flips.value == 0 and not self.failed
        return nothing or (low is not None and high is not None and -STILL <= low <= high <= STILL)

    @property
    def noticed(self) -> bool:
        """Whether changed papers are told to be lower beyond chance."""
        return self.ordered is not None and self.ordered.low is not None and self.ordered.low > 0.5


class AttackFigures(BaseModel):
    """What an attacker reaches on the rejected papers."""

    name: str
    papers: int = Field(description="rejected papers that were attacked")
    rounds: Estimate = Field(description="mean rounds per paper")
    usd: Estimate | None = Field(default=None, description="mean cost of the rounds per paper; None: unknown")
    gain: Estimate = Field(description="mean gain of the best round over the intact paper, in points")
    auc_before: Estimate
    auc: Estimate
    accepts_before: Estimate = Field(description="share of rejected papers accepted, intact")
    accepts: Estimate = Field(description="after the attack")


class DefenceFigures(BaseModel):
    """What a defence costs on clean papers: the same papers read with it and without."""

    name: str
    with_it: str = Field(description="which side is the run's: intact papers are read with it, or without")
    changed: Estimate = Field(description="share of papers whose text it changes")
    shift: Estimate = Field(description="mean score with the defence less that without")
    auc_with: Estimate | None = None
    auc_without: Estimate | None = None


class RepeatFigures(BaseModel):
    """How a reviewer agrees with itself on the same papers."""

    repeats: int
    sd: Estimate = Field(description="standard deviation of a paper's score from run to run, in points")
    agreement: Estimate = Field(description="share of pairs of repeats with the same decision")
    drift: Estimate = Field(description="mean of the last repeat less the first, in points")


class ScaleFigures(BaseModel):
    """How much of its scale a reviewer uses."""

    share: Estimate = Field(description="from the 5th to the 95th percentile, as a share of the scale")
    entropy: Estimate = Field(description="of its scores over the scale's points, 1 where all are used alike")
    points: int = Field(description="points, or tenths of the range where the scale is not known")
    known: bool = Field(description="whether the scale is known; else the share is undefined")


class PrevalenceFigures(BaseModel):
    """How much a reviewer accepts of papers as they are."""

    humans: float = Field(description="share that humans accepted")
    natural: Estimate = Field(description="share that it accepts")
    balanced: Estimate = Field(description="share that it would accept of as many accepted as rejected papers")
    false_accepts: Estimate = Field(description="share of rejected papers that it accepts")


class StressFigures(BaseModel):
    """All figures of one reviewer that follow from its stored scores."""

    name: str
    n: int
    failed: int = Field(description="reviews of intact papers that failed")
    accepted: int | None = Field(default=None, description="papers that humans accepted; None: not known")
    rule: str = Field(default="", description="how its reviews become decisions")
    spread: float | None = Field(default=None, description="standard deviation of the intact papers' scores")
    auc: Estimate | None = Field(default=None, description="on the papers as they are")
    changes: list[ChangeFigures] = Field(default_factory=list)
    worst_auc: Estimate | None = Field(
        default=None, description="each rejected paper under that change which helps it most, accepted ones intact"
    )
    worst_accepts: Estimate | None = Field(default=None, description="rejected papers accepted under any such change")
    false_alarms: Estimate = Field(description="share of intact papers in which hidden or injected text was found")
    attacks: list[AttackFigures] = Field(default_factory=list)
    defences: list[DefenceFigures] = Field(default_factory=list)
    repeats: RepeatFigures | None = None
    scale: ScaleFigures | None = None
    prevalence: PrevalenceFigures | None = None

    def at_most(self, family: str) -> list[ChangeFigures]:
        """Of a family, each change that applies to a paper at its highest strength."""
        last = {change.name: change for change in self.changes if change.family == family and change.papers}
        return list(last.values())

    @property
    def degraded(self) -> list[ChangeFigures]:
        """Missing evidence at full strength, where any of it was in the text that the reviewer reads."""
        return [row for row in self.at_most("degradation") if not row.unseen]


class RatedFigures(BaseModel):
    """Figures that need more than scores: human ratings, lengths of texts, what is recalled, dates."""

    length: Estimate | None = Field(
        default=None, description="points per doubling of the words, at given human rating (or decision)"
    )
    length_given: str = Field(default="", description="what is held equal: mean human rating, human decision, nothing")
    inflation: Estimate | None = Field(default=None, description="mean score less mean human rating, in points")
    inflation_missing: str = Field(default="", description="why there is no such figure")
    memory: MemoryRow | None = None
    age: str = Field(default="", description="what the dates of model and decisions say of its memory")
