r"""Environments: the paper's own, those that are not printed, and the document itself."""

from __future__ import annotations

import re
from collections.abc import Callable

from .definitions import Definitions
from .macros import Environment
from .project import TexFiles
from .registers import Boxes
from .source_map import Output, Placed
from .stack import MOST_OF_FILES, Stack

COMMENT = re.compile(r"\\comment(?![A-Za-z@])")
CLOSE = "peerassay@close"
"""A command of ours that ends the group of an environment."""
LONGEST_NAME = 1000
HOOKS = {"begindocument": "AtBeginDocument", "enddocument": "AtEndDocument"}
EXCLUDING = ("excludecomment", "excludeversion", "includecomment", "includeversion", "specialcomment")


class Environments:
    r"""The environments that are open.

    `body` is where the document begins in the output, None before; `after` is the source behind its end once it is
    `done`.
    """

    def __init__(
        self,
        stack: Stack,
        files: TexFiles,
        definitions: Definitions,
        output: Output,
        boxes: Boxes,
        expanded: Callable[[str], str],
    ) -> None:
        self.stack = stack
        self.files = files
        self.definitions = definitions
        self.output = output
        self.boxes = boxes
        self.expanded = expanded
        self.excluded = {"comment"}
        self.body: int | None = None
        self.after = ""
        self.done = False
        self._open: list[tuple[str, str]] = []
        self._at_begin: list[Placed] = []
        self._at_end: list[Placed] = []
        self.handlers: dict[str, Callable[[str], None]] = {
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
        own = meaning if isinstance(meaning, Environment) and not self.stack.spent else None
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
            self.output.add(Placed.at(f"\\begin{{{name}}}", self.stack.place))
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
            self.output.add(Placed.at(f"\\end{{{name}}}", self.stack.place))

    def _end_document(self) -> None:
        if self._at_end:
            self.stack.push_text("\\end{document}")
            for piece in reversed(self._at_end):
                self.stack.push(piece)
            self._at_end.clear()
            return
        self.output.add(Placed.at("\\end{document}", self.stack.place))
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
