"""human_reviews.json: what people have said of an idea's paper, the machine of the same, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from pydantic import BaseModel, Field

from ...data.files import read_validated, write_json
from ...data.records import Decision
from ...reviewer.review import Review

FILE = "human_reviews.json"
STAGE = "revision"
"""The stage that improves the paper by them."""


class MachineReview(BaseModel):
    """What the run's reviewer said of the same version."""

    reviewer: str
    fingerprint: str = ""
    overall: float | None = None
    scale: tuple[float, float] | None = Field(default=None, description="None: not known")
    decision: Decision | None = None


class HumanReview(BaseModel):
    """One review by a person."""

    by: str = Field(min_length=1)
    at: str
    sha256: str = Field(description="of the paper.pdf that was reviewed")
    form: str
    scale: tuple[float, float]
    review: Review
    machine: MachineReview | None = None
    round: int = Field(default=0, ge=0, description="the round that was made by it; 0: none yet")


class Round(BaseModel):
    """An improvement by reviews of people."""

    review: str = Field(description="the file of the machine's review after it")
    changed: bool | None = Field(default=None, description="whether the text was changed; None: not done yet")
    done: bool = False


class HumanReviews(BaseModel):
    """All of one paper. `earlier` are of papers that were made anew from an earlier stage since."""

    made: tuple[HumanReview, ...] = ()
    rounds: tuple[Round, ...] = ()
    earlier: tuple[HumanReview, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> HumanReviews:
        """Those of an idea's folder, none where there are none."""
        path = folder / FILE
        return read_validated(cls, path) if path.exists() else cls()

    def write(self, folder: Path) -> None:
        """Write it, whole or not at all."""
        write_json(folder / FILE, self.model_dump(mode="json"))

    def reopened(self, *, same_paper: bool) -> HumanReviews:
        """As they are for a paper that is made again: those of the same draft are answered again, others are kept."""
        if not same_paper:
            return HumanReviews(earlier=(*self.earlier, *self.made))
        return HumanReviews(made=tuple(r.model_copy(update={"round": 0}) for r in self.made), earlier=self.earlier)


class OpinionOfPeople(Review):
    """What one or several people say of a paper, as one review to improve it by."""

    people: tuple[str, ...] = ()


def together(reviews: Sequence[HumanReview]) -> OpinionOfPeople:
    """The reviews as one: texts one after another, the mean score, the decision where all agree."""
    scores = [one.review.overall for one in reviews if one.review.overall is not None]
    decisions: set[Decision | None] = {one.review.decision for one in reviews}
    fields: dict[str, list[str]] = {}
    for one in reviews:
        for name in one.review.fields:
            fields.setdefault(name, []).extend(text for text in one.review.texts(name) if text.strip())
    return OpinionOfPeople(
        paper_id=reviews[0].review.paper_id,
        reviewer=" and ".join(one.by for one in reviews),
        overall=fmean(scores) if scores else None,
        decision=next(iter(decisions)) if len(decisions) == 1 else None,
        fields={name: texts for name, texts in fields.items() if texts},
        people=tuple(one.by for one in reviews),
    )
