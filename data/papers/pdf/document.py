"""The text of a PDF file as one reads it, its title, and what it hides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import InputError
from ..invisible import HiddenText, clean
from ..sections import is_banner, is_heading
from ..source import PDF_MARK, Extracted
from .hyphens import Vocabulary, dehyphenated
from .layout import in_reading_order
from .line_numbers import margin_numbers
from .margins import margin_lines
from .one_thread import one_thread
from .visibility import PageText, Print, page_text
from .words import Line, closed_up, turned_upright

MOST_PAGES = 1000
END_MARK = b"%%EOF"
HEAD = 65536
"""Bytes among which the mark of the beginning stands; what is before it is junk."""
FEWEST_LETTERS = 40
"""Of a page of text; a page with fewer that is mostly an image is a scan."""
HTML = (b"<!doctype", b"<html", b"<head", b"<?xml", b"<body")
BROKEN_FILE = "broken or cut short; get the file again"
TITLE_CHARACTERS = 2500
"""The part of the first page in which the title is looked for."""
LIKE_LARGEST = 0.78
"""Print of this share of the largest belongs to the title: small capitals have 0.8 of the size of capitals."""
OVER_BODY = 1.1
"""Print of the title over that of the body, at least."""
TITLE_LETTERS = 3


class UnreadablePdfError(InputError):
    """A PDF that gives no text: broken, locked, or only images."""


def read_pdf(content: bytes, name: str) -> Extracted:
    """Read a PDF file, without headers, footers and line numbers, pages joined by blank lines; `name` is for messages.

    Raises UnreadablePdfError for a broken or locked file, one without text or with too many pages; InputError where
    pypdfium2 is not installed.
    """
    pages = _pages(content, name)
    lines = _laid_out([page.lines for page in pages])
    scanned = [n for n, page in enumerate(pages) if page.picture and not page.scan and _is_bare(lines[n])]
    if not any(line.text.strip() for page in lines for line in page) or len(scanned) == len(pages):
        reason = "a scan, pages that are images without text" if scanned else "no text that can be seen"
        raise UnreadablePdfError(f"{name}: {reason}; run OCR first (ocrmypdf IN.pdf OUT.pdf)")
    vocabulary = Vocabulary(line for page in lines for line in page)
    notes = _notes(pages, scanned)
    if END_MARK not in content[len(content) // 2 :] and END_MARK not in content[-4096:]:
        notes.append("the file has no end mark; it may be cut short")
    page_texts = tuple(dehyphenated(page, vocabulary).strip() for page in lines)
    return Extracted(
        text="\n\n".join(page_texts),
        title=clean(_title(lines[0], vocabulary))[0],
        quarantine=quarantined(pages),
        notes=tuple(notes),
        page_texts=page_texts,
    )


@one_thread
def _pages(content: bytes, name: str) -> list[PageText]:
    import pypdfium2

    document = _opened(content, name)
    try:
        if len(document) > MOST_PAGES:
            raise UnreadablePdfError(f"{name}: {len(document)} pages, more than {MOST_PAGES}; give the paper alone")
        pages: list[PageText] = []
        seen: set[Print] = set()
        for page in document:
            textpage = turned_upright(page)
            pages.append(page_text(page, textpage, seen))
            textpage.close()
            page.close()
    except pypdfium2.PdfiumError:
        raise UnreadablePdfError(f"{name}: {BROKEN_FILE}") from None
    finally:
        document.close()
    return pages


def _laid_out(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines of the paper's text, page by page, in the order in which they are read."""
    numbers = margin_numbers(pages)
    bare = [
        [kept for line in page if (kept := line.without(gone)).words]
        for page, gone in zip(pages, numbers, strict=True)
    ]  # fmt: skip
    around = [{id(line) for line in lines} for lines in margin_lines(bare)]
    return [
        [closed_up(line) for line in in_reading_order([line for line in page if id(line) not in gone])]
        for page, gone in zip(bare, around, strict=True)
    ]


def _is_bare(lines: Sequence[Line]) -> bool:
    return sum(map(str.isalpha, "".join(line.text for line in lines))) < FEWEST_LETTERS


def _opened(content: bytes, name: str) -> Any:
    try:
        import pypdfium2
    except ModuleNotFoundError:
        raise InputError("reading PDF files needs pypdfium2: pip install pypdfium2") from None
    start = content.find(PDF_MARK, 0, HEAD)
    if start < 0:
        page = content.lstrip()[:100].lower().startswith(HTML)
        what = "a web page that was saved under the paper's name; download the paper itself" if page else ""
        raise UnreadablePdfError(f"{name}: not a PDF file, whatever its name says{what and f': {what}'}")
    try:
        document = pypdfium2.PdfDocument(content[start:])
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadablePdfError(
                f"{name}: locked by a password; remove it (qpdf --decrypt --password=... IN OUT)"
            ) from None
        raise UnreadablePdfError(f"{name}: {BROKEN_FILE}") from None
    if len(document) == 0:
        document.close()
        raise UnreadablePdfError(f"{name}: has no pages; get the file again")
    return document


def quarantined(pages: Sequence[PageText]) -> tuple[HiddenText, ...]:
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


def _notes(pages: Sequence[PageText], scanned: Sequence[int]) -> list[str]:
    scans = [number for number, page in enumerate(pages, start=1) if page.scan]
    small = sum(not hidden.reported for page in pages for hidden in page.hidden)
    notes = []
    if scanned:
        notes.append(
            f"{len(scanned)} of {len(pages)} pages are images without text (from page {scanned[0] + 1}) and were not "
            "read; run OCR first (ocrmypdf --skip-text IN.pdf OUT.pdf)"
        )
    if scans:
        notes.append(f"the text layer of a scan on {len(scans)} pages (from page {scans[0]}), taken as it is")
    if small:
        notes.append(f"{small} scraps of hidden text without a message left out (labels in figures and the like)")
    return notes


def _title(lines: Sequence[Line], vocabulary: Vocabulary) -> str:
    """The first lines of the largest print above the first heading; empty where none is larger than the rest."""
    head, taken = [], 0
    for line in lines:
        taken += len(line.text)
        if taken > TITLE_CHARACTERS:
            break
        if sum(map(str.isalpha, line.text)) >= TITLE_LETTERS and any(word.along for word in line.words):
            head.append(line)
    sizes = sorted(_print_size(line) for line in head for _ in line.text)
    above = next((n for n, line in enumerate(head) if is_heading(line.text)), len(head))
    candidates = [line for line in head[:above] if not is_banner(line.text)]
    if not candidates:
        return ""
    largest, body = max(map(_print_size, candidates)), sizes[len(sizes) // 2]
    if largest < OVER_BODY * body:
        return ""
    limit = max(LIKE_LARGEST * largest, OVER_BODY * body)
    title: list[Line] = []
    for line in candidates:
        if _print_size(line) >= limit:
            title.append(line)
        elif title:
            break
    return " ".join(dehyphenated(title, vocabulary).split())


def _print_size(line: Line) -> float:
    return max(word.size for word in line.words if word.along)
