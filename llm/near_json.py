r"""JSON as models write it, read where only one reading is possible.

Besides JSON: comments, a comma behind the last item, single and typographic quotes, names without quotes, Python's
True, False and None, numbers as .7 and 70% (the latter a text), line breaks and quotation marks within a text, and
backslashes that were not doubled: of "$\beta$", in which JSON sees a backspace, the command is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DEEPEST = 64
BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)
NUMBER = re.compile(r"-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])(\s*%)?", re.ASCII)
NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
LITERALS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
CLOSERS = {'"': '"', "'": "'", "“": '”"', "”": '”"', "„": '“”"', "‘": "’'", "’": "’'"}
BEHIND_TEXT = re.compile(r"(?:\s|//[^\n]*\n|/\*.*?\*/)*(?:[,:}\]]|\Z)", re.DOTALL)
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
LETTERS = re.compile(r"[A-Za-z]+", re.ASCII)
HEXADECIMAL = re.compile(r"u[0-9a-fA-F]{4}")
CONTRACTED = re.compile(r"'(?:s|t|d|m|re|ve|ll)\b")
COMMANDS = frozenset(
    re.findall(
        r"\w+",
        """nabla ne neq neg nu not notin ni newline newcommand newpage newtheorem noindent nonumber nolimits normalsize
        normalfont ngeq nleq nsim ncong nprec nsucc nsubseteq nsupseteq nexists natural nearrow nwarrow nmid nparallel
        nleftarrow nrightarrow nless ngtr nicefrac num tau theta tan tanh text textbf textit textrm textsf texttt
        textsc textsuperscript textsubscript textwidth textstyle textcolor times tilde to top triangle triangleq
        triangleleft triangleright tfrac tbinom tag toprule today tiny thanks title tableofcontents trace
        twoheadrightarrow tr thickapprox therefore thinspace""",
    )
)
"""Commands that begin as an escape of JSON does: "n" is a line break there, "t" a tab."""
WORDS = frozenset(["exists", "less", "mid", "parallel", "e", "i", "an", "race"])
r"""What may be a word where the "n" or "t" of a command is taken as a line break or tab: "\nless" can be read twice."""


@dataclass
class _Reader:
    text: str
    at: int
    complete: int = 0
    """Names with their values that were read whole."""
    depth: int = 0

    def wrong(self, expected: str) -> ValueError:
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - self.text.rfind("\n", 0, self.at)
        found = " ".join(self.text[self.at : self.at + 20].split())
        return ValueError(f"{expected} expected at line {line}, column {column}{f' before {found!r}' if found else ''}")

    def skip(self) -> str:
        """The next character that is no blank and no comment; empty at the end."""
        self.at = BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]
        return self.text[self.at : self.at + 1]

    def value(self) -> Any:
        opening = self.skip()
        if opening == "{":
            return self.deeper(self.object)
        if opening == "[":
            return self.deeper(self.array)
        if opening in CLOSERS:
            return self.string(opening)
        if number := NUMBER.match(self.text, self.at):
            self.at = number.end()
            if number[1]:
                return number[0]
            return float(number[0]) if set(".eE") & set(number[0]) else int(number[0])
        name = NAME.match(self.text, self.at)
        if name and name[0] in LITERALS:
            self.at = name.end()
            return LITERALS[name[0]]
        raise self.wrong("a value")

    def deeper(self, read: Callable[[], Any]) -> Any:
        if self.depth >= DEEPEST:
            raise self.wrong(f"at most {DEEPEST} levels")
        self.depth += 1
        self.at += 1
        found = read()
        self.depth -= 1
        return found

    def object(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while self.skip() != "}":
            key = self.key()
            if self.skip() != ":":
                raise self.wrong("':'")
            self.at += 1
            value = self.value()
            if key in found and found[key] != value:
                raise self.wrong(f"one value for {key!r}")
            found[key] = value
            self.complete += 1
            if self.skip() not in (",", "}"):
                raise self.wrong("',' or '}'")
            self.at += self.text[self.at] == ","
        self.at += 1
        return found

    def key(self) -> str:
        if self.skip() in CLOSERS and self.at < len(self.text):
            return self.string(self.text[self.at])
        name = NAME.match(self.text, self.at)
        if not name:
            raise self.wrong("a name in quotation marks")
        self.at = name.end()
        return name[0]

    def array(self) -> list[Any]:
        found: list[Any] = []
        while self.skip() != "]":
            found.append(self.value())
            if self.skip() not in (",", "]"):
                raise self.wrong("',' or ']'")
            self.at += self.text[self.at] == ","
        self.at += 1
        return found

    def string(self, opening: str) -> str:
        """A text; a quotation mark ends it where a text can end, and is part of it elsewhere."""
        closers, pieces, formula = CLOSERS[opening], [], False
        stops = re.compile(rf"[{re.escape(closers)}\\$]")
        self.at += 1
        while stop := stops.search(self.text, self.at):
            pieces.append(self.text[self.at : stop.start()])
            self.at = stop.end()
            if stop[0] == "\\":
                pieces.append(self.escaped(formula, opening))
            elif stop[0] == "$":
                formula = not formula
                pieces.append("$")
            elif BEHIND_TEXT.match(self.text, self.at):
                return "".join(pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            else:
                pieces.append(stop[0])
        self.at = len(self.text)
        raise self.wrong("the end of a text")

    def escaped(self, formula: bool, opening: str) -> str:
        """What a backslash, just read, and what follows stand for."""
        follows = self.text[self.at : self.at + 1]
        if HEXADECIMAL.match(self.text, self.at):
            self.at += 5
            return chr(int(self.text[self.at - 4 : self.at], 16))
        if word := LETTERS.match(self.text, self.at):
            if _is_command(word[0], formula):
                return "\\"
        elif follows == "$":
            self.at += 1
            return "\\$"
        elif follows == "'" and (opening != '"' or CONTRACTED.match(self.text, self.at)):
            self.at += 1
            return "'"
        if follows not in ESCAPES or not follows:
            return "\\"
        self.at += 1
        return ESCAPES[follows]


def _is_command(word: str, formula: bool) -> bool:
    """Whether the letters behind a backslash are a command of LaTeX, and no escape of JSON.

    No text has a backspace or form feed, or a carriage return before a letter.
    """
    if word[0] not in "nrt":
        return True
    if word[0] == "r":
        return len(word) > 1
    return word in COMMANDS and (formula or word[1:] not in WORDS)


@dataclass(frozen=True)
class FoundObjects:
    """The objects of a text, with where they stand; `broken` says what is wrong with one that stands behind them."""

    objects: tuple[dict[str, Any], ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    broken: str = ""
    unfinished: bool = False


def find_objects(text: str) -> FoundObjects:
    """All JSON objects in a text that stand in no other, in order; whatever stands around them.

    One that was begun (a name with its value was read) and is no JSON makes those before it drafts: they are dropped.
    Objects within a text in JSON ("{\\"a\\": 1}") are found where the whole is one.
    """
    start, objects, spans, broken = 0, [], [], ""
    whole = _Reader(text, 0)
    if whole.skip() == '"':
        try:
            inner = whole.value()
            if not whole.skip() and "{" in inner:
                return find_objects(inner)
        except ValueError:
            pass
    unfinished = False
    while (start := text.find("{", start)) >= 0:
        reader = _Reader(text, start)
        try:
            value = reader.value()
        except ValueError as error:
            if reader.complete or reader.at >= len(text):
                objects, spans, broken, unfinished = [], [], str(error), reader.at >= len(text)
            start = max(reader.at, start + 1)
            continue
        objects.append(value)
        spans.append((start, reader.at))
        broken, unfinished, start = "", False, reader.at
    return FoundObjects(tuple(objects), tuple(spans), broken, unfinished)
