"""The records of a score run: score.json (what was scored) and metrics.json (what came of it).

A score run is a folder: score.json and reviews.jsonl (a review per paper, append-only) are its records; everything else
in it can be derived again from these two.
"""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from ...data.records import Decision
from ...reviewer.protocol import Traits
from ...reviewer.run_folder import RunRecord
from ..records import Calibration

MOST_TRIED = 20_000
"""Ideas that a group can have: the bootstrap of what counts all of them holds one number per draw and idea."""

Stage = Literal["reviewed", "review failed", "unread", "unfinished"]
"""How far an idea came: its paper has a score; its review failed or has no score; its file cannot be read; no paper."""


FLOOR = "floor:shuffled"
"""The configuration of papers with their sentences in random order, see `shuffled`."""


class PersonScore(BaseModel):
    """What a person has said of one version of a paper, and what the machine of its run said of the same."""

    model_config = ConfigDict(frozen=True)

    by: str
    sha256: str = Field(description="of the file that was reviewed")
    score: FiniteFloat | None
    scale: tuple[FiniteFloat, FiniteFloat]
    decision: Decision | None
    machine_fingerprint: str = ""
    machine_score: FiniteFloat | None = None
    machine_decision: Decision | None = None


class HumanScore(BaseModel):
    """A score by a human who knows of no run: from a table of human scores."""

    model_config = ConfigDict(frozen=True)

    score: FiniteFloat
    by: str = Field(default="", description="who; empty: the table does not say it")
    scale: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="None: not known")


class TriedIdea(BaseModel):
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
    numbers_traced: int | None = Field(default=None, ge=0, description="of the numbers checked; None: unknown")
    violations: int | None = Field(default=None, ge=0, description="what does not trace in the paper; None: no audit")
    problems: int | None = Field(default=None, ge=0, description="of the paper, as its run names them; None: no run")
    hidden: int | None = Field(default=None, ge=0, description="pieces of hidden text found; None: not looked for")
    injections: int | None = Field(default=None, ge=0, description="passages that speak to the reviewer; as above")
    human_mean: FiniteFloat | None = Field(default=None, description="mean rating by humans; None: unknown")
    human_accepted: bool | None = Field(default=None, description="what humans decided; None: unknown")
    human_scores: tuple[HumanScore, ...] = Field(default=(), description="by humans, from a table of such scores")
    people: tuple[PersonScore, ...] = Field(default=(), description="reviews of its paper by people")
    running_lines: tuple[str, ...] = Field(
        default=(), description="lines that repeat on most pages, as watermarks do, taken out before a blind review"
    )


class Configured(BaseModel):
    """What is of one configuration on one template."""

    model_config = ConfigDict(frozen=True)

    template: str
    configuration: str

    @property
    def label(self) -> str:
        """How it is called: TEMPLATE/CONFIGURATION."""
        return f"{self.template}/{self.configuration}"


class Group(Configured):
    """A configuration on a template, and what is known of all that was tried with it."""

    tried: int = Field(ge=1, description="ideas, those that never became papers included")
    tried_from: Literal["given", "run", "papers"] = Field(
        default="papers", description="papers: nothing was said of others, so that none are counted"
    )
    usd: FiniteFloat | None = Field(default=None, ge=0, description="US dollars for all ideas; None: unknown")
    settings: dict[str, str] = Field(default_factory=dict, description="of the scientist, where known")
    template_fingerprint: str = ""
    scientist_fingerprint: str = ""


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
    ideas: list[TriedIdea]

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
