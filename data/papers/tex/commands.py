"""Arguments of commands in LaTeX source."""

from __future__ import annotations

import re
from functools import lru_cache

GROUP = re.compile(r"\\.|[{}]", re.DOTALL)
TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.)|.", re.DOTALL)
OPTION = re.compile(r"[ \t]*\[[^\[\]]{0,300}\]")


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
