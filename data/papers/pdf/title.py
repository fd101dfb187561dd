"""The title of a paper by the size of its print on the first page."""

from __future__ import annotations

from collections.abc import Sequence

from ..banners import is_banner
from ..sections import is_heading
from .hyphenation import Vocabulary, joined
from .words import Line

CHARACTERS = 2500
"""The part of the first page in which the title is looked for."""
LIKE_LARGEST = 0.78
"""Print of this share of the largest belongs to the title: small capitals have 0.8 of the size of capitals."""
OVER_BODY = 1.1
"""Print of the title over that of the body, at least."""
FEWEST_LETTERS = 3


def title_of(lines: Sequence[Line], vocabulary: Vocabulary) -> str:
    """The first lines of the largest print above the first heading; empty where none is larger than the rest."""
    head, taken = [], 0
    for line in lines:
        taken += len(line.text)
        if taken > CHARACTERS:
            break
        if sum(map(str.isalpha, line.text)) >= FEWEST_LETTERS and any(word.along for word in line.words):
            head.append(line)
    sizes = sorted(_size(line) for line in head for _ in line.text)
    above = next((n for n, line in enumerate(head) if is_heading(line.text)), len(head))
    candidates = [line for line in head[:above] if not is_banner(line.text)]
    if not candidates:
        return ""
    largest, body = max(map(_size, candidates)), sizes[len(sizes) // 2]
    if largest < OVER_BODY * body:
        return ""
    limit = max(LIKE_LARGEST * largest, OVER_BODY * body)
    title: list[Line] = []
    for line in candidates:
        if _size(line) >= limit:
            title.append(line)
        elif title:
            break
    return " ".join(joined(title, vocabulary).split())


def _size(line: Line) -> float:
    return max(word.size for word in line.words if word.along)
