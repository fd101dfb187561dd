"""How large a font's letters are by the font program alone, whatever a PDF file says that its codes stand for."""

from __future__ import annotations

import ctypes
import string
import struct
from functools import lru_cache
from typing import Any

from .objects import Box

LETTERS = string.ascii_letters
SFNT = (b"\0\1\0\0", b"true", b"OTTO")
"""How programs of TrueType and OpenType fonts begin."""
WITH_NAMES = b"\0\2\0\0"
"""The form of a TrueType font's `post` table that names its glyphs."""
UNICODE_CMAPS = ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 6), (3, 1), (3, 10))
"""Platform and encoding of the tables of a font that go from Unicode to glyphs; the codes of others mean anything."""
SIZE = 100.0
EMBEDDED = 1

OwnBoxes = dict[str, Box]
"""Of each ASCII letter that a font has: left, bottom, right, top from its origin, for print of one point."""


def own_boxes(font: Any) -> OwnBoxes:
    """The boxes by the program of a font of a PDF file; empty where it is not embedded or does not tell its letters."""
    import pypdfium2.raw as pdfium

    if pdfium.FPDFFont_GetIsEmbedded(font) != EMBEDDED:
        return {}
    size = ctypes.c_size_t()
    if not pdfium.FPDFFont_GetFontData(font, None, 0, size):
        return {}
    program = (ctypes.c_uint8 * size.value)()
    pdfium.FPDFFont_GetFontData(font, program, size.value, size)
    return _boxes(bytes(program))


@lru_cache(maxsize=64)
def _boxes(program: bytes) -> OwnBoxes:
    """By the names of the glyphs where there are some, as a table from Unicode can be written to lie; else by this."""
    if program[:4] not in SFNT:
        return _laid_out(program, sfnt=False)
    try:
        (tables,) = struct.unpack_from(">H", program, 4)
        entries = struct.iter_unpack(">4sIII", program[12 : 12 + 16 * tables])
        places = {name: (12 + 16 * n, start) for n, (name, _, start, _) in enumerate(entries)}
        cmap, post = places.get(b"cmap"), places.get(b"post")
        named = program[:4] == b"OTTO" or (post is not None and program[post[1] : post[1] + 4] == WITH_NAMES)
        without = program if cmap is None else b"".join((program[: cmap[0]], b"none", program[cmap[0] + 4 :]))
        boxes = _laid_out(without, sfnt=True) if named else {}
        return boxes or (_laid_out(program, sfnt=True) if cmap and _from_unicode(program, cmap[1]) else {})
    except struct.error:
        return {}


def _from_unicode(program: bytes, cmap: int) -> bool:
    (count,) = struct.unpack_from(">H", program, cmap + 2)
    return any(struct.unpack_from(">HH", program, cmap + 4 + 8 * n) in UNICODE_CMAPS for n in range(count))


def _laid_out(program: bytes, *, sfnt: bool) -> OwnBoxes:
    """The boxes of the letters in a document of their own."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    document = pypdfium2.PdfDocument.new()
    try:
        data = (ctypes.c_uint8 * len(program)).from_buffer_copy(program)
        kind = pdfium.FPDF_FONT_TRUETYPE if sfnt else pdfium.FPDF_FONT_TYPE1
        font = pdfium.FPDFText_LoadFont(document, data, len(program), kind, sfnt)
        if not font:
            return {}
        page = document.new_page(SIZE * len(LETTERS), 10 * SIZE)
        text = pdfium.FPDFPageObj_CreateTextObj(document, font, SIZE)
        encoded = ctypes.create_string_buffer(LETTERS.encode("utf-16-le") + b"\0\0")
        pdfium.FPDFText_SetText(text, ctypes.cast(encoded, pdfium.FPDF_WIDESTRING))
        pdfium.FPDFPageObj_Transform(text, 1, 0, 0, 1, SIZE, 5 * SIZE)
        pdfium.FPDFPage_InsertObject(page, text)
        textpage = page.get_textpage()
        letters = [chr(pdfium.FPDFText_GetUnicode(textpage.raw, i)) for i in range(textpage.count_chars())]
        boxes = [(letter, box_from_origin(textpage, i)) for i, letter in enumerate(letters) if letter in LETTERS]
        textpage.close()
        page.close()
    finally:
        document.close()
    return {
        letter: (left / SIZE, bottom / SIZE, right / SIZE, top / SIZE)
        for letter, (left, bottom, right, top) in boxes
        if right > left
    }


def box_from_origin(textpage: Any, index: int) -> Box:
    """The box of a character of a page, in points from the character's origin."""
    import pypdfium2.raw as pdfium

    left, right, bottom, top, x, y = map(ctypes.c_double, (0.0,) * 6)
    pdfium.FPDFText_GetCharBox(textpage.raw, index, left, right, bottom, top)
    pdfium.FPDFText_GetCharOrigin(textpage.raw, index, x, y)
    return left.value - x.value, bottom.value - y.value, right.value - x.value, top.value - y.value
