"""Pieces of work at a folder that several processes see, each done by one of them.

FOLDER/crew.json           how long a member may be without a sign of life
FOLDER/.lock.NUMBER        held for moments, by whoever changes a lease, see `lock`
FOLDER/leases/DIGITS       which member has which piece of work, and whether it is done
FOLDER/MEMBER/place.json   where a member runs
FOLDER/MEMBER/beat         a count that goes up as long as it is alive
FOLDER/MEMBER/end.json     how it ended, where it was not killed

A lease holds as long as its member's count goes up, whatever any clock says. A member is lost when its count has stood
still for `patience` seconds of the observer's own time, or at once where its process is known to have ended. All file
systems will do that have `flock` and show a file's new content to whoever opens it then.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import secrets
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Self

from pydantic import BaseModel

from ...data.errors import InputError
from ...data.files import make_folder, read_json, read_validated, write_json
from . import PATIENCE
from .lock import PatientLock
from .place import Place

BEATS = 6
"""Signs of life in that time."""
LOOK_EVERY = 0.2
"""Seconds between two looks whether a piece of work can be taken."""


class End(BaseModel):
    """How a member ended."""

    error: str = ""
    """What the user can mend; empty where it ended well."""
    code: int = 0
    """The exit code."""


class Lease(BaseModel):
    """Who has a piece of work."""

    work: str
    member: str = ""
    """Empty: nobody has it."""
    done: bool = False


class Watch:
    """Tells which members of a folder are alive."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / "crew.json"
        self.patience = float(read_json(path)["patience"]) if path.exists() else PATIENCE
        self._seen: dict[str, tuple[str, float]] = {}

    @classmethod
    def begin(cls, folder: Path, patience: float = PATIENCE) -> Self:
        """Make the folder. Raises InputError where that is not allowed."""
        write_json(folder / "crew.json", {"patience": patience})
        return cls(folder)

    def members(self) -> list[str]:
        """The names of all that ever joined."""
        return sorted(path.parent.name for path in self.folder.glob("*/place.json"))

    def place(self, name: str) -> Place:
        """Where a member runs. Raises InputError where it has not joined."""
        return read_validated(Place, self.folder / name / "place.json")

    def alive(self) -> list[str]:
        """The names of those that have neither ended nor been lost."""
        return [name for name in self.members() if not self.is_lost(name)]

    def all_lost(self) -> bool:
        """Whether nobody is at work any more; this takes until one shows a sign of life, or `patience` is over."""
        first = {name: self._beat_of(name) for name in self.alive()}
        while names := self.alive():
            if any(self._beat_of(name) != first.get(name) for name in names):
                return False
            time.sleep(min(0.5, self.patience / BEATS))
        return True

    def is_lost(self, name: str) -> bool:
        """Whether the member has ended, or shows no sign of life."""
        if (self.folder / name / "end.json").exists() or self.place(name).has_ended():
            return True
        beat = self._beat_of(name)
        last, since = self._seen.get(name, (None, 0.0))
        if beat != last:
            self._seen[name] = beat, time.monotonic()
            return False
        return time.monotonic() - since > self.patience

    def _beat_of(self, name: str) -> str:
        try:
            return (self.folder / name / "beat").read_text()
        except OSError:
            return ""


class Member(Watch):
    """This process, at work in the folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        place = Place.here()
        self.name = f"{_plain(place.host)}-{place.pid}-{secrets.token_hex(3)}"
        self.own = folder / self.name
        self.lock = PatientLock(folder, self.name, self.patience, self.is_lost)
        make_folder(folder / "leases")
        make_folder(self.own)
        (self.own / "beat").write_text("0")
        write_json(self.own / "place.json", place.model_dump())
        self.code = 0
        """The exit code with which it will end."""
        self.dropped = False
        """Whether others took work of this member over, since it seemed to be lost."""
        self._held: set[str] = set()
        self._stop = threading.Event()
        self._beating = threading.Thread(target=self._beat, daemon=True)

    @classmethod
    @contextmanager
    def joined(cls, folder: Path) -> Iterator[Self]:
        """A new member; it leaves with the block, and how it ended is on record. Raises InputError as `locked`."""
        member = cls(folder)
        member._beating.start()
        try:
            yield member
        finally:
            member._stop.set()
            member._beating.join()

    def locked(self) -> AbstractContextManager[None]:
        """Nobody else changes a lease meanwhile. Raises InputError where the folder cannot be written or locked."""
        return self.lock.held()

    def check(self) -> None:
        """Call it under `locked` before something is written. Raises InputError where others took this one for lost."""
        self.lock.check()

    def leave(self, end: End) -> None:
        """Put on record how it ended; its leases are free.

        Raises InputError, with the error of the end, where that cannot be written: others see the process end.
        """
        try:
            write_json(self.own / "end.json", end.model_dump())
        except InputError as problem:
            raise InputError(f"{end.error}; {problem}" if end.error else str(problem)) from None

    def claim(self, work: str) -> bool:
        """Take the piece of work, unless it is done, or somebody has it and is not lost. Hold `locked` around it."""
        lease = self._lease(work)
        if lease.done or (lease.member and not self.is_lost(lease.member)):
            return False
        self._write(Lease(member=self.name, work=work))
        self._held.add(work)
        return True

    def has(self, work: str) -> bool:
        """Whether the piece of work is still this member's: another takes it where this one seemed to be lost."""
        return self._lease(work).member == self.name

    def is_done(self, work: str) -> bool:
        """Whether a member has finished the piece of work."""
        return self._lease(work).done

    def is_free(self, work: str) -> bool:
        """Whether no member that is alive has the piece of work."""
        lease = self._lease(work)
        return lease.done or not lease.member or self.is_lost(lease.member)

    @asynccontextmanager
    async def holding(self, work: str) -> AsyncIterator[None]:
        """Wait until the piece of work can be taken, and let it go with the block."""
        while not self._claimed(work):
            await asyncio.sleep(LOOK_EVERY)
        try:
            yield
        finally:
            with self.locked():
                self.release(work)

    def _claimed(self, work: str) -> bool:
        with self.locked():
            return self.claim(work)

    def release(self, work: str) -> None:
        """Let others take the piece of work. Hold `locked` around it."""
        if self.has(work):
            self.check()
            self._path(work).unlink(missing_ok=True)
        self._held.discard(work)

    def finish(self, work: str) -> None:
        """Let nobody take the piece of work any more. Hold `locked` around it."""
        if self.has(work):
            self._write(Lease(member=self.name, work=work, done=True))
        self._held.discard(work)

    def _path(self, work: str) -> Path:
        return self.folder / "leases" / hashlib.sha256(work.encode()).hexdigest()[:32]

    def _lease(self, work: str) -> Lease:
        path = self._path(work)
        return read_validated(Lease, path) if path.exists() else Lease(work=work)

    def _write(self, lease: Lease) -> None:
        self.check()
        write_json(self._path(lease.work), lease.model_dump())
        self.check()

    def _beat(self) -> None:
        """Give signs of life; after a long silence, stop the process where others have taken its work over."""
        count, last = 0, time.monotonic()
        while not self._stop.wait(self.patience / BEATS):
            count += 1
            silent, last = time.monotonic() - last, time.monotonic()
            with contextlib.suppress(OSError, InputError):  # a full disk may have room again before others take over
                if silent < self.patience / 2:
                    (self.own / "beat").write_text(str(count))
                else:
                    self._wake_up(count)

    def _wake_up(self, count: int) -> None:
        with self.locked():
            (self.own / "beat").write_text(str(count))
            self.dropped = not all(self.has(work) for work in list(self._held))
        if self.dropped:
            os.kill(os.getpid(), signal.SIGINT)


def _plain(host: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in host)[:40]
