"""Degradations of a paper's parts: its method, experiments, order and references."""

from __future__ import annotations

import random
import re

from ....data.records import Paper
from ..manipulation import NotApplicable
from ..parts import PARAGRAPH, Edit, body_of, edited, nested, references_of, removal, sentences, spans, with_text
from ..section_kinds import spans_of, top_sections
from .wording import words_of

ENTRY = re.compile(r"[^\n]*\S[^\n]*(?:\n(?!\s*[-*•] |\s*\[\w+\]|\s*\n)[^\n]*\S[^\n]*)*")
"""An entry of a bibliography: up to a blank line, a list's mark or a bracketed key."""
CITATION = re.compile(
    r"\s?\((?:[^()]|\([^()]*\)){0,200}?\b(?:19|20)\d\d[a-z]?\s?\)|\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]"
)
FEWEST_SECTIONS = 3
CLAIMS: list[str] = words_of("degradations")["claims"]["templates"]


def method_removed(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the sentences of the method."""
    found = [s for start, end in spans_of(paper, "method") for s in sentences(paper.text, start, end)]
    if not found:
        raise NotApplicable("no section on a method found")
    return with_text(paper, edited(paper.text, [removal(paper.text, a, b) for a, b in nested(found, strength, rng)]))


def experiments_replaced(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the paragraphs and tables of the experiments, each replaced by a claim that all went well."""
    found = [
        (a, b)
        for start, end in spans_of(paper, "experiments")
        for a, b in spans(PARAGRAPH, paper.text, start, end)
        if paper.text[a] != "#" and "\n" in paper.text[a - 1 : a]
    ]
    if not found:
        raise NotApplicable("no section on experiments found")
    edits = [Edit(a, b, rng.choice(CLAIMS)) for a, b in found]
    return with_text(paper, edited(paper.text, nested(edits, strength, rng)))


def sections_shuffled(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the body's sections, at least two, in the order from last to first; headings go with them."""
    sections = top_sections(paper)
    if len(sections) < FEWEST_SECTIONS:
        raise NotApplicable(f"fewer than {FEWEST_SECTIONS} sections found")
    moved = nested(sections, max(strength, 2 / len(sections)), rng)
    texts = [paper.text[s.start : s.end].rstrip() for s in reversed(moved)]
    tails = [paper.text[s.start : s.end] for s in moved]
    edits = [
        Edit(s.start, s.end, text + tail[len(tail.rstrip()) :])
        for s, text, tail in zip(moved, texts, tails, strict=True)
    ]
    return with_text(paper, edited(paper.text, edits))


def references_removed(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the entries of the list of references, and of the citations in the text."""
    listed = references_of(paper)
    if listed is None:
        raise NotApplicable("no list of references found")
    below = paper.text.find("\n", listed.start, listed.end)
    entries = spans(ENTRY, paper.text, below, listed.end) if below >= 0 else []
    cited = spans(CITATION, paper.text, 0, body_of(paper)[1])
    if not entries:
        raise NotApplicable("an empty list of references")
    gone = nested(entries, strength, rng) + nested(cited, strength, rng)
    return with_text(paper, edited(paper.text, [Edit(a, b) for a, b in gone]))
