"""The record on the machine side: what a reviewer said of one paper, and what that cost."""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from ..data.records import Decision

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


def failed(paper_id: str, reason: str, usage: Usage | None = None) -> Review:
    """A failed review; the reason is cut to one line of at most 500 characters."""
    printable = reason.encode("utf-8", "replace").decode()
    line = " ".join(printable.split())[:500] or "no reason given"
    return Review(paper_id=paper_id, status="failed", reason=line, usage=usage or Usage())
