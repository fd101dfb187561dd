"""What a score run says of the humans who scored its papers: the agreement of judge and humans, and what follows."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ...statistics.estimate import Estimate
from .records import Configured

MARK = "not shown to follow humans"


class HumanGate(BaseModel):
    """Whether the order that the judge makes may be read as what humans would say."""

    model_config = ConfigDict(frozen=True)

    follows: bool = Field(description="the interval of Pearson's r with the humans' mean scores lies above 0")
    why: str = Field(description="in words")

    @property
    def mark(self) -> str:
        """What stands beside each rank; empty: nothing."""
        return "" if self.follows else MARK

    @property
    def sentence(self) -> str:
        """The whole of it in words."""
        return f"Shown to follow humans ({self.why})." if self.follows else f"{MARK.capitalize()}: {self.why}."


class Agreement(BaseModel):
    """A judge and humans on the same papers. A paper counts once, with the mean of its human scores."""

    model_config = ConfigDict(frozen=True)

    papers: int = Field(description="with scores by both")
    reviews: int = Field(description="human scores of these papers")
    pearson: Estimate = Field(description="of the judge's score and the mean human score")
    spearman: Estimate
    two_humans: Estimate = Field(description="Pearson's r of the first two human scores of each paper with two")
    difference: Estimate | None = Field(default=None, description="judge less humans; None: not known to be one scale")
    gate: HumanGate


class HumanMeans(BaseModel):
    """Means of the papers of one configuration on a template."""

    model_config = ConfigDict(frozen=True)

    labelled: int = Field(description="papers with scores by humans and judge")
    further: int = Field(description="papers with a score by the judge alone")
    human: Estimate = Field(description="mean of the papers' human scores, Student's interval")
    judge: Estimate = Field(description="the judge's mean on the same papers")
    powered: Estimate | None = Field(description="prediction-powered mean; None: no further papers, or one label")
    weight: FiniteFloat | None = Field(description="that the judge's scores have in it")


class HumanGroup(Configured, HumanMeans):
    """A configuration on a template, by humans."""

    reviews: int


class HumanSummary(HumanMeans):
    """A configuration on a template, as far as it follows from the mean human score of each paper."""

    reviews: int | None = Field(description="human scores of these papers; None: not known of each")
    pearson: Estimate = Field(description="of the judge's score and the mean human score, over these papers alone")
    follows: bool = Field(description="what the gate says of these papers alone")


class HumanPair(BaseModel):
    """Two configurations on one template, on the papers that both humans and judge have scored: `a` less `b`."""

    model_config = ConfigDict(frozen=True)

    template: str
    a: str
    b: str
    human: Estimate = Field(description="difference of means, Welch's interval; n counts the papers of both")
    judge: Estimate
    gap: Estimate | None = Field(description="human less judge difference; None: not known to be one scale")
    reversed: bool = Field(description="the two differences have different signs")


class ReviewPlan(BaseModel):
    """What so many human reviews would buy."""

    model_config = ConfigDict(frozen=True)

    reviews: int = Field(description="of one generator, each of another paper")
    alone: float = Field(description="expected half-width of the 95% interval of the mean human score")
    with_judge: float = Field(description="the same with the judge's scores of ten times as many further papers")


class HumanFigures(BaseModel):
    """All figures of a score run about human scores."""

    agreement: Agreement
    without: int = Field(description="papers that the judge has scored, without a human score")
    source: str = Field(description="where the human scores come from, in words")
    scale: tuple[float, float] | None
    groups: list[HumanGroup]
    pairs: list[HumanPair]
    plan: list[ReviewPlan]
    correlation: FiniteFloat | None = Field(
        default=None, description="of judge and single human reviews within generators, shrunk for n; what plan goes by"
    )
