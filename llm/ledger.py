"""What calls took: totals per stage, and a file that says after a crash what was or may have been paid.

The file has a JSON line before each call and one after it; neither the words of a call nor a key stand in it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..data.errors import InputError
from ..data.files import make_folder, read_jsonl, repair_last_line, validated
from .messages import Tokens

Outcome = Literal["ok", "failed", "refused", "uncertain"]
"""How a call ended: answered; without an answer and for nothing; refused in this form, also for nothing; without an
answer although the provider may charge for it."""


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


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


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


class Ledger:
    """The ledger of one run.

    With a path, an existing file is read and added to: `spent_before` is what its calls have cost. Raises InputError
    where the file cannot be read or written. One process at a time may have the file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._open: dict[str, Begun] = {}
        self._totals: dict[str, StageTotals] = {}
        self._killed: dict[str, float] = {}
        self._finished = 0.0
        if path is not None:
            make_folder(path.parent)
            repair_last_line(path)
            calls = read_calls(path)
            self._open = {call.begun.call: call.begun for call in calls if call.ended is None}
            self._killed = {name: begun.bound or 0.0 for name, begun in self._open.items()}
            self._finished = sum(call.took.usd or 0.0 for call in calls if call.ended is not None)
        self.spent_before = self.spent

    @property
    def spent(self) -> float:
        """US dollars that were or may have been paid, in all starts; calls of unknown price are not in it.

        Calls that ended count at their cost, uncertain ones and those that an earlier start left without an end
        (killed) at their bound. Calls of this start that are under way do not count yet.
        """
        return self._finished + sum(self._killed.values())

    def begin(self, stage: str, model: str, bound: float | None) -> str:
        """Book a call that is about to be made and can cost `bound` US dollars (None: unknown).

        Returns the call's id, for `end`.
        """
        at = datetime.now(UTC).isoformat(timespec="seconds")
        begun = Begun(call=secrets.token_hex(6), stage=stage, model=model, bound=bound, at=at)
        self._write(begun)
        self._open[begun.call] = begun
        return begun.call

    def end(self, call: str, *, tokens: Tokens, usd: float | None, outcome: Outcome = "ok", seconds: float) -> None:
        """Book how a call ended, one that an earlier start began too.

        Where `usd` is None, a call that was answered or is uncertain is booked at its bound, any other at nothing.

        Raises KeyError for a call that was not begun or has ended.
        """
        begun = self._open[call]
        ended = Ended(call=call, outcome=outcome, tokens=tokens, usd=usd, seconds=seconds)
        self._write(ended)
        del self._open[call]
        self._killed.pop(call, None)
        took = Call(begun, ended).took
        self._finished += took.usd or 0.0
        self._add(begun.stage, took)

    def reused(self, stage: str, model: str, tokens: Tokens, usd: float | None) -> None:  # noqa: ARG002
        """Book a reply from the local cache, with what it took when it was made; nothing goes to the file."""
        self._add(stage, StageTotals(reused=1, reused_tokens=tokens, reused_usd=usd))

    def killed(self, call: str) -> float | None:
        """The bound at which `spent` counts a call that an earlier start left without an end; None for any other."""
        return self._killed.get(call)

    def totals(self) -> dict[str, StageTotals]:
        """What each stage took in this start, in the order in which the stages came up."""
        return dict(self._totals)

    def all(self) -> StageTotals:
        """What all stages took in this start."""
        return sum(self._totals.values(), StageTotals())

    def _add(self, stage: str, took: StageTotals) -> None:
        self._totals[stage] = self._totals.get(stage, StageTotals()) + took

    def _write(self, line: BaseModel) -> None:
        if self.path is None:
            return
        try:
            with self.path.open("ab") as stream:
                stream.write(line.model_dump_json().encode() + b"\n")
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written ({error.strerror})") from None
