"""What `peerassay scientist` says on the way, and when it is stopped: where it stands, and what goes on with it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .user_file import as_typed


@contextmanager
def stoppable(folder: Path) -> Iterator[None]:
    """Work on a run's folder; Ctrl-C is raised on with the folder and the command that continues."""
    try:
        yield
    except KeyboardInterrupt:
        again = continuing(folder, as_typed()[1:])
        raise KeyboardInterrupt(f"stopped; what was done is kept in {folder}, this goes on with it: {again}") from None


def continuing(folder: Path, arguments: list[str]) -> str:
    """The command that goes on with a folder: the one given, with the folder, and without doing a stage again."""
    kept = list(arguments)
    for option in ("--out", "--from"):
        kept = _without(kept, option)
    at = ["--out", str(folder)] if "resume" not in kept[:2] else []
    return shlex.join(["peerassay", *kept, *at])


def _without(arguments: list[str], option: str) -> list[str]:
    """The arguments without an option and its value, in either writing."""
    left: list[str] = []
    skip = False
    for argument in arguments:
        if skip:
            skip = False
        elif argument == option:
            skip = True
        elif not argument.startswith(f"{option}="):
            left.append(argument)
    return left
