"""The human ratings of a row: those before and after the discussion apart, and which of them a text is measured by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from ..records import Judgement, TextVersion
from .number_cells import CONFIDENCE_KEYS, FINAL_CONTAINERS, known, listed_numbers, reviews_of

LATER: tuple[TextVersion, ...] = ("camera-ready", "latest")
"""Texts that may have been changed since the reviewers first read them."""


class Ratings(TypedDict):
    """The fields of a Judgement that are humans' numbers."""

    ratings: tuple[float, ...]
    initial_ratings: tuple[float, ...]
    final_ratings: tuple[float, ...]
    confidences: tuple[float, ...]


def ratings_of(values: Mapping[str, Any], place: str, version: TextVersion) -> tuple[Ratings, bool]:
    """The human ratings, from the cells `ratings`, `initial_ratings`, `final_ratings` and
    `confidences`, and whether there are confidences that were left out; reviews as objects tell the first three by
    themselves.

    Where both are told, `ratings` are the initial ones for a text as it was submitted or of unknown version, and the
    final ones for a later text. Confidences are left out where it is not known which is of which rating.

    Raises InputError as `numbers`.
    """
    given = listed_numbers(values.get("ratings"), f"{place}: ratings")
    initial = listed_numbers(values.get("initial_ratings"), f"{place}: initial_ratings")
    final = listed_numbers(values.get("final_ratings"), f"{place}: final_ratings")
    if not initial and not final and any("final_score" in review for review in reviews_of(values.get("ratings"))):
        initial, given = given, []
        final = listed_numbers(values["ratings"], f"{place}: ratings", containers=FINAL_CONTAINERS)
    first, second = (final, initial) if version in LATER else (initial, final)
    used = next((listed for listed in (given, first, second) if known(listed)), [])
    sure = values.get("confidences")
    if sure is values.get("ratings") and "confidence" not in str(sure).lower():
        sure = None  # ratings alone, in a column that may hold both
    told = listed_numbers(sure, f"{place}: confidences", CONFIDENCE_KEYS)
    confidences = _in_order_of(used, told)
    ratings: Ratings = {
        "ratings": known(used),
        "initial_ratings": known(initial),
        "final_ratings": known(final),
        "confidences": confidences,
    }
    return ratings, bool(known(told)) and not confidences


def _in_order_of(ratings: Sequence[float | None], told: Sequence[float | None]) -> tuple[float, ...]:
    """The confidence of each rating, in their order; none where a rating has none, or it is not known which it has."""
    if len(ratings) == len(told):
        told = [confidence for rating, confidence in zip(ratings, told, strict=True) if rating is not None]
        return () if None in told else known(told)
    return known(told) if len(known(told)) == len(known(ratings)) or not ratings else ()


def note_on_confidences(left_out: Sequence[str]) -> list[str]:
    """A note on the papers whose confidences were left out."""
    if not left_out:
        return []
    some = ", ".join(left_out[:5]) + (", ..." if len(left_out) > 5 else "")
    return [f"Confidences of {len(left_out)} papers are left out: they are not one for each rating ({some})."]


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
