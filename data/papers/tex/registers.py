r"""Boxes and counters: what is stored in one is printed where it is used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from .definitions import Definitions
from .macros import Macro
from .source_map import MappedText, Output
from .stack import InputStack

SET_BOX = re.compile(r"(\\[A-Za-z@]+|\d+)\s*=?\s*\\[hv](?:box|top)\s*(?:(?:to|spread)\s*[^{}\n]{1,40})?(?=\{)")
BOX_NAME = re.compile(r"\\[A-Za-z@]+|\d+")
LRBOX_END = re.compile(r"\\end\s*\{lrbox\}")
COMMANDS = ("newcounter", "setcounter", "addtocounter", "stepcounter", "refstepcounter", "arabic", "value")


class Boxes:
    """The contents of the boxes, by name or number."""

    def __init__(self, stack: InputStack) -> None:
        self.stack = stack
        self.contents: dict[str, MappedText] = {}
        self.handlers: dict[str, Callable[[str], None]] = {
            "sbox": self._save,
            "savebox": self._save,
            "usebox": self._use,
            "setbox": self._set,
            **dict.fromkeys(("box", "copy", "unhbox", "unvbox"), self._use_plain),
        }

    def environment(self) -> None:
        """Read an `lrbox` environment from behind its beginning."""
        box, frame = self.stack.argument(), self.stack.top()
        end = LRBOX_END.search(frame.text, frame.position) if frame else None
        if box is not None and frame is not None and end is not None:
            self.contents[box.text.strip()] = frame.source.cut(frame.position, end.start())
            frame.position = end.end()

    def _save(self, _: str) -> None:
        name = self.stack.argument()
        self.stack.option()
        self.stack.option()
        content = self.stack.argument()
        if name is not None and content is not None:
            self.contents[name.text.strip()] = content

    def _set(self, _: str) -> None:
        found = self._match(SET_BOX)
        content = self.stack.group() if found else None
        if found is not None and content is not None:
            self.contents[found[1]] = content

    def _use(self, _: str) -> None:
        name = self.stack.argument()
        if name is not None:
            self._print(name.text.strip())

    def _use_plain(self, _: str) -> None:
        found = self._match(BOX_NAME)
        if found is not None:
            self._print(found[0])

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        frame = self.stack.skip_space()
        found = pattern.match(frame.text, frame.position) if frame else None
        if frame is not None and found is not None:
            frame.position = found.end()
        return found

    def _print(self, name: str) -> None:
        content = self.contents.get(name)
        if content is not None and not self.stack.spent:
            self.stack.expansions += 1
            self.stack.push(content)


@dataclass
class Counters:
    """The values of the paper's own counters; commands about other counters are printed as they stand."""

    stack: InputStack
    definitions: Definitions
    output: Output
    number: Callable[[str], int | None]
    values: dict[str, int] = field(default_factory=dict)

    @property
    def handlers(self) -> dict[str, Callable[[str], None]]:
        """What to do at each command."""
        return dict.fromkeys(COMMANDS, self._read)

    def _read(self, command: str) -> None:
        place = self.stack.place
        argument = self.stack.argument()
        name = argument.text.strip() if argument is not None else ""
        if command == "newcounter":
            self.stack.option()
            self.values[name] = 0
            self.definitions.enter(f"the{name}", Macro(rf"\arabic{{{name}}}"), everywhere=True)
            return
        given = self.stack.argument() if command in ("setcounter", "addtocounter") else None
        if name not in self.values:
            shown = f"{{{given.text}}}" if given is not None else ""
            self.output.add(MappedText.at(f"\\{command}{{{name}}}{shown}", place))
        elif command in ("arabic", "value"):
            self.output.add(MappedText.at(str(self.values[name]), place))
        elif given is None:
            self.values[name] += 1
        else:
            number = self.number(given.text) or 0
            self.values[name] = number if command == "setcounter" else self.values[name] + number
