"""Line numbers and rulers of a PDF's pages: columns of numbers that count on beside the text.

A column is told from one of a table by three signs: nothing else of the page stands in its strip, its numbers go up
by one step over nearly its whole length, and it is beside prose on at least half of the document's pages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .words import Line, Word

NUMBER = re.compile(r"(\d{1,4})[.:]?")
ALIGNED = 1.5
"""Points by which the edges of a column's numbers differ at most, each from the next."""
FEWEST, FEWEST_IN_GUTTER = 4, 12
"""Numbers of a column."""
STEADY = 0.7
"""Share of a column's numbers that are one step from the last one, and of those in the strip that count on."""
CROSSING, CROSSING_GUTTER = 2, 8
"""Lines outside of the column that may reach into its strip: heads, feet; titles over two columns."""
DISTANCE = 0.5
"""Between a number and the text beside it, over the size of its print; words of a line are closer."""
SMALLER = 0.85
"""Size of the print of a number over that of the text, below which the distance does not matter."""
LETTERS = 10
"""Beside each number on average, as of prose."""
BUSY = 10
"""Lines of a page that could have a column of numbers."""
PAGES = 0.5
"""Share of such pages that must have one."""
LONGEST_PAGE = 120
"""Lines that a page has at most."""


@dataclass(frozen=True)
class _NumberColumn:
    edge: int
    """0 where the numbers' left edges stand above one another, 2 for the right ones."""
    place: float
    """Of that edge."""
    step: int


def margin_numbers(pages: Sequence[Sequence[Line]]) -> list[list[Word]]:
    """For each page the words that are line numbers."""
    columns = [_columns(lines) for lines in pages]
    busy = sum(len(lines) >= BUSY for lines in pages)
    if sum(map(bool, columns)) < max(1.0, PAGES * busy):
        return [[] for _ in pages]
    known = [column for found in columns for column in found]
    last = 0
    numbers: list[list[Word]] = []
    for lines in pages:
        words = {id(word): word for column in known for word in _at(column, lines, last)}
        last = max(map(_value, words.values()), default=last)
        numbers.append(list(words.values()))
    return numbers


def _at(column: _NumberColumn, lines: Sequence[Line], last: int) -> list[Word]:
    """The numbers of a page that stand where the column does, of few those that count on from `last`."""
    words = [word for word in _numbers(lines) if abs(word.box[column.edge] - column.place) <= ALIGNED]
    chain = _rising(sorted(words, key=lambda word: -word.middle))
    if len(chain) < STEADY * len(words):
        return []
    first = _value(chain[0]) - last if chain else 0
    counts_on = 0 < first <= LONGEST_PAGE and first % column.step == 0
    return chain if counts_on or len(chain) >= FEWEST else []


def _columns(lines: Sequence[Line]) -> list[_NumberColumn]:
    numbers = _numbers(lines)
    others = [word for line in lines for word in line.words if word.along and not NUMBER.fullmatch(word.text)]
    return [
        column
        for edge in (2, 0)
        for words in _aligned(numbers, edge)
        if (column := _column(words, others, edge)) is not None
    ]


def _numbers(lines: Sequence[Line]) -> list[Word]:
    return [word for line in lines for word in line.words if word.along and NUMBER.fullmatch(word.text)]


def _value(word: Word) -> int:
    return int(word.text.rstrip(".:"))


def _aligned(numbers: Sequence[Word], edge: int) -> list[list[Word]]:
    """Numbers with one edge above one another, from the top to the bottom."""
    groups: list[list[Word]] = []
    for word in sorted(numbers, key=lambda word: word.box[edge]):
        if groups and word.box[edge] - groups[-1][-1].box[edge] <= ALIGNED:
            groups[-1].append(word)
        else:
            groups.append([word])
    return [sorted(group, key=lambda word: -word.middle) for group in groups if len(group) >= FEWEST]


def _column(words: Sequence[Word], others: Sequence[Word], edge: int) -> _NumberColumn | None:
    chain = _rising(words)
    if len(chain) < max(FEWEST, STEADY * len(words)):
        return None
    rises = [_value(below) - _value(above) for above, below in pairwise(chain)]
    step, often = Counter(rises).most_common(1)[0]
    if often < STEADY * len(rises) or not _even(chain, step):
        return None
    left, right = min(word.box[0] for word in chain), max(word.box[2] for word in chain)
    top, bottom = chain[0].box[3], chain[-1].box[1]
    beside = [word for word in others if bottom <= word.middle <= top]
    if any(word.box[2] > left and word.box[0] < right for word in beside) or _close(chain, beside):
        return None
    crossing = {round(word.middle / 4) for word in others if word.box[2] > left and word.box[0] < right}
    gutter = any(word.box[0] >= right for word in beside) and any(word.box[2] <= left for word in beside)
    if len(crossing) > (CROSSING_GUTTER if gutter else CROSSING) or (gutter and len(chain) < FEWEST_IN_GUTTER):
        return None
    letters = sum(sum(map(str.isalpha, word.text)) for word in beside)
    place = sorted(word.box[edge] for word in chain)[len(chain) // 2]
    return _NumberColumn(edge, place, step) if letters >= LETTERS * len(chain) else None


def _rising(words: Sequence[Word]) -> list[Word]:
    """The longest part of the words, in their order, whose values go up."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, word in enumerate(words):
        length = bisect_left(tails, _value(word))
        tails[length:] = [_value(word)]
        before.append(ends[length - 1] if length else -1)
        ends[length:] = [index]
    chain = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chain.append(words[index])
        index = before[index]
    return chain[::-1]


def _close(chain: Sequence[Word], beside: Sequence[Word]) -> bool:
    """Whether numbers here and there stand as close to the text as one word to the next, and are of its print."""
    near = 0
    for number in chain:
        row = [
            word
            for word in beside
            if abs(word.middle - number.middle) < number.size / 2 and SMALLER * word.size <= number.size
        ]
        distances = [max(word.box[0] - number.box[2], number.box[0] - word.box[2]) for word in row]
        near += min(distances, default=number.size) < DISTANCE * number.size
    return near > len(chain) / 10


def _even(chain: Sequence[Word], step: int) -> bool:
    """Whether most numbers that are one step apart are one distance apart: lines, not the entries of a list."""
    falls = [
        above.middle - below.middle
        for above, below in pairwise(chain)
        if _value(below) - _value(above) == step
    ]  # fmt: skip
    usual = sorted(falls)[len(falls) // 2]
    return sum(abs(fall - usual) <= 0.2 * usual for fall in falls) >= 0.5 * len(falls)
