"""Text whose glyphs and character codes differ: the page shows one letter, and who copies it gets another.

A font in a PDF file may say of any glyph that it stands for any character (`ToUnicode`). Its program, where it has
names or a Unicode table of its own, says which glyph is which letter. So a letter lies where its box is not that of
this letter in the program, in capitals or small, and is that of another one. Ligatures and alternate forms have boxes
of their own.

Not seen: fonts whose program names no glyphs (subsets by some tools, Type 3), programs that lie themselves, letters
beyond ASCII or with spaces between them, a glyph that stands for many letters, and `ActualText`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .font_programs import OwnBoxes, box_from_origin, own_boxes
from .objects import Box, address
from .words import Line, Word

UNLIKE, ALIKE = 0.016, 0.006
"""Of the size of the print: edges further off than this are another glyph's, edges as near as this the same one's."""
LOWERED = 64 / 65
"""The library's top of a letter in a TrueType font of one byte codes over that in one of two byte codes."""
SHORTEST_WORD = 2
LYING_SHARE = 0.5
"""Of the letters of a word that lies."""
FEWEST_LIES, FEWEST_LETTERS = 4, 3
"""Lying letters of a page, and how many different ones, from which on it is no accident of the boxes."""
LYING_FONT = 0.3
"""Share of a font's letters that lie, from which on all that it prints on the page goes."""


@dataclass(frozen=True)
class _Letter:
    run: int
    """The address of its text object."""
    font: int
    character: str
    lies: bool | None
    """None where the font's program does not tell."""


def mapped_runs(textpage: Any, lines: Iterable[Line]) -> frozenset[int]:
    """The addresses of the text objects of a page that print other letters than their codes say."""
    fonts = _Fonts(textpage)
    words = [[word for word in line.words if word.letters] for line in lines]
    suspects = [word for line in words for word in line if len(word.letters) >= SHORTEST_WORD and fonts.suspects(word)]
    if not suspects:
        return frozenset()
    lying = [letters for word in suspects if _lies(letters := fonts.read(word))]
    lies = [letter.character for letters in lying for letter in letters if letter.lies]
    if len(lies) < FEWEST_LIES or len(set(lies)) < FEWEST_LETTERS:
        return frozenset()
    return frozenset(_all_runs([[fonts.read(word) for word in line] for line in words]))


def _lies(letters: Sequence[_Letter], share: float = LYING_SHARE) -> bool:
    told = [letter.lies for letter in letters if letter.lies is not None]
    return sum(told) >= max(1, share * len(told))


def _all_runs(lines: Sequence[Sequence[Sequence[_Letter]]]) -> Iterator[int]:
    """The runs of words and lines that lie, and all others in a font that lies throughout."""
    of_font: dict[int, list[_Letter]] = {}
    for line in lines:
        letters = [letter for word in line for letter in word]
        for letter in letters:
            of_font.setdefault(letter.font, []).append(letter)
        for part in (letters, *line):
            if _lies(part):
                yield from (letter.run for letter in part)
    for letters in of_font.values():
        if _lies(letters, LYING_FONT):
            yield from (letter.run for letter in letters)


def _as_high(word: Word, boxes: OwnBoxes) -> bool:
    """Whether the letters of a level word are as high and low to one another as in a font; a ligature counts once."""
    size, limit = word.size, UNLIKE * word.size
    ground: float | None = None
    before: Box | None = None
    for _, character, box in word.letters:
        own = boxes.get(character)
        if own and box != before:
            if ground is None:
                ground = box[1] - size * own[1]
            bottom, top = box[1] - ground - size * own[1], box[3] - ground - size * own[3]
            if not -limit <= top <= limit or not -limit <= bottom <= limit:
                return False
        before = box
    return ground is not None


class _Fonts:
    """The fonts of a page and what they print."""

    def __init__(self, textpage: Any) -> None:
        import pypdfium2.raw as pdfium

        self.pdfium: Any = pdfium
        self.textpage = textpage
        self.before: OwnBoxes = {}
        self.of_run: dict[int, int] = {}
        self.boxes: dict[int, OwnBoxes] = {}
        self.matrices: dict[int, tuple[float, float, float, float]] = {}

    def suspects(self, word: Word) -> bool:
        """Whether the word's letters are not as high as in the font of the word before, nor in that of its first."""
        if word.along and _as_high(word, self.before):
            return False
        boxes = self.boxes[self._font(self.pdfium.FPDFText_GetTextObject(self.textpage.raw, word.letters[0][0]))]
        if not any(character in boxes for _, character, _ in word.letters):
            return False
        self.before = boxes
        return not (word.along and _as_high(word, boxes))

    def read(self, word: Word) -> list[_Letter]:
        """The characters of a word, each with whether its font's program bears it out."""
        letters = []
        for index, character, _ in word.letters:
            handle = self.pdfium.FPDFText_GetTextObject(self.textpage.raw, index)
            run, font = address(handle), self._font(handle)
            boxes = self.boxes[font]
            lies = self._lies(run, index, character, boxes) if character in boxes else None
            letters.append(_Letter(run, font, character, lies))
        return letters

    def _font(self, handle: Any) -> int:
        run = address(handle)
        if run not in self.of_run:
            font = self.pdfium.FPDFTextObj_GetFont(handle) if handle else None
            self.of_run[run] = address(font)
            if self.of_run[run] not in self.boxes:
                self.boxes[self.of_run[run]] = own_boxes(font) if font else {}
        return self.of_run[run]

    def _matrix(self, index: int) -> tuple[float, float, float, float]:
        """What turns lengths in a font of one point into those of a character of the page."""
        matrix = self.pdfium.FS_MATRIX()
        self.pdfium.FPDFText_GetMatrix(self.textpage.raw, index, matrix)
        size = self.pdfium.FPDFText_GetFontSize(self.textpage.raw, index)
        return size * matrix.a, size * matrix.b, size * matrix.c, size * matrix.d

    def _lies(self, run: int, index: int, character: str, boxes: OwnBoxes) -> bool:
        """Whether a letter has not its own box, and has another one's; small capitals are their own letters."""
        if run not in self.matrices:
            self.matrices[run] = self._matrix(index)
        a, b, c, d = self.matrices[run]
        scale = max(abs(a) + abs(c), abs(b) + abs(d), 1e-6)
        left, bottom, right, top = box_from_origin(self.textpage, index)

        def off(own: Box) -> float:
            x, y, width, height = own[0] + own[2], own[1] + own[3], own[2] - own[0], own[3] - own[1]
            across, up = abs(a) * width + abs(c) * height, abs(b) * width + abs(d) * height
            sideways = abs(a * x + c * y - left - right) + abs(across - right + left)
            return max(sideways, abs(b * x + d * y - bottom - top) + abs(up - top + bottom)) / 2 / scale

        def like(own: Box, limit: float) -> bool:
            return off(own) <= limit or off((*own[:3], LOWERED * own[3])) <= limit

        cases = (character, character.swapcase())
        if any(like(boxes[case], UNLIKE) for case in cases if case in boxes):
            return False
        return any(like(own, ALIKE) for own in boxes.values())
