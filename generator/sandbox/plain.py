"""The second choice: limits, a clean environment, and what the kernel isolates without help. Files stay in sight."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from .run import Place, Sandbox

PARENT_DEATH = ("setpriv", "--pdeathsig", "KILL", "--")
"""Ends the sandbox with us."""

NAMESPACES = ("unshare", "--map-root-user", "--net", "--pid", "--ipc", "--mount-proc", "--fork", "--kill-child")
"""Own network (none), own processes, own /proc."""

WARNING = "model-written code can read and change all files that you can"


class Plain(Sandbox):
    """Limits only; with namespaces, where the kernel lets us, also no network and no other processes in sight."""

    name = "limits only"
    stay = True

    def __init__(self, namespaces: bool) -> None:
        """`namespaces`: whether to use them; see `namespaces_work`."""
        self.offline = self.own_processes = namespaces
        open_doors = "" if namespaces else ", use the network, see keys of running programs and end your processes"
        unwatched = "" if sys.platform == "linux" else "; only Linux can limit its memory and its processes"
        self.warning = f"{WARNING}{open_doors}{unwatched}"

    def wrap(self, command: Sequence[str], place: Place) -> list[str]:  # noqa: ARG002
        """The command line that runs `command` inside."""
        return [*PARENT_DEATH, *NAMESPACES, *command] if self.offline else [*command]

    def temporary(self, place: Place) -> Path:
        """The temporary folder as the run sees it."""
        return place.scratch / "tmp"


@cache
def namespaces_work() -> bool:
    """Whether this machine lets an ordinary user cut the network and number processes anew."""
    if not (shutil.which(PARENT_DEATH[0]) and shutil.which(NAMESPACES[0])):
        return False
    probe = subprocess.run([*PARENT_DEATH, *NAMESPACES, "true"], capture_output=True, check=False)
    return probe.returncode == 0
