"""What calls took: totals per stage, and a file that says after a crash what was or may have been paid.

The file has a JSON line before each call and one after it; neither the words of a call nor a key stand in it.
"""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from ..data.files import append_line, make_folder, repair_last_line
from .ledger_file import Begun, Call, Ended, Outcome, StageTotals, read_calls
from .messages import Tokens

LOGGER = logging.getLogger(__name__)


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
        LOGGER.debug("%s: %s: %s, %.1f s, %s", begun.stage, begun.model, outcome, seconds, _amounts(tokens, usd))

    def reused(self, stage: str, model: str, tokens: Tokens, usd: float | None) -> None:
        """Book a reply from the local cache, with what it took when it was made; nothing goes to the file."""
        self._add(stage, StageTotals(reused=1, reused_tokens=tokens, reused_usd=usd))
        LOGGER.debug("%s: %s: from the cache, %s when it was made", stage, model, _amounts(tokens, usd))

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
        append_line(self.path, line.model_dump_json())


def _amounts(tokens: Tokens, usd: float | None) -> str:
    cost = "price unknown" if usd is None else f"${usd:.4f}"
    return f"{tokens.input} tokens in, {tokens.output} out, {cost}"
