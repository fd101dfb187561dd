r"""Conditionals in a source: the branch that is printed is read on, the other one is passed over."""

from __future__ import annotations

import re
from collections.abc import Callable

from .conditions import PRIMITIVES, Conditions
from .macros import EnvironmentDefinition, Macro, Meaning
from .project import TexProject
from .stack import Frame, InputStack

SKIPPED = re.compile(r"\\(?:([A-Za-z@]+)|.)", re.DOTALL)
BRANCHED = {
    "ifthenelse": 1, "ifbool": 1, "notbool": 1, "iftoggle": 1, "nottoggle": 1, "@ifundefined": 1, "ifcsundef": 1,
    "ifundef": 1, "ifdef": 1, "ifcsdef": 1, "ifblank": 1, "notblank": 1, "ifstrempty": 1, "IfBlankTF": 1,
    "ifdefempty": 1, "ifdefvoid": 1, "ifcsempty": 1, "ifcsvoid": 1, "ifstrequal": 2, "ifdefstring": 2,
    "ifcsstring": 2, "IfValueTF": 1, "IfNoValueTF": 1, "IfBooleanTF": 1, "IfValueT": 1, "IfValueF": 1,
    "IfNoValueT": 1, "IfNoValueF": 1, "IfBooleanT": 1, "IfBooleanF": 1, "@ifpackageloaded": 1, "@ifclassloaded": 1,
    "ifnumcomp": 3, "ifnumequal": 2,
}  # fmt: skip
"""Conditionals with how many arguments they test; their branches are arguments too."""
NO_IF = {"iff", *BRANCHED}


class Branches:
    """The conditionals that are open."""

    def __init__(self, stack: InputStack, files: TexProject, conditions: Conditions) -> None:
        self.stack = stack
        self.files = files
        self.conditions = conditions
        self.packages: set[str] = set()
        self.open: list[bool] = []
        r"""For each conditional, whether its \else ends what is printed."""
        self._negated = False
        self._loops: list[tuple[Frame, int]] = []
        r"""For each \loop, where its body begins."""
        self.handlers: dict[str, Callable[[str], None]] = {
            "else": self._else,
            "or": self._else,
            "fi": self._fi,
            "loop": self._loop,
            "repeat": self._repeat,
            "unless": self._unless,
            "ifcase": self._case,
            **dict.fromkeys(PRIMITIVES - {"ifcase"}, self.begin),
            **dict.fromkeys(BRANCHED, self._with_arguments),
        }

    def begin(self, name: str) -> None:
        r"""Read a conditional up to its printed branch."""
        self._decide(self.conditions.primitive(name), name)

    def begin_unknown(self, name: str) -> bool:
        r"""Whether a command that nothing defines is a conditional, as \ificlrfinal of a class is; then it is read."""
        frame = self.stack.top()
        bare = frame is None or frame.text[frame.position : frame.position + 1] not in "{["
        if not bare or not self._is_conditional(name):
            return False
        self._decide(None, name)
        return True

    def _unless(self, _: str) -> None:
        self._negated = True

    def _decide(self, value: bool | None, name: str) -> None:
        if self._negated:
            value = None if value is None else not value
            self._negated = False
        if value is None:
            self._undecided(name)
            self.open.append(False)
        elif value or self._skip() == "else":
            self.open.append(True)

    def _undecided(self, name: str) -> None:
        self._note(f"\\{name} cannot be decided from the source; both branches are read")

    def _note(self, words: str) -> None:
        line = f"{self.files.lines.shown(self.stack.place)}: {words}"
        if line not in self.files.notes:
            self.files.notes.append(line)

    def _skip(self) -> str:
        r"""Read without printing up to the \else, \or or \fi of this conditional, or the end of the file."""
        depth = 0
        while (frame := self.stack.top()) is not None:
            found = SKIPPED.search(frame.text, frame.position)
            frame.position = found.end() if found else len(frame.text)
            if found is None:
                if frame.file is not None:
                    self._note("a conditional does not end in this file; the rest of it is not read")
                    return "fi"
                continue
            word = found[1] or ""
            if word == "fi" or (word == "repeat" and self.conditions.meaning(word) is None):
                if depth == 0:
                    return "fi"
                depth -= 1
            elif word in ("else", "or") and depth == 0:
                return word
            elif self._is_conditional(word):
                depth += 1
        return "fi"

    def _is_conditional(self, word: str) -> bool:
        if not word.startswith("if") or word in NO_IF:
            return False
        meaning: Meaning | None = self.conditions.meaning(word)
        return word in PRIMITIVES or not isinstance(meaning, Macro | EnvironmentDefinition)

    def _case(self, name: str) -> None:
        number = self.conditions.numbers.read()
        if number is None:
            self._decide(None, name)
            return
        end = ""
        while number and end not in ("fi", "else"):
            end = self._skip()
            number -= 1
        if end != "fi":
            self.open.append(True)

    def _else(self, name: str) -> None:
        if not self.open or not self.open[-1]:
            return
        while name != "fi":
            name = self._skip()
        self.open.pop()

    def _fi(self, _: str) -> None:
        if self.open:
            self.open.pop()

    def _loop(self, _: str) -> None:
        frame = self.stack.top()
        if frame is not None:
            self._loops.append((frame, frame.position))

    def _repeat(self, name: str) -> None:
        r"""Read the body once more where its test was decided to hold."""
        holds = bool(self.open and self.open[-1])
        self._fi(name)
        if not self._loops:
            return
        frame, start = self._loops.pop()
        if holds and frame is self.stack.top() and not self.stack.spent:
            self.stack.expansions += 1
            self.stack.characters += frame.position - start
            frame.position = start
            self._loops.append((frame, start))

    def _with_arguments(self, name: str) -> None:
        values = [self.stack.argument() for _ in range(BRANCHED[name])]
        one_only = name[-1] in "TF" and not name.endswith("TF")
        yes = self.stack.argument()
        no = None if one_only else self.stack.argument()
        if one_only and name.endswith("F"):
            yes, no = None, yes
        texts = [value.text if value is not None else "" for value in values]
        if name in ("@ifpackageloaded", "@ifclassloaded"):
            value = texts[0].strip() in self.packages
        else:
            value = self.conditions.of_arguments(name, texts)
        if value is None:
            self._undecided(name)
        for branch, shown in ((no, value is not True), (yes, value is not False)):
            if branch is not None and shown:
                self.stack.push(branch)
