"""How venues name their things on OpenReview, and invented papers for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Shape:
    """How a venue names its things; `stated` is what its group says of them (API 2), beside the usual."""

    id: str
    api: int = 2
    listing: str = "Submission"
    paper: str = "Submission"
    review: str = "Official_Review"
    rating: str = "rating"
    confidence: str = "confidence"
    decision: str = "Decision"
    verdict: str = "decision"
    stated: dict[str, str] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)
    numbers: str = "{id}/{paper}{number}/-/{name}"


def iclr(year: int) -> Shape:
    """The shape of a year of ICLR."""
    if year >= 2024:
        return Shape(f"ICLR.cc/{year}/Conference")
    if year == 2017:
        names = {"review": "official/review", "decision": "acceptance", "listing": "submission", "paper": "paper"}
        return Shape("ICLR.cc/2017/conference", api=1, numbers="{id}/-/{paper}{number}/{name}", **names)
    return Shape(
        f"ICLR.cc/{year}/Conference",
        api=1,
        listing="Blind_Submission",
        paper="Paper",
        rating="recommendation" if year >= 2022 else "rating",
        decision={2018: "Acceptance_Decision", 2019: "Meta_Review"}.get(year, "Decision"),
        verdict="recommendation" if year == 2019 else "decision",
        numbers="{id}/-/{paper}{number}/{name}" if year < 2020 else Shape.numbers,
    )


@dataclass
class Revision:
    """One version of a PDF."""

    id: str
    created: int
    text: str
    hidden: bool = False


@dataclass
class FakePaper:
    """A submission with its replies; `ratings` are raw, as a reviewer's form would give them."""

    id: str
    number: int
    ratings: list[Any] = field(default_factory=list)
    confidences: list[Any] = field(default_factory=list)
    verdict: str | None = None
    venue: str = ""
    venueid: str = ""
    withdrawn: bool = False
    revisions: list[Revision] = field(default_factory=list)
    pdf: bytes | None = None
    reply_forum: str | None = None
    reply_number: int | None = None
    title: str = ""
    first_ratings: list[Any] = field(default_factory=list)
    """As given at first, one per review; without, OpenReview shows no versions of the reviews."""
    made: int = 1
