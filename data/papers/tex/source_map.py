"""LaTeX source of which every character knows its file and line, and what a reading prints of it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

COMMAND_END = re.compile(r"\\[A-Za-z@]+\Z")


@dataclass(frozen=True)
class MappedText:
    """A text and, for each of its characters, the number of its line in `LineTable`."""

    text: str
    places: array[int]

    def cut(self, start: int, end: int) -> MappedText:
        """The text from `start` up to `end`."""
        return MappedText(self.text[start:end], self.places[start:end])

    @staticmethod
    def at(text: str, place: int) -> MappedText:
        """A text that stands wholly at one place."""
        return MappedText(text, array("I", [place]) * len(text))

    @staticmethod
    def joined(pieces: Iterable[MappedText]) -> MappedText:
        """The pieces one behind the other."""
        texts: list[str] = []
        places = array("I")
        for piece in pieces:
            texts.append(piece.text)
            places.extend(piece.places)
        return MappedText("".join(texts), places)


@dataclass
class LineTable:
    """The lines of all files that were read; the number of a line is its index."""

    names: list[tuple[str, int]] = field(default_factory=lambda: [("", 0)])

    def placed(self, text: str, file: str) -> MappedText:
        """The text of a file with its lines entered."""
        places = array("I")
        for number, line in enumerate(text.split("\n"), start=1):
            self.names.append((file, number))
            places.extend(array("I", [len(self.names) - 1]) * (len(line) + 1))
        return MappedText(text, places[: len(text)])

    def shown(self, place: int) -> str:
        """A line as "file:number"."""
        file, number = self.names[place]
        return f"{file}:{number}"


def substituted(template: str, values: Sequence[MappedText], place: int) -> MappedText:
    """The body of a macro with #1, #2, ... replaced by the values; "##" is one sign."""
    pieces: list[MappedText] = []
    start = position = 0
    while (position := template.find("#", position)) >= 0:
        pieces.append(MappedText.at(template[start:position], place))
        sign = template[position + 1 : position + 2]
        if sign == "#":
            pieces.append(MappedText.at("#", place))
        elif sign.isdigit():
            for value in values[int(sign) - 1 : int(sign)]:
                if value.text[:1].isalpha() and COMMAND_END.search(template, start, position):
                    pieces.append(MappedText.at(" ", place))
                pieces.append(value)
        start = position = position + 2 if sign == "#" or sign.isdigit() else position + 1
    pieces.append(MappedText.at(template[start:], place))
    return MappedText.joined(pieces)


class _Buffer:
    def __init__(self) -> None:
        self.texts: list[str] = []
        self.places = array("I")
        self.after_command = False


class Output:
    """The text printed so far. While something is read aside, what is printed goes there."""

    def __init__(self) -> None:
        self._buffers = [_Buffer()]

    @property
    def aside(self) -> int:
        """How many side readings are open."""
        return len(self._buffers) - 1

    @property
    def length(self) -> int:
        """Characters printed."""
        return len(self._buffers[-1].places)

    def add(self, piece: MappedText) -> None:
        """Print a text; a letter behind a command's name is kept apart from it."""
        buffer = self._buffers[-1]
        if not piece.text:
            return
        if buffer.after_command and piece.text[0].isalpha():
            buffer.texts.append(" ")
            buffer.places.append(piece.places[0])
        buffer.texts.append(piece.text)
        buffer.places.extend(piece.places)
        buffer.after_command = False

    def command(self, name: str, place: int) -> None:
        """Print a command as it stands."""
        self.add(MappedText.at(f"\\{name}", place))
        self._buffers[-1].after_command = True

    def open(self) -> None:
        """Begin a side reading."""
        self._buffers.append(_Buffer())

    def close(self) -> str:
        """End a side reading; gives its text."""
        return "".join(self._buffers.pop().texts)

    def whole(self) -> MappedText:
        """All that was printed."""
        buffer = self._buffers[-1]
        return MappedText("".join(buffer.texts), buffer.places)
