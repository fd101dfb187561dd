"""A run is a folder: a record of what was asked for, reviews, and the ledger of calls.

RUN/run.json, score.json or scientist.json    what was asked for: by `bench`, `score`, the scientist
RUN/reviews.jsonl                             reviews of a bench or score, append-only: the only source of truth
RUN/calls.jsonl                               the ledger, each call of a language model
RUN/work/                                     what several workers add to these meanwhile, see `crew`

Everything else in the folder can be derived again from these. A run that was stopped, by kill -9 too, goes on when the
same command is started again: what is there is not done twice.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, Field

from ..data.errors import InputError
from ..data.files import (
    append,
    append_line,
    make_folder,
    read_jsonl,
    read_validated,
    repair_last_line,
    validated,
    write_json,
)
from .review import Review


class RunRecord(BaseModel):
    """What every run has on record of how it was asked for."""

    format: int = 1
    created: str = ""
    peerassay: str = Field(default="", description="the version that began it")
    command: list[str] = Field(default_factory=list)
    config: dict[str, Any] = Field(default_factory=dict, description="what `--config` said at the last start")
    notes: list[str] = Field(default_factory=list, description="what happened on the way, such as time-outs")

    @staticmethod
    def now() -> dict[str, Any]:
        """The fields that say when a run begins, and by which version."""
        return {"created": datetime.now(UTC).isoformat(timespec="seconds"), "peerassay": version("peerassay")}


Record = TypeVar("Record", bound=RunRecord)


class RunFolder(Generic[Record]):
    """An opened run folder."""

    FILE: ClassVar[str]
    """The name of its record's file."""
    RECORD: ClassVar[type[RunRecord]]
    KIND: ClassVar[str]
    """What such a run is called."""
    COMMAND: ClassVar[str]
    """What makes such a folder."""

    def __init__(self, folder: Path, record: Record) -> None:
        self.folder = folder
        self.record = record

    @classmethod
    def is_there(cls, folder: Path) -> bool:
        """Whether the folder holds a run of this kind."""
        return (folder / cls.FILE).is_file()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The run in a folder. Raises InputError where there is none or its record is wrong."""
        path = folder / cls.FILE
        if not path.is_file():
            raise InputError(f"{folder}: no {cls.KIND} there (no {cls.FILE}); make one with `{cls.COMMAND}`")
        return cls(folder, cls.read_record(path))

    @classmethod
    def start(cls, folder: Path, record: Record) -> Self:
        """A new run in the folder, or the one that is there. Hold `locked` around it.

        Raises InputError where the folder holds something else, or a run that was asked for otherwise.
        """
        if cls.is_there(folder):
            old = cls.open(folder).record
            if conflict := cls.conflict(old, record):
                raise InputError(f"{folder}: holds {conflict}; choose another --out")
            run = cls(folder, cls.continued(old, record))
        else:
            cls.check(folder)
            run = cls(make_folder(folder), record)
        run.save()
        return run

    @classmethod
    def conflict(cls, old: Record, new: Record) -> str:  # noqa: ARG003
        """What a run that is there holds that is asked for otherwise now; empty where it can go on."""
        return ""

    @classmethod
    def continued(cls, old: Record, new: Record) -> Record:
        """The record of a run that goes on."""
        return new.model_copy(update={"created": old.created, "notes": old.notes})

    @classmethod
    def check(cls, folder: Path) -> None:
        """Refuse a folder that holds something else than such a run: nothing is written into it. Raises InputError."""
        if folder.is_dir() and not cls.is_there(folder):
            strange = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
            if strange:
                raise InputError(f"{folder}: is no run of this kind and not empty ({strange[0]}); choose another --out")
        elif folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: is a file; choose another --out")

    @classmethod
    def read_record(cls, path: Path) -> Record:
        """The record in its file. Raises InputError where it is wrong."""
        return read_validated(cls.RECORD, path)  # type: ignore[return-value]

    def save(self) -> None:
        """Write the record."""
        write_json(self.folder / self.FILE, self.record.model_dump(mode="json"))

    def note(self, lines: Iterable[str]) -> None:
        """Keep what happened on the way, each line once."""
        notes = list(dict.fromkeys([*self.record.notes, *lines]))
        if notes != self.record.notes:
            self.record.notes = notes
            self.save()

    @property
    def reviews_path(self) -> Path:
        """The append-only file of reviews."""
        return self.folder / "reviews.jsonl"

    @property
    def ledger_path(self) -> Path:
        """The file in which each call of a language model is booked."""
        return self.folder / "calls.jsonl"

    @property
    def work_path(self) -> Path:
        """The folder in which several workers share what there is to do, see `crew`; there while they are at it."""
        return self.folder / "work"

    @property
    def order_path(self) -> Path:
        """What the workers are asked to do."""
        return self.work_path / "order.json"

    def all_reviews(self) -> Iterator[Review]:
        """Every line of reviews.jsonl, in order, then those of workers; a last line without its newline is none yet.

        Raises InputError for a line that is no review.
        """
        for path in (self.reviews_path, *sorted(self.work_path.glob("*/reviews.jsonl"))):
            yield from read_reviews(path)

    def appender(self, path: Path | None = None) -> Appender:
        """What appends reviews, or records to another file, under `locked`; a half-written last line is repaired first.

        The file is there from then on. Raises NotRecorded where it cannot be written.
        """
        path = path or self.reviews_path
        repair_last_line(path)
        append(path, b"")
        return Appender(path)


class Appender:
    """Writes one record per line, each on disk before the next is begun."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, record: BaseModel) -> None:
        """Append the JSON of the record. Raises NotRecorded where the file cannot be written."""
        append_line(self._path, record.model_dump_json())


def read_reviews(path: Path) -> Iterator[Review]:
    """The reviews in a file of JSON lines, none without the file. Raises InputError for a line that is no review."""
    for number, value in read_jsonl(path, torn_tail=True) if path.exists() else ():
        yield validated(Review, value, f"{path}:{number}")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run folder for this process; the folder is made where it is missing.

    Raises InputError where another process holds it, or it cannot be written.
    """
    with (make_folder(folder) / ".lock").open("w") as lock:
        if not _lock(lock, fcntl.LOCK_EX):
            raise InputError(f"{folder}: another process is writing to this run; wait for it")
        yield


def is_locked(folder: Path) -> bool:
    """Whether a process holds the run folder."""
    path = folder / ".lock"
    if not path.is_file():
        return False
    with path.open() as lock:
        return not _lock(lock, fcntl.LOCK_SH)


def _lock(lock: Any, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
