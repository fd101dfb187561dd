"""The sandbox of macOS: `sandbox-exec`, whose profile denies all that is not named.

Apple calls the program deprecated and describes its language nowhere in full; it is there in all versions that are
supported. This project has no Mac to try it on: the profile is checked for what it names, not for what it stops.
"""

from __future__ import annotations

import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from .environment import python_folders
from .limits import Limits
from .run import RunFolders, Sandbox

PROGRAM = "sandbox-exec"
SYSTEM = (
    *("/usr", "/bin", "/sbin", "/System", "/Library/Apple", "/Library/Fonts", "/Library/Frameworks", "/Library/TeX"),
    *("/opt/homebrew", "/opt/local", "/private/etc/localtime", "/private/var/db/timezone", "/private/var/db/dyld"),
)
"""What is shown of the system, read-only: programs, libraries, fonts and TeX."""

PROFILE = """\
(version 1)
(deny default)
(allow process-fork)
(allow process-exec)
(allow process-info* (target same-sandbox))
(allow signal (target same-sandbox))
(allow sysctl-read)
(allow ipc-posix-sem)
(allow ipc-posix-shm)
(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))
(allow file-read-metadata)
(allow file-read* (literal "/") (literal "/dev/null") (literal "/dev/random") (literal "/dev/urandom"))
(allow file-write-data (literal "/dev/null"))
"""

GET_OUT = """\
import socket, sys
secret, outside, port = sys.argv[1:]
tries = {
    "reading what it is not shown": lambda: open(secret).close(),
    "writing elsewhere": lambda: open(outside, "w").close(),
    "the network": lambda: socket.create_connection(("127.0.0.1", int(port)), 2).close(),
}
escaped = []
for what, attempt in tries.items():
    try:
        attempt()
        escaped.append(what)
    except OSError:
        pass
open("escaped", "w").write(", ".join(escaped))
"""
"""Says in its folder what it could do that it should not."""


class Seatbelt(Sandbox):
    """The command reads the system, Python and its workspace, writes to the workspace alone, and reaches nobody."""

    name = PROGRAM
    offline = True
    own_processes = False
    stay = False
    warning = (
        "macOS: only Linux can limit the memory and the processes of model-written code, and the profile of "
        "sandbox-exec was never tried by this project"
    )

    def __init__(self, program: str) -> None:
        """`program` is the path of sandbox-exec."""
        self.program = program

    def wrap(self, command: Sequence[str], place: RunFolders) -> list[str]:
        """The command line that runs `command` inside."""
        writable = [place.workspace, place.scratch]
        readable = [*map(Path, SYSTEM), *python_folders(), *place.read_only]
        return [self.program, "-p", profile(readable, writable, place.read_only), *command]

    def temporary(self, place: RunFolders) -> Path:
        """The temporary folder as the run sees it."""
        return place.scratch / "tmp"


def profile(readable: Iterable[Path], writable: Iterable[Path], protected: Iterable[Path] = ()) -> str:
    """The rules: of two that fit the later one counts, so that what is protected stays so within what is writable."""
    written = _subpaths(writable)
    rules = [f"(allow file-read* {_subpaths(readable)})", f"(allow file-read* {written})"]
    rules.append(f"(allow file-write* {written})")
    if kept := _subpaths(protected):
        rules.append(f"(deny file-write* {kept})")
    return PROFILE + "\n".join(rules) + "\n"


def _subpaths(paths: Iterable[Path]) -> str:
    return " ".join(f"(subpath {_quoted(str(path))})" for path in paths)


def _quoted(path: str) -> str:
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'


@cache
def seatbelt_problem() -> str:
    """Why it cannot be used here, empty where it can: a program tries once to get out of it."""
    program = shutil.which(PROGRAM)
    if program is None:
        return f"{PROGRAM} is not installed"
    with tempfile.TemporaryDirectory(prefix="peerassay-") as folder, socket.create_server(("127.0.0.1", 0)) as server:
        inside, secret = Path(folder) / "inside", Path(folder) / "secret"
        inside.mkdir()
        secret.write_text("secret")
        tries = [str(secret), str(Path(folder) / "outside"), str(server.getsockname()[1])]
        command = [sys.executable, "-I", "-S", "-c", GET_OUT, *tries]
        outcome = Seatbelt(program).run(command, workspace=inside, limits=Limits(seconds=20))
        try:
            escaped = (inside / "escaped").read_text()
        except OSError:
            return f"{PROGRAM} does not work here ({outcome.reason})"
    return f"{PROGRAM} does not keep a program from {escaped}" if escaped else ""
