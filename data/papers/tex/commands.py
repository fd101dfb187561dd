r"""Commands in LaTeX source: their arguments, citations by any name with cite in it, and the bibliographies named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

GROUP = re.compile(r"\\.|[{}]", re.DOTALL)
TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.)|.", re.DOTALL)
OPTION = re.compile(r"[ \t]*\[[^\[\]]{0,300}\]")
CITING = re.compile(
    r"(?:[Cc]ite[A-Za-z]*|[A-Za-z]*[Cc]ites?|(?:short|full|mask)cite[A-Z]*|bibentry|(?:text|block|foreigntext|foreignblock)cquote)\Z"
)
NOT_CITING = re.compile(
    r"(?:cite(?:style|text|setup|reset|index\w*|tracker\w*|punct|dash|left|right|mid|sep|numfont|break|hyphen)"
    r"|newcites?|[Aa]t(?:Every|Next)Cite|AtEveryCite|AtNextCite|[Dd]o[Cc]ite|ifcite|if\w*cite|\w*bibcite)\Z"
)
"""Commands of such names that cite nothing."""
VOLUME = re.compile(r"[A-Za-z]?(?:vol|Vol)cites?\Z")
CALL = re.compile(r"\\([A-Za-z@]*[Cc]ite[A-Za-z]*|[a-z]*cquote|bibentry)(?![A-Za-z@])")
CITE_OPTION = re.compile(
    r"\s*(?:\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\[\]]{0,200}\]){0,1000}\]|<[^<>\n]{0,300}>)"
)
POSTNOTES = re.compile(r"\s*\([^()]{0,300}\)")
BIBLIOGRAPHY = re.compile(
    r"\\(?P<command>(?:no)?bibliography(?:[A-Z][A-Za-z]*)?|add(?:bibresource|globalbib|sectionbib)|putbib)(?![A-Za-z@])\s*"
    r"(?P<options>\[[^\]]*\])?\s*(?:\{(?P<names>[^{}]*)\})?"
    r"|\\(?:begin\s*\{(?P<section>refsection)\}|(?P<new>newrefsection)(?![A-Za-z@]))\s*\[(?P<resources>[^\]]*)\]"
)


def argument(source: str, position: int) -> tuple[str, int] | None:
    """The group or single token at the position, spaces skipped, and where it ends; None at the end or before a "}"."""
    while position < len(source) and source[position].isspace():
        position += 1
    if position >= len(source) or source[position] == "}":
        return None
    if source[position] != "{":
        token = TOKEN.match(source, position)
        return (token[0], token.end()) if token else None
    end = _cached_braces(source).get(position)
    return (source[position + 1 : end], end + 1) if end is not None else None


def closing_braces(source: str) -> dict[int, int]:
    """Where each brace that opens a group has its partner; in one pass, so that open groups cost no more."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for found in GROUP.finditer(source):
        if found[0] == "{":
            opened.append(found.start())
        elif found[0] == "}" and opened:
            pairs[opened.pop()] = found.start()
    return pairs


_cached_braces = lru_cache(maxsize=16)(closing_braces)


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
class Citation:
    """One citation command with its keys, and where it stands in the source."""

    command: str
    keys: tuple[str, ...]
    start: int
    end: int


def is_citation(command: str) -> bool:
    """Whether a command, without backslash and star, cites."""
    return CITING.match(command) is not None and NOT_CITING.match(command) is None


def read_citation(source: str, command: str, position: int) -> tuple[tuple[str, ...], int] | None:
    """The keys of the citation command that ends at the position, and where its arguments end; None without any."""
    if source[position : position + 1] == "*":
        position += 1
    many = command.endswith("s")
    if many:
        while notes := POSTNOTES.match(source, position):
            position = notes.end()
    keys: list[str] = []
    end: int | None = None
    while end is None or many:
        position = _after_options(source, position)
        if VOLUME.match(command):
            volume = _group(source, position)
            position = _after_options(source, volume[1]) if volume else position
        found = _group(source, position)
        if found is None:
            break
        keys += (" ".join(key.split()) for key in found[0].split(","))
        position = end = found[1]
    return (tuple(key for key in keys if key), end) if end is not None else None


def _after_options(source: str, position: int) -> int:
    while option := CITE_OPTION.match(source, position):
        position = option.end()
    return position


def _group(source: str, position: int) -> tuple[str, int] | None:
    following = re.compile(r"[ \t]*\n?[ \t]*\{").match(source, position)
    return argument(source, following.end() - 1) if following else None


def citations(source: str) -> Iterator[Citation]:
    """The citations of a source in order."""
    for found in CALL.finditer(source):
        if is_citation(found[1]) and (read := read_citation(source, found[1], found.end())) is not None:
            yield Citation(found[1], read[0], found.start(), read[1])


def bibliography_names(source: str) -> list[tuple[str, str]]:
    """Command and file name of each bibliography that the source names, without its ending."""
    names: list[tuple[str, str]] = []
    for found in BIBLIOGRAPHY.finditer(source):
        command = found["command"] or found["section"] or found["new"]
        given = found["names"] if command != "putbib" else (found["options"] or "").strip("[]")
        given = given if found["command"] else found["resources"]
        remote = "remote" in (found["options"] or "")
        for name in (given or "").split(","):
            name = name.strip().strip('"').removesuffix(".bib").removesuffix(".BIB")
            if name and not remote:
                names.append((command, name))
    return names
