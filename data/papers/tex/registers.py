r"""Boxes and counters: what is stored in one is printed where it is used."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

from .definitions import Definitions
from .macros import Constant, Count, Macro
from .numbers import Numbers
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
    """The paper's own count registers, and LaTeX's counters, which are such; others are printed as they stand."""

    stack: InputStack
    definitions: Definitions
    output: Output
    numbers: Numbers

    @property
    def handlers(self) -> dict[str, Callable[[str], None]]:
        """What to do at each command."""
        return {
            **dict.fromkeys(COMMANDS, self._counter),
            **dict.fromkeys(("newcount", "countdef", "chardef"), self._new),
            **dict.fromkeys(CALCULATED, self._calculate),
            "count": self._numbered,
            "the": self._print,
            "number": self._print,
        }

    def assign(self, name: str, register: str) -> None:
        """Read what stands behind a register in the text: a value for it, else it is printed as it stands."""
        everywhere = self._everywhere()
        if self.stack.starts("=") or self.numbers.begins():
            self._hold(register, self.numbers.read(), everywhere=everywhere)
        else:
            self.output.command(name, self.stack.place)

    def _hold(self, register: str, value: int | None, *, everywhere: bool) -> None:
        self.definitions.enter(f"count {register}", Constant(value), everywhere=everywhere)

    def _everywhere(self) -> bool:
        r"""Whether \global stands before what is read."""
        everywhere, self.definitions.everywhere = self.definitions.everywhere, False
        return everywhere

    def _new(self, command: str) -> None:
        everywhere, given = self._everywhere(), self.stack.argument()
        name = given.text.strip().lstrip("\\") if given is not None else ""
        if command == "newcount":
            self.definitions.enter(name, Count(f"{name} {self.stack.expansions}"), everywhere=True)
            self._hold(f"{name} {self.stack.expansions}", 0, everywhere=True)
            return
        self.stack.starts("=")
        number = self.numbers.read()
        if number is not None:
            meaning = Constant(number) if command == "chardef" else Count(str(number))
            self.definitions.enter(name, meaning, everywhere=everywhere)

    def _numbered(self, name: str) -> None:
        number = self.numbers.read()
        if number is None:
            self.output.command(name, self.stack.place)
        else:
            self.assign(f"{name}{number}", str(number))

    def _calculate(self, command: str) -> None:
        r"""\advance and kin; those of lengths are printed as they stand."""
        everywhere, token = self._everywhere(), self.numbers.next(space=True) or ""
        meaning = self.definitions.meaning(token[1:])
        if isinstance(meaning, Count):
            self.stack.token()
            register = meaning.register
        elif token == "\\count":
            self.stack.token()
            register = str(self.numbers.read())
        else:
            self.output.command(command, self.stack.place)
            return
        self.stack.starts("by")
        old, by = self.numbers.value(register), self.numbers.read()
        new = None if old is None or by is None else CALCULATED[command](old, by)
        self._hold(register, new, everywhere=everywhere)

    def _print(self, command: str) -> None:
        place = self.stack.place
        number = self.numbers.read() if self.numbers.begins() else None
        if number is None:
            self.output.command(command, place)
        else:
            self.output.add(MappedText.at(str(number), place))

    def _counter(self, command: str) -> None:
        place = self.stack.place
        argument = self.stack.argument()
        name = argument.text.strip() if argument is not None else ""
        register = f"c@{name}"
        if command == "newcounter":
            self.stack.option()
            self.definitions.enter(register, Count(register), everywhere=True)
            self.definitions.enter(f"the{name}", Macro(rf"\arabic{{{name}}}"), everywhere=True)
            self._hold(register, 0, everywhere=True)
            return
        given = self.stack.argument() if command in ("setcounter", "addtocounter") else None
        old = self.numbers.value(register)
        if self.definitions.meaning(register) is None or (old is None and command in ("arabic", "value")):
            shown = f"{{{given.text}}}" if given is not None else ""
            self.output.add(MappedText.at(f"\\{command}{{{name}}}{shown}", place))
        elif command in ("arabic", "value"):
            self.output.add(MappedText.at(str(old), place))
        else:
            by = self.numbers.alone(given.text) if given is not None else 1
            before = 0 if command == "setcounter" else old
            self._hold(register, None if before is None or by is None else before + by, everywhere=True)


def _quotient(number: int, by: int) -> int | None:
    """As TeX divides: what is left over is dropped."""
    if by == 0:
        return None
    found = abs(number) // abs(by)
    return found if (number < 0) == (by < 0) else -found


CALCULATED: dict[str, Callable[[int, int], int | None]] = {
    "advance": operator.add,
    "multiply": operator.mul,
    "divide": _quotient,
}
