r"""Citation commands of LaTeX, by any name that begins or ends with cite or cites, and the bibliographies named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .commands import argument

COMMAND = re.compile(r"(?:[Cc]ite[A-Za-z]*|[A-Za-z]*[Cc]ites?|(?:text|block|foreigntext|foreignblock)cquote)\Z")
NONE = re.compile(
    r"(?:cite(?:style|text|setup|reset|index\w*|tracker\w*|punct|dash|left|right|mid|sep|numfont|break|hyphen)"
    r"|newcites?|[Aa]t(?:Every|Next)Cite|AtEveryCite|AtNextCite|[Dd]o[Cc]ite|ifcite|if\w*cite|\w*bibcite)\Z"
)
"""Commands of such names that cite nothing."""
VOLUME = re.compile(r"[A-Za-z]?(?:vol|Vol)cites?\Z")
CALL = re.compile(r"\\([A-Za-z@]*[Cc]ite[A-Za-z]*|[a-z]*cquote)(?![A-Za-z@])")
OPTION = re.compile(r"\s*(?:\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]*\})*\}|\[[^\[\]]{0,200}\]){0,1000}\]|<[^<>\n]{0,300}>)")
POSTNOTES = re.compile(r"\s*\([^()]{0,300}\)")
BIBLIOGRAPHY = re.compile(
    r"\\(?P<command>(?:no)?bibliography(?:[A-Z][A-Za-z]*)?|add(?:bibresource|globalbib|sectionbib)|putbib)(?![A-Za-z@])\s*"
    r"(?P<options>\[[^\]]*\])?\s*(?:\{(?P<names>[^{}]*)\})?"
)


@dataclass(frozen=True)
class Citation:
    """One citation command with its keys, and where it stands in the source."""

    command: str
    keys: tuple[str, ...]
    start: int
    end: int


def is_citation(command: str) -> bool:
    """Whether a command, without backslash and star, cites."""
    return COMMAND.match(command) is not None and NONE.match(command) is None


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
        position = _behind_options(source, position)
        if VOLUME.match(command):
            volume = _group(source, position)
            position = _behind_options(source, volume[1]) if volume else position
        found = _group(source, position)
        if found is None:
            break
        keys += (" ".join(key.split()) for key in found[0].split(","))
        position = end = found[1]
    return (tuple(key for key in keys if key), end) if end is not None else None


def _behind_options(source: str, position: int) -> int:
    while option := OPTION.match(source, position):
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
        given = found["names"] if found["command"] != "putbib" else (found["options"] or "").strip("[]")
        remote = "remote" in (found["options"] or "")
        for name in (given or "").split(","):
            name = name.strip().strip('"').removesuffix(".bib").removesuffix(".BIB")
            if name and not remote:
                names.append((found["command"], name))
    return names
