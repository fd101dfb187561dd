"""Presentation alone: words, text and formulae that add nothing to the science."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from ....data.records import Paper
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, body_of, edited, nested, prose_of, with_text
from ..section_kinds import closing_places, prose_paragraphs, spans_of
from .wording import words_of

WORDS = words_of("laundering")
PRAISED: dict[str, str] = {word: praise for kind in ("nouns", "verbs") for word, praise in WORDS["adjectives"][kind]}
PRAISE = re.compile(rf"(?<=[a-z] )(?:{'|'.join(sorted(PRAISED, key=len, reverse=True))})\b(?!-)")
STRENGTHS = (0.5, 1.0)


def adjectives(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the sentences with one word of praise more, before the first word that can be praised."""
    found = [PRAISE.search(paper.text, a, b) for a, b in prose_of(paper)]
    edits = [Edit(*m.span(), PRAISED[m[0]].format(m[0])) for m in found if m]
    if not edits:
        raise NotApplicable("no word that could be praised")
    return with_text(paper, edited(paper.text, nested(edits, strength, rng)))


def novelty(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Claims of novelty at the ends of abstract and of paragraphs of introduction and conclusion."""
    return _added(
        paper, closing_places(paper), "novelty", strength, rng, "no abstract, introduction or conclusion found"
    )


def more_text(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A sentence without content at the end of a share of the body's paragraphs."""
    ends = [b for _, b in prose_paragraphs(paper.text, *body_of(paper))]
    return _added(paper, ends, "more_text", strength, rng, "no paragraph of running text found", repeat=True)


def formalism(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Equations and tables without content, below paragraphs of the method."""
    ends = [b for span in spans_of(paper, "method") for _, b in prose_paragraphs(paper.text, *span)]
    return _added(paper, ends, "formalism", strength, rng, "no section on a method found", before="\n\n")


def _added(
    paper: Paper, places: list[int], kind: str, strength: float, rng: random.Random, reason: str, *,
    before: str = " ", repeat: bool = False,
) -> Paper:  # fmt: skip
    """The paper with templates of a kind at a share of the places; without `repeat` each template once at most."""
    if not places:
        raise NotApplicable(reason)
    templates = list(WORDS[kind]["templates"])
    rng.shuffle(templates)
    rng.shuffle(places)
    used = places if repeat else places[: len(templates)]
    edits = [Edit(place, place, before + templates[n % len(templates)]) for n, place in enumerate(used)]
    return with_text(paper, edited(paper.text, nested(edits, strength, rng)))


def _launder(name: str, says: str, apply: Callable[[Paper, float, random.Random], Paper]) -> Manipulation:
    return Manipulation(f"laundering:{name}", "laundering", "same", STRENGTHS, says, "text", apply)


LAUNDERINGS = (
    _launder("adjectives", "a word of praise in each sentence that has room for one", adjectives),
    _launder("novelty", "claims of novelty in abstract, introduction and conclusion", novelty),
    _launder("more-text", "sentences without content at the ends of paragraphs", more_text),
    _launder("formalism", "equations and tables without content in the method", formalism),
)
