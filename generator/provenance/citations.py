"""The works that a paper cites, held against its bibliography and the works that were really fetched."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ...data.papers.tex.bibliography import Bibliography, Reference, bibliography_of, from_bibitems, reference_of
from ...data.papers.tex.bibtex import bib_text, problem_lines, read_entries
from ...data.papers.tex.cites import citations
from ...data.papers.tex.document import TexDocument
from .records import CitationCheck, CitationStatus

SHORTEST_TITLE = 10
"""Letters and digits from which on a title in an entry's line is no accident."""


class Fetched(NamedTuple):
    """A work that was fetched; the title, or else the key, may be unknown."""

    key: str
    title: str


def check_citations(
    document: TexDocument, bibliography: Bibliography, fetched: Sequence[Fetched] | None
) -> list[CitationCheck]:
    """Each cited key, once, in order; `fetched` is None where it is unknown what was.

    An entry is of a fetched work where it has the work's title. The key alone is enough only for a work without title:
    a known key over another title is no record.
    """
    found: dict[str, CitationCheck] = {}
    for citation in citations(document.text[: document.stop]):
        for key in citation.keys:
            if key != "*" and key not in found:
                status = _status(key, bibliography.entry(key), fetched)
                found[key] = CitationCheck(key=key, status=status, where=document.where(citation.start))
    return list(found.values())


def bibliography_in(document: TexDocument, bib: Path | None) -> Bibliography:
    """The bibliography: the file given and the paper's own list, else what the paper names, carries or has beside it.

    Raises InputError where the file given cannot be read.
    """
    if bib is None:
        return bibliography_of(document)
    parsed = read_entries(bib_text(bib))
    given = {key: reference_of(entry.fields) for entry in reversed(parsed) for key in entry.keys}
    notes = tuple(f"{bib.name}, {line}" for line in problem_lines(parsed))
    return Bibliography({**given, **from_bibitems(document.body)}, True, notes)


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


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
