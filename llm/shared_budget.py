"""One budget that several processes hold to together.

FOLDER/MEMBER/purse.jsonl    what a member set aside, and what came of it; it alone writes to the file
"""

from __future__ import annotations

import asyncio
import json
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from ..data.files import append_line
from ..data.tail import Tail
from .budget import ROUNDING, Budget

LOOK_EVERY = 0.2
"""Seconds between two looks at what others have spent, while a call waits for that."""


class Crew(Protocol):
    """Those who share a budget, see `peerassay.reviewer.crew`."""

    folder: Path
    own: Path

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else sets anything aside meanwhile."""
        ...

    def check(self) -> None:
        """Call it before something is set aside. Raises InputError where others went on without this member."""
        ...

    def is_lost(self, name: str) -> bool:
        """Whether a member's calls under way will never be settled by it."""
        ...


class Purse:
    """What one member has spent and set aside."""

    def __init__(self, path: Path) -> None:
        self.spent = 0.0
        self.reserved = 0.0
        self._tail = Tail(path)

    def look(self) -> None:
        """Read what was added."""
        for entry in self._tail.new():
            self.reserved += entry["reserved"]
            self.spent += entry["spent"]


class Purses:
    """Those of all members of a crew, by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Purse] = {}

    def look(self) -> dict[str, Purse]:
        """All of them, as they are now."""
        for path in self._folder.glob("*/purse.jsonl"):
            self._known.setdefault(path.parent.name, Purse(path)).look()
        return self._known


class SharedBudget(Budget):
    """A limit for all members of a crew: what they have spent and set aside never exceeds it together.

    `before` is what was spent before the crew began. What a lost member had set aside counts as spent: its calls may
    have been charged. Where a bound fits only after calls of others have cost less than theirs, `reserve` waits for
    them. Batches of providers are for one process alone.
    """

    def __init__(self, limit: float | None, crew: Crew, before: float = 0.0) -> None:
        super().__init__(limit, before)
        self._crew = crew
        self._before = before
        self._purses = Purses(crew.folder)

    async def reserve(self, bound: float | None) -> None:
        """Set the bound of a call's cost aside.

        Raises BudgetReached where it cannot fit, ValueError for an unknown bound (None) under a limit, and InputError
        where the folder of the crew cannot be used.
        """
        if bound is None and self.limit is not None:
            raise ValueError("a call without a known price cannot be held to a budget")
        while not self._taken(bound or 0.0):
            await asyncio.sleep(LOOK_EVERY)

    def settle(self, bound: float | None, usd: float | None) -> None:
        """Put the true cost in the place of a reservation; None: not known, so that the bound counts as spent."""
        bound = bound or 0.0
        with self._crew.locked():
            self._write(-bound, bound if usd is None else usd)
            self._look()

    def reopen(self, bound: float) -> None:
        """Batches are for one process alone."""
        raise NotImplementedError

    def _taken(self, bound: float) -> bool:
        """Whether the bound was set aside; else it has to wait. Raises BudgetReached where it never fits."""
        with self._crew.locked():
            self._look()
            if self._never_fits(bound):
                raise self._reached(bound)
            if not self._fits(bound):
                return False
            self._crew.check()
            self._write(bound, 0.0)
            self._crew.check()
            return True

    def _look(self) -> None:
        """Learn what all members have spent and set aside."""
        self._spent, self._reserved = self._before, 0.0
        for name, purse in self._purses.look().items():
            self._spent += purse.spent
            if purse.reserved > ROUNDING and self._crew.is_lost(name):
                self._spent += purse.reserved
            else:
                self._reserved += purse.reserved

    def _write(self, reserved: float, spent: float) -> None:
        append_line(self._crew.own / "purse.jsonl", json.dumps({"reserved": reserved, "spent": spent}))
