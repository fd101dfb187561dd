"""What a run is made of and takes: its processes, read from /proc and ended exactly, and the room of its files."""

from __future__ import annotations

import errno
import os
import signal
import stat
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
PROC = Path("/proc")
LEAST = 4096
"""Bytes that a file or folder counts at least: a million empty files are no gift either."""


class Identity(NamedTuple):
    """A process for good: numbers are used again, a number with its start time is not."""

    pid: int
    start: int


@dataclass(frozen=True)
class Process:
    """One line of /proc: CPU time in seconds, resident memory in bytes."""

    identity: Identity
    parent: int
    dead: bool
    cpu: float
    memory: int


def read_process(pid: int) -> Process | None:
    """The process of that number, None where it is gone or there is no /proc."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    field = text[text.rindex(")") + 2 :].split()  # field[0] is the third of proc(5): the name may hold spaces
    return Process(
        identity=Identity(pid, int(field[19])),
        parent=int(field[1]),
        dead=field[0] in "ZX",
        cpu=(int(field[11]) + int(field[12])) / TICKS,
        memory=int(field[21]) * PAGE,
    )


def all_processes() -> dict[int, Process]:
    """Every process that can be seen, by its number; empty where there is no /proc."""
    if not PROC.is_dir():
        return {}
    found = (read_process(int(name)) for name in os.listdir(PROC) if name.isdigit())  # noqa: PTH208
    return {process.identity.pid: process for process in found if process}


def proportional_memory(process: Process) -> int:
    """Bytes of memory with shared pages divided among their users; the resident memory where that is not told."""
    try:
        lines = (PROC / str(process.identity.pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return process.memory
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), process.memory)


def send(identity: Identity, number: signal.Signals) -> None:
    """Signal this very process; nothing happens where it is gone, even if its number is in use again."""
    try:
        handle = os.pidfd_open(identity.pid)
    except OSError:
        return
    try:
        now = read_process(identity.pid)
        if now and now.identity == identity:
            signal.pidfd_send_signal(handle, number)
    except OSError:
        return
    finally:
        os.close(handle)


def give_up_first(pid: int) -> None:
    """Ask the kernel to end this process, and what it starts from now on, before others when memory runs out."""
    with suppress(OSError):
        (PROC / str(pid) / "oom_score_adj").write_text("1000")


class ProcessTree:
    """A process that we started and all that came of it, also what left its group or lost its parent."""

    def __init__(self, root: int, marker: str) -> None:
        """`marker` is a `NAME=value` that stands in the environment of every process of the run and no other."""
        self.root = root
        self.marker = marker.encode()
        first = read_process(root)
        self.known: dict[Identity, float] = {first.identity: 0.0} if first else {}
        self.finished_cpu = 0.0

    def look(self) -> list[Process]:
        """The living members, the root among them."""
        there = all_processes()
        children: dict[int, list[Process]] = {}
        for process in there.values():
            children.setdefault(process.parent, []).append(process)
        members: dict[Identity, Process] = {}
        waiting = [there[i.pid] for i in self.known if i.pid in there and there[i.pid].identity == i]
        while waiting:
            process = waiting.pop()
            if process.identity not in members:
                members[process.identity] = process
                waiting += children.get(process.identity.pid, [])
        self.finished_cpu += sum(cpu for identity, cpu in self.known.items() if identity not in members)
        self.known = {identity: process.cpu for identity, process in members.items()}
        return [process for process in members.values() if not process.dead]

    @property
    def cpu(self) -> float:
        """Seconds of CPU time of the members seen so far, the finished ones included."""
        return self.finished_cpu + sum(self.known.values())

    def ask_to_end(self) -> None:
        """SIGTERM to all but the root, which holds the sandbox and would take it down at once."""
        for process in self.look():
            if process.identity.pid != self.root:
                send(process.identity, signal.SIGTERM)

    def kill(self, seconds: float = 10.0) -> None:
        """End all members: first stopped, so that none forks meanwhile, then killed, the root last."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._find_strays()
            stopped: set[Identity] = set()
            while fresh := {process.identity for process in self.look()} - stopped:
                for identity in fresh:
                    send(identity, signal.SIGSTOP)
                stopped |= fresh
            if not stopped:
                return
            below = {identity for identity in stopped if identity.pid != self.root}
            for identity in below or stopped:
                send(identity, signal.SIGKILL)
            time.sleep(0.005)

    def _find_strays(self) -> None:
        for pid, process in all_processes().items():
            if process.identity not in self.known and self._is_marked(pid):
                self.known[process.identity] = process.cpu

    def _is_marked(self, pid: int) -> bool:
        try:
            return self.marker in (PROC / str(pid) / "environ").read_bytes().split(b"\0")
        except OSError:
            return False


class Unmeasurable(Exception):
    """A folder whose content cannot be counted: locked, or nested too deep."""


def folder_bytes(folders: Iterable[Path]) -> int:
    """Bytes that all below the folders takes on disk; a file of several names counts once, links are not followed.

    Raises Unmeasurable where the code has hidden something.
    """
    total, seen = 0, set[tuple[int, int]]()
    waiting = [str(folder) for folder in folders]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    status = _status(entry)
                    if status is None or (status.st_dev, status.st_ino) in seen:
                        continue
                    seen.add((status.st_dev, status.st_ino))
                    total += max(status.st_blocks * 512, LEAST)
                    if stat.S_ISDIR(status.st_mode):
                        waiting.append(entry.path)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.ENAMETOOLONG, errno.ELOOP):
                raise Unmeasurable(f"{folder[-80:]}: {error.strerror}") from None
    return total


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None


def deleted_bytes(processes: Iterable[Process]) -> int:
    """Bytes of files without a name that the processes hold open: deleted ones, and memory files."""
    sizes: dict[tuple[int, int], int] = {}
    for process in processes:
        folder = PROC / str(process.identity.pid) / "fd"
        try:
            handles = list(folder.iterdir())
        except OSError:
            continue
        for handle in handles:
            try:
                status = handle.stat()
            except OSError:
                continue
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                sizes[status.st_dev, status.st_ino] = status.st_blocks * 512
    return sum(sizes.values())
