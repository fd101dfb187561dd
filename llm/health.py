"""What the calls so far tell of an endpoint: how many it takes at once, whether it answers at all, how long it needs.

Fewer calls run at once when the provider pushes back, slowly more when it does not: additive increase and
multiplicative decrease, as in TCP congestion control (Chiu and Jain 1989).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from .errors import CallFailed, ModelUnusable

WINDOW = 1.0
"""Seconds after a halving in which further refusals count as the same burst, as all do that come during a pause."""
PAUSE = 0.5
"""Seconds without new calls after a refusal that names no time."""


class AdaptiveLimiter:
    """Lets at most `limit` calls run at once, first come, first served.

    `limit` starts at `most` and stays within 1 and `most`; `in_flight` counts the slots in use. One event loop at a
    time; several in turn are fine.
    """

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError(f"a limiter needs at least one slot, got {most}")
        self.most = most
        self.limit = most
        self.in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._successes = 0
        self._paused_until = 0.0
        self._same_burst_until = 0.0
        self._timer: tuple[asyncio.AbstractEventLoop, asyncio.TimerHandle] | None = None

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Hold a slot; waits until one is free and no pause is on."""
        await self._enter()
        try:
            yield
        finally:
            self._leave()

    def throttled(self, retry_after: float | None) -> None:
        """The provider refused a call for its rate: halve the limit, start nothing for `retry_after` seconds.

        A burst of refusals halves it once. None: the provider named no time.
        """
        now = monotonic()
        self._paused_until = max(self._paused_until, now + (PAUSE if retry_after is None else retry_after))
        if now >= self._same_burst_until:
            self.limit = max(1, self.limit // 2)
            self._successes = 0
            self._same_burst_until = now + WINDOW
        self._same_burst_until = max(self._same_burst_until, self._paused_until)

    def succeeded(self) -> None:
        """A call was answered: as many successes as the limit raise it by one."""
        self._successes += 1
        if self._successes >= self.limit and self.limit < self.most:
            self._successes = 0
            self.limit += 1
            self._wake()

    async def _enter(self) -> None:
        if not self._waiting and self.in_flight < self.limit and monotonic() >= self._paused_until:
            self.in_flight += 1
            return
        granted = asyncio.get_running_loop().create_future()
        self._waiting.append(granted)
        self._wake()
        try:
            await granted
        except BaseException:
            if granted in self._waiting:
                self._waiting.remove(granted)
            elif not granted.cancelled():
                self.in_flight -= 1
            self._wake()
            raise

    def _leave(self) -> None:
        self.in_flight -= 1
        self._wake()

    def _wake(self) -> None:
        """Give free slots to those who wait, oldest first; during a pause, come back at its end."""
        while self._waiting and self.in_flight < self.limit:
            if monotonic() < self._paused_until:
                self._wake_after_pause()
                return
            granted = self._waiting.popleft()
            if not granted.done():
                self.in_flight += 1
                granted.set_result(None)

    def _wake_after_pause(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is None or self._timer[0] is not loop:
            delay = self._paused_until - monotonic()
            self._timer = (loop, loop.call_later(max(delay, 0), self._pause_over))

    def _pause_over(self) -> None:
        self._timer = None
        self._wake()


STRETCH = 2.0
"""By how much the limit of time is lengthened, once."""
ATTEMPTS = 2
"""At one call, before an endpoint that was never heard of may count as dead."""
BROKEN_ATTEMPTS = 4
"""The same where it takes connections and breaks them."""


@dataclass
class Health:
    """One model at one endpoint. `note` is called with a line whenever the way of asking changes."""

    address: str
    limiter: AdaptiveLimiter
    note: Callable[[str], None] = lambda _: None
    answered: int = 0
    """Calls that were answered."""
    heard: int = 0
    """Attempts to which there was an answer, be it a refusal."""
    stretch: float = 1.0
    """By how much the limit of time of an attempt is lengthened."""
    down: str = ""
    """Why no call can succeed."""
    _changed: float = -math.inf

    def check(self) -> None:
        """Raises ModelUnusable where no call can succeed."""
        if self.down:
            raise ModelUnusable(self.down)

    def succeeded(self) -> None:
        """A call was answered."""
        self.answered += 1
        self.heard += 1
        self.limiter.succeeded()

    def failed(self, failure: CallFailed, began: float, timeout: float) -> None:
        """An attempt failed that began at `began` (`time.perf_counter`) and had `timeout` seconds."""
        if failure.kind in ("server", "rate limit", "request"):
            self.heard += 1
        if failure.kind == "rate limit":
            self.limiter.throttled(failure.retry_after)
        if failure.kind == "timeout" and began >= self._changed:
            self._slow_down(timeout)

    def _slow_down(self, timeout: float) -> None:
        """Fewer calls at once; the first time longer limits too. What had begun before does not count again."""
        self._changed = time.perf_counter()
        before = self.limiter.limit
        self.limiter.throttled(0.0)
        if self.stretch > 1.0:
            return
        self.stretch = STRETCH
        self.note(
            f"{self.address} gave no answer within {timeout:g} s: from now on {self.limiter.limit} calls at once "
            f"instead of {before}, and {timeout * STRETCH:g} s for each (?timeout=SECONDS sets it)"
        )

    def judge(self, failure: CallFailed, attempts: int, heard_before: int, timeout: float, *, last: bool) -> None:
        """After so many failed attempts at one call, is there any use in others?

        `heard_before` is what `heard` was before the first of them; `last`: no more are planned. Raises ModelUnusable
        where there is none: from then on each call does at once.
        """
        self.down = self.down or self._verdict(failure, attempts, heard_before, timeout, last=last)
        self.check()

    def _verdict(self, failure: CallFailed, attempts: int, heard_before: int, timeout: float, *, last: bool) -> str:
        if failure.kind == "address":
            return "" if self.answered else str(failure)
        if attempts < ATTEMPTS:
            return ""
        if failure.kind in ("timeout", "connection"):
            quick = failure.unreached or failure.kind == "timeout"
            enough = not self.heard and (quick or attempts >= BROKEN_ATTEMPTS)
            silent = self.heard == heard_before
            return self._silence(failure, attempts, timeout) if enough or (last and silent) else ""
        if failure.kind in ("server", "rate limit") and last and not self.answered:
            return f"{self.address} answers every call with an error: {failure} (attempt {attempts})"
        return ""

    def _silence(self, failure: CallFailed, attempts: int, timeout: float) -> str:
        if failure.kind == "timeout":
            return (
                f"{self.address} answers nothing: {attempts} attempts, the last for {timeout:g} s; is it the right "
                f"address, and is the server running? A slow one wants ?timeout={2 * timeout:g} and --concurrency 1"
            )
        return f"{failure} (attempt {attempts}): is it the right address, and is the server running?"
