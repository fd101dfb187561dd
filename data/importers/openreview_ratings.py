"""Ratings before and after rebuttal: the versions of each review tell what its rating was at first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel

from ..files import write_json
from ..records import Judgement
from .openreview_notes import Submission, number, value
from .openreview_texts import read_kept, stored_path
from .openreview_venues import Venue

if TYPE_CHECKING:
    from .openreview_client import OpenReview

Stage = Literal["initial", "final"]


class StoredRatings(BaseModel):
    """The first ratings of a paper's reviews, in their order; None where OpenReview does not show their versions."""

    id: str
    field: str
    initial: tuple[float | None, ...]


def with_initial(
    judgement: Judgement, submission: Submission, venue: Venue, server: OpenReview, folder: Path, stage: Stage
) -> Judgement:
    """The judgement with the ratings of both times, and those of `stage` as the ratings that are used.

    The first ratings come from the folder where they are there, else are got and kept. Where the versions of one of
    the reviews are not shown the judgement stays as it is.
    """
    path = stored_path(folder, submission)
    kept = read_kept(StoredRatings, path) if path.exists() else None
    if kept is not None and kept.field == venue.rating:
        initial = kept.initial
    else:
        rated = [r.id for r in submission.replies if r.kind == "review" and r.rating is not None]
        initial = tuple(_first_rating(review, venue, server) for review in rated)
        write_json(path, StoredRatings(id=submission.id, field=venue.rating, initial=initial).model_dump())
    known = tuple(rating for rating in initial if rating is not None)
    off = venue.scale and not set(known) <= set(venue.scale)
    if not known or off or len(known) < len(judgement.ratings):
        return judgement
    used = known if stage == "initial" else judgement.ratings
    return judgement.model_copy(update={"ratings": used, "initial_ratings": known, "final_ratings": judgement.ratings})


def _first_rating(review: str, venue: Venue, server: OpenReview) -> float | None:
    """The rating in the oldest version of the review that has one."""
    ratings = (number(value(content, venue.rating), venue.words) for _, _, content in server.versions(review))
    return next((rating for rating in ratings if rating is not None), None)


def stages_in_words(judgements: list[Judgement], stage: Stage) -> str:
    """Which ratings are used, of how many papers, and how many changed."""
    both = [j for j in judgements if j.initial_ratings]
    changed = sum(j.initial_ratings != j.final_ratings for j in both)
    without = sum(bool(j.ratings) for j in judgements) - len(both)
    used = "before rebuttal and discussion (initial)" if stage == "initial" else "after the discussion (final)"
    left = f" OpenReview does not show the first ratings of the other {without}: those shown are used."
    return (
        f"Ratings used: those {used}; both are on record for {len(both)} papers, {changed} of which changed."
        f"{left if without else ''}"
    )
