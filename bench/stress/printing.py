"""A paper printed as a real PDF file, by PDFium, with room for what is planted in it.

The print is plain: one column, DejaVu Sans, titles and headings larger. Characters that the font lacks are left out.
"""

from __future__ import annotations

import ctypes
import functools
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from ...data.papers.pdf.one_thread import one_thread
from ...data.records import Paper

WIDTH, HEIGHT = 612.0, 792.0
"""Points of a page: US letter."""
LEFT, TOP, BOTTOM = 60.0, 730.0, 70.0
BODY, HEADING, TITLE = 8.0, 11.0, 16.0
"""Points of print."""
LEADING = 1.3
PAGE_MARK = re.compile(r"-{3,}")
MARKS = re.compile(r"^#{1,6}[ \t]+")
SANS, SERIF = "DejaVuSans.ttf", "DejaVuSerif.ttf"
"""Both come with matplotlib."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)

Plant = Callable[["Print"], None]
"""What adds to a printed paper before it is saved."""


class Line(NamedTuple):
    """A line of print; one without words is a gap."""

    words: str
    size: float = BODY


class Print:
    """A document in the making: its pages and where the print on the last one ends."""

    def __init__(self) -> None:
        import pypdfium2

        self.document = pypdfium2.PdfDocument.new()
        self.font = self.load_font()
        self.pages: list[Any] = []
        self.y = 0.0

    def load_font(self) -> Any:
        """The font of the print."""
        import pypdfium2.raw as pdfium

        data = font_path(SANS).read_bytes()
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        return pdfium.FPDFText_LoadFont(self.document, buffer, len(data), pdfium.FPDF_FONT_TRUETYPE, True)

    def load_mapped_font(self, to_unicode: bytes, glyphs: list[int]) -> Any:
        """A font of its own encoding: the glyph of each character code, and a CMap that says what the codes mean.

        It is another typeface than the print's, as PDFium takes fonts of one name for one font.
        """
        import pypdfium2.raw as pdfium

        data = font_path(SERIF).read_bytes()
        buffer = (ctypes.c_uint8 * len(data)).from_buffer_copy(data)
        table = b"".join(glyph.to_bytes(2, "big") for glyph in glyphs)
        mapped = (ctypes.c_uint8 * len(table)).from_buffer_copy(table)
        return pdfium.FPDFText_LoadCidType2Font(self.document, buffer, len(data), to_unicode, mapped, len(table))

    def new_page(self, place: int | None = None) -> Any:
        """A further page, empty: the last, or at this place among the others."""
        self.pages.append(self.document.new_page(WIDTH, HEIGHT, place))
        self.y = TOP
        return self.pages[-1]

    def lines(self, lines: Iterator[Line]) -> None:
        """Lines below one another, on as many pages as they take."""
        for line in lines:
            height = LEADING * line.size
            if not self.pages or self.y - height < BOTTOM:
                self.new_page()
            self.y -= height
            if line.words:
                self.write(self.pages[-1], line.words, LEFT, self.y, line.size)

    def write(self, page: Any, words: str, x: float, y: float, size: float, colour: tuple[int, ...] = BLACK) -> None:
        """Words in one line, `x` and `y` in points from the lower left corner."""
        import pypdfium2.raw as pdfium

        made = pdfium.FPDFPageObj_CreateTextObj(self.document, self.font, size)
        encoded = words.encode("utf-16-le") + b"\0\0"
        pdfium.FPDFText_SetText(made, ctypes.cast(ctypes.create_string_buffer(encoded), pdfium.FPDF_WIDESTRING))
        self.place(page, made, x, y, colour)

    def write_codes(self, page: Any, font: Any, codes: range, x: float, y: float, size: float) -> None:
        """The characters of these codes of a font, in one line."""
        import pypdfium2.raw as pdfium

        made = pdfium.FPDFPageObj_CreateTextObj(self.document, font, size)
        pdfium.FPDFText_SetCharcodes(made, (ctypes.c_uint32 * len(codes))(*codes), len(codes))
        self.place(page, made, x, y, BLACK)

    def place(self, page: Any, made: Any, x: float, y: float, colour: tuple[int, ...]) -> None:
        """An object of the page, moved to its place."""
        import pypdfium2.raw as pdfium

        pdfium.FPDFPageObj_SetFillColor(made, *colour, 255)
        pdfium.FPDFPageObj_Transform(made, 1, 0, 0, 1, x, y)
        pdfium.FPDFPage_InsertObject(page, made)

    def rectangle(self, page: Any, x: float, y: float, width: float, height: float, colour: tuple[int, ...]) -> None:
        """A filled rectangle over what the page has so far."""
        import pypdfium2.raw as pdfium

        made = pdfium.FPDFPageObj_CreateNewRect(x, y, width, height)
        pdfium.FPDFPath_SetDrawMode(made, pdfium.FPDF_FILLMODE_WINDING, False)
        self.place(page, made, 0, 0, colour)

    def saved(self) -> bytes:
        """The file; the document is closed."""
        import pypdfium2.raw as pdfium

        for page in self.pages:
            pdfium.FPDFPage_GenerateContent(page)
        out = io.BytesIO()
        self.document.save(out)
        self.document.close()
        return out.getvalue()


@one_thread
def printed(paper: Paper, plant: Plant | None = None) -> bytes:
    """The paper's text as a PDF file, with what `plant` adds."""
    made = Print()
    made.lines(laid_out(paper.text))
    if plant is not None:
        plant(made)
    return made.saved()


def laid_out(text: str) -> Iterator[Line]:
    """The lines of a text as they are printed: marks of headings become size, long lines are broken."""
    first = True
    for raw in text.split("\n"):
        stripped = raw.strip()
        mark = MARKS.match(stripped)
        size = BODY if not mark else TITLE if first else HEADING
        words = printable(stripped[mark.end() :] if mark else stripped)
        first = first and not words
        if PAGE_MARK.fullmatch(words):
            continue
        for line in broken(words, size, WIDTH - 2 * LEFT):
            yield Line(line, size)


def broken(words: str, size: float, width: float) -> list[str]:
    """Lines of at most `width` points; a longer word stands alone. An empty text is one empty line."""
    lines, line, used = [], "", 0.0
    for word in words.split():
        long = text_width(word, size)
        if line and used + size * _advance(" ") + long > width:
            lines.append(line)
            line, used = "", 0.0
        used += long + (size * _advance(" ") if line else 0.0)
        line = f"{line} {word}" if line else word
    return [*lines, line]


def printable(text: str) -> str:
    """The text with those characters only that the font has."""
    return "".join(c for c in text.replace("\t", " ") if c.isprintable() and ord(c) in _glyphs(SANS))


def glyph_of(character: str) -> int:
    """The number of a character's glyph in the font that has an encoding of its own; the space's where it has none."""
    glyphs = _glyphs(SERIF)
    return glyphs.get(ord(character), glyphs[32])


def font_path(name: str) -> Path:
    """The file of a font of the print."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name


@functools.cache
def _font(name: str) -> Any:
    from matplotlib.ft2font import FT2Font

    return FT2Font(str(font_path(name)))


@functools.cache
def _glyphs(name: str) -> dict[int, int]:
    return _font(name).get_charmap()


def text_width(words: str, size: float) -> float:
    """Points that the words take in one line."""
    return size * sum(map(_advance, words))


@functools.cache
def _advance(character: str) -> float:
    """The width of a character as a share of the print's size."""
    from matplotlib.ft2font import LoadFlags

    font = _font(SANS)
    font.set_size(100, 72)
    return font.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100
