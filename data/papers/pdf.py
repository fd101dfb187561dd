"""The text of a PDF file, its title by the size of the print, and what it hides."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from .hidden import PageText, Print, page_text
from .invisible import HiddenText, clean

MOST_PAGES = 1000
TITLE_CHARACTERS = 2500
"""The part of the first page in which the title is looked for."""
END_MARK = 4096
"""Bytes at the end among which the mark of the end should stand."""
LIKE_LARGEST = 0.78
"""Print of this share of the largest belongs to the title: small capitals have 0.8 of the size of capitals."""
OVER_BODY = 1.1
"""Print of the title over that of the body, at least."""


class UnreadablePdfError(InputError):
    """A PDF that gives no text: broken, locked, or only images."""


@dataclass(frozen=True)
class PdfText:
    """The visible text (pages joined by blank lines), and what was found beside it."""

    text: str
    title: str
    pages: int
    quarantine: tuple[HiddenText, ...]
    notes: tuple[str, ...]


def read_pdf(content: bytes, name: str) -> PdfText:
    """Read a PDF file; `name` stands in messages.

    Raises UnreadablePdfError for a broken or locked file, one without text or with too many pages; InputError where
    pypdfium2 is not installed.
    """
    document = _opened(content, name)
    try:
        if len(document) > MOST_PAGES:
            raise UnreadablePdfError(f"{name}: {len(document)} pages, more than {MOST_PAGES}; give the paper alone")
        pages, title = [], ""
        seen: set[Print] = set()
        for number, page in enumerate(document):
            textpage = page.get_textpage()
            pages.append(page_text(page, textpage, seen))
            if number == 0:
                title = _title(textpage, pages[0].visible)
            textpage.close()
            page.close()
    finally:
        document.close()
    if not any(page.visible.strip() for page in pages):
        raise UnreadablePdfError(f"{name}: no text that can be seen, probably images only; run OCR first (ocrmypdf)")
    notes = _notes(pages)
    if b"%%EOF" not in content[-END_MARK:]:
        notes.append("the file has no end mark; it may be cut short")
    text = "\n\n".join(page.visible.replace("\r\n", "\n").strip() for page in pages)
    return PdfText(text, clean(title)[0], len(pages), quarantined(pages), tuple(notes))


def _opened(content: bytes, name: str) -> Any:
    try:
        import pypdfium2
    except ModuleNotFoundError:
        raise InputError("reading PDF files needs pypdfium2: pip install pypdfium2") from None
    if b"%PDF-" not in content[:1024]:
        raise UnreadablePdfError(f"{name}: not a PDF file, whatever its name says")
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadablePdfError(
                f"{name}: locked by a password; remove it (qpdf --decrypt --password=... IN OUT)"
            ) from None
        raise UnreadablePdfError(f"{name}: broken or cut short; get the file again") from None
    if len(document) == 0:
        document.close()
        raise UnreadablePdfError(f"{name}: has no pages; get the file again")
    return document


def quarantined(pages: list[PageText]) -> tuple[HiddenText, ...]:
    """What the pages hide and can be a message; what is shown elsewhere, as a watermark under a figure, is none."""
    visible = _plain("".join(page.visible for page in pages))
    found = []
    for number, page in enumerate(pages, start=1):
        for hidden in page.hidden:
            lines = [line for line in hidden.text.splitlines() if _plain(line) not in visible]
            if hidden.reported and any(line.strip() for line in lines):
                found.append(HiddenText(kind=hidden.kind, page=number, text=clean(hidden.text)[0]))
    return tuple(found)


def _plain(line: str) -> str:
    return "".join(line.split()).replace("\ufffe", "").lower()


def _notes(pages: list[PageText]) -> list[str]:
    scans = [number for number, page in enumerate(pages, start=1) if page.scan]
    small = sum(not hidden.reported for page in pages for hidden in page.hidden)
    notes = []
    if scans:
        notes.append(f"the text layer of a scan on {len(scans)} pages (from page {scans[0]}), taken as it is")
    if small:
        notes.append(f"{small} scraps of hidden text without a message left out (labels in figures and the like)")
    return notes


def _title(textpage: Any, visible: str) -> str:
    """The first lines of the largest upright print to be seen on the page; empty where none is larger than the rest."""
    shown = _plain(visible)
    lines = [(text, size) for text, size in _lines(textpage) if _plain(text) in shown]
    sizes = sorted(size for text, size in lines for _ in text)
    if not sizes:
        return ""
    largest, body = max(size for _, size in lines), sizes[len(sizes) // 2]
    if largest < OVER_BODY * body:
        return ""
    limit = max(LIKE_LARGEST * largest, OVER_BODY * body)
    title: list[str] = []
    for text, size in lines:
        if size >= limit:
            title.append(text)
        elif title:
            break
    return " ".join(" ".join(title).replace("\ufffe", "").split())


def _lines(textpage: Any) -> list[tuple[str, float]]:
    """Lines of at least three letters at the head of the page, each with its largest upright print in points."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    lines: list[tuple[str, float]] = []
    text, size = "", 0.0
    for index in range(min(textpage.count_chars(), TITLE_CHARACTERS)):
        character = chr(pdfium.FPDFText_GetUnicode(textpage.raw, index) or 32)
        if character in "\r\n":
            lines.append((text, size))
            text, size = "", 0.0
        elif pdfium.FPDFText_IsGenerated(textpage.raw, index):
            text += character
        elif pdfium.FPDFText_GetMatrix(textpage.raw, index, ctypes.byref(matrix)) and abs(matrix.b) < 1e-3:
            text += character
            size = max(size, pdfium.FPDFText_GetFontSize(textpage.raw, index) * abs(matrix.d))
    lines.append((text, size))
    return [(line, points) for line, points in lines if sum(c.isalpha() for c in line) >= 3]
