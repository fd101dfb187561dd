"""metrics.json of a score run: groups, pairs, ideas."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ...data.records import Decision
from ...statistics.estimate import Estimate
from .human_metrics import HumanFigures, HumanGate
from .records import Configured, ScoreReviewer, Stage, TriedIdea


class ScoredIdea(BaseModel):
    """An idea with what the reviewer made of its paper."""

    model_config = ConfigDict(frozen=True)

    idea: TriedIdea
    stage: Stage
    score: FiniteFloat | None = None
    p_accept: FiniteFloat | None = Field(default=None, ge=0, le=1)
    accepted: bool | None = Field(default=None, description="by the rule of the table; None: not reviewed, or no rule")
    reason: str = Field(default="", description="why there is no score")


class GroupMetrics(Configured):
    """All metrics of one configuration on one template."""

    tried: int
    tried_from: str
    finished: int
    reviewed: int = Field(description="papers with a score; n of mean, median, sd and max")
    mean: Estimate
    median: Estimate
    sd: float | None = Field(default=None, description="sample standard deviation, n - 1; None below two papers")
    highest: float | None = None
    mean_tried: Estimate | None = Field(
        default=None, description="over all ideas tried, one without a score at the scale's lowest; None: no scale"
    )
    accepted: int | None = Field(default=None, description="papers that the table's rule accepts; None: no rule")
    accepted_share: Estimate | None = Field(default=None, description="of the ideas tried")
    p_accept: Estimate | None = Field(default=None, description="mean P(accept) over the papers reviewed")
    p_tried: Estimate | None = Field(default=None, description="P(accept) per idea tried, 0 for one without a score")
    usd: float | None = Field(default=None, description="for all ideas tried; None: unknown")
    usd_per_paper: float | None = Field(default=None, description="that, per finished paper")
    seconds_per_paper: float | None = Field(default=None, description="of all ideas together, per finished paper")
    audited: int = Field(default=0, description="papers with a provenance audit")
    numbers_checked: int = 0
    numbers_traced: int | None = Field(default=None, description="of those; None: unknown of an audited paper")
    violations: int = Field(default=0, description="numbers, figures and citations that trace to nothing")
    with_violations: int = Field(default=0, description="papers with at least one")
    examined: int = Field(default=0, description="papers whose run tells what is wrong with them")
    with_problems: int = Field(default=0, description="of those, papers with at least one problem")
    searched: int = Field(default=0, description="papers searched for hidden text")
    with_hidden: int = Field(default=0, description="papers with hidden text, set aside before the review")
    with_injections: int = Field(default=0, description="papers with a passage that speaks to the reviewer")


class ScorePair(BaseModel):
    """Two configurations on one template, or on all that both have; the difference is that of `a` less `b`."""

    template: str = Field(description='"all templates" for the comparison within each template, added up')
    a: str
    b: str
    n_a: int
    n_b: int
    difference: float | None = Field(description="of the means of reviewed papers, with Welch's 95% interval")
    low: float | None
    high: float | None
    p_value: float | None
    p_holm: float | None = Field(description="corrected for all tests of the template, those of ideas tried included")
    resolved: bool = Field(description="whether the corrected p-value is below .05")
    tried_a: int | None = Field(default=None, description="ideas tried; None: not known, or the scale is not")
    tried_b: int | None = None
    tried_difference: float | None = Field(
        default=None, description="of the means over all ideas tried, one without a score at the scale's lowest"
    )
    tried_low: float | None = None
    tried_high: float | None = None
    tried_p_value: float | None = None
    tried_p_holm: float | None = None
    tried_resolved: bool = False
    formats: str = Field(default="", description='of the papers of `a` and `b` where they differ: "pdf against tex"')


class PersonBeside(BaseModel):
    """A review by a person beside the table's reviewer, of the same version of a paper."""

    idea: str = Field(description="the idea's id")
    by: str
    score: FiniteFloat | None
    scale: tuple[float, float]
    decision: Decision | None
    reviewer_score: FiniteFloat | None = Field(description="None: it has not reviewed that version")
    reviewer_decision: Decision | None
    difference: FiniteFloat | None = Field(description="person less reviewer; None where the scales are not one")

    @property
    def agrees(self) -> bool | None:
        """Whether both decide the same; None where one decides nothing."""
        if self.decision is None or self.reviewer_decision is None:
            return None
        return self.decision == self.reviewer_decision


class PeopleFigures(BaseModel):
    """How people and the table's reviewer agree; each paper counts once."""

    rows: list[PersonBeside]
    same_decision: Estimate | None = Field(description="share of papers on which they decide the same")
    difference: Estimate | None = Field(description="mean of the differences of scores")
    rank_correlation: Estimate | None = Field(description="Spearman's, of the scores")


class ScoreMetrics(BaseModel):
    """metrics.json of a score run."""

    reviewer: ScoreReviewer
    scale: tuple[float, float] | None = Field(default=None, description="lowest and highest score; None: not known")
    text: str
    rule: str = Field(description="what decides on acceptance, in words; empty: nothing does")
    threshold: float | None = None
    probability: str = Field(default="", description="where P(accept) comes from, in words; empty: there is none")
    calibrated: bool = False
    seed: int
    groups: list[GroupMetrics]
    pairs: list[ScorePair]
    ideas: list[ScoredIdea]
    gate: HumanGate = Field(description="whether its order is shown to follow humans")
    humans: HumanFigures | None = Field(default=None, description="None: no human score of a paper is known")
    people: PeopleFigures | None = Field(default=None, description="None: no person has reviewed a paper")
    notes: list[str]

    @property
    def unit(self) -> str:
        """What a score is, on an axis."""
        chance = self.scale == (0, 1) and self.reviewer.traits.scale is None
        return "score: P(accept)" if chance else "score"
