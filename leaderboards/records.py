"""The records of the leaderboards: datasets, and one file per result.

RESULTS/datasets/NAME-SPLIT.json                a dataset's papers as hashed keys with their decisions; no text
RESULTS/reviewers/NAME-SPLIT/ID.json             a reviewer on a dataset
RESULTS/generators/TEMPLATE/ID.json              a configuration of a scientist on a template
RESULTS/stress/NAME-SPLIT/ID.json                a reviewer on changed papers of a dataset

A result has the scores of all its papers, so that each of its figures can be computed again. Every file has a digest of
itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints

from ..bench.records import ReviewerMetrics
from ..bench.scores.human_metrics import HumanSummary
from ..bench.scores.metrics import GroupMetrics
from ..bench.scores.records import Group, ScoreReviewer, Stage
from ..bench.sealing.records import DAY, Digest, Memory, Moment, Seal, memory_of
from ..bench.stress.columns import StressScores
from ..bench.stress.figures import RatedFigures, StressFigures
from ..bench.stress.flaw_marks import FlawMarks
from ..bench.stress.flaw_naming import FlawNaming
from ..bench.summary import CeilingRow
from ..reviewer.protocol import Traits
from ..statistics.estimate import Estimate

Status = Literal["self-reported", "verified"]
"""verified: the project's own checks made the reviews again and got the same scores."""
DIGEST = re.compile(r"[0-9a-f]{64}")


def plain_name(name: str) -> str:
    """The name, where it is harmless as one. Raises ValueError for control characters and for steps out of a folder."""
    if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in name):
        raise ValueError("has control characters or line breaks in it")
    if name != name.strip() or not name:
        raise ValueError("is empty or begins or ends with a space")
    if name.startswith(("/", "\\", "~")) or ".." in re.split(r"[/\\]", name):
        raise ValueError("looks like a path that leads out of a folder")
    return name


Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(plain_name)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
Line = Annotated[str, StringConstraints(max_length=2000)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


class Strict(BaseModel):
    """A record in which an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BoardPaper(Strict):
    """A paper of a dataset: no id and no text."""

    key: Key = Field(description="`paper_key` of its id")
    accepted: bool
    group: Key | None = Field(default=None, description="`paper_key` of its group, where it belongs to one")


class BoardDataset(Strict):
    """The papers that reviewers are measured on."""

    format: Literal[1] = 1
    id: Id = Field(description="the file's name")
    name: Name
    split: Name
    title: Line = ""
    source: Line = ""
    revision: Line = ""
    licence: Line = "unknown"
    labels: Literal["human", "constructed"]
    text_version: str = "unknown"
    hash: str = Field(pattern=DIGEST.pattern, description="SHA-256 of the dataset's records")
    papers: tuple[BoardPaper, ...] = Field(min_length=2, description="in the dataset's order")
    ceilings: tuple[CeilingRow, ...] = Field(default=(), description="what humans reach; needs the ratings to compute")
    notes: tuple[Line, ...] = ()
    sealed: bool = Field(default=False, description="takes forecasts that were sealed before the decisions, alone")
    digest: str = ""

    @property
    def accepted(self) -> int:
        """How many papers were accepted."""
        return sum(paper.accepted for paper in self.papers)


class Made(Strict):
    """How a result came about."""

    created: str
    peerassay: str
    command: tuple[Line, ...]


class PaperScore(Strict):
    """What a reviewer said of one paper of a dataset."""

    key: Key
    score: FiniteFloat | None = None
    decision: Literal["accept", "reject"] | None = None
    p_accept: FiniteFloat | None = Field(default=None, ge=0, le=1)
    failed: Line = Field(default="", description="why there is no review; empty: there is one")


class SealedForecast(Strict):
    """The seal that a result comes from: enough to compute its commitment from the scores again."""

    seal: Seal
    salt: Digest
    opened: Moment
    decided_on: str = Field(default="", pattern=DAY, description="when the decisions came out; empty: not known")
    published: Line = Field(default="", description="where the commitment was published, as said")
    withdrawn: tuple[PaperScore, ...] = Field(default=(), description="sealed papers that left without a decision")

    @property
    def memory(self) -> Memory:
        """Whether the reviewer can have known the decisions."""
        return memory_of(self.seal.sealed, self.decided_on)


class SampleReview(Strict):
    """A review to be read on the entry's page."""

    paper: Line
    score: FiniteFloat | None = None
    decision: str | None = None
    fields: dict[str, Text] = Field(default_factory=dict, max_length=40)


class ReviewerResult(Strict):
    """A reviewer on the papers of a dataset."""

    format: Literal[1] = 1
    board: Literal["reviewers"] = "reviewers"
    id: Id = Field(description="the file's name, and its page's")
    name: Name
    spec: Line
    fingerprint: Name
    traits: Traits
    dataset: Id
    dataset_hash: str
    text: Literal["scrubbed", "raw", "none"] = Field(description="what reviewers read; none: the dataset has no texts")
    scrub_rules: str = ""
    status: Status = "self-reported"
    made: Made
    papers: tuple[PaperScore, ...]
    usd_per_review: FiniteFloat | None = Field(default=None, ge=0, description="None: unknown")
    seconds_per_review: FiniteFloat | None = Field(default=None, ge=0)
    worth: Estimate | None = Field(
        default=None, description="in human reviewers, see `statistics.human_equivalents`; needs the ratings to compute"
    )
    figures: ReviewerMetrics = Field(description="as `bench` gives them without a calibration")
    seal: SealedForecast | None = Field(default=None, description="of a forecast that was sealed before the decisions")
    samples: tuple[SampleReview, ...] = Field(default=(), max_length=5)
    notes: tuple[Line, ...] = ()
    digest: str = ""


class IdeaScore(Strict):
    """What became of one idea."""

    name: Name
    stage: Stage
    score: FiniteFloat | None = None
    p_accept: FiniteFloat | None = Field(default=None, ge=0, le=1)
    accepted: bool | None = None
    reason: Line = ""
    usd: FiniteFloat | None = Field(default=None, ge=0)
    seconds: FiniteFloat | None = Field(default=None, ge=0)
    numbers_checked: int | None = Field(default=None, ge=0)
    numbers_traced: int | None = Field(default=None, ge=0)
    violations: int | None = Field(default=None, ge=0)
    problems: int | None = Field(default=None, ge=0)
    hidden: int | None = Field(default=None, ge=0)
    injections: int | None = Field(default=None, ge=0)
    paper_sha256: str = Field(default="", pattern=rf"^({DIGEST.pattern})?$")
    human_mean: FiniteFloat | None = Field(default=None, description="mean of its scores by humans; None: unknown")
    human_reviews: int | None = Field(default=None, ge=1, le=1000, description="how many these are; None: unknown")


class HumanBlock(Strict):
    """The humans beside the judge of a result; what they say of each paper stands with its idea."""

    source: Line = Field(description="where their scores come from, in words")
    scale: tuple[FiniteFloat, FiniteFloat] | None = Field(default=None, description="of their scores; None: not known")
    figures: HumanSummary


class GeneratorResult(Strict):
    """A configuration of a scientist on a template, in the eyes of one reviewer."""

    format: Literal[1] = 1
    board: Literal["generators"] = "generators"
    id: Id
    name: Name = Field(description="the configuration")
    template: Name
    group: Group
    reviewer: ScoreReviewer
    text: Literal["scrubbed", "raw", "unknown"]
    rule: Line = Field(default="", description="what decides on acceptance, in words")
    threshold: FiniteFloat | None = None
    probability: Line = ""
    calibrated: bool = False
    status: Status = "self-reported"
    made: Made
    ideas: tuple[IdeaScore, ...]
    figures: GroupMetrics
    humans: HumanBlock | None = Field(default=None, description="None: no human score of a paper is known")
    samples: tuple[SampleReview, ...] = Field(default=(), max_length=5)
    notes: tuple[Line, ...] = ()
    digest: str = ""


class StressResult(Strict):
    """A reviewer on changed papers of a dataset; it stands beside its row of the same text."""

    format: Literal[1] = 1
    board: Literal["stress"] = "stress"
    id: Id
    name: Name
    spec: Line
    fingerprint: Name
    dataset: Id
    dataset_hash: str
    text: Literal["scrubbed", "raw"]
    scrub_rules: str = ""
    status: Literal["self-reported"] = "self-reported"
    made: Made
    seed: int = 0
    scores: StressScores = Field(description="of some papers of the dataset, or of all")
    figures: StressFigures
    rated: RatedFigures = Field(description="as claimed: they need ratings, texts and what is recalled to compute")
    flaws: FlawMarks | None = Field(default=None, description="what rules say of its reviews; None: no planted flaws")
    naming: FlawNaming | None = Field(default=None, description="whether its reviews name the flaws, from `flaws`")
    notes: tuple[Line, ...] = ()
    digest: str = ""


Result = ReviewerResult | GeneratorResult | StressResult


def digest_of(record: Result | BoardDataset) -> str:
    """SHA-256 over the record's canonical JSON without `digest` and `status`."""
    return digest_of_body(record.model_dump(mode="json"))


def digest_of_body(body: Mapping[str, Any]) -> str:
    """The same over what stands in a file, whatever fields later versions may add."""
    signed = {name: value for name, value in body.items() if name not in ("digest", "status")}
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
