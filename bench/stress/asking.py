"""Asking a reviewer about forms of papers, each under the paper's own id: nothing but the text tells them apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ...data.errors import InputError
from ...data.records import Paper
from ...reviewer.protocol import Expectation, Reviewer
from ...reviewer.review import Review, as_review
from .forms import Forms


class FormReviewer(Reviewer):
    """The reviewer, shown forms of papers under the papers' own ids; its reviews are of the forms.

    It does not read ahead: what it keeps by a paper's id would mix the forms up.
    """

    def __init__(self, given: Reviewer, own_id: Callable[[str], str]) -> None:
        self.given = given
        self.name, self.fingerprint, self.traits = given.name, given.fingerprint, given.traits
        self._own_id = own_id

    async def review(self, paper: Paper) -> Review:
        """The review of the form. Raises what the reviewer raises, and ValueError where its answer is no review."""
        own = paper.model_copy(update={"id": self._own_id(paper.id)})
        return as_review(await self.given.review(own), paper.id)

    @property
    def notes(self) -> Sequence[str]:
        """Those of the reviewer."""
        return self.given.notes

    def repeated(self, number: int) -> Reviewer:
        """The reviewer's own repeat."""
        return FormReviewer(self.given.repeated(number), self._own_id)

    async def aclose(self) -> None:
        """Close the reviewer."""
        await self.given.aclose()


def check_asked(reviewers: Iterable[Reviewer]) -> None:
    """Raises InputError for reviews made earlier: nobody can be asked about a changed paper."""
    for reviewer in reviewers:
        if reviewer.traits.kind == "replay":
            raise InputError(
                f"{reviewer.name}: has reviews made earlier and cannot be asked about papers that are changed; "
                f"give the reviewer itself"
            )


def stand_ins(forms: Iterable[str]) -> list[Paper]:
    """A paper without a text for each form; `in_form` gives it one in its turn."""
    return [Paper(id=form, text="") for form in forms]


def in_form(forms: Forms, stand_in: Paper) -> Paper:
    """The text that a stand-in is for, under the form's id. Raises InputError as `Forms.text`."""
    return forms.text(stand_in.id).model_copy(update={"id": stand_in.id})


def expectation(reviewer: Reviewer, forms: Forms, lacking: Sequence[Paper]) -> Expectation:
    """What reviews of these stand-ins will take of a language model of ours."""
    return reviewer.expect(in_form(forms, paper) for paper in lacking) or Expectation()
