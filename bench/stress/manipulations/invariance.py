"""Changes of a paper's form that no reader cares about."""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable

from ....data.records import Paper
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, edited, nested, references_of, sections_of, spans, with_text
from .structure import ENTRY
from .wording import words_of

SENTENCE_SPACE = re.compile(r"(?<=[a-z]{2}[.?!]) (?=[A-Z])")
HEADING_NUMBER = re.compile(r"(?m)^((?:#+ )?[*_]*\d{1,2})(\.?)(?= +[A-ZÀ-Þ])")
AUTHOR_YEAR = re.compile(r"\(([^()\n]{3,120}?,\s(?:19|20)\d\d[a-z]?(?:;[^()]{3,200}?)?)\)")
NUMERIC = re.compile(r"(?<=[a-z,] )\[(\d{1,3}(?:\s?[,–-]\s?\d{1,3})*)\]")
NUMBERED_ENTRY = re.compile(r"\s*\[?\d{1,3}[\].]")
HEADINGS: dict[str, str] = {known.lower(): other for known, other in words_of("invariance")["headings"].items()}
LINE = 95
"""Characters of a line of text in a manuscript with line numbers."""


def white_space(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Two spaces behind sentences, as typists had it."""
    places = spans(SENTENCE_SPACE, paper.text)
    return _replaced(paper, [Edit(a, b, "  ") for a, b in places], strength, rng, "no space between two sentences")


def numbering(paper: Paper, _: float, rng: random.Random) -> Paper:
    """Headings as "3. Method" where they were "3 Method", and the other way round: all, whatever the strength."""
    starts = {section.start for section in sections_of(paper)}
    found = [m for m in HEADING_NUMBER.finditer(paper.text) if m.start() in starts]
    edits = [Edit(*m.span(), m[1] + ("" if m[2] else ".")) for m in found]
    return _replaced(paper, edits, 1.0, rng, "no numbered heading")


def citation_style(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Citations of author and year in brackets instead of parentheses; numbers in parentheses instead of brackets."""
    end = listed.start if (listed := references_of(paper)) else len(paper.text)
    text = paper.text
    edits = [Edit(m.start(), m.end(), f"[{m[1]}]") for m in AUTHOR_YEAR.finditer(text, 0, end)]
    edits = edits or [Edit(m.start(), m.end(), f"({m[1]})") for m in NUMERIC.finditer(text, 0, end)]
    return _replaced(paper, edits, strength, rng, "no citation in parentheses or brackets")


def heading_synonyms(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Other names for sections with well-known names."""
    edits = []
    for section in sections_of(paper):
        line = paper.text[section.start :].split("\n", 1)[0]
        words = line.lstrip("#*_0123456789. ").rstrip("*_: ")
        other = HEADINGS.get(words.lower())
        if other:
            place = section.start + line.index(words)
            edits.append(Edit(place, place + len(words), other.upper() if words.isupper() else other))
    return _replaced(paper, edits, strength, rng, "no section with a well-known name")


def reference_order(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the references, each in the place of another; numbered ones stay, as citations name their numbers."""
    listed = references_of(paper)
    below = paper.text.find("\n", listed.start, listed.end) if listed else -1
    entries = spans(ENTRY, paper.text, below, listed.end) if listed and below >= 0 else []
    entries = [e for e in entries if not NUMBERED_ENTRY.match(paper.text[slice(*e)])]
    if len(entries) < 2:
        raise NotApplicable("fewer than two references without a number")
    moved = nested(entries, max(strength, 2 / len(entries)), rng)
    texts = [paper.text[slice(*entry)] for entry in (*moved[1:], moved[0])]
    return with_text(paper, edited(paper.text, [Edit(a, b, t) for (a, b), t in zip(moved, texts, strict=True)]))


def line_numbers(paper: Paper, strength: float, _: random.Random) -> Paper:
    """Lines of at most 95 characters, the first of them numbered, as many as the strength says."""
    lines = [piece for line in paper.text.split("\n") for piece in wrapped(line)]
    filled = [n for n, line in enumerate(lines) if line.strip()]
    last = filled[round(strength * (len(filled) - 1))]
    numbered = [f"{n + 1:03d} {line}" if n <= last and line.strip() else line for n, line in enumerate(lines)]
    return with_text(paper, "\n".join(numbered))


def wrapped(line: str) -> list[str]:
    """The line as lines of print."""
    return textwrap.wrap(line, LINE, break_long_words=False, break_on_hyphens=False) or [line]


def _replaced(paper: Paper, edits: list[Edit], strength: float, rng: random.Random, reason: str) -> Paper:
    if not edits:
        raise NotApplicable(reason)
    return with_text(paper, edited(paper.text, nested(edits, strength, rng)))


def _same(name: str, says: str, apply: Callable[[Paper, float, random.Random], Paper]) -> Manipulation:
    return Manipulation(f"invariance:{name}", "invariance", "same", (1.0,), says, "text", apply)


INVARIANCES = (
    _same("white-space", "two spaces behind each sentence", white_space),
    _same("numbering", "a dot behind the numbers of headings, or none where they had one", numbering),
    _same("citation-style", "brackets for parentheses around citations, or the other way round", citation_style),
    _same("heading-synonyms", "other names for sections with well-known names", heading_synonyms),
    _same("reference-order", "references in another order", reference_order),
    _same("line-numbers", "numbered lines, as manuscripts under review have them", line_numbers),
)
