"""What is known of venues and their review forms, as data with sources: names on OpenReview, and rating scales."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .errors import InputError, unknown
from .files import read_text, validated

BUNDLED = Path(__file__).with_name("venues.toml")
Shown = Literal["all", "opt-in", "accepted"]
Status = Literal["accepted", "rejected", "withdrawn", "desk rejected", "retracted", "active"]


class ReviewForm(BaseModel):
    """What is known of a venue in a span of years. Names are those of invitations and content fields on OpenReview."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years: tuple[int, int] = Field(description="first and last year")
    api: Literal[1, 2] = 2
    group: str = Field(default="", description="of these years, where it is not the venue's")
    submissions: str = Field(default="", description="empty: Submission in API 2, Blind_Submission in API 1")
    closed: bool = Field(default=False, description="withdrawn and desk-rejected papers have lists of their own")
    paper: str = Field(default="", description="what stands before a paper's number in its invitations")
    review: str = "Official_Review"
    rating: str = Field(default="rating", description="empty: reviewers give no overall rating")
    confidence: str = "confidence"
    recommendation: str = Field(default="", description="a yes or no of each reviewer, where there is no rating")
    decision: str = "Decision"
    verdict: str = Field(default="decision", description="the decision note's field")
    words: dict[str, float] = Field(default={}, description="values of ratings that are words, in lower case")
    scale: tuple[float, ...] = Field(default=(), description="the values a rating can take, ascending; empty: unknown")
    statuses: dict[str, Status] = Field(default={}, description="by the end of a `venueid`, where no group states them")
    shown: Shown = Field(default="all", description="whose papers and reviews can be seen")
    refused: str = Field(default="", description="why there is nothing to pull")
    note: str = ""
    verified: bool = Field(default=True, description="false: marked in output and card")
    sources: tuple[str, ...] = Field(min_length=1)

    @property
    def values(self) -> tuple[float, ...]:
        """The values a rating can take, ascending; empty where unknown, or where there are no ratings."""
        return self.scale or tuple(sorted(set(self.words.values())))


class KnownVenue(BaseModel):
    """A conference or journal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    group: str = Field(description="its id on OpenReview, with {year}")
    aliases: tuple[str, ...] = ()
    rolling: bool = Field(default=False, description="a journal: papers come and are decided all the year")
    forms: tuple[ReviewForm, ...]

    def form(self, year: int) -> ReviewForm:
        """The form of that year. A year after those known has the last one's names, and no scale.

        Raises InputError for a year before those known.
        """
        for form in self.forms:
            if form.years[0] <= year <= form.years[1]:
                return form
        last = self.forms[-1]
        if year < last.years[1]:
            first = self.forms[0].years[0]
            raise InputError(
                f"{self.title} {year}: OpenReview holds no ratings and decisions that can be compared; "
                f"choose {first} or a later year (known: {first} to {last.years[1]})"
            )
        later = {"years": (year, year), "scale": last.scale if self.rolling else (), "verified": False, "refused": ""}
        return last.model_copy(update=later)


@cache
def known_venues() -> dict[str, KnownVenue]:
    """The venues that are known, by short name."""
    entries = tomllib.loads(read_text(BUNDLED))
    return {name: validated(KnownVenue, entry, f"{BUNDLED}: {name}") for name, entry in entries.items()}


def find_venue(name: str) -> str:
    """The short name of a venue by any of its names: "NeurIPS", "nips", "NeurIPS.cc/2023/Conference".

    Raises InputError for an unknown one, with near matches.
    """
    wanted = name.strip().lower()
    for short, venue in known_venues().items():
        root = venue.group.partition("/{year}")[0].lower()
        if wanted in (short, venue.title.lower(), *venue.aliases) or wanted.startswith(f"{root}/"):
            return short
    raise unknown("venue", name, known_venues())


def split_name(name: str) -> tuple[str, int | None] | None:
    """Venue and year of a name such as `neurips2023` or (of a journal) `tmlr`; None where it has another form."""
    found = re.fullmatch(r"([a-z]+)[-_]?(\d{4})?", name.lower())
    return (found[1], int(found[2]) if found[2] else None) if found else None


def is_pullable(name: str) -> bool:
    """Whether a dataset of this name can be had by `data pull NAME`: `iclr2024`, `tmlr`; not `icml2023`."""
    parts = split_name(name)
    known = known_venues().get(parts[0]) if parts else None
    if parts is None or known is None or parts[1] is None:
        return known is not None and known.rolling
    first, last = known.forms[0].years[0], known.forms[-1].years[1]
    return first <= parts[1] <= last and not known.form(parts[1]).refused


def rating_scale(venue: str, year: int) -> tuple[float, ...]:
    """The values that an overall rating could take at a venue in a year, ascending.

    `venue` is any of its names, as for `find_venue`. Empty where the venue's reviewers give no overall rating, or where
    its scale of that year is not known. `ReviewForm.verified` of `known_venues` says how sure it is.

    Raises InputError for an unknown venue, with near matches, and for a year without ratings.
    """
    return known_venues()[find_venue(venue)].form(year).values


def group_names() -> list[str]:
    """The OpenReview groups of all venues and years that are known."""
    return [
        (form.group or venue.group).format(year=year)
        for venue in known_venues().values()
        for form in venue.forms
        for year in range(form.years[0], form.years[1] + 1)
    ]
