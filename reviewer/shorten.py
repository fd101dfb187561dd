"""Which words of a paper stay within a number of words: the ends of its sections go, the longest ones' first.

Abstract, introduction and conclusion stay whole where they are of usual length, experiments may be twice as long as
other sections. Nothing marks a place where words are missing, since the number of marks would tell how much there was.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from ..data.papers.sections import find_sections

CONCLUSION = re.compile(
    r"^[#*_ \t]*(?:\d{1,2}\.?[ \t]+|[ivx]{1,4}\.[ \t]+)?[*_]*(?:[^\n]{0,40}\b(?:and|&|,)[ \t]+)?"
    r"(?:c\ ?onclusions?|c\ ?oncluding\ remarks|c\ ?onclusive\ remarks|summary)\b[^\n.]{0,50}[#*_:. \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
KEPT = re.compile(r"a\ ?b\ ?s\ ?t\ ?r\ ?a\ ?c\ ?t\b|i\ ?ntroduction|c\ ?onclu|summary", re.IGNORECASE)
RESULTS = re.compile(r"experiment|result|evaluation|empirical|ablation|comparison|analysis", re.IGNORECASE)
KEPT_WORDS = 1200
"""Words of a section that is to stay whole, at most."""
SENTENCE_END = re.compile(r"[.!?:][)\]\"'*_]*$")
BACK = 40
"""Words that are given up for a section to end with a sentence."""


def cuts(body: str, words: Sequence[tuple[int, int]], budget: int) -> list[tuple[int, int]]:
    """The spans to leave out of `body` for at most `budget` of its `words` ((start, end) in characters) to stay."""
    if len(words) <= budget:
        return []
    starts = [start for start, _ in words]
    parts = [(title, bisect_left(starts, a), bisect_left(starts, b), b) for title, a, b in _parts(body)]
    lengths = [stop - first for _, first, stop, _ in parts]
    kept = [min(n, KEPT_WORDS) if KEPT.search(title) else 0 for (title, *_), n in zip(parts, lengths, strict=True)]
    if sum(kept) > budget // 2:
        kept = [0] * len(parts)
    rest = [0 if k else n for k, n in zip(kept, lengths, strict=True)]
    weights = [2 if RESULTS.search(title) else 1 for title, *_ in parts]
    limits = _filled(rest, weights, budget - sum(kept))
    spans = []
    for (_, first, stop, end), k, limit in zip(parts, kept, limits, strict=True):
        last = first + (k or limit)
        if last < stop:
            spans.append((words[_sentence(body, words, first, last) - 1][1] if last > first else starts[first], end))
    return spans


def _parts(body: str) -> list[tuple[str, int, int]]:
    """Title, start and end of the sections, of what is before the first, and of a conclusion that is not found else.

    A body without any of these is one part without a title.
    """
    heads = {section.start: section.title for section in find_sections(body)}
    for found in CONCLUSION.finditer(body, len(body) // 3):
        heads.setdefault(found.start(), found[0].strip())
    heads.setdefault(0, "abstract" if heads else "")
    places = sorted(heads)
    return [(heads[a], a, b) for a, b in zip(places, [*places[1:], len(body)], strict=True)]


def _filled(lengths: Sequence[int], weights: Sequence[int], budget: int) -> list[int]:
    """Words for each section: `weight` times a common limit, as high as the budget allows, or its whole length."""
    limits, left = [0] * len(lengths), budget
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] / weights[i])
    for done, i in enumerate(order):
        limits[i] = min(lengths[i], left * weights[i] // sum(weights[j] for j in order[done:]))
        left -= limits[i]
    return limits


def _sentence(body: str, words: Sequence[tuple[int, int]], first: int, last: int) -> int:
    """The number of words up to the last sentence that ends among them, or `last` where none does."""
    for n in range(last, max(first, last - BACK), -1):
        if SENTENCE_END.search(body[slice(*words[n - 1])]):
            return n
    return last
