"""What the rules say of reviews of papers with planted flaws, a letter for each: without a word of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from ...reviewer.protocol import paper_key
from ...reviewer.review import Review
from .columns import StressPaper
from .flaw_naming import FlawNaming, Said, figures_of
from .flaws import PlantedFlaw, naming_statements, statements

NAMES, PASSES, WORDLESS, FAILED, NONE = "y", "n", "w", "x", "."
"""A review names the flaw of its paper's pair, or does not; it has no statement; it failed; there is none."""


class FlawMarks(BaseModel):
    """All that the figures of one reviewer on planted flaws are computed from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: dict[str, str] = Field(description="the kind of flaw of each pair, by the `paper_key` of its group")
    reviews: tuple[Annotated[str, StringConstraints(pattern=r"^[ynwx.]*$")], ...] = Field(
        description="of intact papers, per repeat: a letter for each paper in the order of the scores' papers"
    )


def marks_of(
    papers: Sequence[str], by_repeat: Mapping[int, Mapping[str, Review]], flaws: Mapping[str, PlantedFlaw]
) -> FlawMarks:
    """What the rules say of the reviews by repeat and paper id; `flaws` are by paper id, see `flaws_by_paper`."""
    return FlawMarks(
        kinds={paper_key(flaw.group): flaw.kind for flaw in flaws.values()},
        reviews=tuple(
            "".join(_mark(reviews.get(paper), flaws.get(paper)) for paper in papers)
            for _, reviews in sorted(by_repeat.items())
        ),
    )


def naming_of(reviewer: str, papers: Sequence[StressPaper], marks: FlawMarks) -> FlawNaming:
    """The figures that the marks of these papers give."""
    of_pairs = [
        (marks.kinds[paper.group], paper.group, bool(paper.accepted), letter)
        for letters in marks.reviews
        for paper, letter in zip(papers, letters, strict=True)
        if paper.group in marks.kinds and letter != NONE
    ]
    said = [Said(kind, group, sound, letter == NAMES) for kind, group, sound, letter in of_pairs if letter != FAILED]
    letters = [letter for *_, letter in of_pairs]
    return figures_of(reviewer, said, wordless=letters.count(WORDLESS), failed=letters.count(FAILED))


def _mark(review: Review | None, flaw: PlantedFlaw | None) -> str:
    if review is None or flaw is None:
        return NONE
    if review.status == "failed":
        return FAILED
    if not statements(review):
        return WORDLESS
    return NAMES if naming_statements(review, flaw) else PASSES
