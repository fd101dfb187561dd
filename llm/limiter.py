"""How many calls an endpoint takes at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

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
