r"""JSON as models write it, read where only one reading is possible.

Besides JSON: comments, a comma behind the last item, single and typographic quotes, names without quotes, Python's
True, False and None, numbers as .7 and 70% (the latter a text), line breaks and quotation marks within a text, and
backslashes that were not doubled: of "$\beta$", in which JSON sees a backspace, the command is kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .latex_escapes import is_command

DEEPEST = 64
BLANK = re.compile(r"(?:\s|\ufeff|\u200b|\\[nrt]|//[^\n]*|/\*.*?\*/|#[^\n]*)*", re.DOTALL)
NUMBER = re.compile(
    r"[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])(\s*(?:%|/\s*\d+(?![\w./])))?", re.ASCII
)
BARE = re.compile(
    r"(?!(?:str|string|texts?|number|float|int|integer|bool|boolean|list|array|object|any|value|undefined|nan|infinity)\b)"
    r"[a-z][a-z ()-]*(?=\s*[,}\]\n])",
    re.ASCII | re.IGNORECASE,
)
"""A word or two that should stand in quotation marks; no name of a type, as a template has them."""
NAME = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
LITERALS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
CLOSERS = {
    '"': '"',
    "'": "'",
    "`": "`",
    "“": '”"',
    "”": '”"',
    "„": '“”"',
    "‘": "’'",
    "’": "’'",
    "«": "»",
    "「": "」",
    "＂": "＂",
}
NEXT_KEY = re.compile(r"""\s*(?:["'“”„«「＂])[\w *-]{1,60}["'“”»」＂]\s*[:：]""")
BEHIND_TEXT = re.compile(
    rf"(?:\s|\\[nrt]|//[^\n]*\n|/\*.*?\*/)*(?:[,:}}\]]|\Z|```)|[ \t]*(?:，|\n){NEXT_KEY.pattern}", re.DOTALL
)
BEHIND_KEY = re.compile(rf"\s*：|{BEHIND_TEXT.pattern}", re.DOTALL)
UNFENCED = re.compile(r"\s*(?:```\s*)?\Z")
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
LETTERS = re.compile(r"[A-Za-z]+", re.ASCII)
HEXADECIMAL = re.compile(r"u[0-9a-fA-F]{4}")
CONTRACTED = re.compile(r"'(?:s|t|d|m|re|ve|ll)\b")


@dataclass
class _Reader:
    text: str
    at: int
    complete: int = 0
    """Names with their values that were read whole."""
    depth: int = 0
    unclosed: bool = False
    """The brace that ends the whole was missing."""

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
                return number[0].lstrip("+")
            return float(number[0]) if set(".eE") & set(number[0]) else int(number[0])
        name = NAME.match(self.text, self.at)
        if name and name[0] in LITERALS:
            self.at = name.end()
            return LITERALS[name[0]]
        if self.depth and (bare := BARE.match(self.text, self.at)):
            self.at = bare.end()
            return bare[0].strip()
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
            if self.skip() not in (":", "："):
                raise self.wrong("':'")
            self.at += 1
            value = self.value()
            if key in found and found[key] != value:
                raise self.wrong(f"one value for {key!r}")
            found[key] = value
            self.complete += 1
            if self.ends_unclosed():
                return found
            self.next_pair()
        self.at += 1
        return found

    def next_pair(self) -> None:
        """Go on behind a comma, which may be missing where a name with its value begins a line."""
        behind = self.at
        if self.skip() in (",", "，"):
            self.at += 1
        elif self.text[self.at : self.at + 1] != "}" and not (
            "\n" in self.text[behind : self.at] and NEXT_KEY.match(self.text, self.at)
        ):
            raise self.wrong("',' or '}'")

    def ends_unclosed(self) -> bool:
        """Whether only the last brace is missing: a text, list or object, and no number, stands at the end of all."""
        if self.depth > 1 or not UNFENCED.match(self.text, self.at) or self.text[self.at - 1].isalnum():
            return False
        self.at, self.unclosed = len(self.text), True
        return True

    def key(self) -> str:
        if self.skip() in CLOSERS and self.at < len(self.text):
            return self.string(self.text[self.at], BEHIND_KEY)
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

    def string(self, opening: str, behind: re.Pattern[str] = BEHIND_TEXT) -> str:
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
            elif behind.match(self.text, self.at):
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
            if is_command(word[0], formula):
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
    if inner := _escaped_whole(text):
        return find_objects(inner)
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
        broken, unfinished, start = "", reader.unclosed, reader.at
    return FoundObjects(tuple(objects), tuple(spans), broken, unfinished)


def _escaped_whole(text: str) -> str:
    """The text with its objects as it was before it was escaped, for JSON (\\") or for HTML (&quot;); else empty."""
    if re.search(r"\{\s*&(?:quot|#34);", text) and not re.search(r'\{\s*"', text):
        return html.unescape(text)
    begins = re.search(r'\{(?:\s|\\n)*\\"', text)
    quoted = text if text.lstrip().startswith('"') else f'"{text}"' if begins and not re.search(r'\{\s*"', text) else ""
    whole = _Reader(quoted, 0)
    if whole.skip() != '"':
        return ""
    try:
        inner = whole.value()
    except ValueError:
        return ""
    return inner if not whole.skip() and "{" in inner else ""
