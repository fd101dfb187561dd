"""Where a process runs, so that others can tell whether it still does."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from pydantic import BaseModel


class Place(BaseModel):
    """A process, told from every other: also from a later one with its number."""

    host: str
    boot: str
    """Of the machine's kernel and its space of process numbers; empty where the system does not tell."""
    pid: int
    started: str
    """When the process began, in the clock ticks of its machine; empty where the system does not tell."""

    @classmethod
    def here(cls) -> Place:
        """Of this process."""
        return cls(host=socket.gethostname(), boot=_boot(), pid=os.getpid(), started=_started(os.getpid()))

    def has_ended(self) -> bool:
        """Whether the process is known to have ended; always False for one of another machine."""
        if self.host != socket.gethostname() or self.boot != _boot():
            return False
        if self.started:
            return _started(self.pid) != self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
        return False


def _boot() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Empty where the process is not there, has ended but was not waited for, or the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
