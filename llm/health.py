"""What the calls so far tell of an endpoint: how many it takes at once, whether it answers at all, how long it needs.

Fewer calls run at once when the provider pushes back, slowly more when it does not: additive increase and
multiplicative decrease, as in TCP congestion control (Chiu and Jain 1989).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from .errors import CallFailed, ModelUnusable
from .limiter import AdaptiveLimiter

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
    sees: bool = False
    """Whether the model is known to get the images that it is sent."""
    blind: str = ""
    """Why no call with an image can succeed."""
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
