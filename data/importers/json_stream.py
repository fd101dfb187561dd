"""Objects out of a JSON file, of which only a part is held: those of an array, or one behind another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from ..errors import InputError
from ..files import open_text, whole_characters

CHUNK = 1 << 20
"""Characters that are read at once; more where one object is longer."""
CUT = 16
"""No word, number or escape is longer: a fault further before the end of what was read is no cut."""
SPACE = re.compile(r"[ \t\r\n]*")
SPACE_OR_COMMAS = re.compile(r"[\s,]*")


def is_array(path: Path) -> bool:
    """Whether the file begins as an array. Raises InputError where it cannot be read."""
    with open_text(path) as stream:
        window = _Window(path, stream)
        return window.sign() == "["


def array_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of the array that the file is.

    Raises InputError, behind the objects before it, at what is no JSON (with the line) or no object, and where there is
    none.
    """
    with open_text(path) as stream:
        window = _Window(path, stream)
        window.sign()
        window.at += 1
        if window.sign() == "]":
            raise window.no_object()
        while True:
            yield window.next_object()
            sign = window.sign()
            if sign != ",":
                break
            window.at += 1
            window.sign()
        if sign != "]":
            raise window.fault("Expecting ',' delimiter")
        window.at += 1
        if window.sign():
            raise window.fault("Extra data")


def loose_objects(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file that holds nothing else, with or without commas between them. Raises as `array_objects`."""
    with open_text(path) as stream:
        window = _Window(path, stream)
        while window.sign(SPACE_OR_COMMAS):
            yield window.next_object()


class _Window:
    """The part of a file's text that was read and not passed yet: `text` from `at` on."""

    def __init__(self, path: Path, stream: TextIO) -> None:
        self.path, self.stream = path, stream
        self.text, self.at, self.lines = "", 0, 0
        self.decoder = json.JSONDecoder()

    def sign(self, skipped: re.Pattern[str] = SPACE) -> str:
        """Pass what is skipped, and give the sign behind it; empty at the end of the file."""
        while True:
            found = skipped.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text) or not self._grow():
                return self.text[self.at : self.at + 1]

    def next_object(self) -> dict[str, Any]:
        """Pass the object that begins here. Raises InputError for anything else."""
        while True:
            try:
                value, self.at = self.decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                fault = self.fault(error.msg, error.pos)
                cut = error.msg.startswith("Unterminated") or error.pos >= len(self.text) - CUT
                if not (cut and self._grow()):
                    raise fault from None
            except RecursionError as error:
                raise InputError(f"{self.path}: not JSON ({error})") from None
            else:
                if not isinstance(value, dict):
                    raise self.no_object()
                return whole_characters(value)

    def no_object(self) -> InputError:
        """An InputError for an array that is empty, or of something else."""
        return InputError(f"{self.path}: expected an array of objects, or objects by the papers' ids")

    def fault(self, words: str, position: int | None = None) -> InputError:
        """An InputError with the line of the position, or of what comes next."""
        line = self.lines + self.text.count("\n", 0, self.at if position is None else position) + 1
        return InputError(f"{self.path}: not JSON (line {line}: {words})")

    def _grow(self) -> bool:
        """Let go what was passed, and read as much again as is left; False at the end of the file."""
        self.lines += self.text.count("\n", 0, self.at)
        left = self.text[self.at :]
        more = self.stream.read(max(CHUNK, len(left)))
        self.text, self.at = left + more, 0
        return bool(more)
