"""What a reviewer is to the rest of the suite."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from datetime import date
from typing import Any, Literal, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, field_serializer

from ..data.errors import InputError
from ..data.records import Paper
from ..llm.messages import Tokens
from .review import Review, as_review

FIXED = ("floor", "learned", "replay")
"""Kinds of reviewers that say the same of a paper whenever they are asked."""


@runtime_checkable
class PlainReviewer(Protocol):
    """The least that a user's object needs to be a reviewer; `adapted` makes a `Reviewer` of it."""

    name: str
    fingerprint: str

    async def review(self, paper: Paper) -> Review:
        """The review of one paper. Raises where it fails; the caller records that as a failed review."""
        ...


class Traits(BaseModel):
    """What the benchmark should know of a reviewer beyond its reviews."""

    model_config = ConfigDict(frozen=True)

    kind: str = "reviewer"
    scale: tuple[float, float] | None = None
    """Lowest and highest score, where scores are on the scale of human ratings (only then is there a mean error)."""
    accept_at: float | None = None
    """The form's own rule: accept from this score on."""
    decision_rule: str = "own decision"
    """Where the reviewer's own decisions come from."""
    text: Literal["", "raw", "scrubbed", "unknown"] = ""
    """On which text stored reviews were written; empty for reviews that are made on the text of the run."""
    model: str = ""
    """The language model that reviews; empty where none does, or where it is not known."""
    released: date | None = None
    """When that model came out; None where it is not known."""
    cutoff: date | None = None
    """Up to when its vendor says that it was trained; None where it is not known."""
    booked: bool = False
    """Whether its calls stand in the run's ledger, so that their cost is known call by call."""
    trained_on: frozenset[str] = frozenset()
    """`paper_key` of papers that this reviewer was fitted on; figures on them would be in-sample."""

    @field_serializer("trained_on", when_used="json")
    def _in_order(self, trained_on: frozenset[str]) -> list[str]:
        """Sorted, so that the same traits are always written, and hashed, alike."""
        return sorted(trained_on)

    @property
    def pays(self) -> Literal["nothing", "per call", "per review"]:
        """What a budget has to hold.

        Rules, weights and stored reviews cost nothing. Language models of ours hold to the budget call by call. What a
        user's own reviewer costs is known from its reviews alone.
        """
        if self.booked or self.kind == "llm":
            return "per call"
        return "nothing" if self.kind in FIXED else "per review"

    @property
    def repeatable(self) -> bool:
        """Whether another review of the same paper could be another one: not by rules, weights, or stored reviews."""
        return self.kind not in FIXED

    @property
    def timed(self) -> bool:
        """Whether a review takes the seconds that pass meanwhile: not where it is stored, or made of kept answers."""
        return self.kind not in ("llm", "replay") and not self.text


class Expectation(BaseModel):
    """Calls, tokens and cost of one review or of several."""

    model_config = ConfigDict(frozen=True)

    reviews: int = 0
    calls: int = Field(default=0, description="at most: without stopping early, and without repairs or retries")
    tokens: Tokens = Tokens()
    usd: float | None = Field(default=0.0, description="None: price unknown")

    def __add__(self, other: Expectation) -> Expectation:
        return Expectation(
            reviews=self.reviews + other.reviews,
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            usd=None if self.usd is None or other.usd is None else self.usd + other.usd,
        )


class Reviewer(ABC):
    """Turns a paper into a review.

    `fingerprint` changes whenever the reviews could: reviews are kept and reused under it.
    """

    name: str
    fingerprint: str
    traits: Traits = Traits()
    reads_ahead: bool = False
    """Whether it is of use to call `make_ready` with papers before their turn."""
    reads_text: bool = True
    """Whether the paper's text matters to its reviews; else the id is enough."""

    @abstractmethod
    async def review(self, paper: Paper) -> Review:
        """The review of one paper. Raises where it fails; the caller records that as a failed review."""

    @property
    def notes(self) -> Sequence[str]:
        """What was assumed on reading stored reviews."""
        return ()

    @property
    def paper_ids(self) -> frozenset[str] | None:
        """The only papers that it can review; None: any."""
        return None

    def match_papers(self, known: Collection[str], dataset: str) -> None:
        """Get ready for a dataset with these papers (all of its splits).

        Raises InputError, which names one of the strangers, where the reviewer is one of other papers.
        """
        theirs = self.paper_ids or frozenset()
        if strangers := theirs - frozenset(known):
            raise InputError(
                f"{self.name}: {len(strangers)} of its {len(theirs)} papers are not in dataset {dataset}, "
                f"e.g. {min(strangers)}; remove those rows or choose the right dataset"
            )

    def expect(self, papers: Iterable[Paper]) -> Expectation | None:  # noqa: ARG002
        """What reviews of the papers will take of a language model of ours; None: it asks none."""
        return None

    def repeated(self, number: int) -> Reviewer:  # noqa: ARG002
        """The reviewer for its repeat of this number (from 1 on), where it makes a difference between them."""
        return self

    def make_ready(self, paper: Paper) -> None:  # noqa: B027
        """Read a paper that is to be reviewed soon."""

    async def aclose(self) -> None:  # noqa: B027
        """Let go of connections and processes; a review after that opens them again."""


class AdaptedReviewer(Reviewer):
    """A plain object as a reviewer; what it has beyond `PlainReviewer` of the attributes of `Reviewer` is used."""

    def __init__(self, given: PlainReviewer) -> None:
        self.given = given
        self.name = given.name
        self.fingerprint = given.fingerprint
        self.traits = getattr(given, "traits", None) or Traits()
        self.reads_ahead = hasattr(given, "make_ready")
        self.reads_text = bool(getattr(given, "reads_text", True))

    async def review(self, paper: Paper) -> Review:
        """The object's review. Raises what it raises, and ValueError where that is no review."""
        return as_review(await self.given.review(paper), paper.id)

    @property
    def notes(self) -> Sequence[str]:
        """The object's notes, where it has any."""
        return tuple(getattr(self.given, "notes", ()))

    @property
    def paper_ids(self) -> frozenset[str] | None:
        """The object's papers, where it names them."""
        known = getattr(self.given, "paper_ids", None)
        return None if known is None else frozenset(known)

    def repeated(self, number: int) -> Self:
        """The object's own repeat, where it has such."""
        if not hasattr(self.given, "repeated"):
            return self
        again = copy(self)
        again.given = self.given.repeated(number)  # type: ignore[attr-defined]
        return again

    def make_ready(self, paper: Paper) -> None:
        """Hand the paper on, where the object reads ahead."""
        if self.reads_ahead:
            self.given.make_ready(paper)  # type: ignore[attr-defined]

    async def aclose(self) -> None:
        """Close the object, where it can be."""
        if hasattr(self.given, "aclose"):
            await self.given.aclose()  # type: ignore[attr-defined]


def adapted(found: PlainReviewer) -> Reviewer:
    """The object as a `Reviewer`; itself where it is one."""
    return found if isinstance(found, Reviewer) else AdaptedReviewer(found)


def check_name(name: str, spec: str) -> None:
    """Keep the names of the rows that every table has for these. Raises InputError for one of them."""
    if name.startswith(("floor:", "learned:", "recall:")):
        raise InputError(f"{spec}: the name {name!r} belongs to a reviewer of ours; choose another")


def paper_key(paper_id: str) -> str:
    """Eight hex digits that stand for a paper in a list of training papers."""
    return hashlib.sha256(paper_id.encode()).hexdigest()[:8]


def fingerprint_of(**parts: Any) -> str:
    """Twelve hex digits over the canonical JSON of what determines a reviewer's output."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]
