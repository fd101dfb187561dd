"""A user's function as a reviewer."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import inspect
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from ..data.records import Paper
from .protocol import Reviewer, Traits, fingerprint_of
from .review import Review, as_review

Result = TypeVar("Result")

TIMEOUT = 600.0
"""Seconds that a plug-in may take for one paper."""


@dataclass
class FunctionReviewer(Reviewer):
    """A plain function as a reviewer.

    The function takes a Paper and returns a Review, a mapping of Review's fields, or a number (the score); it may be
    a coroutine function. A plain function runs in a thread of its own, which is left alone where it takes longer than
    `timeout` seconds; it does not keep the program from ending.
    """

    name: str
    function: Callable[[Paper], Any] | Callable[[Paper], Awaitable[Any]]
    fingerprint: str = ""
    traits: Traits = field(default_factory=Traits)
    timeout: float | None = TIMEOUT
    """Seconds for one review; None: without a limit."""

    def __post_init__(self) -> None:
        if not self.fingerprint:
            self.fingerprint = fingerprint_of(
                name=self.name, function=getattr(self.function, "__qualname__", ""), source=_source_of(self.function)
            )

    async def review(self, paper: Paper) -> Review:
        """The function's answer as a Review.

        Raises what the function raises, RuntimeError where it takes too long, ValueError for an unusable answer.
        """
        limit = asyncio.timeout(self.timeout)
        try:
            async with limit:
                return await self._answer(paper)
        except TimeoutError:
            if not limit.expired():
                raise
            raise RuntimeError(f"no answer within {self.timeout:g} s") from None

    async def _answer(self, paper: Paper) -> Review:
        if inspect.iscoroutinefunction(self.function):
            answer = await self.function(paper)
        else:
            answer, seconds = await in_own_thread(self._timed, paper)
            if not inspect.isawaitable(answer):
                return _took(as_review(answer, paper.id), seconds)
            answer = await answer
        return as_review(answer, paper.id)

    def _timed(self, paper: Paper) -> tuple[Any, float]:
        """The answer and the seconds that it took, without the wait for a free thread."""
        start = time.perf_counter()
        return self.function(paper), time.perf_counter() - start


async def in_own_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    """The function's result, from a daemon thread: one that hangs does not keep the program from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Result] = loop.create_future()

    def settle(outcome: Result | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is None:
            future.set_result(outcome)  # type: ignore[arg-type]
        else:
            future.set_exception(RuntimeError(str(error)) if isinstance(error, StopIteration) else error)

    def run() -> None:
        outcome, error = None, None
        try:
            outcome = function(*arguments)
        except BaseException as raised:
            error = raised
        with contextlib.suppress(RuntimeError):  # the loop has ended without waiting
            loop.call_soon_threadsafe(settle, outcome, error)

    threading.Thread(target=contextvars.copy_context().run, args=(run,), daemon=True).start()
    return await future


def _took(review: Review, seconds: float) -> Review:
    """The review with its seconds, where it does not tell them itself."""
    if review.usage.seconds:
        return review
    return review.model_copy(update={"usage": review.usage.model_copy(update={"seconds": seconds})})


def _source_of(function: Callable[..., Any]) -> str:
    """The text of the file that the function stands in; what that file imports does not count."""
    try:
        return Path(inspect.getsourcefile(function) or "").read_text(encoding="utf-8")
    except (OSError, TypeError, UnicodeDecodeError):
        return repr(function)
