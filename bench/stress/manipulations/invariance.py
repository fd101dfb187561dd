"""Changes of a paper's form that no reader cares about."""

from __future__ import annotations

import random
import re

from ....data.records import Paper
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, edited, nested, spans, with_text

SENTENCE_SPACE = re.compile(r"(?<=[a-z]{2}[.?!]) (?=[A-Z])")


def white_space(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """Two spaces behind sentences, as typists had it."""
    places = spans(SENTENCE_SPACE, paper.text)
    if not places:
        raise NotApplicable("no space between two sentences")
    return with_text(paper, edited(paper.text, [Edit(a, b, "  ") for a, b in nested(places, strength, rng)]))


INVARIANCES = (
    Manipulation(
        name="invariance:white-space",
        family="invariance",
        expected="same",
        strengths=(1.0,),
        says="two spaces behind each sentence",
        level="text",
        apply=white_space,
    ),
)
