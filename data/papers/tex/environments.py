r"""Environments: the paper's own, those that are not printed, and the document itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .definitions import Definitions
from .macros import EnvironmentDefinition
from .project import TexProject
from .registers import Boxes
from .source_map import MappedText, Output
from .stack import MOST_OF_FILES, InputStack

COMMENT = re.compile(r"\\comment(?![A-Za-z@])")
CLOSE = "peerassay@close"
"""A command of ours that ends the group of an environment."""
LONGEST_NAME = 1000
HOOKS = {"begindocument": "AtBeginDocument", "enddocument": "AtEndDocument"}
EXCLUDING = ("excludecomment", "excludeversion", "includecomment", "includeversion", "specialcomment")


@dataclass
class Environments:
    r"""The environments that are open.

    `body` is where the document begins in the output, None before; `after` is the source behind its end once it is
    `done`.
    """

    stack: InputStack
    files: TexProject
    definitions: Definitions
    output: Output
    boxes: Boxes
    expanded: Callable[[str], str]
    excluded: set[str] = field(default_factory=lambda: {"comment"})
    body: int | None = None
    after: str = ""
    done: bool = False
    _open: list[tuple[str, str]] = field(default_factory=list)
    _at_begin: list[MappedText] = field(default_factory=list)
    _at_end: list[MappedText] = field(default_factory=list)

    @property
    def handlers(self) -> dict[str, Callable[[str], None]]:
        """What to do at each command."""
        return {
            "begin": self._begin,
            "end": self._end,
            CLOSE: lambda _: self.definitions.close(),
            "comment": lambda _: self._comment(),
            **dict.fromkeys(EXCLUDING, self._excluding),
            **dict.fromkeys(("AtBeginDocument", "AtEndDocument", "AddToHook"), self._hook),
        }

    def _name(self) -> str:
        argument = self.stack.argument()
        text = argument.text if argument is not None else ""
        return (self.expanded(text) if len(text) < LONGEST_NAME else text).strip()

    def _begin(self, _: str) -> None:
        name = self._name()
        meaning = self.definitions.meaning(f"begin {name}")
        own = meaning if isinstance(meaning, EnvironmentDefinition) and not self.stack.spent else None
        if name.rstrip("*") in self.excluded or (own and COMMENT.search(own.begin.body)):
            self._exclude(name)
        elif name == "lrbox":
            self.boxes.environment()
        elif own:
            self.definitions.open()
            self._open.append((name, own.end))
            self.stack.push(self.stack.call(own.begin))
        else:
            self.definitions.open()
            self.output.add(MappedText.at(f"\\begin{{{name}}}", self.stack.place))
            if name == "document":
                self._begin_document()

    def _begin_document(self) -> None:
        if self.body is None and not self.output.aside:
            self.body = self.output.length
        for piece in reversed(self._at_begin):
            self.stack.push(piece)
        self._at_begin.clear()

    def _end(self, _: str) -> None:
        name = self._name()
        if name == "document":
            self._end_document()
        elif self._open and self._open[-1][0] == name:
            self.stack.push_text(f"{self._open.pop()[1]}\\{CLOSE} ")
        else:
            self.definitions.close()
            self.output.add(MappedText.at(f"\\end{{{name}}}", self.stack.place))

    def _end_document(self) -> None:
        if self._at_end:
            self.stack.push_text("\\end{document}")
            for piece in reversed(self._at_end):
                self.stack.push(piece)
            self._at_end.clear()
            return
        self.output.add(MappedText.at("\\end{document}", self.stack.place))
        self.after = "".join(frame.text[frame.position :] for frame in reversed(self.stack.frames))
        self.done = True

    def _exclude(self, name: str) -> None:
        """Leave out an environment that is not printed."""
        closing = re.compile(rf"\\end\s*\{{{re.escape(name)}\}}")
        while (frame := self.stack.top()) is not None:
            found = closing.search(frame.text, frame.position)
            if found is not None:
                frame.position = found.end()
                return
            if frame.file is not None:
                where = self.files.lines.shown(frame.place)
                self.files.problem(f"{where}: \\begin{{{name}}} has no end; its text is read")
                return
            frame.position = len(frame.text)

    def _excluding(self, command: str) -> None:
        names = {name.strip() for name in self._name().split(",")}
        self.excluded = self.excluded | names if command.startswith("exclude") else self.excluded - names
        if command == "specialcomment":
            self.stack.argument()
            self.stack.argument()

    def _comment(self) -> None:
        r"""\comment ... \endcomment, as commands."""
        self.stack.raw_until("\\endcomment", MOST_OF_FILES)

    def _hook(self, command: str) -> None:
        if command == "AddToHook":
            command = HOOKS.get(self._name(), "")
        piece = self.stack.argument()
        if piece is not None and command:
            (self._at_begin if command == "AtBeginDocument" else self._at_end).append(piece)
