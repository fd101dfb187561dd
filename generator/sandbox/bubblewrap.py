"""Sandbox by bubblewrap: no network, no foreign files, nothing writable but the workspace."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from .run import Place, Sandbox

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


class Bubblewrap(Sandbox):
    """The command sees its workspace, Python, the system's programs and nothing else, and reaches nobody."""

    name = "bubblewrap"
    offline = True
    own_processes = True
    stay = False

    def __init__(self, program: str) -> None:
        """`program` is the path of bwrap."""
        self.program = program

    def wrap(self, command: Sequence[str], place: Place) -> list[str]:
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

    def temporary(self, place: Place) -> Path:  # noqa: ARG002
        """The temporary folder as the run sees it."""
        return TEMPORARY


def _mounts(place: Place) -> Iterator[tuple[str, Path, Path]]:
    """Folders in sight: the deeper one wins, so the workspace may lie below another, or hold a read-only one."""
    yield "--bind", place.scratch / "tmp", TEMPORARY
    yield "--bind", place.scratch / "shm", Path("/dev/shm")
    for prefix in python_folders():
        yield "--ro-bind", prefix.resolve(), prefix
    yield "--bind", place.workspace, place.workspace
    for path in place.read_only:
        yield "--ro-bind", path, path


def python_folders() -> list[Path]:
    """The folders of this Python and its packages, by the names in use and by their real ones."""
    named = [Path(sys.prefix), Path(sys.base_prefix)]
    folders = dict.fromkeys([*named, *(path.resolve() for path in named)])
    return [path for path in folders if not path.is_relative_to("/usr")]


def _devices() -> list[str]:
    return [str(path) for pattern in GPU for path in sorted(Path("/dev").glob(pattern))]


@cache
def _optional(program: str) -> tuple[str, ...]:
    """Options that only newer versions have."""
    known = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    return ("--disable-userns",) if "--disable-userns" in known.stdout + known.stderr else ()
