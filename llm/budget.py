"""A hard limit on what calls may cost, checked before each call."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from ..data.errors import InputError
from .errors import BudgetReached

ROUNDING = 1e-9
"""US dollars by which sums of floats may miss the limit."""


@dataclass(eq=False)
class _Waiting:
    bound: float
    granted: asyncio.Future[None]


class Budget:
    """US dollars that may be spent; each call reserves the most it can cost before it is made.

    What was spent and what calls under way have reserved never exceed the limit together, so that no order of answers
    can overspend. One event loop at a time; several in turn are fine. Raises InputError for a limit below 0.
    """

    def __init__(self, limit: float | None, spent: float = 0.0) -> None:
        if limit is not None and not limit >= 0:
            raise InputError(f"budget {limit}: give US dollars, 0 or more")
        self.limit = limit
        self._spent = spent
        self._reserved = 0.0
        self._open = 0
        self._waiting: deque[_Waiting] = deque()

    @property
    def spent(self) -> float:
        """US dollars that settled calls have cost, with what was spent before."""
        return self._spent

    @property
    def reserved(self) -> float:
        """US dollars that the calls under way can cost at most."""
        return self._reserved

    async def reserve(self, bound: float | None) -> None:
        """Set the bound of a call's cost aside, in the order of asking.

        Where the bound fits only after other calls have cost less than theirs, this waits for them.

        Raises BudgetReached where it cannot fit, ValueError for an unknown bound (None) under a limit.
        """
        if bound is None and self.limit is not None:
            raise ValueError("a call without a known price cannot be held to a budget")
        bound = bound or 0.0
        if self._never_fits(bound):
            raise self._reached(bound)
        if not self._waiting and self._fits(bound):
            self._take(bound)
            return
        waiting = _Waiting(bound, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            await waiting.granted
        except BaseException:
            self._withdraw(waiting)
            raise

    def settle(self, bound: float | None, usd: float | None) -> None:
        """Put the true cost in the place of a reservation; None: not known, so that the bound counts as spent."""
        bound = bound or 0.0
        self._release(bound)
        self._spent += bound if usd is None else usd
        self._wake()

    def reopen(self, bound: float) -> None:
        """A call that counted as spent turned out to be under way: its bound is reserved instead."""
        self._spent -= bound
        self._take(bound)

    def _fits(self, bound: float) -> bool:
        return self.limit is None or self._spent + self._reserved + bound <= self.limit + ROUNDING

    def _never_fits(self, bound: float) -> bool:
        return self.limit is not None and not self._spent + bound <= self.limit + ROUNDING

    def _reached(self, bound: float) -> BudgetReached:
        return BudgetReached(
            f"the next call could cost {bound:.4f} USD; {self._spent:.4f} of the {self.limit} USD budget are spent"
        )

    def _take(self, bound: float) -> None:
        self._reserved += bound
        self._open += 1

    def _release(self, bound: float) -> None:
        self._open -= 1
        self._reserved = self._reserved - bound if self._open else 0.0

    def _withdraw(self, waiting: _Waiting) -> None:
        """Leave the queue, or give back what was granted just before the waiting call was cancelled."""
        if waiting in self._waiting:
            self._waiting.remove(waiting)
        elif not waiting.granted.cancelled() and waiting.granted.exception() is None:
            self._release(waiting.bound)
        self._wake()

    def _wake(self) -> None:
        """Grant what fits, oldest first; refuse what can never fit any more."""
        for waiting in [w for w in self._waiting if self._never_fits(w.bound)]:
            self._waiting.remove(waiting)
            if not waiting.granted.done():
                waiting.granted.set_exception(self._reached(waiting.bound))
        while self._waiting and self._fits(self._waiting[0].bound):
            waiting = self._waiting.popleft()
            if not waiting.granted.done():
                self._take(waiting.bound)
                waiting.granted.set_result(None)
