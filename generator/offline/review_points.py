"""The points of a review that rules cannot act on: named among the limitations, so that a reader knows of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...presentation.latex import escape
from ...reviewer.review import Review
from ..human_reviews.record import OpinionOfPeople
from ..latex.words import count

MOST = 4
LONGEST = 220
SHORTEST = 10
MACHINE = ("Points of a review.", "An automatic review of an earlier version raised", "its")
PEOPLE = ("Points of a review by people.", "People have reviewed an earlier version, and raised", "their")
PERSON = ("Points of a review by a person.", "A person has reviewed an earlier version, and raised", "their")


def points_raised(review: Review) -> str:
    """A paragraph with the points, as LaTeX; empty where the review raises none.

    Points with digits are counted and not quoted: their numbers are none that a run has logged.
    """
    points = review_points(review)
    quoted = [point for point in points if not re.search(r"\d", point)][:MOST]
    if not points:
        return ""
    people = review.people if isinstance(review, OpinionOfPeople) else ()
    head, start, whose = (PERSON if len(people) == 1 else PEOPLE) if people else MACHINE
    what = f"the points below, in {whose} own words" if quoted else "points"
    opening = (
        f"\\paragraph{{{head}}} {start} {what}. The program that wrote this paper cannot act on them, and names them "
        "so that a reader knows."
    )
    left = _left_out(len(points) - len(quoted))
    if not quoted:
        return f"{opening}{left}"
    items = "\n".join(rf"\item ``{escape(_shortened(point))}''" for point in quoted)
    return f"{opening}{left}\n\\begin{{itemize}}\n{items}\n\\end{{itemize}}"


def review_points(review: Review) -> list[str]:
    """Weaknesses and questions of a review, each on one line; what people say in a form without these, as it is."""
    named = [name for name in ("weaknesses", "questions") if review.fields.get(name)]
    if not named and isinstance(review, OpinionOfPeople):
        named = [name for name in review.fields if not name.startswith(("summary", "strengths"))]
    points: list[str] = []
    for name in named:
        value = review.fields[name]
        found: Sequence[object] = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        points += [" ".join(str(point).split()) for point in found]
    return [point for point in points if len(point) > SHORTEST]


def _left_out(number: int) -> str:
    if not number:
        return ""
    further = count(number, "further point").capitalize()
    verb = "is" if number == 1 else "are"
    return f" {further} {verb} not quoted here, for length or for numbers that no run has logged."


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rpartition(' ')[0]} …"
