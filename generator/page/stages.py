"""How far an idea is, in a word and a sentence, and each stage with its time and cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...llm.ledger_file import StageSpend, StageTotals
from ...presentation.numbers import counted, dollars, seconds, usd
from ...reviewer.review_view import line
from ..state import State

TONES = {"done": "fine", "failed": "alarm", "running": "note", "skipped": "note"}


@dataclass(frozen=True)
class StageRow:
    """A stage as it is shown; `share` is its part of the idea's time, in percent."""

    name: str
    status: str
    tone: str
    message: str
    seconds: str
    usd: str
    share: float
    at: str


@dataclass(frozen=True)
class Outcome:
    """Where an idea stands: a word, its tone (fine, alarm, note), and why."""

    word: str
    tone: str
    sentence: str


def stage_rows(state: State) -> list[StageRow]:
    """A row per stage, in order."""
    whole = sum(stage.seconds for stage in state.stages.values()) or 1.0
    return [
        StageRow(
            name=name,
            status=stage.status,
            tone=TONES.get(stage.status, ""),
            message=line(stage.message),
            seconds=seconds(stage.seconds) if stage.seconds else "",
            usd=usd(stage.usd) if stage.usd != 0 else "",
            share=round(100 * stage.seconds / whole, 1),
            at=stage.at,
        )
        for name, stage in state.stages.items()
    ]


def outcome_of(state: State, *, running: bool, troubles: Sequence[str], waiting: str = "") -> Outcome:
    """The word and the sentence; `troubles` are what is wrong with a paper that is there, `waiting` what a person is
    waited for to decide on.

    A stage on record as running, of a run that nobody holds, was cut off by a kill.
    """
    stages = state.stages
    failed = next((name for name, stage in stages.items() if stage.status == "failed"), None)
    if failed is not None:
        return Outcome("failed", "alarm", f"{failed}: {line(stages[failed].message)}")
    skipped = next((stage.message for stage in stages.values() if stage.status == "skipped"), None)
    if skipped is not None and skipped.startswith("rejected"):
        return Outcome("rejected", "note", line(skipped))
    if skipped is not None:
        return Outcome("not new", "note", line(stages["novelty"].message))
    if waiting:
        return Outcome("waiting", "note", f"for a person's decision on the {waiting}: peerassay scientist show")
    following = state.next
    if following is None and troubles:
        return Outcome("done with problems", "alarm", "; ".join(troubles))
    if following is None:
        told = (line(stages[name].message) for name in ("experiments", "audit", "review"))
        return Outcome("done", "fine", "; ".join(message for message in told if message))
    if running:
        return Outcome("running", "note", following)
    before = f": {line(stages[following].message)}" if stages[following].message else ""
    return Outcome("stopped", "note", f"at {following}{before}")


def calls_of(spend: Sequence[StageSpend], idea: str) -> list[tuple[str, str, StageTotals]]:
    """Purpose, model and totals of an idea's calls of language models."""
    return [(s.stage.partition("/")[2], s.model, s.took) for s in spend if s.stage.startswith(f"{idea}/")]


def spent(totals: StageTotals) -> str:
    """What calls took, in words."""
    tokens = f"{totals.tokens.input:,} tokens in, {totals.tokens.output:,} out" if totals.calls else ""
    wrong = f"{totals.failed + totals.uncertain} without an answer" if totals.failed + totals.uncertain else ""
    parts = (counted(totals.calls, "call"), tokens, wrong, dollars(totals.usd))
    return ", ".join(part for part in parts if part)
