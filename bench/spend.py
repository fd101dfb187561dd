"""What a run paid for calls of language models, by stage and model, from its ledger."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from ..data.errors import InputError
from ..data.files import read_jsonl, validated
from ..llm.ledger import Begun, Ended, StageTotals


class StageSpend(BaseModel):
    """What the calls of one stage with one model took, in all starts of the run."""

    stage: str
    model: str
    took: StageTotals


def stage_spend(ledger: Path) -> list[StageSpend]:
    """The calls in a ledger's file by stage and model, in the order in which these came up; none without a file.

    As in `Ledger`, a call whose cost is not known counts at its bound if the provider may charge for it; one that has
    no end, because its process was killed, is of that kind.

    Raises InputError for a line that is neither the beginning nor the end of a call.
    """
    if not ledger.exists():
        return []
    begun: dict[str, Begun] = {}
    took: dict[str, StageTotals] = {}
    for number, line in read_jsonl(ledger, torn_tail=True):
        where = f"{ledger}:{number}"
        if "outcome" not in line:
            begins = validated(Begun, line, where)
            begun[begins.call] = begins
            took[begins.call] = StageTotals(calls=1, uncertain=1, usd=begins.bound)
            continue
        ended = validated(Ended, line, where)
        if ended.call not in begun:
            raise InputError(f"{where}: the end of call {ended.call}, which was not begun; mend or remove the line")
        took[ended.call] = _took(begun[ended.call], ended)
    spent: dict[tuple[str, str], StageTotals] = {}
    for call, one in took.items():
        key = begun[call].stage, begun[call].model
        spent[key] = spent.get(key, StageTotals()) + one
    return [StageSpend(stage=stage, model=model, took=totals) for (stage, model), totals in spent.items()]


def _took(begun: Begun, ended: Ended) -> StageTotals:
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
