"""Which words of a PDF's pages stand in the text that a reviewer gets: the others are blanked.

Whatever cut the text (scrubbing, orders to the reviewer, a limit of length), a word is shown only as a part of `RUN`
words in a row that the text has too. A single word that was cut takes nothing else with it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ...data.papers.pdf.objects import Box
from ...data.papers.pdf.words import Line

RUN = 5


@dataclass
class Printed:
    """A word as a text has it, and where it is printed: in two places where it is hyphenated at a line's end."""

    text: str
    page: int
    boxes: tuple[Box, ...]
    kept: bool = False


def letters_of(text: str) -> str:
    """The letters and digits of a word, in one form for all ways to write it; empty for signs alone."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def printed_words(pages: Sequence[Sequence[Line]]) -> list[Printed]:
    """The words of the pages in the order of the lines."""
    words: list[Printed] = []
    for number, lines in enumerate(pages):
        broken = False
        for line in lines:
            for index, word in enumerate(line.words):
                if broken and index == 0 and words:
                    words[-1] = Printed(words[-1].text + word.text, number, (*words[-1].boxes, word.box))
                else:
                    words.append(Printed(word.text, number, (word.box,)))
            broken = line.broken
    return words


def mark_kept(words: Sequence[Printed], text: str) -> float:
    """Mark the words that the text has; returns the share of the text's runs that are printed, in [0, 1].

    Signs between words are kept beside a word that is.
    """
    wanted = set(_runs([letters for word in text.split() if (letters := letters_of(word))]))
    spelt = [(word, letters) for word in words if (letters := letters_of(word.text))]
    found = set()
    for start, run in enumerate(_runs([letters for _, letters in spelt])):
        if run in wanted:
            found.add(run)
            for word, _ in spelt[start : start + RUN]:
                word.kept = True
    for before, word, after in zip((None, *words), words, (*words[1:], None), strict=False):
        if not letters_of(word.text):
            word.kept = any(beside is not None and beside.kept for beside in (before, after))
    return len(found) / len(wanted) if wanted else 0.0


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[start : start + RUN]) for start in range(len(words) - RUN + 1)]


def first_long_run(words: Iterable[Printed], least: int) -> Printed | None:
    """The word with which the first run of so many kept words begins."""
    start: Printed | None = None
    length = 0
    for word in words:
        start = (start or word) if word.kept else None
        length = length + 1 if word.kept else 0
        if length >= least:
            return start
    return None
