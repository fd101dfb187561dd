"""Orders to the reviewer in the paper's own text, where any reader sees them."""

from __future__ import annotations

import math
import random
import tomllib
from pathlib import Path

from ....data.files import read_text
from ....data.records import Paper
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, abstract_of, edited, with_text

ORDERS: dict[str, list[str]] = tomllib.loads(read_text(Path(__file__).parent / "injections.toml"))["orders"]
STRENGTHS = (0.5, 1.0)


def order(strength: float, language: str = "en") -> str:
    """The first sentences of the order in this language, as many as the strength says; none at 0."""
    sentences = ORDERS[language]
    return " ".join(sentences[: math.ceil(strength * len(sentences))])


def visible(paper: Paper, strength: float, _: random.Random) -> Paper:
    """The order as a paragraph below the abstract."""
    span = abstract_of(paper)
    if span is None:
        raise NotApplicable("no abstract found")
    words = paper.text[: span[1]].rstrip()
    return with_text(paper, edited(paper.text, [Edit(len(words), len(words), f"\n\n{order(strength)}")]))


INJECTIONS = (
    Manipulation(
        name="injection:visible",
        family="injection",
        expected="same",
        strengths=STRENGTHS,
        says="an order to the reviewer below the abstract, in plain sight",
        level="text",
        apply=visible,
    ),
)
