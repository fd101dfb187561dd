r"""Counters that a paper makes itself: \newcounter, \setcounter, \arabic, \thename."""

from __future__ import annotations

from collections.abc import Callable

from .definitions import Definitions
from .macros import Macro
from .output import Output
from .source_map import Placed
from .stack import Stack

COMMANDS = ("newcounter", "setcounter", "addtocounter", "stepcounter", "refstepcounter", "arabic", "value")


class Counters:
    """The values of the paper's own counters; commands about other counters are printed as they stand."""

    def __init__(
        self, stack: Stack, definitions: Definitions, output: Output, number: Callable[[str], int | None]
    ) -> None:
        self.stack = stack
        self.definitions = definitions
        self.output = output
        self.number = number
        self.values: dict[str, int] = {}
        self.handlers: dict[str, Callable[[str], None]] = dict.fromkeys(COMMANDS, self._read)

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
            self.output.add(Placed.at(f"\\{command}{{{name}}}{shown}", place))
        elif command in ("arabic", "value"):
            self.output.add(Placed.at(str(self.values[name]), place))
        elif given is None:
            self.values[name] += 1
        else:
            number = self.number(given.text) or 0
            self.values[name] = number if command == "setcounter" else self.values[name] + number
