"""Words that are printed with a space between their letters ("A B S T R A C T"), closed up."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from .pdf.words import Line, Word

FEWEST = 4
"""Letters of a line that is spaced out."""
NEXT_WORD = 1.6
"""The gap between two words over the usual one between two letters."""
WIDEST = 1.5
"""The usual gap over the size of the print, at most; the columns of a table are further apart."""
SPACED = re.compile(r"(?<!\S)[A-Z](?: [A-Z]){3,}(?!\S)(?:[ ]{2,}[A-Z](?: [A-Z])+(?!\S))*")


def closed_up(line: Line) -> Line:
    """The line of a PDF; one of nothing but capitals apart from one another has whole words, a number may lead it."""
    number, letters = (
        ([line.words[0]], line.words[1:]) if line.words[0].text.rstrip(".").isdecimal() else ([], line.words)
    )
    if len(letters) < FEWEST or not all(len(word.text) == 1 and word.text.isupper() for word in letters):
        return line
    gaps = [after.box[0] - before.box[2] for before, after in pairwise(letters)]
    usual = sorted(gaps)[len(gaps) // 2]
    if usual > WIDEST * letters[0].size:
        return line
    words: list[Word] = [*number, letters[0]]
    for gap, letter in zip(gaps, letters[1:], strict=True):
        last = words[-1]
        if gap > NEXT_WORD * max(usual, 1.0):
            words.append(letter)
        else:
            box = last.box[0], min(last.box[1], letter.box[1]), letter.box[2], max(last.box[3], letter.box[3])
            words[-1] = replace(last, text=last.text + letter.text, box=box, gap=letter.gap)
    return Line(tuple(words), line.broken)


def closed_up_text(text: str) -> str:
    """The text with spaced-out words of four capitals or more closed up; two spaces part two words."""
    return SPACED.sub(lambda found: " ".join(word.replace(" ", "") for word in re.split(" {2,}", found[0])), text)
