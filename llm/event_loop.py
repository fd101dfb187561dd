"""Coroutines for callers that are none: from the command line, a script, or a notebook, whose own event loop runs."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


def wait_for(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """What the coroutine returns. Where a loop runs in this thread already, it runs in a thread of its own meanwhile.

    Raises what the coroutine raises. On KeyboardInterrupt the coroutine is cancelled and waited for first.
    """
    if not _running():
        return asyncio.run(coroutine)
    begun: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = Future()

    async def main() -> Result:
        task = asyncio.current_task()
        assert task is not None
        begun.set_result((asyncio.get_running_loop(), task))
        return await coroutine

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(contextvars.copy_context().run, asyncio.run, main())
        try:
            return future.result()
        except KeyboardInterrupt:
            loop, task = begun.result()
            with contextlib.suppress(RuntimeError):  # it has ended meanwhile
                loop.call_soon_threadsafe(task.cancel)
            raise


def _running() -> bool:
    """Whether a loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
