"""Watches over a running command, and keeps what it prints, until it ends or goes over a limit and is ended."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import Popen, TimeoutExpired

from .limits import Limits, Status
from .output import StreamCapture
from .processes import Process, ProcessTree, Unmeasurable, deleted_bytes, folder_bytes, proportional_memory

INTERVAL = 0.2
"""Seconds between two looks at the processes; longer where a look takes long."""

FILES_INTERVAL = 0.5
"""Seconds between two counts of the files; longer where a count takes long."""

SHARE = 20
"""A look may take one part in so many of our CPU time."""

RAREST = 2.0
"""Seconds between two looks at most."""

MB = 1 << 20


class Watch:
    """One run under watch: `run` returns when nothing of it is left."""

    def __init__(
        self,
        process: Popen[bytes],
        *,
        limits: Limits,
        folders: Sequence[Path],
        output: StreamCapture,
        marker: str,
        stop: threading.Event,
        began: float,
        size_before: int,
    ) -> None:
        """`folders` are those that may grow, from `size_before` bytes; `stop` asks for an early end."""
        self.process, self.limits, self.folders, self.output = process, limits, folders, output
        self.tree = ProcessTree(process.pid, marker)
        self.stop, self.began, self.size_before = stop, began, size_before
        self.verdict: tuple[Status, str] | None = None
        self.kill_at = float("inf")
        self.next_look = self.next_count = 0.0
        self.peak_memory = 0

    def run(self) -> None:
        """Wait for the end. Afterwards `verdict` tells why it was ended, None where it ended by itself."""
        try:
            while self.process.poll() is None and time.monotonic() < self.kill_at:
                self._wait()
                self._check_time()
                self._look()
        finally:
            self._end()
        if self.verdict is None and self.process.returncode != 0:
            self._count_files([])

    def _wait(self) -> None:
        deadline = self.kill_at if self.verdict else self.began + self.limits.seconds
        wait = max(0.0, min(self.next_look, deadline) - time.monotonic())
        if not self.output.read(wait):
            with suppress(TimeoutExpired):
                self.process.wait(wait)

    def _check_time(self) -> None:
        if self.verdict is None and time.monotonic() - self.began >= self.limits.seconds:
            self._ask_to_end("timeout", f"did not end within {self.limits.seconds:g} seconds")
        if self.verdict is None and self.stop.is_set():
            self._ask_to_end("stopped", "stopped on request")

    def _look(self) -> None:
        now = time.monotonic()
        if now < self.next_look:
            return
        spent = time.thread_time()
        members = self.tree.look()
        self._check_processes(members)
        if now >= self.next_count:
            self._count_files(members)
            self.next_count = time.monotonic() + max(FILES_INTERVAL, SHARE * (time.thread_time() - spent))
        self.next_look = time.monotonic() + min(RAREST, max(INTERVAL, SHARE * (time.thread_time() - spent)))

    def _check_processes(self, members: list[Process]) -> None:
        limits = self.limits
        memory = sum(process.memory for process in members)
        self.peak_memory = max(self.peak_memory, memory)
        if len(members) > limits.processes:
            self._end_now("processes", f"ran {len(members)} processes at once, {limits.processes} are allowed")
        if limits.cpu_seconds is not None and self.tree.cpu > limits.cpu_seconds:
            self._end_now("cpu", f"used more than the {limits.cpu_seconds:g} seconds of CPU time allowed")
        if limits.memory_mb is not None and memory > limits.memory_mb * MB:
            memory = sum(proportional_memory(process) for process in members)
            if memory > limits.memory_mb * MB:
                self._end_now("memory", f"used {memory // MB} MB of memory, {limits.memory_mb} MB are allowed")

    def _count_files(self, members: list[Process]) -> None:
        try:
            grown = folder_bytes(self.folders) + deleted_bytes(members) - self.size_before
        except Unmeasurable as error:
            self._end_now("disk", f"made a folder whose size cannot be counted ({error})")
            return
        if grown >= self.limits.disk_mb * MB:
            self._end_now("disk", f"wrote {grown // MB} MB of files, {self.limits.disk_mb} MB are allowed")

    def _ask_to_end(self, status: Status, reason: str) -> None:
        self.verdict = (status, reason)
        self.kill_at = time.monotonic() + self.limits.grace
        self.tree.ask_to_end()

    def _end_now(self, status: Status, reason: str) -> None:
        self.verdict = self.verdict or (status, reason)
        self.kill_at = 0.0

    def _end(self) -> None:
        self.tree.kill()
        if self.process.poll() is None:  # not collected yet, so its number is still that of our group
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.finish(2.0)
