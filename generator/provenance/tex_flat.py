"""LaTeX to plain text, character by character with the place that each came from.

Formulae are read where they state a value (numbers, ±, ×, powers of ten, a name and an equals sign) and leave nothing
where they define something: subscripts and exponents other than powers of ten go, and so do formulae that calculate.
"""

from __future__ import annotations

import re

from ...data.papers.tex import known_commands as known
from ...data.papers.tex.commands import argument, is_citation, option, read_citation
from .passages import CITED
from .passages import SYMBOL as SYMBOL_MARK

TOKEN = re.compile(
    r"\\begin\s*\{(?P<begin>[^{}\n]*)\}|\\end\s*\{(?P<end>[^{}\n]*)\}|\\(?P<command>[A-Za-z@]+)\*?|\\(?P<sign>.)"
    r"|(?P<math>\$\$?)|(?P<comma>\{,\})|(?P<mark>[{}~&])|(?P<dash>---?)|(?P<power>(?<![\d.])10\s*\^)|(?P<script>[\^_])"
    r"|(?P<length>(?<![\d.])-?\d{0,5}\.?\d{1,9}[ ]?\\(?:(?:text|line|column|paper|page)(?:width|height)|[hv]size"
    r"|baselineskip|tabcolsep)(?![A-Za-z]))",
    re.DOTALL,
)
SIGNS = {"%": "%", "&": "&", "$": "$", "#": "#", "_": "_", "\\": "\n", ",": "\u2009", ";": " ", ":": " ", " ": " ",
         "!": "", "-": "", "/": "", "(": " ", ")": " ", "[": " ", "]": " ", "{": "{", "}": "}"}  # fmt: skip
WORDS = {"pm": "±", "textpm": "±", "mp": "±", "times": "×", "texttimes": "×", "cdot": "·", "sim": "≈", "approx": "≈",
         "textasciitilde": "≈", "percent": "%", "Delta": "Δ", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
         "lt": "<", "gt": ">", "quad": " ", "qquad": " ", "to": " → ", "rightarrow": " → ", "uparrow": "↑",
         "downarrow": "↓", "newline": "\n", "par": "\n\n", "item": "\n\n", "linebreak": "\n", "infty": "∞",
         "textless": "<", "textgreater": ">"}  # fmt: skip
DROPPED = {**known.DROPPED, "ref": 1, "cref": 1, "Cref": 1, "eqref": 1, "autoref": 1, "pageref": 1, "nameref": 1,
           "url": 1, "path": 1, "nolinkurl": 1, "bibliography": 1, "addlinespace": 0, "specialrule": 3,
           "multicolumn": 2, "multirow": 2, "thead": 0, "makecell": 0, "pagecolor": 1, "phantom": 1, "hphantom": 1,
           "vphantom": 1}  # fmt: skip
CALCULATED = re.compile(
    r"\\(?:frac|sqrt|sum|prod|int|log|exp|min|max|mod|bmod|mathbb|mathcal|in|forall|nabla|ldots|dots)(?![A-Za-z])"
    r"|[\w)}]\s*[+/]\s*[\w(\\]|(?<=[A-Za-z)}])\s*-\s*\w|\d\s*-\s*[A-Za-z\\]|[|!]"
)
"""A formula that calculates or defines."""
SYMBOL = re.compile(r"(?<![A-Za-z\\])(?![pnd](?![A-Za-z])|F_\{?1|R\^\{?2)(?:[A-Za-z]|\\(?!Delta)[a-z]{2,8})"
                    r"(?:_\{[^{}]*\}|_\w|\^\{[^{}]*\})?\s*=(?!.*(?:\\pm|±))")  # fmt: skip
"""A symbol that gets its value (K=4); p, n, d, F_1 and R^2 are words in statistics."""
NAMED = (
    r"(?:\\(?:mathcal|mathbf|mathbb|boldsymbol|hat|bar|tilde)\s*\{?\s*\\?[A-Za-z]+\s*\}?|[A-Za-z]|\\(?!Delta)[a-z]{2,8})"
    r"(?:[_^](?:\{(?:[^{}]|\{[^{}]*\})*\}|\w))*(?:\(\\?[a-z]+\))?"
)
GIVEN = (
    r"[-+\u2212]?\s*(?:\d(?:[\d.]|\{,\}|,(?=\d{3}))*|\.\d+)"
    r"(?:\s*\\(?:times|cdot)\s*10\s*\^\s*\{?-?\d+\}?)?(?:\s|\\,|\\?%)*"
)
ASSIGNED = re.compile(rf"\s*(?P<symbol>{NAMED})\s*=\s*(?P<value>{GIVEN})(?:[,;]|\Z)")
"""A symbol with the number that a formula gives it."""
SYMBOL_ALONE = re.compile(r"(?![pnd]\Z|F_\{?1|R\^\{?2)")
WORDS_OF_SYMBOL = re.compile(r"\\(?:mathcal|mathbf|mathbb|boldsymbol|mathrm|hat|bar|tilde|text\w*)(?![a-z])|[^A-Za-z]+")


PRINTED_SCRIPT = re.compile(r"%|\\pm(?![A-Za-z])|±")
"""A subscript or exponent that says something of a value: its spread, or that it is a percentage."""
SPREAD_SCRIPT = re.compile(r"[\s{(]*(?:\\(?:script\w*style|tiny|scriptsize)\s*)?[\s{(]*(\d*\.\d+)[\s})]*")
"""A subscript of a value that is its spread: $0.31_{0.02}$ and $0.31_{(0.02)}$."""
SIGNED = re.compile(r"\s*([-+\u2212])\s+(?=\.?\d)")
"""A formula's sign, apart from its number: it prints beside it."""


class Flat:
    """Text and, for each of its characters, the offset in the source."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self._pieces: list[str] = []

    @property
    def text(self) -> str:
        """The text so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def add(self, text: str, offset: int, *, copied: bool = False) -> None:
        """Append a text; `copied` says that it stands in the source just so."""
        self._pieces.append(text)
        self.offsets += range(offset, offset + len(text)) if copied else [offset] * len(text)


def flatten(source: str, start: int, end: int) -> Flat:
    """The plain text of source[start:end]."""
    flat = Flat()
    _Flattener(source, flat).run(start, end)
    return flat


class _Flattener:
    """One pass over a stretch of source."""

    def __init__(self, source: str, flat: Flat) -> None:
        self.source = source
        self.flat = flat
        self._apart: set[int] = set()
        """Where a further argument of a command that is not known begins."""

    def run(self, start: int, end: int) -> None:
        """Write source[start:end] to the flat text."""
        position = start
        while (found := TOKEN.search(self.source, position, end)) is not None:
            self.flat.add(self.source[position : found.start()], position, copied=True)
            position = self._token(found, end)
        if position < end:
            self.flat.add(self.source[position:end], position, copied=True)

    def _token(self, found: re.Match[str], end: int) -> int:
        after, at = found.end(), found.start()
        if found["command"]:
            return self._command(found["command"], at, after, end)
        if found["begin"] and found["begin"].strip() in known.TABLES:
            return self._skip(after, known.TABLES[found["begin"].strip()], end)
        if found["math"]:
            return self._math(found["math"], at, after, end)
        if found["sign"]:
            return self._sign(found["sign"], at, after, end)
        if found["power"]:
            exponent = argument(self.source, after)
            if exponent:
                self.flat.add("10^" + exponent[0].replace("−", "-").replace(" ", ""), at)
                return exponent[1]
        elif found["script"]:
            script = argument(self.source, after)
            spread = SPREAD_SCRIPT.fullmatch(script[0]) if script and found["script"] == "_" else None
            if script and spread and self.flat.text[-1:].isdigit():
                self.flat.add(f"±{spread[1]}", at)
                return script[1]
            return script[1] if script and not PRINTED_SCRIPT.search(script[0]) else after
        elif found["comma"]:
            self.flat.add(",", at)
        elif found["dash"]:
            self.flat.add("–", at)
        elif found["mark"]:
            self.flat.add(" " if at in self._apart else {"~": " ", "&": " & "}.get(found["mark"], ""), at)
        return after

    def _math(self, sign: str, at: int, after: int, end: int) -> int:
        closing = self.source.find(sign, after, end)
        while closing > 0 and self.source[closing - 1] == "\\":
            closing = self.source.find(sign, closing + 1, end)
        if closing < 0:
            return after
        self._formula(at, after, closing, display=sign == "$$")
        return closing + len(sign)

    def _formula(self, at: int, start: int, end: int, *, display: bool) -> None:
        """A formula that states a value is read; another leaves an "=" sign's worth of nothing."""
        formula = self.source[start:end]
        assigned = [] if display else _assigned(formula)
        for found in assigned:
            name = " ".join(WORDS_OF_SYMBOL.sub(" ", found["symbol"]).split())
            self.flat.add(f" {SYMBOL_MARK}{name} = ", start + found.start())
            self.run(start + found.start("value"), start + found.end("value"))
            self.flat.add(", " if found is not assigned[-1] else "", start + found.end() - 1)
        if assigned:
            return
        if display or CALCULATED.search(formula) or SYMBOL.search(formula):
            self.flat.add(" ", at)
        else:
            signed = SIGNED.match(formula)
            self.flat.add(signed[1] if signed else "", at)
            self.run(start + (signed.end() if signed else 0), end)

    def _sign(self, sign: str, at: int, after: int, end: int) -> int:
        if sign in "([":
            closing = self.source.find({"(": "\\)", "[": "\\]"}[sign], after, end)
            if closing >= 0:
                self._formula(at, after, closing, display=sign == "[")
                return closing + 2
        self.flat.add(SIGNS.get(sign, ""), at)
        return option(self.source, after) if sign == "\\" else after

    def _command(self, name: str, at: int, after: int, end: int) -> int:
        if name == "textminus":
            self.flat.add("-", at)
            return min(end, after + len(self.source[after:end]) - len(self.source[after:end].lstrip(" ")))
        if name in WORDS:
            self.flat.add(WORDS[name], at)
            return after
        if is_citation(name):
            self.flat.add(CITED, at)
            cited = read_citation(self.source, name, after)
            return min(cited[1], end) if cited else after
        if name in known.DIMENSION:
            length = known.DIMENSION[name].match(self.source, after)
            return length.end() if length else after
        if name in DROPPED:
            return self._skip(after, DROPPED[name], end)
        if name in ("footnote", "textsuperscript", "textsubscript"):
            self.flat.add(" ", at)
        elif name not in known.FONTS and (first := argument(self.source, after)) and self.source[after:end][:1] == "{":
            self._apart |= {first[1]} if self.source[first[1] : end][:1] == "{" else set()
        return after

    def _skip(self, position: int, count: int, end: int) -> int:
        for _ in range(count):
            found = argument(self.source, option(self.source, position))
            if found is None:
                break
            position = found[1]
        return min(option(self.source, position) if not count else position, end)


def _assigned(formula: str) -> list[re.Match[str]]:
    """The symbols that get a number, where a formula does nothing else and is no result as `SYMBOL` has them."""
    found: list[re.Match[str]] = []
    position = 0
    while position < len(formula):
        one = ASSIGNED.match(formula, position)
        if one is None or not SYMBOL_ALONE.match(one["symbol"]):
            return []
        found.append(one)
        position = one.end()
    return found
