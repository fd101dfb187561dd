"""Text of which every character knows its line, so that what is put together from many files keeps its places."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

COMMAND_END = re.compile(r"\\[A-Za-z@]+\Z")


@dataclass(frozen=True)
class Placed:
    """A text and, for each of its characters, the number of its line in `Lines`."""

    text: str
    places: array[int]

    def cut(self, start: int, end: int) -> Placed:
        """The text from `start` up to `end`."""
        return Placed(self.text[start:end], self.places[start:end])

    @staticmethod
    def at(text: str, place: int) -> Placed:
        """A text that stands wholly at one place."""
        return Placed(text, array("I", [place]) * len(text))

    @staticmethod
    def joined(pieces: Iterable[Placed]) -> Placed:
        """The pieces one behind the other."""
        texts: list[str] = []
        places = array("I")
        for piece in pieces:
            texts.append(piece.text)
            places.extend(piece.places)
        return Placed("".join(texts), places)


@dataclass
class Lines:
    """The lines of all files that were read; the number of a line is its index."""

    names: list[tuple[str, int]] = field(default_factory=lambda: [("", 0)])

    def placed(self, text: str, file: str) -> Placed:
        """The text of a file with its lines entered."""
        places = array("I")
        for number, line in enumerate(text.split("\n"), start=1):
            self.names.append((file, number))
            places.extend(array("I", [len(self.names) - 1]) * (len(line) + 1))
        return Placed(text, places[: len(text)])

    def shown(self, place: int) -> str:
        """A line as "file:number"."""
        file, number = self.names[place]
        return f"{file}:{number}"


def substituted(template: str, values: Sequence[Placed], place: int) -> Placed:
    """The body of a macro with #1, #2, ... replaced by the values; "##" is one sign."""
    pieces: list[Placed] = []
    start = position = 0
    while (position := template.find("#", position)) >= 0:
        pieces.append(Placed.at(template[start:position], place))
        sign = template[position + 1 : position + 2]
        if sign == "#":
            pieces.append(Placed.at("#", place))
        elif sign.isdigit():
            for value in values[int(sign) - 1 : int(sign)]:
                if value.text[:1].isalpha() and COMMAND_END.search(template, start, position):
                    pieces.append(Placed.at(" ", place))
                pieces.append(value)
        start = position = position + 2 if sign == "#" or sign.isdigit() else position + 1
    pieces.append(Placed.at(template[start:], place))
    return Placed.joined(pieces)
