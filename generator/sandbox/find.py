"""The sandboxes there are, and which of them this machine can have.

Bubblewrap cuts the network, shows no foreign file, and lets nothing be written but the workspace. The second choice has
limits, a clean environment, and what the kernel isolates without help; files stay in sight. macOS has one of its own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from ...data.errors import InputError
from .environment import python_folders
from .limits import Limits
from .run import RunFolders, Sandbox
from .seatbelt import PROGRAM, Seatbelt, seatbelt_problem

SYSTEM = (
    *("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"),
    *("/etc/passwd", "/etc/group", "/etc/fonts", "/etc/texmf", "/var/lib/texmf", "/var/cache/fontconfig"),
    *("/sys/devices", "/sys/bus/pci"),
)
"""What is shown of the system, read-only: programs, libraries, fonts and TeX, no settings that could hold secrets."""

GPU = ("nvidia*", "kfd", "dri", "dxg")
"""Devices below /dev that are shown where they are there."""

SEALED = ("/", "/dev", "/proc")
"""Made read-only at the end: what is not bound from outside takes memory, and root owns the kernel's settings."""

ISOLATION = (
    *("--unshare-user", "--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"),
    *("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox"),
)

TEMPORARY = Path("/tmp")
PARENT_DEATH = ("setpriv", "--pdeathsig", "KILL", "--")
"""Ends the sandbox with us."""

NAMESPACES = ("unshare", "--map-root-user", "--net", "--pid", "--ipc", "--mount-proc", "--fork", "--kill-child")
"""Own network (none), own processes, own /proc."""

WARNING = "model-written code can read and change all files that you can"
Preference = Literal["auto", "bubblewrap", "limits"]


class Bubblewrap(Sandbox):
    """The command sees its workspace, Python, the system's programs and nothing else, and reaches nobody."""

    name = "bubblewrap"
    offline = True
    own_processes = True
    stay = False

    def __init__(self, program: str) -> None:
        """`program` is the path of bwrap."""
        self.program = program

    def wrap(self, command: Sequence[str], place: RunFolders) -> list[str]:
        """The command line that runs `command` inside."""
        arguments = [self.program, *ISOLATION, *_optional(self.program)]
        for path in SYSTEM:
            arguments += ["--ro-bind-try", path, path]
        arguments += ["--proc", "/proc", "--dev", "/dev"]
        for device in _devices():
            arguments += ["--dev-bind", device, device]
        for kind, source, target in sorted(_mounts(place), key=lambda mount: len(mount[2].parts)):
            arguments += [kind, str(source), str(target)]
        arguments += [word for path in SEALED for word in ("--remount-ro", path)]
        arguments += ["--chdir", str(place.workspace)]
        return [*arguments, "--", *command]

    def temporary(self, place: RunFolders) -> Path:  # noqa: ARG002
        """The temporary folder as the run sees it."""
        return TEMPORARY


def _mounts(place: RunFolders) -> Iterator[tuple[str, Path, Path]]:
    """Folders in sight: the deeper one wins, so the workspace may lie below another, or hold a read-only one."""
    yield "--bind", place.scratch / "tmp", TEMPORARY
    yield "--bind", place.scratch / "shm", Path("/dev/shm")
    for prefix in python_folders():
        yield "--ro-bind", prefix.resolve(), prefix
    yield "--bind", place.workspace, place.workspace
    for path in place.read_only:
        yield "--ro-bind", path, path


def _devices() -> list[str]:
    return [str(path) for pattern in GPU for path in sorted(Path("/dev").glob(pattern))]


@cache
def _optional(program: str) -> tuple[str, ...]:
    """Options that only newer versions have."""
    known = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    return ("--disable-userns",) if "--disable-userns" in known.stdout + known.stderr else ()


class LimitsOnly(Sandbox):
    """Limits only; with namespaces, where the kernel lets us, also no network and no other processes in sight."""

    name = "limits only"
    stay = True

    def __init__(self, namespaces: bool) -> None:
        """`namespaces`: whether to use them; see `namespaces_work`."""
        self.offline = self.own_processes = namespaces
        open_doors = "" if namespaces else ", use the network, see keys of running programs and end your processes"
        unwatched = "" if sys.platform == "linux" else "; only Linux can limit its memory and its processes"
        self.warning = f"{WARNING}{open_doors}{unwatched}"

    def wrap(self, command: Sequence[str], place: RunFolders) -> list[str]:  # noqa: ARG002
        """The command line that runs `command` inside."""
        return [*PARENT_DEATH, *NAMESPACES, *command] if self.offline else [*command]

    def temporary(self, place: RunFolders) -> Path:
        """The temporary folder as the run sees it."""
        return place.scratch / "tmp"


@cache
def namespaces_work() -> bool:
    """Whether this machine lets an ordinary user cut the network and number processes anew."""
    if not (shutil.which(PARENT_DEATH[0]) and shutil.which(NAMESPACES[0])):
        return False
    probe = subprocess.run([*PARENT_DEATH, *NAMESPACES, "true"], capture_output=True, check=False)
    return probe.returncode == 0


def find_sandbox(prefer: Preference = "auto") -> Sandbox:
    """The sandbox asked for; `auto` is bubblewrap, on macOS sandbox-exec, else limits only, whose `warning` says why.

    Raises InputError where bubblewrap is asked for and does not work.
    """
    if prefer == "limits":
        return LimitsOnly(namespaces_work())
    apple = prefer == "auto" and sys.platform == "darwin"
    problem = seatbelt_problem() if apple else _bubblewrap_problem()
    if not problem:
        return Seatbelt(shutil.which(PROGRAM) or PROGRAM) if apple else Bubblewrap(shutil.which("bwrap") or "bwrap")
    if prefer == "bubblewrap":
        raise InputError(f"{problem}; install or mend it, or ask for the sandbox 'limits'")
    sandbox = LimitsOnly(namespaces_work())
    sandbox.warning = f"{problem}: {sandbox.warning}"
    return sandbox


@cache
def _bubblewrap_problem() -> str:
    """Why bubblewrap cannot be used here, empty where it can: Python is started in it once."""
    program = shutil.which("bwrap")
    if program is None:
        return "bubblewrap (bwrap) is not installed"
    with tempfile.TemporaryDirectory(prefix="peerassay-") as folder:
        outcome = Bubblewrap(program).run(
            [sys.executable, "-I", "-S", "-c", "pass"], workspace=Path(folder), limits=Limits(seconds=20)
        )
    return "" if outcome.status == "ok" else f"bubblewrap does not work here ({outcome.reason})"
