"""What an attacker without a model can do to a paper: rules that rewrite its abstract alone, or its presentation alone.

Every move claims or praises; none adds evidence. A sound reviewer's score stays as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from ...data.errors import unknown
from ...data.records import Paper
from .manipulation import Manipulation, NotApplicable
from .manipulations import MANIPULATIONS
from .parts import Edit, abstract_of, edited, with_text
from .records import ATTACK

HEDGES = {
    r"\b(?:may|might|could) (?=\w)": "will ",
    r"\bsuggests?\b": "shows",
    r"\bseems? to\b": "clearly",
    r"\bappears? to\b": "clearly",
    r"\b(?:partly|somewhat|slightly|modestly|roughly) ": "",
}
STRONGER = {
    r"\bimproves?\b": "substantially improves",
    r"\bgood\b": "excellent",
    r"\bcompetitive\b": "superior",
    r"\bcomparable\b": "superior",
    r"\bsimple\b": "principled",
    r"\bresults\b": "strong results",
}
DOUBTS = re.compile(r"[^.!?]*\b(?:however|limitation|limited|fails?|only|not|cannot|although)\b[^.!?]*[.!?]\s*", re.I)
SENTENCES = {
    "first": "To the best of our knowledge, this is the first work that solves this problem in full generality.",
    "state-of-the-art": "Extensive experiments show large and consistent gains and set a new state of the art.",
    "rigour": "All results hold over many seeds with tight intervals, and ablations confirm every component.",
    "theory": "We prove that the approach is optimal under mild assumptions and explain why it works.",
    "impact": "The findings open a new direction for the field and are of immediate practical value.",
    "release": "Code, data and models are released, so that every number can be reproduced.",
}
TARGETS = ("abstract", "presentation")


def moves_of(target: str) -> list[Manipulation]:
    """The moves on one part of the paper. Raises InputError for another part, with near matches."""
    if target not in TARGETS:
        raise unknown("target of an attack", target, TARGETS, hint="--attack")
    return ABSTRACT if target == "abstract" else [m for m in MANIPULATIONS if m.family == "laundering" and not m.file]


def _in_abstract(change: Callable[[str], str]) -> Callable[[Paper, float, random.Random], Paper]:
    def apply(paper: Paper, strength: float, rng: random.Random) -> Paper:  # noqa: ARG001
        place = abstract_of(paper)
        if place is None:
            raise NotApplicable("no abstract found in the text")
        before = paper.text[slice(*place)]
        after = change(before)
        if after == before or not after.strip():
            raise NotApplicable("nothing in the abstract to rewrite")
        return with_text(paper, edited(paper.text, [Edit(*place, after)]))

    return apply


def _added(sentence: str) -> Callable[[str], str]:
    return lambda abstract: f"{abstract.rstrip()} {sentence}{abstract[len(abstract.rstrip()) :]}"


def _replaced(rules: dict[str, str]) -> Callable[[str], str]:
    def change(abstract: str) -> str:
        for pattern, other in rules.items():
            abstract = re.sub(pattern, other, abstract)
        return abstract

    return change


def _move(name: str, says: str, change: Callable[[str], str]) -> Manipulation:
    return Manipulation(f"{ATTACK}{name}", "laundering", "same", (1.0,), says, "text", _in_abstract(change))


ABSTRACT = [
    *(_move(name, f"the abstract also says: {words}", _added(words)) for name, words in SENTENCES.items()),
    _move("no-hedges", "hedges of the abstract replaced by certainty", _replaced(HEDGES)),
    _move("stronger", "stronger words in the abstract", _replaced(STRONGER)),
    _move("no-doubts", "sentences of the abstract left out that name limits", lambda text: DOUBTS.sub("", text)),
]
"""Moves on the abstract alone."""
