r"""Conditionals: which branch is printed, as far as the source tells. What cannot be told is None: both are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from . import known_commands as known
from . import lengths
from .commands import argument
from .macros import NO_VALUE, TRUE, Alias, Letter, Macro, Meaning, Switch
from .numbers import Numbers
from .stack import InputStack

FIXED = {"iftrue": True, "iffalse": False, "ifmmode": False, "ifpdf": True, "ifpdftex": True, "ifPDFTeX": True,
         "ifxetex": False, "ifluatex": False, "ifXeTeX": False, "ifLuaTeX": False, "iftutex": False, "ifTUTeX": False,
         "ifptex": False, "ifuptex": False, "ifvtex": False}  # fmt: skip
"""Conditionals whose value is known for pdfLaTeX."""
TESTED = ("ifx", "if", "ifcat", "ifnum", "ifodd", "ifdim", "ifcase", "ifdefined", "ifcsname")
OPEN = {"ifvmode", "ifhmode", "ifinner", "ifvoid", "ifhbox", "ifvbox", "ifeof", "iffontchar", "ifincsname",
        "if@twocolumn", "if@twoside", "if@inlabel", "if@noskipsec", "if@compatibility", "if@mainmatter",
        "if@restonecol"}  # fmt: skip
PRIMITIVES = {*FIXED, *TESTED, *OPEN}
BUILT_IN = {"relax", "par", "pdfoutput", "pdftexversion", "pdfstrcmp", "documentclass", "textbf", "emph", "the",
            "hbox", "vbox", "bgroup", "egroup", "def", "input", "maketitle", "today", "LaTeX", "TeX"}  # fmt: skip
RELATION = re.compile(r"\s*([<>=])")
JOIN = re.compile(r"\\(?:not|NOT|and|AND|or|OR)(?![A-Za-z])|\\[()]")
PIECE = re.compile(rf"{JOIN.pattern}|\\(?P<name>[A-Za-z@]+)|[^\\{{}}]*[^\s\\{{}}][^\\{{}}]*")
DEEPEST = 20
"""Brackets within brackets that are read."""


@dataclass
class Conditions:
    """The tests of one source; `meaning` looks a command up, `expanded` gives a text with its commands expanded."""

    stack: InputStack
    meaning: Callable[[str], Meaning | None]
    expanded: Callable[[str], str]
    numbers: Numbers

    def primitive(self, name: str) -> bool | None:
        r"""The value of a conditional that ends with \fi; reads what it compares."""
        meaning = self.meaning(name)
        if isinstance(meaning, Switch):
            return meaning.on
        if isinstance(meaning, Alias):
            name = meaning.name
        if name in FIXED:
            return FIXED[name]
        if name == "ifx":
            return self._same(self.stack.token(), self.stack.token())
        if name in ("if", "ifcat"):
            return self._same_character() if name == "if" else None
        if name == "ifdefined":
            return self._defined((self.stack.token() or "").lstrip("\\"))
        if name == "ifcsname":
            text = self.stack.raw_until("\\endcsname")
            return None if text is None else self._defined(self.expanded(text.text).strip())
        if name == "ifnum":
            return self._compared()
        if name == "ifodd":
            number = self.numbers.read()
            return None if number is None else number % 2 == 1
        return self._dimension() if name == "ifdim" else None

    def _compared(self) -> bool | None:
        """Whether the relation of two numbers that is read next holds."""
        left, relation = self.numbers.read(), self._relation()
        right = self.numbers.read() if relation else None
        if left is None or right is None:
            return None
        return {"<": left < right, ">": left > right, "=": left == right}[relation]

    def _relation(self) -> str:
        self.numbers.next(space=True)
        frame = self.stack.skip_space()
        found = RELATION.match(frame.text, frame.position) if frame else None
        if frame is None or found is None:
            return ""
        frame.position = found.end()
        return found[1]

    def _dimension(self) -> bool | None:
        frame = self.stack.skip_space()
        found = lengths.COMPARED.match(frame.text, frame.position) if frame else None
        if frame is None or found is None:
            return None
        frame.position = found.end()
        return lengths.compared(found)

    def _same_character(self) -> bool | None:
        first = second = None
        for _ in range(20):
            token = self.stack.token()
            if token is None:
                return None
            meaning = self.meaning(token[1:]) if token[0] == "\\" else None
            if isinstance(meaning, Macro) and not self.stack.spent:
                self.stack.push(self.stack.call(meaning))
            elif token[0] == "\\" and token != "\\relax":
                return None
            elif first is None:
                first = token
            else:
                second = token
                break
        return None if second is None else first == second

    def _same(self, first: str | None, second: str | None) -> bool | None:
        """Whether two tokens mean the same."""
        if first is None or second is None:
            return None
        if first == second:
            return True
        if first[0] != "\\" and second[0] != "\\":
            return False
        one, other = self._meant(first), self._meant(second)
        return one == other

    def _meant(self, token: str) -> Meaning | str | None:
        if token[0] != "\\":
            return token
        name = token[1:]
        if name in ("empty", "@empty"):
            return Macro("")
        meaning = self.meaning(name)
        if meaning is None:
            return f"\\{name}" if self._is_known(name) else None
        if isinstance(meaning, Alias):
            return f"\\{meaning.name}"
        return meaning.body if isinstance(meaning, Letter) else meaning

    def _defined(self, name: str) -> bool:
        return self.meaning(name) is not None or self._is_known(name)

    @staticmethod
    def _is_known(name: str) -> bool:
        return (
            name in BUILT_IN
            or name in PRIMITIVES
            or any(name in table for table in (known.HEADINGS, known.DROPPED, known.LETTERS, known.BREAKS, known.CITES))
        )

    def of_arguments(self, name: str, values: list[str]) -> bool | None:
        r"""The value of a conditional that takes its branches as arguments, such as \ifthenelse and etoolbox's."""
        first = values[0].strip()
        bare = first.lstrip("\\")
        if name == "ifthenelse":
            return self.said(values[0])
        if name in ("ifbool", "iftoggle", "notbool", "nottoggle"):
            meaning = self.meaning(f"if{first}")
            value = meaning.on if isinstance(meaning, Switch) else None
            return value if value is None or not name.startswith("not") else not value
        if name in ("@ifundefined", "ifcsundef", "ifundef"):
            return not self._defined(bare)
        if name in ("ifdef", "ifcsdef"):
            return self._defined(bare)
        if name in ("ifblank", "IfBlankTF", "ifstrempty", "notblank"):
            return (not self.expanded(first).strip()) != (name == "notblank")
        if name in ("ifdefempty", "ifdefvoid", "ifcsempty", "ifcsvoid"):
            meaning = self.meaning(bare)
            void = not self._defined(bare) or (isinstance(meaning, Alias) and meaning.name == "relax")
            return not meaning.body.strip() if isinstance(meaning, Macro) else name.endswith("void") and void
        if name in ("ifstrequal", "ifdefstring", "ifcsstring"):
            left = self.expanded(first if name != "ifcsstring" else f"\\{first}")
            return left.strip() == self.expanded(values[1]).strip()
        if name in ("ifnumcomp", "ifnumequal"):
            relation = values[1] if name == "ifnumcomp" else "="
            return self.numbers.aside(
                rf"\numexpr {values[0]}\relax {relation}\numexpr {values[-1]}\relax", self._compared
            )
        if name in ("IfValueTF", "IfValueT", "IfValueF"):
            return first != NO_VALUE
        if name in ("IfNoValueTF", "IfNoValueT", "IfNoValueF"):
            return first == NO_VALUE
        return first == TRUE if name.startswith("IfBoolean") else None

    def said(self, test: str) -> bool | None:
        r"""The value of a test of \ifthenelse: \boolean{x}, \equal{a}{b}, 1 < 2, with \NOT, \AND, \OR, \( and \)."""
        return self._joined(test, 0, 0)[0]

    def _joined(self, test: str, position: int, depth: int) -> tuple[bool | None, int]:
        r"""The value of tests up to the end or to the \) that belongs to them, and where reading stands then."""
        values: list[bool | None] = []
        joins: list[str] = []
        negated = False
        while found := PIECE.search(test, position):
            position = found.end()
            word = found[0].lstrip("\\").lower()
            if word == ")" or depth > DEEPEST:
                break
            if word in ("and", "or"):
                joins.append(word)
            elif word == "not":
                negated = not negated
            else:
                inner = self._joined(test, position, depth + 1) if word == "(" else self._atom(test, found)
                value, position = inner
                values.append(value if value is None or not negated else not value)
                negated = False
        if not values or len(joins) != len(values) - 1:
            return None, position
        return _combined(values, joins), position

    def _atom(self, test: str, found: re.Match[str]) -> tuple[bool | None, int]:
        """The value of one test without joins, which begins with what was found, and where it ends."""
        groups, position = _groups(test, found.end())
        name = found["name"]
        if name in ("boolean", "ifbool") and groups:
            meaning = self.meaning(f"if{groups[0].strip()}")
            return (meaning.on if isinstance(meaning, Switch) else None), position
        if name == "equal" and len(groups) > 1:
            return self.expanded(groups[0]).strip() == self.expanded(groups[1]).strip(), position
        if name == "isodd" and groups:
            number = integer(self.expanded(groups[0]))
            return (None if number is None else number % 2 == 1), position
        if name == "isundefined" and groups:
            return not self._defined(groups[0].strip().lstrip("\\")), position
        if name == "lengthtest" and groups:
            test_of_lengths = lengths.COMPARED.fullmatch(self.expanded(groups[0]).strip())
            return (lengths.compared(test_of_lengths) if test_of_lengths else None), position
        end = next((join.start() for join in JOIN.finditer(test, found.end())), len(test))
        return self.numbers.aside(test[found.start() : end], self._compared), end


def integer(text: str) -> int | None:
    """The whole number that a text is, None where it is none."""
    found = re.fullmatch(r"\s*([+-]?\d{1,15})\s*", text)
    return int(found[1]) if found else None


def _groups(text: str, position: int) -> tuple[list[str], int]:
    """The groups that follow one another from the position on."""
    found: list[str] = []
    while text[position:].lstrip().startswith("{"):
        group = argument(text, position)
        if group is None:
            return found, len(text)
        found.append(group[0])
        position = group[1]
    return found, position


def _combined(values: list[bool | None], joins: list[str]) -> bool | None:
    """Values joined from left to right, as ifthen does."""
    result = values[0]
    for join, value in zip(joins, values[1:], strict=True):
        decisive = join == "or"
        if result is decisive or value is decisive:
            result = decisive
        elif result is None or value is None:
            result = None
        else:
            result = not decisive
    return result
