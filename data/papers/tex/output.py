"""What a reading of LaTeX prints, and what it reads aside for another purpose, such as a file's name."""

from __future__ import annotations

from array import array

from .source_map import Placed


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

    def add(self, piece: Placed) -> None:
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
        self.add(Placed.at(f"\\{name}", place))
        self._buffers[-1].after_command = True

    def open(self) -> None:
        """Begin a side reading."""
        self._buffers.append(_Buffer())

    def close(self) -> str:
        """End a side reading; gives its text."""
        return "".join(self._buffers.pop().texts)

    def whole(self) -> Placed:
        """All that was printed."""
        buffer = self._buffers[-1]
        return Placed("".join(buffer.texts), buffer.places)
