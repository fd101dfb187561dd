"""The human ratings of a row: those before and after the discussion apart, and which of them a text is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from ..records import Judgement, TextVersion
from .cells import CONFIDENCE_KEYS, FINAL_CONTAINERS, numbers, reviews_of

LATER: tuple[TextVersion, ...] = ("camera-ready", "latest")
"""Texts that may have been changed since the reviewers first read them."""


class Ratings(TypedDict):
    """The fields of a Judgement that are humans' numbers."""

    ratings: tuple[float, ...]
    initial_ratings: tuple[float, ...]
    final_ratings: tuple[float, ...]
    confidences: tuple[float, ...]


def ratings_of(values: Mapping[str, Any], place: str, version: TextVersion) -> Ratings:
    """The human ratings, from the cells `ratings`, `initial_ratings`, `final_ratings` and
    `confidences`; reviews as objects tell the first three by themselves.

    Where both are told, `ratings` are the initial ones for a text as it was submitted or of unknown version, and the
    final ones for a later text. Confidences that are not as many as the ratings are left out.

    Raises InputError as `numbers`.
    """
    given = numbers(values.get("ratings"), f"{place}: ratings")
    initial = numbers(values.get("initial_ratings"), f"{place}: initial_ratings")
    final = numbers(values.get("final_ratings"), f"{place}: final_ratings")
    if not initial and not final and any("final_score" in review for review in reviews_of(values.get("ratings"))):
        initial, given = given, ()
        final = numbers(values["ratings"], f"{place}: ratings", containers=FINAL_CONTAINERS)
    preferred = (final or initial) if version in LATER else (initial or final)
    ratings = given or preferred
    confidences = numbers(values.get("confidences"), f"{place}: confidences", CONFIDENCE_KEYS)
    return {
        "ratings": ratings,
        "initial_ratings": initial,
        "final_ratings": final,
        "confidences": confidences if not ratings or len(confidences) == len(ratings) else (),
    }


def notes_on_ratings(judgements: Iterable[Judgement]) -> list[str]:
    """A note that says which ratings are used where a source tells those before and after the discussion."""
    both = [judgement for judgement in judgements if judgement.initial_ratings and judgement.final_ratings]
    if not both:
        return []
    initial = sum(judgement.ratings == judgement.initial_ratings for judgement in both)
    changed = sum(judgement.initial_ratings != judgement.final_ratings for judgement in both)
    used = "initial" if initial == len(both) else f"initial for {initial} papers, final for the others"
    return [
        f"Ratings before and after the discussion are known of {len(both)} papers and differ in {changed}; "
        f"used are the {used} ones (initial for a text as it was submitted)."
    ]
