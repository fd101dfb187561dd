"""The works of a bibliography looked for in the literature: whether each exists, with this first author and year.

A work is found where a source has one with its title, letters and digits compared. A year that is off by more than one
(a preprint and its publication may differ by that) and another first author are said apart. That the local index alone
does not have a work says nothing of it; that the sources online do not have it does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path

from ...data.papers.tex.bibliography import YEAR, Reference
from ..literature.record import Work
from ..literature.search import LOCAL, Literature
from .pdf import pdf_lines
from .records import ReferenceCheck, ReferenceStatus

SAME_TITLE = 0.93
ASKED = 5
YEARS_APART = 1
HEADING = re.compile(r"\s*(?:\d+\s+)?references\s*\Z|\s*R\s?EFERENCES\s*\Z|\s*bibliography\s*\Z", re.IGNORECASE)
AFTER = re.compile(r"\s*(?:[A-Z]\.?\s+)?(?:appendix|supplement\w*|s\s?upplementary)\b", re.IGNORECASE)
ENDS = re.compile(r"\b(?:19|20)\d\d[a-z]?\.(?=\s|\Z)")
SENTENCE = re.compile(r"(?<=[a-z]{2})[.?]\s+(?=[A-Z0-9‘“\"'])")
LEAST_TITLE = 12
"""Letters and digits that a title has at least."""


async def check_references(references: Mapping[str, Reference], literature: Literature) -> list[ReferenceCheck]:
    """What the sources say of each work, in order."""
    found: list[ReferenceCheck] = []
    for key, reference in references.items():
        title = reference.title or _title_in(reference.line)
        if len(_letters(title)) < LEAST_TITLE:
            found.append(_check(key, reference, "no title"))
            continue
        answer = await literature.search(title, ASKED)
        same = next((work for work in answer.works if _same(title, work.title)), None)
        if same is not None:
            found.append(_check(key, reference, _status(reference, same), same))
        elif set(answer.answered) - {LOCAL}:
            found.append(_check(key, reference, "not found"))
        else:
            found.append(_check(key, reference, "not in the local index"))
    return found


def pdf_references(path: Path) -> dict[str, Reference]:
    """The works that a PDF lists behind its heading "References", numbered from 1; entries have to end in a year."""
    lines = [line for line, _ in pdf_lines(path)]
    start = next((i for i in reversed(range(len(lines))) if HEADING.match(lines[i])), None)
    if start is None:
        return {}
    listed: list[str] = []
    for line in lines[start + 1 :]:
        if AFTER.match(line):
            break
        listed.append(line)
    text, position = " ".join(listed), 0
    found: dict[str, Reference] = {}
    for end in ENDS.finditer(text):
        entry = text[position : end.end()].strip()
        position = end.end()
        if SENTENCE.search(entry):
            who = re.split(r",| and ", entry)[0].strip()
            found[str(len(found) + 1)] = Reference(who.split()[-1], YEAR.findall(entry)[-1], entry, _title_in(entry))
    return found


def _title_in(line: str) -> str:
    """The title in a line of a bibliography: the sentence behind the authors."""
    parts = SENTENCE.split(line)
    return parts[1].strip(" .,") if len(parts) > 1 else ""


def _same(one: str, other: str) -> bool:
    a, b = _letters(one), _letters(other)
    return a == b or SequenceMatcher(None, a, b, autojunk=False).ratio() >= SAME_TITLE


def _status(reference: Reference, work: Work) -> ReferenceStatus:
    """Whether year and first author agree with the work found, as far as both are known."""
    first = re.split(r" et al\.| & |,", reference.who)[0]
    if work.authors and first and _letters(first) and _letters(first) not in _letters(" ".join(work.authors)):
        return "other authors"
    year = int(reference.year[:4]) if reference.year else None
    return "other year" if year and work.year and abs(year - work.year) > YEARS_APART else "found"


def _check(key: str, reference: Reference, status: ReferenceStatus, work: Work | None = None) -> ReferenceCheck:
    known = "" if work is None else ", ".join(str(x) for x in (*work.authors[:1], work.title, work.year) if x)
    return ReferenceCheck(key=key, status=status, line=reference.line[:200], found=known)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
