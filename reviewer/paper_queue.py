"""Where the papers of one pass of a reviewer come from."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Protocol

from ..data.records import Paper


class PaperQueue(Protocol):
    """Papers that are taken one after the other, by several coroutines, or by several processes."""

    closed: bool
    """Set when no paper is to be taken any more."""

    async def take(self) -> Paper | None:
        """The next paper; None: there is none left."""
        ...

    def put_back(self, paper: Paper) -> None:
        """The paper is reviewed and its review on record, or it is given up."""
        ...

    def alone(self) -> AbstractAsyncContextManager[None]:
        """While it is held, nobody else takes a paper for the first time."""
        ...


class OwnQueue:
    """All papers, for the one process that reviews them."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self.closed = False
        self._papers = iter(papers)

    async def take(self) -> Paper | None:
        """The next paper."""
        return None if self.closed else next(self._papers, None)

    def put_back(self, paper: Paper) -> None:
        """Nobody else waits for it."""

    def alone(self) -> AbstractAsyncContextManager[None]:
        """There is nobody else."""
        return nullcontext()
