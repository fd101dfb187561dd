"""What a PDF page draws, in drawing order: its texts and what may lie before or behind them."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points of the page's own coordinates."""

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)
DEEPEST = 12
"""Forms (drawings used as one object) within forms that are followed."""
THICK = 3.0
"""Line width in points from which on a line can cover text."""


@dataclass(frozen=True)
class PageObject:
    """An object on the page that is no text: a filled or thick-lined path, an image or a shading."""

    order: int
    box: Box
    image: bool


@dataclass(frozen=True, eq=False)
class TextObject:
    """A run of glyphs, with all that may make it hard to see."""

    handle: Any
    order: int
    box: Box
    size: float
    """Font size in points as drawn, the smaller of height and width."""
    mode: int
    """The text render mode of PDF: 0 to 2 paint, 3 is invisible, 7 only clips."""
    light: float | None
    """Of the colour, 0 black to 255 white; None where it is no plain colour."""
    alpha: int
    """Opacity, 0 to 255."""
    in_form: bool
    unclipped: bool
    """Whether the middle of the run lies inside of its clip paths."""
    layer: bool
    """Whether it belongs to optional content, which a viewer may not show."""

    @property
    def address(self) -> int:
        """The number that stands for the object in the library."""
        return address(self.handle)


def address(handle: Any) -> int:
    """The address of a page object; 0 for none."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def string_of(text: TextObject, textpage: Any) -> str:
    """The first 250 characters of a run of glyphs."""
    import pypdfium2.raw as pdfium

    buffer = (ctypes.c_ushort * 251)()
    pdfium.FPDFTextObj_GetText(text.handle, textpage.raw, buffer, ctypes.sizeof(buffer))
    return bytes(buffer).decode("utf-16-le", "replace").partition("\0")[0]


def drawn_on(page: Any) -> tuple[list[TextObject], list[PageObject]]:
    """All texts and other objects of a pypdfium2 page, forms entered."""
    import pypdfium2.raw as pdfium

    texts: list[TextObject] = []
    others: list[PageObject] = []
    for order, (handle, matrix, depth) in enumerate(_objects(pdfium, page.raw)):
        kind = pdfium.FPDFPageObj_GetType(handle)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            texts.append(_text(pdfium, handle, matrix, order, depth))
        elif kind != pdfium.FPDF_PAGEOBJ_FORM and (kind != pdfium.FPDF_PAGEOBJ_PATH or _covers(pdfium, handle)):
            box = moved(_bounds(pdfium, handle), matrix)
            others.append(PageObject(order, box, kind == pdfium.FPDF_PAGEOBJ_IMAGE))
    return texts, others


def _objects(pdfium: Any, page: Any) -> Iterator[tuple[Any, Matrix, int]]:
    """Each object with the matrix from its coordinates to the page's and its depth in forms, in drawing order."""
    first = [pdfium.FPDFPage_GetObject(page, i) for i in range(pdfium.FPDFPage_CountObjects(page))]
    stack: list[tuple[Any, Matrix, int]] = [(handle, IDENTITY, 0) for handle in reversed(first)]
    while stack:
        handle, matrix, depth = stack.pop()
        yield handle, matrix, depth
        if pdfium.FPDFPageObj_GetType(handle) == pdfium.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            inner = combined(_matrix(pdfium, handle), matrix)
            count = pdfium.FPDFFormObj_CountObjects(handle)
            parts = [pdfium.FPDFFormObj_GetObject(handle, i) for i in range(count)]
            stack.extend((part, inner, depth + 1) for part in reversed(parts))


def _text(pdfium: Any, handle: Any, matrix: Matrix, order: int, depth: int) -> TextObject:
    bounds = _bounds(pdfium, handle)
    a, b, c, d, _, _ = combined(_matrix(pdfium, handle), matrix) if depth else _matrix(pdfium, handle)
    size = ctypes.c_float()
    pdfium.FPDFTextObj_GetFontSize(handle, size)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    light, alpha = _colour(pdfium, handle, stroked=mode in (1, 5))
    return TextObject(
        handle=handle,
        order=order,
        box=moved(bounds, matrix) if depth else bounds,
        size=abs(size.value) * min((a * a + b * b) ** 0.5, (c * c + d * d) ** 0.5),
        mode=mode,
        light=light,
        alpha=alpha,
        in_form=depth > 0,
        unclipped=_inside_clip(pdfium, handle, bounds),
        layer=_in_layer(pdfium, handle),
    )


def _bounds(pdfium: Any, handle: Any) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    return left.value, bottom.value, right.value, top.value


def _matrix(pdfium: Any, handle: Any) -> Matrix:
    found = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, found):
        return IDENTITY
    return found.a, found.b, found.c, found.d, found.e, found.f


def _colour(pdfium: Any, handle: Any, *, stroked: bool) -> tuple[float | None, int]:
    parts = [ctypes.c_uint() for _ in range(4)]
    read = pdfium.FPDFPageObj_GetStrokeColor if stroked else pdfium.FPDFPageObj_GetFillColor
    if not read(handle, *parts):
        return None, 255
    red, green, blue, alpha = (part.value for part in parts)
    return 0.299 * red + 0.587 * green + 0.114 * blue, alpha


def _covers(pdfium: Any, handle: Any) -> bool:
    """Whether a path is filled, or drawn with a line thick enough to cover text."""
    fill, stroke, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_float()
    pdfium.FPDFPath_GetDrawMode(handle, fill, stroke)
    if fill.value:
        return True
    return bool(stroke.value and pdfium.FPDFPageObj_GetStrokeWidth(handle, width) and width.value >= THICK)


def _inside_clip(pdfium: Any, handle: Any, bounds: Box) -> bool:
    """Whether the middle of the bounds lies in the box around each of the object's clip paths."""
    clip = pdfium.FPDFPageObj_GetClipPath(handle)
    x, y = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    horizontal, vertical = ctypes.c_float(), ctypes.c_float()
    for path in range(max(0, pdfium.FPDFClipPath_CountPaths(clip)) if clip else 0):
        xs, ys = [], []
        for index in range(max(0, pdfium.FPDFClipPath_CountPathSegments(clip, path))):
            segment = pdfium.FPDFClipPath_GetPathSegment(clip, path, index)
            if pdfium.FPDFPathSegment_GetPoint(segment, horizontal, vertical):
                xs.append(horizontal.value)
                ys.append(vertical.value)
        if xs and not (min(xs) <= x <= max(xs) and min(ys) <= y <= max(ys)):
            return False
    return True


def _in_layer(pdfium: Any, handle: Any) -> bool:
    """Whether the object stands in marked content of the kind OC."""
    marks = pdfium.FPDFPageObj_CountMarks(handle)
    return any(_mark_name(pdfium, pdfium.FPDFPageObj_GetMark(handle, index)) == "OC" for index in range(marks))


def _mark_name(pdfium: Any, mark: Any) -> str:
    """The first 31 characters of the name of a content mark."""
    name, length = ctypes.create_string_buffer(64), ctypes.c_ulong()
    if not pdfium.FPDFPageObjMark_GetName(mark, ctypes.cast(name, ctypes.POINTER(pdfium.FPDF_WCHAR)), 64, length):
        return ""
    return name.raw[: length.value].decode("utf-16-le", "ignore").rstrip("\0")


def combined(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies `first`, then `then` (row vectors, as in PDF)."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)


def moved(box: Box, matrix: Matrix) -> Box:
    """The box around a box that a matrix has moved."""
    if matrix == IDENTITY:
        return box
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
