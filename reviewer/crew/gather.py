"""What workers made, put to the run's own reviews and calls."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from ...data.errors import InputError, NotRecorded
from ...data.files import repair_last_line
from ..run_folder import RunFolder
from .member import Watch


def gather(run: RunFolder[Any]) -> None:
    """Move what workers made into the run's own files, where there are none at work. Hold `locked` around it.

    A stopped gathering is made good by the next one. Raises InputError where workers are at it, and NotRecorded where
    there is no room.
    """
    if not run.work_path.is_dir():
        return
    watch = Watch(run.work_path)
    if not watch.all_lost():
        busy = watch.alive()
        raise InputError(
            f"{run.folder}: {len(busy)} workers are at this run ({busy[0]}, ...); wait for them, or add to them with "
            f"--workers N"
        )
    for name, path in (("reviews.jsonl", run.reviews_path), ("calls.jsonl", run.ledger_path)):
        try:
            _append_new(sorted(run.work_path.glob(f"*/{name}")), path)
        except OSError as error:
            raise NotRecorded(
                f"{path}: cannot be written ({error.strerror}); what workers made is kept in {run.work_path}, and the "
                f"same command goes on with it"
            ) from None
    run.order_path.unlink(missing_ok=True)
    shutil.rmtree(run.work_path)


def _append_new(parts: list[Path], whole: Path) -> None:
    """Append the lines of the parts that are not in the whole file."""
    repair_last_line(whole)
    known = {_digest(line) for line in _lines(whole)}
    with whole.open("ab") as stream:
        for part in parts:
            stream.writelines(line for line in _lines(part) if _digest(line) not in known)


def _lines(path: Path) -> list[bytes]:
    """The whole lines of a file, none without it."""
    return (
        [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")] if path.exists() else []
    )


def _digest(line: bytes) -> bytes:
    return hashlib.blake2b(line, digest_size=16).digest()
