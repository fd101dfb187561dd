"""Python plug-ins as reviewers, each in a process of its own.

A thread cannot be ended, one that hangs in C and keeps the interpreter's lock stops everything else in its process,
time limits and Ctrl-C included, and a crash in C ends it. A process can be ended at any time. It loads the plug-in once
and reviews several papers at once, so that a model is in memory once.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as LoadTimeout
from contextlib import suppress
from copy import copy
from typing import IO, Any

from ..data.errors import InputError
from ..data.records import Paper
from ..llm.errors import ModelUnusable
from .function_reviewer import TIMEOUT
from .protocol import Reviewer, Traits
from .review import Review

COMMAND = (sys.executable, "-P", "-m", f"{__package__}.plugin_worker")
LOADING = 600.0
"""Seconds that loading may take."""
CLOSE_SECONDS = 2.0
"""Seconds that a plug-in has to close what it has open."""


class ProcessEnded(Exception):
    """The process ended by itself before it had answered."""


class PluginProcess:
    """A running worker. It is ended with this process at the latest."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.loaded: Future[dict[str, Any]] = Future()
        self.retired = False
        self._waiting: dict[int, Future[dict[str, Any]]] = {}
        self._number = 0
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True)
        atexit.register(self.end)
        streams = (self._process.stdin, self._process.stdout, self._process.stderr)
        for work, stream in zip((self._write, self._read, self._pass_on), streams, strict=True):
            threading.Thread(target=work, args=(stream,), daemon=True).start()
        self._send(wanted)

    async def ask(self, paper: Paper, repeat: int) -> dict[str, Any]:
        """The worker's answer on a paper. Raises ProcessEnded."""
        self._number += 1
        number, future = self._number, Future[dict[str, Any]]()
        self._waiting[number] = future
        self._send({"number": number, "repeat": repeat, "paper": paper.model_dump(mode="json")})
        if self._process.poll() is not None:
            self._fail(future)
        try:
            return await asyncio.wrap_future(future)
        finally:
            self._waiting.pop(number, None)
            if self.retired and not self._waiting:
                self.end()

    def retire(self) -> None:
        """Ask no more of it; it is ended once nobody waits for an answer any more."""
        self.retired = True
        if not self._waiting:
            self.end()

    def end(self) -> None:
        """End the process and what it has started, at once."""
        atexit.unregister(self.end)
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    async def close(self) -> None:
        """Let it close what it has open, and end it."""
        self._lines.put(None)
        deadline = time.monotonic() + CLOSE_SECONDS
        while self._process.poll() is None and not self._waiting and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        self.end()

    def _send(self, message: dict[str, Any]) -> None:
        self._lines.put(json.dumps(message).encode() + b"\n")

    def _write(self, stream: IO[bytes]) -> None:
        with suppress(OSError, ValueError):
            while (line := self._lines.get()) is not None:
                stream.write(line)
                stream.flush()
        with suppress(OSError):
            stream.close()

    def _read(self, stream: IO[bytes]) -> None:
        for line in stream:
            message = json.loads(line)
            future = self._waiting.get(message["number"]) if "number" in message else self.loaded
            if future is not None:
                with suppress(InvalidStateError):
                    future.set_result(message)
        self._process.wait()
        self.retired = True
        for future in (self.loaded, *self._waiting.values()):
            self._fail(future)

    def _pass_on(self, stream: IO[bytes]) -> None:
        """What the plug-in prints, on this process's standard error."""
        for line in stream:
            with suppress(ValueError):
                sys.stderr.write(line.decode(errors="replace"))

    def _fail(self, future: Future[dict[str, Any]]) -> None:
        code = self._process.returncode or 0
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        with suppress(InvalidStateError):
            future.set_exception(ProcessEnded(f"the plug-in's process ended by itself ({how})"))


class PluginReviewer(Reviewer):
    """A Python attribute ("python") or an installed entry point ("entry point") as a reviewer, see `plugins`.

    Raises InputError where it cannot be loaded.
    """

    def __init__(self, kind: str, name: str, argument: str = "", *, timeout: float = TIMEOUT) -> None:
        self.timeout = timeout
        self.repeat = 0
        self._wanted = {"kind": kind, "name": name, "argument": argument, "path": sys.path}
        self._spec = f"python:{name}" if kind == "python" else f"{name}:{argument}".rstrip(":")
        self._alone = asyncio.Lock()
        self._processes: list[PluginProcess] = [PluginProcess(self._wanted)]
        message = self._described()
        self.name: str = message["name"]
        self.fingerprint: str = message["fingerprint"]
        self.traits = Traits.model_validate(message["traits"])
        self._paper_ids = None if message["paper_ids"] is None else frozenset[str](message["paper_ids"])

    def _described(self) -> dict[str, Any]:
        process = self._processes[0]
        try:
            message = process.loaded.result(LOADING)
        except ProcessEnded as ended:
            raise InputError(f"{self._spec}: {ended}") from None
        except LoadTimeout:
            process.end()
            raise InputError(f"{self._spec}: not loaded within {LOADING:g} s") from None
        except BaseException:
            process.end()
            raise
        if "error" in message:
            raise InputError(message["error"])
        return message

    @property
    def paper_ids(self) -> frozenset[str] | None:
        """The papers that the plug-in names, where it does."""
        return self._paper_ids

    def repeated(self, number: int) -> PluginReviewer:
        """The same plug-in for its repeat of this number."""
        again = copy(self)
        again.repeat = number
        return again

    async def review(self, paper: Paper) -> Review:
        """The plug-in's review, a failed one where it raises.

        Raises RuntimeError where there is none in time, or the process ends by itself, alone with this paper too, and
        ModelUnusable.
        """
        try:
            return await self._asked(self._running(), paper)
        except ProcessEnded:
            async with self._alone:
                alone = PluginProcess(self._wanted)
                try:
                    return await self._asked(alone, paper)
                except ProcessEnded as ended:
                    raise RuntimeError(str(ended)) from None
                finally:
                    await alone.close()

    async def _asked(self, process: PluginProcess, paper: Paper) -> Review:
        try:
            loaded = await asyncio.shield(asyncio.wrap_future(process.loaded))
            if "error" in loaded:
                raise RuntimeError(loaded["error"])
            async with asyncio.timeout(self.timeout):
                message = await process.ask(paper, self.repeat)
        except TimeoutError:
            process.retire()
            raise RuntimeError(f"no answer within {self.timeout:g} s (?timeout=SECONDS sets it)") from None
        except asyncio.CancelledError:
            process.retire()
            raise
        if "unusable" in message:
            raise ModelUnusable(message["unusable"])
        return Review.model_validate(message["review"])

    def _running(self) -> PluginProcess:
        """The process that takes papers, a new one where the last hangs or has ended."""
        if not self._processes or self._processes[-1].retired:
            self._processes.append(PluginProcess(self._wanted))
        return self._processes[-1]

    async def aclose(self) -> None:
        """Let the plug-in close what it has open, and end its processes."""
        processes, self._processes[:] = [*self._processes], []
        self._alone = asyncio.Lock()
        for process in processes:
            await process.close()
