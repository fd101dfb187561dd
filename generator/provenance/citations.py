"""The works that a paper cites, held against its bibliography and the works that were really fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...data.files import read_text
from ...data.papers import latex_tables as known
from ...data.papers.bibliography import Reference, from_bibitems, from_bibtex
from .records import CitationCheck, CitationStatus
from .tex_source import Source

CITE = re.compile(
    rf"\\(?:{'|'.join(sorted(known.CITES, key=len, reverse=True))})\*?(?:\s*\[[^\[\]]*\])*\s*\{{([^{{}}]*)\}}"
)
BIB_FILES = re.compile(r"\\(?:bibliography|addbibresource(?:\[[^\]]*\])?)\s*\{([^{}]*)\}")
SHORTEST_TITLE = 10
"""Letters and digits from which on a title in an entry's line is no accident."""


class Fetched(NamedTuple):
    """A work that was fetched; the title, or else the key, may be unknown."""

    key: str
    title: str


def check_citations(source: Source, bib: Path | None, fetched: Sequence[Fetched] | None) -> list[CitationCheck]:
    """Each cited key, once, in order; `fetched` is None where it is unknown what was.

    An entry is of a fetched work where it has the work's title. The key alone is enough only for a work without title:
    a known key over another title is no record.
    """
    entries = _entries(source, bib)
    found: dict[str, CitationCheck] = {}
    for match in CITE.finditer(source.text, source.start):
        for key in (part.strip() for part in match[1].split(",")):
            if key and key != "*" and key not in found:
                status = _status(key, entries.get(key), fetched)
                found[key] = CitationCheck(key=key, status=status, where=source.where(match.start()))
    return list(found.values())


def _status(key: str, entry: Reference | None, fetched: Sequence[Fetched] | None) -> CitationStatus:
    if entry is None:
        return "no entry"
    if fetched is None:
        return "entry"
    line = _letters(entry.line)
    for work in fetched:
        title = _letters(work.title)
        if title in line if len(title) >= SHORTEST_TITLE else work.key == key:
            return "fetched record"
    return "entry without record"


def _entries(source: Source, bib: Path | None) -> dict[str, Reference]:
    """The bibliography: the file given, else the .bib files that the paper names or carries, and its own list."""
    entries = from_bibitems(source.text)
    texts = [read_text(bib)] if bib is not None else []
    if bib is None:
        names = [name.strip() for found in BIB_FILES.finditer(source.preamble + source.text)
                 for name in found[1].split(",")]  # fmt: skip
        files = [source.main.parent / f"{name.removesuffix('.bib')}.bib" for name in names]
        texts += [read_text(path) for path in files if path.is_file()]
        carried = re.findall(r"\\begin\{filecontents\*?\}.*?\\end\{filecontents\*?\}", source.carried, re.DOTALL)
        texts += carried
    for text in texts:
        for key, entry in from_bibtex(text).items():
            entries.setdefault(key, entry)
    return entries


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
