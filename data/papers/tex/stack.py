"""What is still to be read of a LaTeX source: files and expanded commands, one upon the other, and their arguments."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .commands import closing_braces
from .macros import FALSE, TRUE, Macro, Parameter
from .source_map import MappedText, substituted

TOKEN = re.compile(r"\\(?P<name>[A-Za-z@]+)|\\(?P<sign>.)|(?P<brace>[{}])", re.DOTALL)
ONE = re.compile(r"\\(?:[A-Za-z@]+|.)|.", re.DOTALL)
BRACKETED = re.compile(r"\\.|[{}\[\]]", re.DOTALL)
SPACE = re.compile(r"[ \t]*\n?[ \t]*")
ALL_SPACE = re.compile(r"\s*")
LONGEST_OPTION = 1500
MOST_EXPANSIONS = 50_000
MOST_CHARACTERS, TIMES_THE_FILES = 500_000, 10
"""Characters of expanded commands that are read, and how often those of the files come on top."""
MOST_OF_FILES = 20_000_000


@dataclass
class Frame:
    """One text that is being read. `file` is set where it is a file's; `folders` are those that \\import named."""

    source: MappedText
    position: int = 0
    file: Path | str | None = None
    folders: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text

    @property
    def place(self) -> int:
        """The line at which reading stands."""
        places = self.source.places
        return places[min(self.position, len(places) - 1)] if places else 0

    @cached_property
    def closings(self) -> dict[int, int]:
        """Where each brace that opens a group has its partner."""
        return closing_braces(self.text)

    def cut_after_line(self) -> None:
        """Let the text end with the line that is being read."""
        end = self.text.find("\n", self.position)
        if end >= 0:
            self.source = self.source.cut(0, end + 1)
            self.__dict__.pop("closings", None)


@dataclass
class InputStack:
    """The frames, the innermost last. Frames below `base` are out of reach: they wait for a side reading to end."""

    frames: list[Frame] = field(default_factory=list)
    base: int = 0
    expansions: int = 0
    characters: int = 0
    of_files: int = 0

    @property
    def spent(self) -> bool:
        """Whether so much was expanded that nothing more is."""
        most = MOST_CHARACTERS + TIMES_THE_FILES * self.of_files
        return self.expansions >= MOST_EXPANSIONS or self.characters >= most or self.of_files >= MOST_OF_FILES

    def push(self, source: MappedText, file: Path | str | None = None, folders: tuple[str, ...] = ()) -> None:
        """Read this text next."""
        if file is None:
            self.characters += len(source.text)
        else:
            self.of_files += len(source.text)
        self.frames.append(Frame(source, 0, file, folders))

    def push_text(self, text: str) -> None:
        """Read this text next, as if it stood where reading stands."""
        self.push(MappedText.at(text, self.place))

    @property
    def place(self) -> int:
        """The line at which reading stands."""
        return next((frame.place for frame in reversed(self.frames) if frame.source.places), 0)

    @property
    def file(self) -> Frame | None:
        """The frame of the innermost file."""
        return next((frame for frame in reversed(self.frames) if frame.file is not None), None)

    def top(self) -> Frame | None:
        """The innermost frame that has something left; expanded commands that have not are taken off."""
        while len(self.frames) > self.base:
            frame = self.frames[-1]
            if frame.position < len(frame.text) or frame.file is not None:
                return frame
            self.frames.pop()
        return None

    def skip_space(self, pattern: re.Pattern[str] = ALL_SPACE) -> Frame | None:
        """The innermost frame, read up to its next character that is no space."""
        while (frame := self.top()) is not None:
            found = pattern.match(frame.text, frame.position)
            frame.position = found.end() if found else frame.position
            if frame.position < len(frame.text) or frame.file is not None:
                return frame if frame.position < len(frame.text) else None
        return None

    def token(self) -> str | None:
        r"""The next command ("\name") or character, spaces skipped; None at the end."""
        frame = self.skip_space()
        found = ONE.match(frame.text, frame.position) if frame else None
        if frame is None or found is None:
            return None
        frame.position = found.end()
        return found[0]

    def starts(self, text: str) -> bool:
        """Whether the next text, spaces skipped, is this; reads it where it is."""
        frame = self.top()
        before = frame.position if frame else 0
        now = self.skip_space()
        if now is not None and now.text.startswith(text, now.position):
            now.position += len(text)
            return True
        if frame is not None and now is frame:
            frame.position = before
        return False

    def argument(self) -> MappedText | None:
        """The next group, command or character; None at the end, before a "}" or where a group does not end."""
        frame = self.skip_space()
        if frame is None or frame.text[frame.position] == "}":
            return None
        if frame.text[frame.position] != "{":
            found = ONE.match(frame.text, frame.position)
            end = found.end() if found else frame.position + 1
            piece = frame.source.cut(frame.position, end)
            frame.position = end
            return piece
        end = frame.closings.get(frame.position)
        if end is None:
            return None
        piece = frame.source.cut(frame.position + 1, end)
        frame.position = end + 1
        return piece

    def group(self) -> MappedText | None:
        """The next group, None where something else comes next."""
        frame = self.skip_space()
        return self.argument() if frame is not None and frame.text[frame.position] == "{" else None

    def option(self, signs: str = "[]") -> MappedText | None:
        """The text between brackets, None where no bracket comes next."""
        frame = self.top()
        before = frame.position if frame else 0
        now = self.skip_space(SPACE)
        if now is None or not now.text.startswith(signs[0], now.position):
            if frame is not None and now is frame:
                frame.position = before
            return None
        end = _option_end(now.text, now.position + 1, signs[1:2])
        if end is None:
            return None
        piece = now.source.cut(now.position + 1, end)
        now.position = end + 1
        return piece

    def raw_until(self, signs: str, most: int = LONGEST_OPTION) -> MappedText | None:
        """The text up to the signs, outside of all groups, of at most so many characters; the signs are read too."""
        frame = self.top()
        if frame is None:
            return None
        depth, position = 0, frame.position
        last = frame.text.rfind(signs, position, position + most)
        if last < 0:
            return None
        pattern = re.compile(rf"(?P<end>{re.escape(signs)})|\\.|[{{}}]", re.DOTALL)
        for found in pattern.finditer(frame.text, position, last + len(signs)):
            if found["end"] and depth == 0:
                frame.position = found.end()
                return frame.source.cut(position, found.start())
            depth += {"{": 1, "}": -1}.get(found[0], 0)
            if depth < 0:
                break
        return None

    def call(self, macro: Macro) -> MappedText:
        """What one use of the macro stands for; reads its arguments."""
        place = self.place
        self.expansions += 1
        if not macro.parameters:
            return MappedText.at(macro.body.replace("##", "#"), place)
        values: list[MappedText] = []
        for parameter in macro.parameters:
            value = self._value(parameter, values, place)
            if value is None:
                break
            if parameter.kind != "x":
                values.append(value)
        return substituted(macro.body, values, place)

    def _value(self, parameter: Parameter, earlier: list[MappedText], place: int) -> MappedText | None:
        kind = parameter.kind
        if kind == "m":
            return self.argument()
        if kind in "od":
            value = self.option(parameter.signs or "[]")
            return value if value is not None else substituted(parameter.default, earlier, place)
        if kind == "g":
            value = self.group()
            return value if value is not None else MappedText.at(parameter.default, place)
        if kind in "st":
            return MappedText.at(TRUE if self.starts(parameter.signs or "*") else FALSE, place)
        if kind == "b":
            return self._body(parameter.signs)
        if kind == "u":
            value = self.raw_until(parameter.signs)
            if value is not None and value.text[:1] == "{" and value.text[-1:] == "}":
                value = value.cut(1, len(value.text) - 1)
            return value
        self.starts(parameter.signs)
        return MappedText("", array("I"))

    def _body(self, end: str) -> MappedText | None:
        """The text up to the end of an environment, which stays to be read."""
        frame = self.top()
        stop = frame.text.find(end, frame.position) if frame is not None else -1
        if frame is None or stop < 0:
            return None
        body = frame.source.cut(frame.position, stop)
        frame.position = stop
        return body


def _option_end(text: str, position: int, closing: str) -> int | None:
    last = text.rfind(closing, position, position + LONGEST_OPTION) if closing else -1
    if last < 0:
        return None
    depth = 0
    pattern = BRACKETED if closing == "]" else re.compile(rf"\\.|[{{}}{re.escape(closing)}]", re.DOTALL)
    for found in pattern.finditer(text, position, last + 1):
        if found[0] == closing and depth == 0:
            return found.start()
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth < 0:
            return None
    return None
