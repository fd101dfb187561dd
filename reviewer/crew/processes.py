"""Worker processes on this machine, seen from the one that gives the work out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, Self

from ...data.files import read_validated
from ..run_folder import RunFolder
from .member import End, Watch

TO_END = 3.0
"""Seconds that a worker has to end when it is asked to."""
STOPPED = 130
"""The exit code of a worker that was stopped by Ctrl-C."""
PARENT_EVERY = 1.0
"""Seconds between two looks whether the process that started this one is there."""


@dataclass
class _Worker:
    process: subprocess.Popen[bytes]
    log: BinaryIO
    """What it prints; not on the disk of the run, which may be full."""
    printed: bytes = b""
    told: int = 0
    """Bytes of it that were passed on."""

    @classmethod
    def start(cls, command: Sequence[str]) -> Self:
        log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        wide = {**os.environ, "COLUMNS": "1000"}
        return cls(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=wide), log)

    def listen(self) -> None:
        """Read what it has printed since; the place in the file is the worker's own."""
        while new := os.pread(self.log.fileno(), 1 << 16, len(self.printed)):
            self.printed += new

    def end(self) -> None:
        try:
            self.process.wait(TO_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.listen()
        self.log.close()


class Processes:
    """Workers that were started here; others may have joined from elsewhere."""

    def __init__(self, run: RunFolder[Any], started: Sequence[_Worker]) -> None:
        self.work = run.work_path
        self.watch = Watch(run.work_path)
        self._started = started

    @classmethod
    @contextmanager
    def of(cls, run: RunFolder[Any], count: int) -> Iterator[Self]:
        """Start so many workers; they end with the block at the latest."""
        started: list[_Worker] = []
        try:
            for _ in range(count):
                command = [sys.executable, "-m", "peerassay", "worker", str(run.folder), "--with-parent"]
                started.append(_Worker.start(command))
            yield cls(run, started)
        finally:
            for worker in started:
                worker.process.terminate()
            for worker in started:
                worker.end()

    def have_ended(self, *, but: Sequence[str] = ()) -> bool:
        """Whether nobody is at work any more, those from elsewhere included, but for the members named."""
        joined = {self.watch.place(name).pid for name in self.watch.members()}
        joining = any(one.process.poll() is None and one.process.pid not in joined for one in self._started)
        return not joining and not set(self.watch.alive()) - set(but)

    def all_stopped(self) -> bool:
        """Whether no member has ended by itself: none has joined yet, or all were killed, lost or stopped by hand."""
        return all(end.code == STOPPED for end in self._ends())

    def said(self) -> list[str]:
        """The lines that workers have printed since the last look."""
        lines = []
        for worker in self._started:
            if not worker.log.closed:
                worker.listen()
            whole, newline, _ = worker.printed[worker.told :].rpartition(b"\n")
            worker.told += len(whole) + len(newline)
            lines += whole.decode(errors="replace").splitlines()
        return lines

    def troubles(self) -> list[End]:
        """How those ended that did not finish; of those that could not put it on record, their last words.

        Call it when they have ended.
        """
        ends = self._ends()
        for worker in self._started:
            if worker.process.returncode not in (0, 3, 4):
                text = worker.printed.decode(errors="replace").strip()
                last = text.splitlines()[-1] if text else ""
                ends.append(End(error=last.removeprefix("peerassay: "), code=worker.process.returncode or 0))
        return [end for end in ends if end.code]

    def _ends(self) -> list[End]:
        return [read_validated(End, path) for path in self.work.glob("*/end.json")]


def end_with_parent() -> None:
    """Stop this process, as by Ctrl-C, when the one that started it is gone."""
    parent = os.getppid()

    def look() -> None:
        while not never.wait(PARENT_EVERY):
            if os.getppid() != parent:
                with suppress(ProcessLookupError):
                    os.kill(os.getpid(), signal.SIGINT)
                return

    never = threading.Event()
    threading.Thread(target=look, daemon=True).start()
