"""Bytes that are written once and read in parts: in memory, and beyond a limit in a file that has no name."""

from __future__ import annotations

import os
import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, overload

from .errors import NotRecorded

IN_MEMORY = 2**26
"""Bytes that a spool keeps in memory."""


class Spool:
    """Gives back what was appended, by one at a time, and read by any; its file is gone with this process."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` takes the file, the system's folder for temporary files by default."""
        self._folder, self._content, self._size = folder, bytearray(), 0
        self._file: IO[bytes] | None = None

    def __len__(self) -> int:
        return self._size

    def __reduce__(self) -> tuple[Any, ...]:
        return _copied, (self.read(0, self._size),)

    def append(self, data: bytes) -> int:
        """Where the bytes begin. Raises NotRecorded where the file cannot be written."""
        start = self._size
        if self._file is None and start + len(data) <= IN_MEMORY:
            self._content += data
        else:
            try:
                self._file = self._file or self._opened()
                write_at(self._file.fileno(), data, start)
            except OSError as error:
                folder = self._folder or "the folder for temporary files (TMPDIR)"
                raise NotRecorded(
                    f"{folder}: cannot be written ({error.strerror}); mend that and start the same command again"
                ) from None
            self._content = bytearray()
        self._size += len(data)
        return start

    def _opened(self) -> IO[bytes]:
        """The file, with what was in memory."""
        file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        try:
            write_at(file.fileno(), self._content, 0)
        except OSError:
            file.close()
            raise
        weakref.finalize(self, file.close)
        return file

    def read(self, start: int, size: int) -> bytes:
        """So many bytes from there on."""
        if self._file is None:
            return bytes(self._content[start : start + size])
        return os.pread(self._file.fileno(), size, start)


def _copied(content: bytes) -> Spool:
    """The spool in a copy, or in another process."""
    spool = Spool()
    spool.append(content)
    return spool


def write_at(number: int, data: bytes | bytearray, start: int) -> None:
    """Write all the bytes to a file from this place on. Raises OSError."""
    while data:
        written = os.pwrite(number, data, start)
        data, start = data[written:], start + written


class KeptRows(Sequence[dict[str, Any]]):
    """Rows of a table that are looked at several times, in a spool; each is made anew then."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._spool, self._starts = Spool(), array("q", [0])
        for row in rows:
            self._spool.append(pickle.dumps(dict(row)))
            self._starts.append(len(self._spool))

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for start, end in pairwise(self._starts):
            yield pickle.loads(self._spool.read(start, end - start))

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        places = range(len(self))[place]
        if isinstance(places, range):
            return [self[each] for each in places]
        start, end = self._starts[places], self._starts[places + 1]
        return pickle.loads(self._spool.read(start, end - start))
