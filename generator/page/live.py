"""The page while a run goes on: written anew whenever something is told, and now and then in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from .events import EventLog
from .idea import IdeaView
from .write import PAGE, write_pages

BETWEEN = 30.0
"""Seconds after which the page is written anew although nothing was told: a long experiment's log goes on."""


class LivePage:
    """The page of one run. What goes wrong with it is told once, and ends nothing that was paid for."""

    def __init__(self, folder: Path, tell: Callable[[str, str], None]) -> None:
        """`tell` is called with an idea's name and a line, for a person at the terminal."""
        self.path = folder / PAGE
        self._folder = folder
        self._tell = tell
        self._events = EventLog(folder)
        self._views: dict[str, IdeaView] = {}
        self._told: set[str] = set()

    def told(self, idea: str, line: str) -> None:
        """Pass the line on, keep it, and write the page anew."""
        self._tell(idea, line)
        self._guarded(lambda: self._events.add(idea, line))
        self.refresh(idea)

    def refresh(self, idea: str | None = None, *, running: bool = True) -> None:
        """Write the page; with `idea` that one alone is read anew."""
        self._guarded(lambda: write_pages(self._folder, running=running, only=idea, known=self._views))

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Write it anew every `BETWEEN` seconds too; as that of a run that has ended when it is left."""
        again = asyncio.create_task(self._again())
        try:
            yield
        finally:
            again.cancel()
            self.refresh(running=False)

    async def _again(self) -> None:
        while True:
            await asyncio.sleep(BETWEEN)
            self.refresh()

    def _guarded(self, write: Callable[[], object]) -> None:
        try:
            write()
        except Exception as error:  # whatever is wrong with a page, a run that was paid for goes on
            words = f"{self.path} is not up to date: {type(error).__name__}: {error}"
            if words not in self._told:
                self._tell("page", words)
            self._told.add(words)
