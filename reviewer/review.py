"""The record on the machine side: what a reviewer said of one paper, and what that cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from ..data.files import whole_characters
from ..data.records import Decision

SHOWN = 3
"""Kinds of failures that are told apart."""
HIGHEST = 1e100
"""Scores lie between this and its negative."""

Recall = Literal["outcome", "paper", "title", "no"]
"""What is remembered of a paper: what became of it, what is in it, its title alone, or nothing."""
RECALLS: tuple[Recall, ...] = get_args(Recall)


class Usage(BaseModel):
    """What one review took. `usd` is None where the price is unknown, 0 where nothing was paid."""

    model_config = ConfigDict(frozen=True)

    calls: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    usd: FiniteFloat | None = Field(default=0.0, ge=0)
    seconds: FiniteFloat = Field(default=0.0, ge=0)


class Review(BaseModel):
    """One review. A failed one keeps its reason and has neither score nor decision."""

    model_config = ConfigDict(frozen=True)

    paper_id: str
    reviewer: str = ""
    fingerprint: str = ""
    repeat: int = Field(default=0, ge=0, description="0 for the review that counts, from 1 on for those made again")
    status: Literal["ok", "failed"] = "ok"
    reason: str = Field(default="", description="why it failed, one line")
    overall: FiniteFloat | None = Field(
        default=None, ge=-HIGHEST, le=HIGHEST, description="the score on its own scale, higher is better"
    )
    decision: Decision | None = Field(default=None, description="the reviewer's own word, where it gives one")
    p_accept: float | None = Field(default=None, ge=0, le=1, description="its own probability, where it gives one")
    p_calibrated: bool = Field(
        default=False, description="whether p_accept was fitted to decisions; a model's own word is not"
    )
    recall: Recall | None = Field(default=None, description="what the reviewer says it remembers; None: not asked")
    fields: dict[str, Any] = Field(default_factory=dict, description="the rest of the form, by field name")
    usage: Usage = Usage()

    @model_validator(mode="after")
    def _says_something(self) -> Review:
        if self.status == "ok" and self.overall is None and self.decision is None:
            raise ValueError("a review needs `overall` or `decision`, or status `failed` with a reason")
        if self.status == "failed" and not self.reason:
            raise ValueError("a failed review needs a reason")
        return self

    def texts(self, name: str) -> list[str]:
        """The texts of a field: those of a list, or the one that it is."""
        value = self.fields.get(name)
        return [part for part in (value if isinstance(value, list) else [value]) if isinstance(part, str)]


def failed(paper_id: str, reason: str, usage: Usage | None = None) -> Review:
    """A failed review; the reason is cut to one line of at most 500 characters."""
    printable = reason.encode("utf-8", "replace").decode()
    line = " ".join(printable.split())[:500] or "no reason given"
    return Review(paper_id=paper_id, status="failed", reason=line, usage=usage or Usage())


def as_review(answer: Any, paper_id: str) -> Review:
    """A Review from a Review, a mapping of its fields, or a score.

    Raises ValueError of one line for anything else, an answer without score and decision among it.
    """
    if isinstance(answer, Review):
        return answer.model_copy(update={"paper_id": paper_id})
    if isinstance(answer, bool) or not isinstance(answer, (Real, Mapping)):
        raise ValueError(f"expected a Review, a mapping or a number, got {type(answer).__name__}")
    fields = whole_characters(dict(answer)) if isinstance(answer, Mapping) else {"overall": answer}
    if not {"overall", "decision", "status"} & {*fields}:
        there = ", ".join(map(str, fields)) or "nothing"
        raise ValueError(f"the answer has neither `overall` nor `decision` (it has {there}); name the score `overall`")
    try:
        return Review.model_validate({**fields, "paper_id": paper_id})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise ValueError(f"unusable answer: {f'{name}: ' if name else ''}{first['msg']}") from None


def reason_kind(reason: str, paper_id: str = "") -> str:
    """The reason without what differs from paper to paper."""
    return re.sub(r"\d+(?:\.\d+)?", "#", reason.replace(paper_id, "") if paper_id else reason)[:160]


def reasons_in_words(failures: Iterable[Review]) -> str:
    """The reasons of failed reviews, each kind once and with its count: "no key (12); timeout"."""
    kinds: dict[str, list[str]] = {}
    for review in failures:
        kinds.setdefault(reason_kind(review.reason, review.paper_id), []).append(review.reason)
    ordered = sorted(kinds.values(), key=len, reverse=True)
    words = [f"{reasons[0]}{f' ({len(reasons)} times)' if len(reasons) > 1 else ''}" for reasons in ordered[:SHOWN]]
    others = sum(map(len, ordered[SHOWN:]))
    return "; ".join([*words, *([f"{others} others"] if others else [])])
