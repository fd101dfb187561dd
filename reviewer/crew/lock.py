"""A lock that is not waited for beyond a lost holder: `flock` alone waits for a stopped process as long as it is.

FOLDER/.lock.0, .lock.1, ...   the last one counts; while it is held, it has the name of the holder

Whoever finds the holder lost goes on with the next file, and everybody follows. That is safe though it may be seen
late: a holder writes its name first and looks for a next file then, whoever makes the next file looks at the name after
that. So one of the two sees the other, and the first lets go, or the second waits.

One that is stopped between its look (`check`) and its write makes this one write late, when it goes on, and ends at the
look after it. So one lease may change hands: who had it finds that it is not its own any more, and drops what it made.
A piece of work may so be done twice; none is lost, since what is done is on record before its lease says so.
"""

from __future__ import annotations

import fcntl
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from ...data.errors import NotRecorded

WAIT = (0.001, 0.02)
"""Seconds between two tries: by chance, so that none is always late."""
TO_SIGN = 0.5
"""Seconds in which a new holder puts its name in the place of the last one, who may have been killed."""


class PatientLock:
    """The lock of a folder, for the member `name`; of others, `is_lost` tells who will never let it go."""

    def __init__(self, folder: Path, name: str, patience: float, is_lost: Callable[[str], bool]) -> None:
        self.folder = folder
        self._name = name
        self._patience = patience
        self._is_lost = is_lost
        self._number = 0
        self._settled = 0
        self._mine = threading.local()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody else holds it meanwhile. Raises NotRecorded where the folder cannot be written or locked."""
        try:
            stream = self._taken()
            with stream:
                yield
                stream.truncate(0)
        except OSError as error:
            path = error.filename or self._path(self._number)
            raise NotRecorded(
                f"{path}: cannot be written or locked ({error.strerror}); workers need a folder that all of them can "
                f"write, and that is still there"
            ) from None

    def check(self) -> None:
        """Call it under the lock around what is written. Raises NotRecorded where others took this one for lost."""
        if self._path(self._mine.number + 1).exists():
            raise NotRecorded(
                f"{self.folder}: this worker was without a sign of life for so long that others went on without it; "
                f"start it again"
            )

    def _taken(self) -> FileIO:
        while True:
            while self._path(self._number + 1).exists():
                self._number += 1
            stream = self._locked(self._number)
            try:
                stream.truncate(0)
                stream.write(self._name.encode())
                if not self._path(self._number + 1).exists() and self._has_settled():
                    self._mine.number = self._number
                    return stream
                stream.truncate(0)
            except BaseException:
                stream.close()
                raise
            stream.close()
            time.sleep(random.uniform(*WAIT))

    def _locked(self, number: int) -> FileIO:
        """The file under `flock`, or one after it once the holder is lost, or is not seen to change for too long."""
        begun, told = time.monotonic(), ""
        while not self._path(number + 1).exists():
            stream = self._path(number).open("a+b", buffering=0)
            if _flock(stream):
                return stream
            stream.close()
            holder = self._holder(number)
            if holder != told:
                begun, told = time.monotonic(), holder
            waited = time.monotonic() - begun
            if waited > TO_SIGN and (self._is_lost(holder) if holder else waited > self._patience):
                self._path(number + 1).touch()
                break
            time.sleep(random.uniform(*WAIT))
        self._number = number + 1
        return self._locked(number + 1)

    def _has_settled(self) -> bool:
        """Whether nobody alive holds the file before this one."""
        if self._settled < self._number:
            with self._path(self._number - 1).open("a+b", buffering=0) as stream:
                holder = "" if _flock(stream) else self._holder(self._number - 1)
            if holder and not self._is_lost(holder):
                return False
            self._settled = self._number
        return True

    def _holder(self, number: int) -> str:
        return self._path(number).read_text()

    def _path(self, number: int) -> Path:
        return self.folder / f".lock.{number}"


def _flock(stream: FileIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
