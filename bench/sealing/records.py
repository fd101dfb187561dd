"""The records of a sealed forecast: what is published at once, what is kept until it is opened, and what came of it.

The commitment is SHA-256 over the canonical JSON of the public seal. That holds, for each reviewer, SHA-256 over its
scores with a random salt of 256 bits: nobody can tell the scores from it, nor find others that fit.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, StringConstraints

from ...data.records import Decision
from ...reviewer.protocol import Traits
from ...reviewer.review import Review

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Moment = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
"""A time in UTC, to the second; such words are in order of time."""
DAY = r"^(\d{4}(-\d{2}(-\d{2})?)?)?$"
Memory = Literal["impossible", "possible", "unchecked"]
MEMORY_WORDS: dict[Memory, str] = {
    "impossible": "no memory of the decisions, if the seal is as old as it says",
    "possible": "memory of the decisions is possible",
    "unchecked": "whether the seal is older than the decisions is unchecked",
}


class Strict(BaseModel):
    """A record in which an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SealedPaper(Strict):
    """A paper of a seal, without its id and text."""

    id: Digest = Field(description="SHA-256 of its id; `paper_key` is its beginning")
    text: Digest = Field(description="SHA-256 of the text as it was imported")


class SealedReviewer(Strict):
    """Who forecast, and the digest that binds its scores."""

    name: str
    fingerprint: str
    traits: Traits = Field(description="its model and when that came out among them; without `trained_on`")
    form: str = Field(default="", description="the review form of a language model")
    prompts: str = Field(default="", description="the fingerprint of its prompts")
    automatic: bool = False
    scores: Digest = Field(description="see `scores_digest`")


class Seal(Strict):
    """The public seal. `commitment` is over all the rest."""

    format: Literal[1] = 1
    sealed: Moment
    begun: Moment = Field(description="when the run of reviews began")
    peerassay: str
    dataset: str
    title: str = ""
    source: str = ""
    text_version: str
    dataset_hash: Digest
    text: Literal["scrubbed", "raw"]
    scrub_rules: str = ""
    papers: tuple[SealedPaper, ...] = Field(min_length=1)
    reviewers: tuple[SealedReviewer, ...] = Field(min_length=1)
    commitment: str = ""

    @property
    def line(self) -> str:
        """The commitment as a line to publish."""
        return f"peerassay-seal-1 {self.sealed} sha256:{self.commitment}"

    def computed(self) -> str:
        """What the commitment has to be."""
        return sha256_of(self.model_dump(mode="json", exclude={"commitment"}))


class SealedScore(Strict):
    """What is bound of a review."""

    paper: Digest
    score: FiniteFloat | None = None
    decision: Decision | None = None
    p_accept: FiniteFloat | None = None
    failed: bool = False

    @classmethod
    def of(cls, review: Review) -> SealedScore:
        """Of a review; its words are not bound."""
        return cls(
            paper=id_digest(review.paper_id),
            score=review.overall,
            decision=review.decision,
            p_accept=review.p_accept,
            failed=review.status == "failed",
        )


class KeptReviewer(Strict):
    """What is kept of a reviewer until the seal is opened."""

    name: str
    spec: str
    salt: Digest
    traits: Traits
    reviews: tuple[Review, ...] = Field(description="in the order of the seal's papers, without their words")


class KeptPaper(Strict):
    """A paper under its own id."""

    id: str
    title: str = ""


class KeptSeal(Strict):
    """The private file: without it nothing can be opened, and whoever has it knows the scores."""

    format: Literal[1] = 1
    commitment: Digest
    papers: tuple[KeptPaper, ...]
    reviewers: tuple[KeptReviewer, ...]


class OpenedSeal(Strict):
    """What a run says of the seal that it came from."""

    seal: Seal
    opened: Moment
    decided_on: str = Field(default="", pattern=DAY, description="when the decisions came out, as their dataset says")
    decided: int
    withdrawn: dict[str, str] = Field(default_factory=dict, description="papers without a decision since, and why")
    retitled: list[str] = Field(default_factory=list, description="papers of another title in the decided dataset")
    published: str = Field(default="", description="where the commitment was published, as said; not checked")
    salts: dict[str, Digest] = Field(description="by reviewer")

    @property
    def memory(self) -> Memory:
        """Whether the reviewers can have known the decisions."""
        return memory_of(self.seal.sealed, self.decided_on)

    @property
    def in_words(self) -> str:
        """In one line."""
        n = len(self.seal.papers)
        gone = f", {len(self.withdrawn)} withdrawn since" if self.withdrawn else ""
        return (
            f"sealed on {shown(self.seal.sealed)}, opened on {shown(self.opened)}: {n} papers, {self.decided} "
            f"decided{gone}; {MEMORY_WORDS[self.memory]}"
        )


def memory_of(sealed: str, decided_on: str) -> Memory:
    """Whether a forecast of that moment can rest on decisions of that day, month or year (empty: not known)."""
    if not decided_on:
        return "unchecked"
    return "impossible" if sealed[: len(decided_on)] < decided_on else "possible"


def scores_digest(name: str, fingerprint: str, salt: str, scores: Iterable[SealedScore]) -> str:
    """SHA-256 over the canonical JSON of a reviewer's name, fingerprint, salt and scores, in the seal's order."""
    listed = [score.model_dump(mode="json") for score in scores]
    return sha256_of({"name": name, "fingerprint": fingerprint, "salt": salt, "scores": listed})


def sha256_of(value: Any) -> str:
    """SHA-256 (hex) of the value as JSON with sorted keys, ASCII only, without spaces."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def id_digest(paper_id: str) -> str:
    """SHA-256 (hex) of a paper's id."""
    return hashlib.sha256(paper_id.encode()).hexdigest()


def text_digest(text: str) -> str:
    """SHA-256 (hex) of a paper's text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def new_salt() -> str:
    """256 random bits in hex."""
    return secrets.token_hex(32)


def bare(traits: Traits) -> Traits:
    """The traits without the papers that the reviewer was fitted on."""
    return traits.model_copy(update={"trained_on": frozenset()})


def moment(time: datetime) -> str:
    """The time as a seal writes it. Raises ValueError for a time without a zone."""
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def shown(when: str) -> str:
    """A moment for people."""
    return when.replace("T", " ").replace("Z", " UTC")
