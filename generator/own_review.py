"""What an improvement goes by: the review, or, where that is scores alone, one that the scientist's own model writes.

A model that reviews its own paper judges nothing: its form only says what to improve. So it never counts as a score, is
kept apart in own_review_2.json (_3, ... for later rounds), and the paper says so.
"""

from __future__ import annotations

from ..data.files import read_validated, write_json
from ..reviewer.review import Review
from .latex.document import Draft
from .paper_review import review_paper
from .project import Project

FEWEST_WORDS = 6
REMARK = (
    "The reviewer {reviewer} gave a score without a text. So this version was improved after an audit of its numbers "
    "and after a review form that {model}, the model that wrote the paper, filled in on it."
)


def has_text(review: Review) -> bool:
    """Whether a review says anything in words."""
    return any(len(text.split()) >= FEWEST_WORDS for name in review.fields for text in review.texts(name))


async def to_improve_by(project: Project, made: Review, number: int) -> Review:
    """What a round, counted from 2, goes by: the review, or the own one in its place where it has no text.

    Where the own one fails, the audit alone is left.

    Raises BudgetReached where the own one cannot be paid.
    """
    reviewer = project.scientist.own_reviewer
    if has_text(made) or reviewer is None:
        return made
    path = project.folder / f"own_review_{number}.json"
    if path.exists():
        return read_validated(Review, path)
    project.lab.tell(f"{made.reviewer} gave no text: {reviewer.name} reviews its own paper, to improve it")
    own = await review_paper(project, reviewer, "the scientist's own review")
    if own.status == "failed":
        project.lab.tell(f"no review of its own either ({own.reason}): the audit alone is used")
        return made
    write_json(path, own.model_dump(mode="json"))
    return own


def disclosed(draft: Draft, made: Review, used: Review) -> Draft:
    """The draft with a remark on what it was improved by, where that is not the review."""
    if used == made:
        return draft
    remark = REMARK.format(reviewer=made.reviewer, model=draft.writer or used.reviewer)
    return draft.model_copy(update={"remarks": tuple(dict.fromkeys((*draft.remarks, remark)))})
