"""The process that a Python plug-in reviews in; its other end is `plugin_process`.

Lines of JSON go in and out. The first in says what to load, the first out what was loaded; then papers go in and
reviews come out, in any order. When the input ends, so does the process.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, TextIO

from ..data.errors import InputError
from ..data.records import Paper
from ..llm.errors import ModelUnusable
from .engine import signed_review
from .plugins import load_entry_point, load_python
from .protocol import Reviewer
from .review import failed

PR_SET_PDEATHSIG = 1


class Worker:
    """A loaded reviewer, and where its reviews are written to."""

    def __init__(self, reviewer: Reviewer, out: TextIO) -> None:
        self.reviewer = reviewer
        self.out = out
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, lines: TextIO) -> None:
        """Review what comes in, each at once, until nothing comes any more."""
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def read() -> None:
            for line in lines:
                loop.call_soon_threadsafe(self.begin, json.loads(line))
            loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=read, daemon=True).start()
        await ended.wait()
        await self.reviewer.aclose()

    def begin(self, request: dict[str, Any]) -> None:
        """Begin the review of a paper."""
        task = asyncio.get_running_loop().create_task(self.answer(request))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def answer(self, request: dict[str, Any]) -> None:
        """Review a paper and write the review."""
        paper, number = Paper.model_validate(request["paper"]), request["repeat"]
        reviewer = self.reviewer.repeated(number) if number else self.reviewer
        try:
            message = {"review": (await signed_review(reviewer, paper, repeat=number)).model_dump(mode="json")}
        except ModelUnusable as unusable:
            message = {"unusable": str(unusable)}
        except Exception as error:
            message = {"review": failed(paper.id, f"{type(error).__name__}: {error}").model_dump(mode="json")}
        write(self.out, {"number": request["number"], **message})


def write(out: TextIO, message: dict[str, Any]) -> None:
    """One line."""
    out.write(json.dumps(message) + "\n")
    out.flush()


def load(wanted: dict[str, Any]) -> Reviewer:
    """The reviewer that is asked for. Raises InputError where it cannot be loaded."""
    sys.path[:] = wanted["path"]
    if wanted["kind"] == "python":
        return load_python(wanted["name"])
    reviewer = load_entry_point(wanted["name"], wanted["argument"])
    if reviewer is None:
        raise InputError(f"{wanted['name']}: no such entry point")
    return reviewer


def described(reviewer: Reviewer) -> dict[str, Any]:
    """What the other end has to know of the reviewer."""
    papers = reviewer.paper_ids
    return {
        "name": reviewer.name,
        "fingerprint": reviewer.fingerprint,
        "traits": reviewer.traits.model_dump(mode="json"),
        "paper_ids": None if papers is None else sorted(papers),
    }


def die_with_parent() -> None:
    """Let the kernel end this process with its parent, however that ends and whatever this one does (Linux only)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Serve the other end. What the plug-in prints goes to standard error; it has no standard input."""
    die_with_parent()
    lines = os.fdopen(os.dup(0), encoding="utf-8")
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    try:
        reviewer = load(json.loads(lines.readline()))
        write(out, described(reviewer))
    except InputError as error:
        write(out, {"error": str(error)})
    else:
        asyncio.run(Worker(reviewer, out).serve(lines))
    sys.stdout.flush()
    os._exit(0)  # a plug-in's threads are not waited for


if __name__ == "__main__":
    main()
