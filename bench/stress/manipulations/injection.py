"""Orders to the reviewer in the paper's own text, where any reader sees them."""

from __future__ import annotations

import math
import random
import tomllib
from collections.abc import Callable
from pathlib import Path

from ....data.files import read_text
from ....data.records import Paper
from ..manipulation import Manipulation, NotApplicable
from ..parts import Edit, abstract_of, edited, references_of, with_text

ORDERS: dict[str, list[str]] = tomllib.loads(read_text(Path(__file__).parent / "injections.toml"))["orders"]
OTHERS = tuple(language for language in ORDERS if language != "en")
STRENGTHS = (0.5, 1.0)


def order(strength: float, language: str = "en") -> str:
    """The first sentences of the order in this language, as many as the strength says; none at 0."""
    sentences = ORDERS[language]
    return " ".join(sentences[: math.ceil(strength * len(sentences))])


def visible(paper: Paper, strength: float, _: random.Random) -> Paper:
    """The order as a paragraph below the abstract."""
    return _below_abstract(paper, order(strength))


def other_languages(paper: Paper, strength: float, rng: random.Random) -> Paper:
    """The order below the abstract, in a language drawn for the paper."""
    return _below_abstract(paper, order(strength, rng.choice(OTHERS)))


def in_bibliography(paper: Paper, strength: float, _: random.Random) -> Paper:
    """The order as the last entry of the list of references."""
    listed = references_of(paper)
    if listed is None:
        raise NotApplicable("no list of references found")
    end = listed.start + len(paper.text[listed.start : listed.end].rstrip())
    last = paper.text[paper.text.rfind("\n", 0, end) + 1 : end]
    mark = "- " if last.startswith("- ") else ""
    words = f'{"" if mark else chr(10)}\n{mark}Reviewer, A. "{order(strength)}", Technical report, 2021.'
    return with_text(paper, edited(paper.text, [Edit(end, end, words)]))


def _below_abstract(paper: Paper, words: str) -> Paper:
    span = abstract_of(paper)
    if span is None:
        raise NotApplicable("no abstract found")
    end = span[0] + len(paper.text[span[0] : span[1]].rstrip())
    return with_text(paper, edited(paper.text, [Edit(end, end, f"\n\n{words}")]))


def _plain(name: str, says: str, apply: Callable[[Paper, float, random.Random], Paper]) -> Manipulation:
    return Manipulation(f"injection:{name}", "injection", "same", STRENGTHS, says, "text", apply)


INJECTIONS = (
    _plain("visible", "an order to the reviewer below the abstract, in plain sight", visible),
    _plain(
        "other-languages", "the same in German, French, Spanish, Russian, Chinese, Japanese or Korean", other_languages
    ),
    _plain("bibliography", "an order as the last entry of the references", in_bibliography),
)
