"""One worker's share of a run of the scientist: ideas that it claims, and experiments of others while it has none.

RUN/work/jobs/DIGITS.json       an experiment that is ready to run, put there by whoever works on its idea
RUN/work/jobs/DIGITS.done.json  the node as it came out
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from ...data.files import make_folder, read_validated, write_json
from ...reviewer.crew.member import Member
from ..nodes import Node
from ..share import Job

LOOK_EVERY = 0.5
"""Seconds between two looks at what others do."""


class Together:
    """This process's share, see `Share`; it runs one experiment at a time.

    `runner` runs a job of any idea of the run.
    """

    whole = False

    def __init__(self, member: Member, runner: Callable[[Job], Awaitable[Node]]) -> None:
        self.member = member
        self._runner = runner
        self._jobs = make_folder(member.folder / "jobs")
        self._running = asyncio.Lock()
        self._locks: dict[str, asyncio.Lock] = {}
        self._ideas: list[Path] = []

    def lock(self, what: str) -> AbstractAsyncContextManager[None]:
        """Held by one idea at a time, of all processes."""
        return self._held(f"lock {what}")

    def open(self, ideas: Sequence[Path]) -> None:
        """All workers are given the same ones."""
        self._ideas = list(ideas)

    async def take(self) -> Path | None:
        """The next idea that nobody else has; experiments of others are run here while there is none.

        None once all are done, those of workers that were lost included.
        """
        while True:
            idea, left = self._next()
            if idea is not None:
                await self._quiet(idea)
                return idea
            if not left:
                return None
            if not await self._help():
                await asyncio.sleep(LOOK_EVERY)

    def finish(self, idea: Path) -> None:
        """Let nobody take the idea any more."""
        with self.member.locked():
            self.member.finish(idea.name)

    async def run(self, job: Job, here: Callable[[], Awaitable[Node]]) -> Node:
        """Offer the experiment, and run it here if nobody else has taken it when this process is free."""
        path = self._path(job)
        write_json(path, job.model_dump(mode="json"))
        try:
            while not self._done(path).exists():
                if self._running.locked() or not await self._claimed_run(job, here):
                    await asyncio.sleep(LOOK_EVERY)
            return read_validated(Node, self._done(path))
        finally:
            path.unlink(missing_ok=True)
            self._done(path).unlink(missing_ok=True)

    def _next(self) -> tuple[Path | None, bool]:
        """An idea that was claimed; whether any is not done yet."""
        with self.member.locked():
            for idea in self._ideas:
                if self.member.claim(idea.name):
                    return idea, True
            return None, not all(self.member.is_done(idea.name) for idea in self._ideas)

    async def _quiet(self, idea: Path) -> None:
        """Wait until no experiment of the idea runs that its former worker has given out, and take those back."""
        jobs = [(path, job) for path, job in self._open_jobs() if job.idea == idea.name]
        for path, job in jobs:
            while not self.member.is_free(job.work):
                await asyncio.sleep(LOOK_EVERY)
            path.unlink(missing_ok=True)
            self._done(path).unlink(missing_ok=True)

    async def _help(self) -> bool:
        """Run an experiment of another worker's idea; whether there was one."""
        if self._running.locked():
            return False
        for _, job in self._open_jobs():
            if await self._claimed_run(job, partial(self._runner, job)):
                return True
        return False

    async def _claimed_run(self, job: Job, run: Callable[[], Awaitable[Node]]) -> bool:
        """Run the job if it can be claimed, and put on record what came of it."""
        path = self._path(job)
        async with self._running:
            with self.member.locked():
                open_still = path.exists() and not self._done(path).exists()
                if not open_still or not self.member.claim(job.work):
                    return False
            try:
                node = await run()
                if path.exists():
                    write_json(self._done(path), node.model_dump(mode="json"))
            finally:
                with self.member.locked():
                    self.member.release(job.work)
        return True

    def _open_jobs(self) -> list[tuple[Path, Job]]:
        """The jobs that are there; one may go while they are read."""
        found: list[tuple[Path, Job]] = []
        for path in sorted(path for path in self._jobs.glob("*.json") if not path.name.endswith(".done.json")):
            with suppress(FileNotFoundError):
                found.append((path, Job.model_validate_json(path.read_bytes())))
        return found

    def _path(self, job: Job) -> Path:
        return self._jobs / f"{hashlib.sha256(job.work.encode()).hexdigest()[:32]}.json"

    @staticmethod
    def _done(path: Path) -> Path:
        return path.with_suffix(".done.json")

    @asynccontextmanager
    async def _held(self, work: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(work, asyncio.Lock()), self.member.holding(work):
            yield
