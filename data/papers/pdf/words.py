"""The words of a PDF page with their places, in the order in which the file draws them.

Coordinates are those of a reader who holds the page so that most of its text is upright: x to the right, y upwards.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from .objects import Box

SAMPLE = 400
"""Characters of a page that are asked for their direction."""
LEANING = 0.2
"""Radians from the direction of the page from which on a word does not run along its lines."""
BROKEN = (0x02, 0xFFFE)
"""What the library puts for a hyphen at the end of a line, which it joins to the next one."""
FAR = 1.8
"""Distance upwards over the size of the print from which on two words are not of one line."""
CONTROLS = "".join(map(chr, range(32)))
SPACED_LETTERS = 4
"""Letters of a line that is spaced out, at least."""
NEXT_WORD = 1.6
"""The gap between two words over the usual one between two letters."""
WIDEST = 1.5
"""The usual gap over the size of the print, at most; the columns of a table are further apart."""
TEX_LIGATURES = str.maketrans(
    dict(zip([*range(11, 16), *range(27, 32)], ["ff", "fi", "fl", "ffi", "ffl"] * 2, strict=True))
    | {16: "“", 17: "”", 21: "–", 22: "—"}
)
"""Codes of TeX's own fonts, where a file does not say what they stand for: OT1 up to 15, T1 from 16 on."""


Letter = tuple[int, str, Box]
"""The index of a character on its text page, the character, and its box in the page's own coordinates."""


@dataclass(frozen=True)
class Word:
    """Characters between two spaces, or a part of them at the end of a line."""

    text: str
    box: Box
    size: float
    """Of the print in points."""
    along: bool
    """Whether it runs along the lines of the page."""
    gap: str = ""
    """The spaces behind it."""
    letters: tuple[Letter, ...] = ()

    @property
    def height(self) -> float:
        """Of the box."""
        return self.box[3] - self.box[1]

    @property
    def middle(self) -> float:
        """Of the box, upwards."""
        return (self.box[1] + self.box[3]) / 2


@dataclass(frozen=True)
class Line:
    """A line as it is printed; `broken` where it ends in a hyphen that the next line goes on from."""

    words: tuple[Word, ...]
    broken: bool = False

    @property
    def text(self) -> str:
        """The words with the spaces between them."""
        return "".join(word.text + word.gap for word in self.words).rstrip()

    @property
    def box(self) -> Box:
        """Around all words."""
        lefts, bottoms, rights, tops = zip(*(word.box for word in self.words), strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)

    def without(self, gone: Iterable[Word]) -> Line:
        """The line less these words (the very objects); one that then ends in a hyphen counts as broken."""
        marks = {id(word) for word in gone}
        kept = tuple(word for word in self.words if id(word) not in marks)
        shortened = bool(kept) and kept[-1] is not self.words[-1]
        return (Line(kept).at_hyphen() if shortened else None) or Line(kept, self.broken)

    def at_hyphen(self) -> Line | None:
        """The line broken at its last word's hyphen; None where it does not end in one."""
        last = self.words[-1]
        if self.broken or len(last.text) < 2 or last.text[-1] != "-" or not last.text[-2].isalpha():
            return None
        return Line((*self.words[:-1], replace(last, text=last.text[:-1], gap="")), broken=True)


def turned_upright(page: Any) -> Any:
    """The text page of a pypdfium2 page, which is turned before so that most of its text is upright."""
    textpage = page.get_textpage()
    turn = _turn(textpage)
    if turn is None or turn == page.get_rotation():
        return textpage
    textpage.close()
    page.set_rotation(turn)
    return page.get_textpage()


def _turn(textpage: Any) -> int | None:
    """By how many degrees the page is to be turned clockwise; None for a page without text."""
    import pypdfium2.raw as pdfium

    count = textpage.count_chars()
    turns: Counter[int] = Counter()
    for index in range(0, count, max(1, count // SAMPLE)):
        if not pdfium.FPDFText_IsGenerated(textpage.raw, index):
            angle = pdfium.FPDFText_GetCharAngle(textpage.raw, index)
            turns[-round(angle / (math.pi / 2)) % 4 * 90] += 1
    return turns.most_common(1)[0][0] if turns else None


def page_lines(page: Any, textpage: Any, unseen: Collection[int]) -> list[Line]:
    """The lines of a page from `turned_upright`, less the characters whose index is `unseen`."""
    import pypdfium2.raw as pdfium

    raw, bounds, turn = textpage.raw, page.get_bbox(), page.get_rotation()
    edges = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = edges
    pointers = [ctypes.byref(edge) for edge in edges]
    lines: list[Line] = []
    words: list[Word] = []
    letters: list[Letter] = []

    def end_word(gap: str) -> None:
        if letters:
            words.append(_word(pdfium, raw, letters, turn, gap))
            letters.clear()
        elif words and gap:
            words[-1] = replace(words[-1], gap=words[-1].gap + gap)

    def end_line(*, broken: bool) -> None:
        end_word("")
        parts = list(_level(words))
        lines.extend(Line(part, broken and part is parts[-1]) for part in parts)
        words.clear()

    for index in range(textpage.count_chars()):
        if index in unseen:
            continue
        code = pdfium.FPDFText_GetUnicode(raw, index) or 32
        character = chr(code)
        generated = code <= 32 and pdfium.FPDFText_IsGenerated(raw, index)
        if code < 32 and not generated:
            character = character.translate(TEX_LIGATURES).strip(CONTROLS)
        if code in BROKEN and pdfium.FPDFText_IsHyphen(raw, index):
            end_line(broken=True)
        elif character == "\n":
            end_line(broken=False)
        elif character.isspace():
            end_word(" " if character != "\r" else "")
        else:
            pdfium.FPDFText_GetCharBox(raw, index, *pointers)
            box = left.value, bottom.value, right.value, top.value
            if character and _inside(box, bounds):
                letters.append((index, character, box))
    end_line(broken=False)
    return lines


def _level(words: Sequence[Word]) -> Iterator[tuple[Word, ...]]:
    """The words of a line, parted where the next one stands far above or below."""
    part: list[Word] = []
    for word in words:
        if part and word.along and abs(word.middle - part[-1].middle) > FAR * max(word.size, part[-1].size):
            yield tuple(part)
            part = []
        part.append(word)
    if part:
        yield tuple(part)


def _inside(box: Box, bounds: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return bounds[0] <= x <= bounds[2] and bounds[1] <= y <= bounds[3]


def _word(pdfium: Any, raw: Any, letters: list[Letter], turn: int, gap: str) -> Word:
    first = letters[0][0]
    lefts, bottoms, rights, tops = zip(*(box for _, _, box in letters), strict=True)
    matrix = pdfium.FS_MATRIX()
    size = pdfium.FPDFText_GetFontSize(raw, first)
    if pdfium.FPDFText_GetMatrix(raw, first, ctypes.byref(matrix)):
        size *= math.hypot(matrix.c, matrix.d)
    lean = pdfium.FPDFText_GetCharAngle(raw, first) + math.radians(turn)
    return Word(
        text="".join(character for _, character, _ in letters),
        box=_turned((min(lefts), min(bottoms), max(rights), max(tops)), turn),
        size=size,
        along=abs(math.remainder(lean, math.tau)) < LEANING,
        gap=gap,
        letters=tuple(letters),
    )


def _turned(box: Box, turn: int) -> Box:
    """The box on a page that is turned clockwise by so many degrees."""
    left, bottom, right, top = box
    if turn == 90:
        return bottom, -right, top, -left
    if turn == 180:
        return -right, -top, -left, -bottom
    return (-top, left, -bottom, right) if turn == 270 else box


def closed_up(line: Line) -> Line:
    """The line; one of nothing but capitals apart from one another has whole words, a number may lead it."""
    number, letters = (
        ([line.words[0]], line.words[1:]) if line.words[0].text.rstrip(".").isdecimal() else ([], line.words)
    )
    if len(letters) < SPACED_LETTERS or not all(len(word.text) == 1 and word.text.isupper() for word in letters):
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
