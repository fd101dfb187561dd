"""Batches: requests that are answered in the background, in no particular order."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .calls import Wire
from .engine import LoopbackEngine

CHUNK = 25
"""Requests that are worked on in a row, before others have their turn."""
KEPT = 200
"""Files and batches that are kept; older ones are forgotten."""


@dataclass
class Job:
    """One batch. `results` are (custom id, status, body) of what has been answered; times are Unix seconds."""

    id: str
    requests: list[tuple[str, dict[str, Any]]]
    details: dict[str, Any] = field(default_factory=dict)
    results: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    created: float = field(default_factory=time.time)
    cancel_asked: float | None = None
    ended: float | None = None

    @property
    def left_out(self) -> list[str]:
        """Custom ids of requests that were not answered."""
        answered = {custom_id for custom_id, _, _ in self.results}
        return [custom_id for custom_id, _ in self.requests if custom_id not in answered]

    def count(self, *, succeeded: bool) -> int:
        """Number of requests answered with 200, or with something else."""
        return sum((status == 200) == succeeded for _, status, _ in self.results)


class Store:
    """Things by id, the latest `KEPT` of them."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.made = 0
        self.things: dict[str, Any] = {}

    def new_id(self) -> str:
        """An id that no other thing has."""
        self.made += 1
        return f"{self.prefix}{self.made:024x}"

    def put(self, key: str, thing: Any) -> None:
        """Keep the thing."""
        self.things[key] = thing
        if len(self.things) > KEPT:
            del self.things[next(iter(self.things))]


class BatchWorker:
    """Takes batches and works on them for `seconds` each; `after` is called when one has ended."""

    def __init__(self, engine: LoopbackEngine, seconds: float) -> None:
        self.engine = engine
        self.seconds = seconds
        self.tasks: set[asyncio.Task[None]] = set()

    def take(self, job: Job, wire: Wire, after: Callable[[Job], None] = lambda _: None) -> None:
        """Begin to work on the batch."""
        self.engine.accounts.batch["batches"] += 1
        self.engine.accounts.batch["requests"] += len(job.requests)
        task = asyncio.get_running_loop().create_task(self._work(job, wire, after))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _work(self, job: Job, wire: Wire, after: Callable[[Job], None]) -> None:
        size = len(job.requests)
        for start in range(0, size, CHUNK):
            chunk = job.requests[start : start + CHUNK]
            await asyncio.sleep(self.seconds * len(chunk) / size)
            if job.cancel_asked is not None:
                break
            for custom_id, body in chunk:
                job.results.append((custom_id, *self.engine.batched(wire, custom_id, body)))
        random.Random(job.id).shuffle(job.results)
        after(job)
        job.ended = time.time()
