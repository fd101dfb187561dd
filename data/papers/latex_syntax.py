"""Arguments and macros of LaTeX source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

GROUP = re.compile(r"\\.|[{}]", re.DOTALL)
TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.)|.", re.DOTALL)
OPTION = re.compile(r"[ \t]*\[[^\[\]]{0,300}\]")
DEFINITION = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*(?:\{\s*\\([A-Za-z@]+)\s*\}|\\([A-Za-z@]+))"
    r"\s*(?:\[(\d)\])?\s*(?:\[([^\[\]]*)\])?\s*(?=\{)"
    r"|\\[gex]?def\s*\\([A-Za-z@]+)\s*((?:#\d)*)\s*(?=\{)"
)
COMMAND_END = re.compile(r"\\[A-Za-z@]+\Z")
PARAMETER = re.compile(r"#(\d)")
MOST_EXPANSIONS = 20_000
MOST_CHARACTERS = 5_000_000
ROUNDS = 6
"""Macros within macros that are followed."""


def argument(source: str, position: int) -> tuple[str, int] | None:
    """The group or single token at the position, spaces skipped, and where it ends; None at the end or before a "}"."""
    while position < len(source) and source[position].isspace():
        position += 1
    if position >= len(source) or source[position] == "}":
        return None
    if source[position] != "{":
        token = TOKEN.match(source, position)
        return (token[0], token.end()) if token else None
    end = _closings(source).get(position)
    return (source[position + 1 : end], end + 1) if end is not None else None


@lru_cache(maxsize=16)
def _closings(source: str) -> dict[int, int]:
    """Where each brace that opens a group has its partner; in one pass, so that open groups cost no more."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in GROUP.finditer(source):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


def option(source: str, position: int) -> int:
    """Where the optional arguments at the position end."""
    found = OPTION.match(source, position)
    while found:
        position = found.end()
        found = OPTION.match(source, position)
    return position


def command_argument(source: str, names: str) -> str | None:
    r"""The argument of the first command of these names ("title|icmltitle"), options skipped; None without one."""
    found = re.search(rf"\\(?:{names})\*?(?![A-Za-z@])", source)
    inner = argument(source, option(source, found.end())) if found else None
    return inner[0] if inner else None


@dataclass(frozen=True)
class Macro:
    """A command that the paper defines; `default` is that of an optional first argument."""

    body: str
    arguments: int
    default: str | None = None


def definitions(source: str) -> tuple[dict[str, Macro], str]:
    """The macros that the source defines, and the source without the definitions."""
    macros: dict[str, Macro] = {}
    pieces: list[str] = []
    position = 0
    while found := DEFINITION.search(source, position):
        body = argument(source, found.end())
        pieces.append(source[position : found.start()])
        position = found.end()
        if body is not None:
            position = body[1]
            count = int(found[3] or 0) if found[5] is None else found[6].count("#")
            macros[found[1] or found[2] or found[5]] = Macro(body[0], count, found[4])
    return macros, "".join(pieces) + source[position:]


def expanded(source: str, macros: dict[str, Macro]) -> str:
    """The source with the macros replaced by what they stand for, within limits; beyond these they stay."""
    if not macros:
        return source
    use = re.compile(r"\\(" + "|".join(sorted(map(re.escape, macros), key=len, reverse=True)) + r")(?![A-Za-z@])")
    left = MOST_EXPANSIONS
    for _ in range(ROUNDS):
        pieces: list[str] = []
        position, size = 0, len(source)
        while left > 0 and size < MOST_CHARACTERS and (found := use.search(source, position)):
            text, end = _replaced(source, found.end(), macros[found[1]])
            pieces += [source[position : found.start()], text]
            position, left, size = end, left - 1, size + len(text)
        if not pieces:
            break
        source = "".join(pieces) + source[position:]
    return source


def _replaced(source: str, position: int, macro: Macro) -> tuple[str, int]:
    """What one use of the macro stands for, and where its arguments end."""
    values: list[str] = []
    if macro.default is not None:
        given = OPTION.match(source, position)
        values.append(given[0].strip()[1:-1] if given else macro.default)
        position = given.end() if given else position
    while len(values) < macro.arguments:
        found = argument(source, position)
        if found is None:
            break
        values.append(found[0])
        position = found[1]
    text = PARAMETER.sub(lambda p: "".join(values[int(p[1]) - 1 : int(p[1])]), macro.body)
    ends_in_name = COMMAND_END.search(text) is not None
    return (f"{{{text}}}" if macro.arguments else text + " " * ends_in_name), position
