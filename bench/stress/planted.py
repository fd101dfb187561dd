"""The record of a planted defect: what was taken out of a paper and put in, and where."""

from __future__ import annotations

import re

from pydantic import BaseModel, Field

from ...data.records import Paper
from .manuscript import Manuscript
from .parts import sections_of

MOST = 8
"""Passages of each kind that are kept."""
FEWEST_WORDS = 3
"""Of a passage."""
NUMBER = re.compile(r"-?\d+\.\d+")
PIECE = re.compile(r"[^\n]*\S[^\n]*")
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


class Planted(BaseModel):
    """A defect as it was planted in a paper."""

    template: str
    defect: str = Field(description="the manipulation")
    strength: float
    where: list[str] = Field(description="headings of the sections that were changed")
    description: str
    removed: list[str] = Field(description="passages of the intact paper that the degraded one has not")
    added: list[str] = Field(description="passages of the degraded paper that the intact one has not")
    logged: list[str] = Field(
        default=[], description="numbers of the removed passages that the logs of the runs hold, to the same digits"
    )


def planted(manuscript: Manuscript, degraded: Paper, defect: str, strength: float, description: str) -> Planted:
    """The record of what the degraded paper has otherwise than the manuscript."""
    before, after = _passages(manuscript.paper.text), _passages(degraded.text)
    removed = [(start, words) for start, words in before if words not in {w for _, w in after}]
    added = [(start, words) for start, words in after if words not in {w for _, w in before}]
    headings = [*_headings(manuscript.paper, removed), *_headings(degraded, added)]
    numbers = {n for _, words in removed for n in NUMBER.findall(words)} if "contradictions" in defect else set()
    return Planted(
        template=manuscript.template,
        defect=defect,
        strength=strength,
        where=list(dict.fromkeys(headings)),
        description=description,
        removed=[words for _, words in removed[:MOST]],
        added=[words for _, words in added[:MOST]],
        logged=sorted(number for number in numbers if _is_logged(number, manuscript.logged)),
    )


def _passages(text: str) -> list[tuple[int, str]]:
    """Sentences and rows with their places."""
    found: list[tuple[int, str]] = []
    for line in PIECE.finditer(text):
        start = line.start()
        for piece in SENTENCE.split(line[0]):
            if len(piece.split()) >= FEWEST_WORDS:
                found.append((start, " ".join(piece.split())))
            start += len(piece) + 1
    return found


def _headings(paper: Paper, passages: list[tuple[int, str]]) -> list[str]:
    sections = sections_of(paper)
    inside = ([s.title for s in sections if s.start <= start < s.end] for start, _ in passages)
    return [titles[-1] for titles in inside if titles]


def _is_logged(number: str, logged: tuple[float, ...]) -> bool:
    decimals = len(number.partition(".")[2])
    return any(f"{value:.{decimals}f}" == number for value in logged)
