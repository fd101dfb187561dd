"""A few reviews of a result, to be read on its page: by a fixed rule, not by anyone's choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..reviewer.review import Review
from .records import BoardPaper, SampleReview

MOST_CHARACTERS = 2000
"""Of one field; what is longer is cut."""
MOST_FIELDS = 40
NOT_SHOWN = frozenset({"panel", "findings", "notes", "raw", "text", "abstract", "title", "prompt"})
"""Fields that hold records of programs, or what may be the paper itself."""


def sample_reviews(reviews: Sequence[tuple[str, Review]], count: int) -> tuple[SampleReview, ...]:
    """So many of the reviews, each with its paper's label, from the highest score to the lowest in equal steps.

    Reviews that say nothing but a score and a decision are left out.
    """
    told = sorted(((label, r) for label, r in reviews if r.status == "ok" and _fields(r)), key=_highest_first)
    count = min(count, len(told))
    chosen = [told[round(i * (len(told) - 1) / max(count - 1, 1))] for i in range(count)]
    return tuple(
        SampleReview(paper=label, score=review.overall, decision=review.decision, fields=_fields(review))
        for label, review in chosen
    )


def label_of(paper: BoardPaper) -> str:
    """What the sample of a review of a dataset's paper is called."""
    return f"paper {paper.key}, {'accepted' if paper.accepted else 'rejected'}"


def _highest_first(labelled: tuple[str, Review]) -> tuple[float, str]:
    label, review = labelled
    return -(review.overall if review.overall is not None else float(review.decision == "accept")), label


def _fields(review: Review) -> dict[str, str]:
    shown = {str(name)[:200]: _words(value) for name, value in review.fields.items() if name not in NOT_SHOWN}
    return dict([(name, text) for name, text in shown.items() if text][:MOST_FIELDS])


def _words(value: Any) -> str:
    """A field as text; empty for what is no answer of a form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    if isinstance(value, list):
        return _cut("\n".join(f"- {item}" for item in value if isinstance(item, (str, int, float))))
    return _cut(value) if isinstance(value, str) else ""


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 4].rstrip()} ..."
