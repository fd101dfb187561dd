"""What a process does of a run of the scientist: all of it, or its share beside others."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from .nodes import Node


class Job(BaseModel):
    """An experiment that is ready to run, at a bench of an idea."""

    idea: str
    """The name of the idea's folder."""
    place: str
    """The bench, in the idea's folder."""
    node: Node
    run_seconds: float

    @property
    def work(self) -> str:
        """What it is called among the pieces of work."""
        return f"{self.idea}/{self.place}/{self.node.run}"


class Share(Protocol):
    """How ideas and experiments are shared out."""

    whole: bool
    """Whether this process does all of the run."""

    def lock(self, what: str) -> AbstractAsyncContextManager[Any]:
        """What one idea does at a time, of all in the run."""
        ...

    def open(self, ideas: Sequence[Path]) -> None:
        """These folders are to be worked on now."""
        ...

    async def take(self) -> Path | None:
        """The next folder to work on; None: all are done, or somebody else's who is alive to the end."""
        ...

    def finish(self, idea: Path) -> None:
        """As far as this start goes, the idea is done."""
        ...

    async def run(self, job: Job, here: Callable[[], Awaitable[Node]]) -> Node:
        """Let the experiment run, by `here` or elsewhere; the node as it came out."""
        ...


class Alone:
    """One process does all."""

    whole = True

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._left: list[Path] = []

    def lock(self, what: str) -> AbstractAsyncContextManager[Any]:
        """Held by one idea at a time."""
        return self._locks[what]

    def open(self, ideas: Sequence[Path]) -> None:
        """All of them are for this process."""
        self._left = list(ideas)

    async def take(self) -> Path | None:
        """The next one."""
        return self._left.pop(0) if self._left else None

    def finish(self, idea: Path) -> None:
        """Nobody else waits for it."""

    async def run(self, job: Job, here: Callable[[], Awaitable[Node]]) -> Node:  # noqa: ARG002
        """It runs here."""
        return await here()
