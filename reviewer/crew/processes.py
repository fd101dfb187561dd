"""Worker processes on this machine, seen from the one that gives the work out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

from ...data.files import make_folder, read_validated
from ..run_folder import RunFolder
from .member import End, Watch

TO_END = 3.0
"""Seconds that a worker has to end when it is asked to."""
STOPPED = 130
"""The exit code of a worker that was stopped by Ctrl-C."""
PARENT_EVERY = 1.0
"""Seconds between two looks whether the process that started this one is there."""


class Processes:
    """Workers that were started here; others may have joined from elsewhere."""

    def __init__(self, run: RunFolder[Any], started: Sequence[subprocess.Popen[bytes]]) -> None:
        self.work = run.work_path
        self.watch = Watch(run.work_path)
        self._started = started
        self._told = [0] * len(started)

    @classmethod
    @contextmanager
    def of(cls, run: RunFolder[Any], count: int) -> Iterator[Self]:
        """Start so many workers; they end with the block at the latest."""
        logs = make_folder(run.work_path / "logs")
        started: list[subprocess.Popen[bytes]] = []
        wide = {**os.environ, "COLUMNS": "1000"}
        try:
            for number in range(count):
                with (logs / f"{number}.log").open("wb") as log:
                    command = [sys.executable, "-m", "peerassay", "worker", str(run.folder), "--with-parent"]
                    started.append(
                        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=wide)
                    )
            yield cls(run, started)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                try:
                    process.wait(TO_END)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()

    def have_ended(self, *, but: Sequence[str] = ()) -> bool:
        """Whether nobody is at work any more, those from elsewhere included, but for the members named."""
        joined = {self.watch.place(name).pid for name in self.watch.members()}
        joining = any(process.poll() is None and process.pid not in joined for process in self._started)
        return not joining and not set(self.watch.alive()) - set(but)

    def all_stopped(self) -> bool:
        """Whether no member has ended by itself: none has joined yet, or all were killed, lost or stopped by hand."""
        return all(end.code == STOPPED for end in self._ends())

    def said(self) -> list[str]:
        """The lines that workers have printed since the last look."""
        lines = []
        for number, told in enumerate(self._told):
            with (self.work / "logs" / f"{number}.log").open("rb") as log:
                log.seek(told)
                whole, newline, _ = log.read().rpartition(b"\n")
            self._told[number] += len(whole) + len(newline)
            lines += whole.decode(errors="replace").splitlines()
        return lines

    def troubles(self) -> list[End]:
        """How those ended that did not finish; of killed ones, their last words."""
        ends = self._ends()
        for number, process in enumerate(self._started):
            if process.returncode not in (0, 3, 4):
                text = (self.work / "logs" / f"{number}.log").read_text(errors="replace").strip()
                last = text.splitlines()[-1] if text else ""
                ends.append(End(error=last.removeprefix("peerassay: "), code=process.returncode or 0))
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
