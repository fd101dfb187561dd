"""How much room files take, the hidden ones too."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from pathlib import Path

from .processes import PROC, Process

LEAST = 4096
"""Bytes that a file or folder counts at least: a million empty files are no gift either."""


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
