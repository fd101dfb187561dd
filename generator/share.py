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

    async def take(self, ideas: Sequence[Path]) -> Path | None:
        """The next of these folders to work on; None: all are done, or somebody else's who is alive to the end."""
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
        self._taken: set[Path] = set()

    def lock(self, what: str) -> AbstractAsyncContextManager[Any]:
        """Held by one idea at a time."""
        return self._locks[what]

    async def take(self, ideas: Sequence[Path]) -> Path | None:
        """The next one."""
        idea = next((idea for idea in ideas if idea not in self._taken), None)
        if idea is not None:
            self._taken.add(idea)
        return idea

    def finish(self, idea: Path) -> None:
        """Nobody else waits for it."""

    async def run(self, job: Job, here: Callable[[], Awaitable[Node]]) -> Node:  # noqa: ARG002
        """It runs here."""
        return await here()
