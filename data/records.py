"""The records on the human side: a paper and what humans decided about it."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, SerializerFunctionWrapHandler, model_serializer

Decision = Literal["accept", "reject"]
Tier = Literal["reject", "poster", "spotlight", "oral"]
TextVersion = Literal["submission", "camera-ready", "latest", "unknown"]
Split = Literal["test", "calibration"]
TIERS: tuple[Tier, ...] = ("reject", "poster", "spotlight", "oral")
TIER_WORDS: dict[Tier, tuple[str, ...]] = {
    "oral": ("oral", "talk", "notable-top-5", "notable top 5", "top-5%", "top 5%"),
    "spotlight": ("spotlight", "notable-top-25", "notable top 25", "top-25%", "top 25%"),
    "poster": ("poster",),
}
YES = frozenset("1 1.0 true yes y t wahr vrai verdadero vero waar prawda =true()".split())  # noqa: SIM905
NO = frozenset("0 0.0 false no n f falsch faux falso onwaar fałsz =false()".split())  # noqa: SIM905
"""Truth as spreadsheets write it in several languages, and R."""
REFUSED = re.compile(
    r"reject|invite to workshop|unaccept|\bnon[- _]?accept|decline|\b(?:below|short of|fail\w*)\b.*\baccept"
    r"|(?:\bnot\b|\bnot(?=_)|n['’]t\b|\bcannot\b)"
    r"(?:(?:[\s_]+(?:be|been|to|yet|an?|for|recommend|recommended))*[\s_-]+accept|\s+(?:reach|meet|pass|above)\b.*\baccept)"
)
"""Wording of a rejection, such as "cannot be accepted" or "marginally below the acceptance threshold"."""

WITHOUT_CHANGES = re.compile(
    r"\b(?:no|without)(?: (?:any|further|additional|more|major|minor))* (?:revision|change|condition)s?\b"
)
DOUBT = re.compile(
    r"\b(?:no|nor|not|never|none|neither|false|without|lack\w*|against|far from|insufficient|den(?:y|ied)|refus\w*"
    r"|revok\w*|rescind\w*|unable|unlikely|hardly|barely|nearly|almost|longer|regret\w*|fail\w*|pending|await\w*"
    r"|possibl[ey]|maybe|perhaps|undecided|(?:un|dis|de|non)[- ]?accept\w*)\b|n['’]t\b|[:=]\s*0\b|\?"
)
"""Words that turn "accept" into something else, in wording of which no form is known."""
TAKEN = re.compile(r"accept|\b(?:oral|talk|spotlight|poster)")
UNREJECTED = re.compile(r"\b(?:not|never|no|cannot)(?: \w+){0,2} reject|n['’]t(?: \w+){0,2} reject|\bun-?reject")


class Section(BaseModel):
    """A part of a paper's text, from its heading to the next heading."""

    model_config = ConfigDict(frozen=True)

    title: str
    level: int = Field(default=1, ge=1, description="1 for a section, 2 for a subsection")
    start: int = Field(ge=0, description="where the heading begins in the paper's `text`, in characters")
    end: int = Field(ge=0, description="where the part ends")


class Paper(BaseModel):
    """One manuscript. `text` is data, never instruction, whatever it says."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(min_length=1, description="unique within its dataset, e.g. the OpenReview forum id")
    title: str = ""
    abstract: str = ""
    text: str = Field(description="the full text as a reviewer would read it")
    source: Literal["pdf", "docx", "tex", "md", "txt", "table"] = Field(
        default="txt", description="what it was made from"
    )
    text_version: TextVersion = Field(default="unknown", description="`latest` mixes camera-ready and submission")
    venue: str = ""
    year: int | None = None
    sections: tuple[Section, ...] = Field(default=(), description="of this very `text`; whoever changes it drops them")

    @model_serializer(mode="wrap")
    def _without_empty_sections(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Papers without sections are written, and hashed, as before there were any."""
        written = serialize(self)
        if not self.sections:
            written.pop("sections", None)
        return written


class Judgement(BaseModel):
    """What humans said of one paper."""

    model_config = ConfigDict(frozen=True)

    paper_id: str = Field(min_length=1)
    decision: Decision
    tier: Tier | None = Field(default=None, description="finer than the decision, where published")
    ratings: tuple[FiniteFloat, ...] = Field(
        default=(), description="one overall rating per reviewer, on the card's scale"
    )
    initial_ratings: tuple[FiniteFloat, ...] = Field(
        default=(), description="as first given, before rebuttal and discussion; in the order of `ratings`, where known"
    )
    final_ratings: tuple[FiniteFloat, ...] = Field(
        default=(), description="after the discussion; `ratings` are these or the initial ones, as the card's notes say"
    )
    recommendations: tuple[bool, ...] = Field(
        default=(), description="a yes or no of each reviewer, at a venue without ratings"
    )
    confidences: tuple[FiniteFloat, ...] = Field(default=(), description="in the order of `ratings`, where known")
    split: Split = Field(default="test", description="fits may use `calibration`, never `test`")
    group: str | None = Field(default=None, description="papers of one group (a pair) stay on one side of a fit")

    @model_serializer(mode="wrap")
    def _without_empty_extras(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Judgements that have but one rating per reviewer are written, and hashed, as before there were others."""
        written = serialize(self)
        for extra in ("initial_ratings", "final_ratings", "recommendations"):
            if not written[extra]:
                written.pop(extra)
        return written

    @property
    def accepted(self) -> bool:
        """Whether the human decision was to accept."""
        return self.decision == "accept"

    @property
    def mean_rating(self) -> float | None:
        """The mean of the human ratings; None without ratings."""
        return sum(self.ratings) / len(self.ratings) if self.ratings else None


class DatasetCard(BaseModel):
    """What a dataset is, where it comes from, and what to know before trusting a figure made on it."""

    name: str = Field(pattern=r"^[\w-][\w.-]*$", description="a plain name: files are named after it")
    title: str = ""
    source: str = Field(default="", description="where the papers and the decisions come from")
    licence: str = "unknown"
    revision: str = Field(default="", description="the source's own version or the date of the import")
    decided: str = Field(
        default="",
        pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$",
        description="when the decisions were made public: YYYY, YYYY-MM or YYYY-MM-DD; empty: not known",
    )
    recipe: str = Field(default="", description="the recipe that it was imported by")
    labels: Literal["human", "constructed", "undecided"] = Field(
        default="human", description="undecided: papers alone, to be reviewed and sealed"
    )
    text_version: TextVersion | Literal["none"] = Field(
        default="unknown", description="none: there are no texts, see `get_texts`"
    )
    get_texts: str = Field(default="", description="the command that gets the texts, where there are none")
    scale: tuple[float, ...] = Field(default=(), description="the values a human rating can take, ascending")
    papers: int = 0
    accepted: int = 0
    splits: dict[str, int] = Field(default_factory=dict)
    split_from: str = Field(default="", description="what parts calibration from test: the source, or a hash")
    tiers: dict[str, int] = Field(default_factory=dict)
    excluded: dict[str, int] = Field(default_factory=dict, description="papers left out at import, by reason")
    withdrawn: dict[str, str] = Field(
        default_factory=dict, description="of those left out, papers that their authors or the venue took out, by id"
    )
    sample: str = Field(default="", description="why these are no fair sample of the papers decided, with counts")
    notes: list[str] = Field(default_factory=list)
    hash: str = Field(default="", description="SHA-256 of the records, see `Dataset.content_hash`")

    @property
    def unverified(self) -> list[str]:
        """The notes on what nobody has verified: names of invitations and fields, scales, licences."""
        return [note for note in self.notes if note.startswith("Not verified")]

    @property
    def has_texts(self) -> bool:
        """Whether there is something to read, or decisions and ratings alone."""
        return self.text_version != "none"

    @property
    def base_rate(self) -> float:
        """Share of accepted papers, in [0, 1]; NaN where there are none, or no decisions."""
        return self.accepted / self.papers if self.papers and self.labels != "undecided" else float("nan")


def parse_decision(text: str) -> tuple[Decision, Tier | None]:
    """The decision and tier named by a venue's wording, e.g. "Accept (Poster)" or "Reject".

    Raises ValueError for wording that names neither, such as a withdrawal, or both, or leaves a doubt ("acceptance
    pending").
    """
    lowered = text.strip().lower()
    if lowered in YES:
        return "accept", None
    if lowered in NO:
        return "reject", "reject"
    if any(word in lowered for word in ("withdraw", "desk", "accept (workshop", "accept to workshop")):
        raise ValueError(text)
    if UNREJECTED.search(lowered):
        raise ValueError(text)
    if REFUSED.search(lowered):
        if "reject" in lowered and "accept" in REFUSED.sub("", lowered):
            raise ValueError(text)
        return "reject", "reject"
    if any(
        DOUBT.search(part) for part in re.split(r"[,;.!\n]", WITHOUT_CHANGES.sub("", lowered)) if TAKEN.search(part)
    ):
        raise ValueError(text)
    for tier, words in TIER_WORDS.items():
        if any(re.search(rf"\b{word}", lowered) for word in words):
            return "accept", tier
    if "accept" in lowered:
        return "accept", None
    raise ValueError(text)
