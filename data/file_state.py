"""Whether a file is the one, with the content, that it was when it was opened first."""

from __future__ import annotations

import os
from pathlib import Path

from .errors import InputError

State = tuple[int, int, int]
"""Number of the file, its size and the time of its last change."""


def state_of(number: int) -> State:
    """That of an open file."""
    now = os.fstat(number)
    return now.st_ino, now.st_size, now.st_mtime_ns


def refuse_change(path: Path, before: State, now: State) -> None:
    """Raises InputError where the state is another one than before."""
    if before != now:
        raise InputError(f"{path}: was changed while it was being read; start again")
