"""A venue and a year in other people's words, and the scale of the ratings there."""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from functools import cache
from typing import NamedTuple

from ..errors import InputError
from ..venues import find_venue, known_venues, rating_scale
from .columns import spelt

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
SURPLUS = re.compile(r"\.cc\b|\bconference\b|\bmain\b|\btrack\b|[/_.]+", re.IGNORECASE)
"""What names of a venue's main track add to its name."""


class VenueYear(NamedTuple):
    """Where and when a paper was reviewed; empty and None where that is not known."""

    venue: str = ""
    year: int | None = None

    @property
    def key(self) -> str:
        """One word: iclr2024."""
        return f"{spelt(self.venue)}{self.year or ''}"

    def __str__(self) -> str:
        return " ".join(str(part) for part in self if part) or "an unknown venue"


def venue_year(words: str) -> VenueYear:
    """Venue and year of "NeurIPS 2022 Conference", "ICLR.cc/2024/Conference", "iclr2023"; a workshop stays one.

    A known venue goes by its usual name. Words without a year are a venue.
    """
    found = YEAR.search(words)
    parts = [words[: found.start()], words[found.end() :]] if found else [words]
    name = " ".join(" ".join(SURPLUS.sub(" ", part) for part in parts).split()).strip(" -")
    return VenueYear(usual_name(name), int(found[1]) if found else None)


@cache
def usual_name(venue: str) -> str:
    """The venue by its usual name ("NeurIPS" for "nips"); as it stands where it is not known."""
    try:
        return known_venues()[find_venue(venue)].title if venue else ""
    except InputError:
        return venue


@cache
def known_scale(where: VenueYear) -> tuple[float, ...]:
    """The values that a rating could take there, ascending; empty where that is not known."""
    try:
        return rating_scale(where.venue, where.year) if where.venue and where.year else ()
    except InputError:
        return ()


def is_verified(where: VenueYear) -> bool:
    """Whether a page of the venue, or data, confirms the scale there; False where it is not known."""
    return bool(known_scale(where)) and known_venues()[find_venue(where.venue)].form(where.year or 0).verified


def matching(wanted: Container[str]) -> Callable[[VenueYear], bool]:
    """Whether a venue and year is wanted, by both in one word, or by one of them; all are where none is named."""
    everything = not wanted
    return lambda where: everything or any(n in wanted for n in (where.key, spelt(where.venue), str(where.year)))
