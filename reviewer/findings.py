"""What was found in a paper that is not meant for its readers, and what was cut: the quarantine of one review."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..data.papers.invisible import HiddenText
from ..data.papers.tokens import Cut
from ..data.records import Paper
from .injections import find_injections
from .review import Review


class InjectedPassage(BaseModel):
    """A passage that speaks to the reviewer, as a panel puts it on record."""

    rule: str
    excerpt: str


class PanelFindings(BaseModel):
    """What a panel puts on record in the field `findings` of its review."""

    hidden: list[HiddenText] = []
    injections: list[InjectedPassage] = []
    cut: list[Cut] = []


class Finding(BaseModel):
    """One thing that was found."""

    model_config = ConfigDict(frozen=True)

    what: Literal["hidden", "injection", "cut"]
    kind: str = Field(description="how it was hidden, the rule that found the injection, or the section that was cut")
    page: int | None = Field(default=None, description="from 1, where known")
    text: str = Field(default="", description="what it says; hidden text whole, injections as an excerpt")
    tokens: int | None = Field(default=None, description="how much was cut")
    removed: bool = Field(default=True, description="the reviewer did not get to read it")

    @property
    def alarming(self) -> bool:
        """Whether somebody may have wanted to mislead the reviewer: anything but a cut for length."""
        return self.what != "cut"


def findings(
    hidden: Iterable[HiddenText], paper: Paper, review: Review, *, removes: bool | None = None
) -> tuple[Finding, ...]:
    """What was found in the file (`hidden`), and in the text that the reviewer was given (`paper`).

    A panel has on record what it found; `removes` says whether it takes injections out. For any other reviewer (None)
    the text is searched here: injections are reported and stay in, as in a benchmark.
    """
    record = _record(review)
    if removes is None:
        passages = [InjectedPassage(rule=i.rule, excerpt=i.excerpt) for i in find_injections(paper.text)]
    else:
        passages = record.injections
    return (
        *(Finding(what="hidden", kind=h.kind, page=h.page, text=h.text) for h in (*hidden, *record.hidden)),
        *(Finding(what="injection", kind=p.rule, text=p.excerpt, removed=bool(removes)) for p in passages),
        *(Finding(what="cut", kind=cut.section, tokens=cut.tokens) for cut in record.cut),
    )


def _record(review: Review) -> PanelFindings:
    """The panel's findings; none where the field is of another reviewer's making."""
    try:
        return PanelFindings.model_validate(review.fields.get("findings") or {})
    except ValidationError:
        return PanelFindings()
