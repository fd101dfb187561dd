"""The ladder of degradations: parts of a paper's evidence taken away, which should lower its score."""

from __future__ import annotations

import random
import re

from ....data.records import Paper
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, edited, nested, references_of, spans, with_text

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)
ENTRY = re.compile(r"[^\n]*\S[^\n]*(?:\n(?!\s*[-*•] |\s*\[\w+\]|\s*\n)[^\n]*\S[^\n]*)*")
"""An entry of a bibliography: up to a blank line, a list's mark or a bracketed key."""


def references_removed(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """A share of the entries of the list of references; at strength 1 all."""
    listed = references_of(paper)
    if listed is None:
        raise NotApplicable("no list of references found")
    below = paper.text.find("\n", listed.start, listed.end)
    entries = spans(ENTRY, paper.text, below, listed.end) if below >= 0 else []
    if not entries:
        raise NotApplicable("an empty list of references")
    return with_text(paper, edited(paper.text, [Edit(a, b) for a, b in nested(entries, strength, rng)]))


DEGRADATIONS = (
    Manipulation(
        name="degradation:references-removed",
        family="degradation",
        expected="lower",
        strengths=FIVE,
        says="entries of the list of references left out",
        level="text",
        apply=references_removed,
    ),
)
