r"""Whole numbers as TeX reads them: digits, "FF, '17, `a, count registers, \value, \numexpr, and macros of these.

What cannot be told from the source, or is no number, is None. (The TeXbook, chapter 24; the e-TeX manual, section 3.5.)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .macros import Constant, Count, Letter, Macro, Meaning
from .stack import ONE, SPACE, InputStack

MOST = 2**31 - 1
MOST_CALLS = 100
"""Commands that are expanded before one token of a number."""
DEEPEST = 20
CONSTANTS = {"m@ne": -1, "z@": 0, "@ne": 1, "tw@": 2, "thr@@": 3, "sixt@@n": 16, "@cclv": 255, "@cclvi": 256,
             "@m": 1000, "@M": 10000, "pdfoutput": 1}  # fmt: skip
"""Commands of LaTeX and pdfTeX that are numbers."""
STARTS = {"count", "value", "numexpr", *CONSTANTS}
Read = TypeVar("Read")
DIGITS = {"": ("0123456789", 10), '"': ("0123456789ABCDEF", 16), "'": ("01234567", 8)}


@dataclass
class Numbers:
    """Reads numbers from the stack; `meaning` and `expanded` are as in `Conditions`."""

    stack: InputStack
    meaning: Callable[[str], Meaning | None]
    expanded: Callable[[str], str]
    depth: int = 0

    def read(self) -> int | None:
        """The number that is read next."""
        return self._deeper(self._signed)

    def _deeper(self, read: Callable[[], int | None]) -> int | None:
        """What is read, None where it is too deep within others."""
        if self.depth >= DEEPEST:
            return None
        self.depth += 1
        found = read()
        self.depth -= 1
        return found

    def _signed(self) -> int | None:
        sign = 1
        while (token := self.next(space=True)) in ("+", "-"):
            self.stack.token()
            sign = -sign if token == "-" else sign
        if token is None:
            return None
        found = self._quantity(token[1:]) if token[0] == "\\" else self._literal(token)
        return sign * found if found is not None and found <= MOST else None

    def alone(self, text: str) -> int | None:
        """The number that the text is."""
        return self.aside(text, self.read)

    def aside(self, text: str, read: Callable[[], Read]) -> Read | None:
        """What is read of a text, None where something is left of it."""
        base = self.stack.base
        self.stack.base = len(self.stack.frames)
        self.stack.push_text(text)
        try:
            found = read()
            return found if self.next(space=True) in (None, "\\relax") else None
        finally:
            del self.stack.frames[self.stack.base :]
            self.stack.base = base

    def begins(self) -> bool:
        """Whether a number comes next."""
        token = self.next(space=True) or " "
        name = token[1:]
        return token in "+-\"'`0123456789" or name in STARTS or isinstance(self.meaning(name), Count | Constant)

    def next(self, *, space: bool) -> str | None:
        r"""The token that comes next, macros, \the and \number expanded; it stays. `space`: spaces before it go."""
        for _ in range(MOST_CALLS):
            frame = self.stack.skip_space() if space else self.stack.top()
            found = ONE.match(frame.text, frame.position) if frame else None
            if frame is None or found is None:
                return None
            name = found[0][1:] if found[0][0] == "\\" else ""
            meaning = self.meaning(name) if name else None
            macro = meaning if isinstance(meaning, Macro) and not isinstance(meaning, Letter) else None
            if self.stack.spent or (macro is None and name not in ("the", "number", "arabic")):
                return found[0]
            self._pass(found[0])
            if macro is not None:
                self.stack.push(self.stack.call(macro))
                continue
            self.stack.expansions += 1
            number = self.counter() if name == "arabic" else self.read()
            if number is None:
                return "\\"
            self.stack.push_text(str(number))
        return "\\"

    def _pass(self, token: str) -> None:
        """Read a token, and the spaces behind it that TeX never sees."""
        frame = self.stack.top()
        assert frame is not None
        frame.position += len(token)
        if token[0] == "\\" and token[1:].isalpha():
            found = SPACE.match(frame.text, frame.position)
            frame.position = found.end() if found else frame.position

    def _literal(self, token: str) -> int | None:
        """A number that begins with this sign; a space behind it belongs to it."""
        if token in ("'", '"', "`"):
            self._pass(token)
        if token == "`":
            sign = self.stack.token()
            digits, base = str(ord(sign[-1])) if sign and len(sign.lstrip("\\")) == 1 else "", 10
        else:
            digits, (known, base) = "", DIGITS[token if token in DIGITS else ""]
            while (digit := self.next(space=False)) is not None and digit in known:
                self._pass(digit)
                digits += digit
        after = self.next(space=False) or ""
        if not digits or len(digits) > 15 or after == "\\" or (after[:3] == "\\if" and after != "\\iff"):
            return None
        if after.isspace():
            self._pass(after)
        return int(digits, base)

    def _quantity(self, name: str) -> int | None:
        """The number that a command is."""
        meaning = self.meaning(name)
        if not (name in STARTS or isinstance(meaning, Count | Constant)):
            return None
        self._pass(f"\\{name}")
        if isinstance(meaning, Constant):
            return meaning.value
        if isinstance(meaning, Count):
            return self.value(meaning.register)
        if name == "count":
            number = self.read()
            return None if number is None else self.value(str(number))
        if name == "value":
            return self.counter()
        return self._expression() if name == "numexpr" else CONSTANTS[name]

    def counter(self) -> int | None:
        """The value of the counter that the next argument names."""
        argument = self.stack.argument()
        return self.value(f"c@{self.expanded(argument.text).strip()}") if argument is not None else None

    def value(self, register: str) -> int | None:
        """The value of a count register."""
        held = self.meaning(f"count {register}")
        return held.value if isinstance(held, Constant) else None

    def _expression(self) -> int | None:
        r"""What follows \numexpr, up to what does not belong to it; a \relax does."""
        found = self._sum()
        if self.next(space=True) == "\\relax":
            self._pass("\\relax")
        return found

    def _sum(self) -> int | None:
        total, sign = self._product(), 1
        while total is not None and (token := self.next(space=True)) in ("+", "-"):
            self._pass(token)
            sign, term = 1 if token == "+" else -1, self._product()
            total = None if term is None else total + sign * term
        return total if total is None or abs(total) <= MOST else None

    def _product(self) -> int | None:
        found = self._factor()
        while found is not None and (token := self.next(space=True)) in ("*", "/"):
            self._pass(token)
            by = self._factor()
            if by is None or (token == "/" and by == 0):
                return None
            found = found * by if token == "*" else _rounded(found, by)
        return found

    def _factor(self) -> int | None:
        if self.next(space=True) != "(":
            return self.read()
        self._pass("(")
        found = self._deeper(self._sum)
        closed = self.next(space=True) == ")"
        if closed:
            self._pass(")")
        return found if closed else None


def _rounded(number: int, by: int) -> int:
    """The quotient, rounded to the nearest whole number, halves away from 0."""
    quotient = (2 * abs(number) + abs(by)) // (2 * abs(by))
    return quotient if (number < 0) == (by < 0) else -quotient
