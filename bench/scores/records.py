"""The records of a score run: score.json (what was scored) and metrics.json (what came of it).

A score run is a folder: score.json and reviews.jsonl (a review per paper, append-only) are its records; everything else
in it can be derived again from these two.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from ...reviewer.protocol import Traits
from ...reviewer.run_folder import RunRecord
from ...statistics.estimate import Estimate
from ..records import Calibration

MOST_TRIED = 20_000
"""Ideas that a group can have: the bootstrap of what counts all of them holds one number per draw and idea."""

Stage = Literal["reviewed", "review failed", "unread", "unfinished"]
"""How far an idea came: its paper has a score; its review failed or has no score; its file cannot be read; no paper."""


FLOOR = "floor:shuffled"
"""The configuration of papers with their sentences in random order, see `shuffled`."""


class Idea(BaseModel):
    """One idea that was tried, and the paper that came of it where one did."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1, description="TEMPLATE/CONFIGURATION/NAME, unique in the table; reviews go by it")
    template: str = Field(min_length=1)
    configuration: str = Field(min_length=1)
    name: str = Field(min_length=1, description="of the idea; what two configurations make of one idea goes by it")
    title: str = ""
    paper: str | None = Field(default=None, description="the file, as it was given; None: no paper, or reviews only")
    sha256: str = Field(default="", description="of the paper's file; empty where there is none")
    finished: bool = Field(default=True, description="whether there is a paper")
    ended: str = Field(default="", description="where an idea without a paper ended, or why a file cannot be read")
    usd: FiniteFloat | None = Field(default=None, ge=0, description="what making it cost; None: unknown")
    seconds: FiniteFloat | None = Field(default=None, ge=0, description="what making it took; None: unknown")
    numbers_checked: int | None = Field(default=None, ge=0, description="by the provenance audit; None: no audit")
    violations: int | None = Field(default=None, ge=0, description="what does not trace in the paper; None: no audit")
    hidden: int | None = Field(default=None, ge=0, description="pieces of hidden text found; None: not looked for")
    injections: int | None = Field(default=None, ge=0, description="passages that speak to the reviewer; as above")
    running_lines: tuple[str, ...] = Field(
        default=(), description="lines that repeat on most pages, as watermarks do, taken out before a blind review"
    )


class Group(BaseModel):
    """One configuration on one template."""

    model_config = ConfigDict(frozen=True)

    template: str
    configuration: str
    tried: int = Field(ge=1, description="ideas, those that never became papers included")
    tried_from: Literal["given", "run", "papers"] = Field(
        default="papers", description="papers: nothing was said of others, so that none are counted"
    )
    usd: FiniteFloat | None = Field(default=None, ge=0, description="US dollars for all ideas; None: unknown")
    settings: dict[str, str] = Field(default_factory=dict, description="of the scientist, where known")
    template_fingerprint: str = ""
    scientist_fingerprint: str = ""

    @property
    def label(self) -> str:
        """How it is called: TEMPLATE/CONFIGURATION."""
        return f"{self.template}/{self.configuration}"


class ScoreReviewer(BaseModel):
    """The one reviewer of a table."""

    model_config = ConfigDict(frozen=True)

    name: str
    spec: str = Field(default="", description="empty where the reviews were made earlier")
    fingerprint: str
    traits: Traits = Traits()
    unsigned: bool = Field(default=False, description="its reviews do not say who made them")


class ScoreRecord(RunRecord):
    """score.json."""

    reviewer: ScoreReviewer
    text: Literal["scrubbed", "raw", "unknown"] = "scrubbed"
    scrub_rules: str = ""
    calibration: Calibration | None = None
    calibrated_as: str = Field(default="", description="the reviewer it was fitted for, where that is another one")
    groups: list[Group]
    ideas: list[Idea]

    def papers(self) -> list[tuple[str, str]]:
        """What makes two runs be of the same papers: the ideas, and the content of their papers."""
        return sorted((idea.id, idea.sha256 or ("there" if idea.finished else "")) for idea in self.ideas)

    @model_validator(mode="after")
    def _fits_together(self) -> ScoreRecord:
        known = {(group.template, group.configuration) for group in self.groups}
        if len(known) < len(self.groups):
            raise ValueError("a group is there twice")
        if len({idea.id for idea in self.ideas}) < len(self.ideas):
            raise ValueError("an idea is there twice")
        if not all(math.isfinite(end) for end in self.reviewer.traits.scale or ()):
            raise ValueError("the ends of the reviewer's scale are no numbers")
        for idea in self.ideas:
            if (idea.template, idea.configuration) not in known:
                raise ValueError(f"idea {idea.id} belongs to no group")
        for group in self.groups:
            count = sum((i.template, i.configuration) == (group.template, group.configuration) for i in self.ideas)
            if group.tried > MOST_TRIED:
                raise ValueError(f"{group.label}: {group.tried} ideas tried; {MOST_TRIED} is the most")
            if group.tried < count:
                raise ValueError(f"{group.label}: {group.tried} ideas tried, but {count} are there")
        return self


class ScoredIdea(BaseModel):
    """An idea with what the reviewer made of its paper."""

    model_config = ConfigDict(frozen=True)

    idea: Idea
    stage: Stage
    score: FiniteFloat | None = None
    p_accept: FiniteFloat | None = Field(default=None, ge=0, le=1)
    accepted: bool | None = Field(default=None, description="by the rule of the table; None: not reviewed, or no rule")
    reason: str = Field(default="", description="why there is no score")


class GroupFigures(BaseModel):
    """All figures of one configuration on one template."""

    template: str
    configuration: str
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
    violations: int = Field(default=0, description="numbers, figures and citations that trace to nothing")
    with_violations: int = Field(default=0, description="papers with at least one")
    searched: int = Field(default=0, description="papers searched for hidden text")
    with_hidden: int = Field(default=0, description="papers with hidden text, set aside before the review")
    with_injections: int = Field(default=0, description="papers with a passage that speaks to the reviewer")

    @property
    def label(self) -> str:
        """TEMPLATE/CONFIGURATION."""
        return f"{self.template}/{self.configuration}"


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


class ScoreFigures(BaseModel):
    """metrics.json of a score run."""

    reviewer: ScoreReviewer
    scale: tuple[float, float] | None = Field(default=None, description="lowest and highest score; None: not known")
    text: str
    rule: str = Field(description="what decides on acceptance, in words; empty: nothing does")
    threshold: float | None = None
    probability: str = Field(default="", description="where P(accept) comes from, in words; empty: there is none")
    calibrated: bool = False
    seed: int
    groups: list[GroupFigures]
    pairs: list[ScorePair]
    ideas: list[ScoredIdea]
    notes: list[str]

    @property
    def unit(self) -> str:
        """What a score is, on an axis."""
        chance = self.scale == (0, 1) and self.reviewer.traits.scale is None
        return "score: P(accept)" if chance else "score"
