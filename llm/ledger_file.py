"""The ledger's file: what was begun and ended, read again as calls and totals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError
from ..data.files import read_jsonl, validated
from .messages import Tokens

Outcome = Literal["ok", "failed", "refused", "uncertain"]
"""How a call ended: answered; without an answer and for nothing; refused in this form, also for nothing; without an
answer although the provider may charge for it."""


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


class StageTotals(BaseModel):
    """What the calls of a stage, or of several, took."""

    model_config = ConfigDict(frozen=True)

    calls: int = Field(default=0, description="calls that ended, however they ended")
    failed: int = Field(default=0, description="calls that failed and cost nothing")
    refused: int = Field(default=0, description="calls that the endpoint wanted in another form")
    uncertain: int = Field(default=0, description="calls without an answer that the provider may charge for")
    tokens: Tokens = Field(default=Tokens(), description="of the calls")
    usd: float | None = Field(default=0.0, description="for the calls; None: the price of one is unknown")
    seconds: float = Field(default=0.0, description="of the calls, added up although they overlap")
    reused: int = Field(default=0, description="replies from the local cache, for which nothing was paid")
    reused_tokens: Tokens = Field(default=Tokens(), description="of the reused replies, when they were made")
    reused_usd: float | None = Field(default=0.0, description="what the reused replies cost when they were made")

    def __add__(self, other: StageTotals) -> StageTotals:
        return StageTotals(
            calls=self.calls + other.calls,
            failed=self.failed + other.failed,
            refused=self.refused + other.refused,
            uncertain=self.uncertain + other.uncertain,
            tokens=self.tokens + other.tokens,
            usd=_sum(self.usd, other.usd),
            seconds=self.seconds + other.seconds,
            reused=self.reused + other.reused,
            reused_tokens=self.reused_tokens + other.reused_tokens,
            reused_usd=_sum(self.reused_usd, other.reused_usd),
        )


class Begun(BaseModel):
    """The line before a call."""

    call: str
    stage: str
    model: str
    bound: float | None
    at: str


class Ended(BaseModel):
    """The line after a call."""

    call: str
    outcome: Outcome
    tokens: Tokens
    usd: float | None
    seconds: float


@dataclass
class Call:
    """A call on record; `ended` is None where it is under way, or its process was killed."""

    begun: Begun
    ended: Ended | None = None

    @property
    def took(self) -> StageTotals:
        """What it took. Where its cost is not known it counts at its bound if the provider may charge for it."""
        begun, ended = self.begun, self.ended
        if ended is None:
            return StageTotals(calls=1, uncertain=1, usd=begun.bound)
        free = ended.outcome in ("failed", "refused")
        return StageTotals(
            calls=1,
            failed=ended.outcome == "failed",
            refused=ended.outcome == "refused",
            uncertain=ended.outcome == "uncertain",
            tokens=ended.tokens,
            usd=ended.usd if ended.usd is not None else 0.0 if free else begun.bound,
            seconds=ended.seconds,
        )


def read_calls(path: Path) -> list[Call]:
    """The calls of all starts in a ledger's file, in the order in which they were begun; none without the file.

    The file stays as it is: another process may be writing, and a last line without its newline is no line yet.

    Raises InputError for a line that is neither the beginning nor the end of a call.
    """
    calls: dict[str, Call] = {}
    for number, line in read_jsonl(path, torn_tail=True) if path.exists() else ():
        where = f"{path}:{number}"
        if "outcome" not in line:
            begun = validated(Begun, line, where)
            calls[begun.call] = Call(begun)
            continue
        ended = validated(Ended, line, where)
        if ended.call not in calls or calls[ended.call].ended is not None:
            raise InputError(f"{where}: the end of call {ended.call}, which was not begun; mend or remove the line")
        calls[ended.call].ended = ended
    return list(calls.values())


class StageSpend(BaseModel):
    """What the calls of one stage with one model took, in all starts of the run."""

    stage: str
    model: str
    took: StageTotals


def stage_spend(path: Path) -> list[StageSpend]:
    """The calls in a ledger's file by stage and model, in the order in which these came up. Raises as `read_calls`."""
    spent: dict[tuple[str, str], StageTotals] = {}
    for call in read_calls(path):
        key = call.begun.stage, call.begun.model
        spent[key] = spent.get(key, StageTotals()) + call.took
    return [StageSpend(stage=stage, model=model, took=took) for (stage, model), took in spent.items()]


def spent_in(path: Path) -> float | None:
    """US dollars that the calls in a ledger's file have cost or may have; None: a price is unknown.

    Raises as `read_calls`.
    """
    return sum((call.took for call in read_calls(path)), StageTotals()).usd
