"""Records kept as lines of JSON, in a spool or in their file, and made anew when one is looked at: for many of them."""

from __future__ import annotations

import os
import weakref
from array import array
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, overload

from .errors import InputError
from .file_state import State, refuse_change, state_of
from .files import Record, json_object, numbered_lines, validated
from .spool import Spool


class Source(Protocol):
    """Where lines are."""

    def read(self, start: int, size: int) -> bytes:
        """So many bytes from there on."""
        ...


class InFile:
    """Lines of a file that stays open: what takes its place later is not seen, a change within it is refused."""

    def __init__(self, path: Path) -> None:
        """Raises InputError where it cannot be read."""
        try:
            stream = path.open("rb")
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror})") from None
        weakref.finalize(self, stream.close)
        self._path, self._number = path, stream.fileno()
        self._begun = state_of(self._number)

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened_again, (self._path, self._begun)

    def read(self, start: int, size: int) -> bytes:
        """See `Source`. Raises InputError where the file has changed since it was opened."""
        self.expect(self._begun)
        return os.pread(self._number, size, start)

    def expect(self, state: State) -> None:
        """Raises InputError where the file is not in this state."""
        refuse_change(self._path, state, state_of(self._number))


def _opened_again(path: Path, begun: State) -> InFile:
    """The file in a copy, or in another process."""
    found = InFile(path)
    found.expect(begun)
    return found


class Lines(Sequence[Record]):
    """Records of a kind; each is made from its line whenever it is looked at, so that none is held."""

    def __init__(
        self, kind: type[Record], source: Source, starts: array[int], sizes: array[int], names: list[str]
    ) -> None:
        """`starts` and `sizes` are in bytes; `names` are the records' ids."""
        self._kind, self._source, self._starts, self._sizes, self.names = kind, source, starts, sizes, names

    @classmethod
    def of(cls, kind: type[Record], records: Iterable[Record], name: Callable[[Record], str]) -> Lines[Record]:
        """The records in their order, in a spool."""
        if isinstance(records, Lines):
            return records
        lines = cls(kind, Spool(), array("q"), array("q"), [])
        for record in records:
            lines.append(record, name(record))
        return lines

    @classmethod
    def read(cls, kind: type[Record], path: Path, name: Callable[[Record], str]) -> Lines[Record]:
        """The records of a file of JSON lines in order of their names; the file stays open.

        Raises InputError at a line that is no such record.
        """
        source, starts, sizes, names = InFile(path), array("q"), array("q"), list[str]()
        for number, start, line in numbered_lines(path):
            where = f"{path}:{number}"
            names.append(name(validated(kind, json_object(line, where), where)))
            starts.append(start)
            sizes.append(len(line.encode()))
        return cls(kind, source, starts, sizes, names).in_order()

    def append(self, record: Record, name: str) -> int:
        """The place that the record has from now on. Raises TypeError for the lines of a file."""
        if not isinstance(self._source, Spool):
            raise TypeError("lines of a file take no more records")
        line = record.model_dump_json().encode()
        self._starts.append(self._source.append(line))
        self._sizes.append(len(line))
        self.names.append(name)
        return len(self) - 1

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: int) -> Record: ...
    @overload
    def __getitem__(self, place: slice) -> Lines[Record]: ...
    def __getitem__(self, place: int | slice) -> Record | Lines[Record]:
        if isinstance(place, slice):
            return self.at(range(*place.indices(len(self))))
        line = self._source.read(self._starts[place], self._sizes[place])
        return validated(self._kind, json_object(line.decode(), self.names[place]), self.names[place])

    def at(self, places: Sequence[int]) -> Lines[Record]:
        """Those at these places, in that order."""
        starts, sizes = (array("q", (column[place] for place in places)) for column in (self._starts, self._sizes))
        return Lines(self._kind, self._source, starts, sizes, [self.names[place] for place in places])

    def in_order(self) -> Lines[Record]:
        """Those by their names."""
        order = sorted(range(len(self)), key=self.names.__getitem__)
        return self if order == [*range(len(self))] else self.at(order)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self)} of {self._kind.__name__}>"


def at(records: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    """The records at these places, in that order, held where they were held before."""
    return records.at(places) if isinstance(records, Lines) else tuple(records[place] for place in places)
