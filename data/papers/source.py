"""A paper's file: its bytes within limits, its kind, its text whatever the encoding, and what its reader found."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..errors import InputError, unknown_path
from .invisible import HiddenText

MOST_BYTES = 100_000_000
"""Larger files are no papers."""
FEWEST_PAIRS = 20
"""Of bytes, for UTF-16 without its mark to be told."""
LONE_BYTE = re.compile("[\udc80-\udcff]")
OPEN_BYTES = b"\x81\x8d\x8f\x90\x9d"
Source = Literal["pdf", "tex", "md", "txt", "docx"]
SOURCES: dict[str, Source] = {".pdf": "pdf", ".docx": "docx", ".tex": "tex", ".ltx": "tex", ".md": "md",
                              ".markdown": "md", ".txt": "txt", ".text": "txt"}  # fmt: skip
NAMELESS = re.compile(r"|\.v?\d+|\.download|\.part")
"""Endings that say nothing: none, and those of arXiv's ids and of browsers."""
PDF_MARK = b"%PDF-"
ZIP, WORD = b"PK\x03\x04", b"word/document.xml"
REFUSED: dict[bytes, str] = {
    b"{\\rtf": "an RTF file; save it as .docx or PDF (LibreOffice: soffice --convert-to docx FILE)",
    b"\xd0\xcf\x11\xe0": "an old Word file; save it as .docx or PDF (LibreOffice: soffice --convert-to docx FILE)",
    ZIP: "an archive or office file, no .docx; unpack it, or save the paper as PDF or .docx (OpenDocument: soffice "
    "--convert-to docx FILE)",
    b"\x1f\x8b": "a packed file; unpack it first (arXiv's sources: tar -xzf FILE)",
    b"\x89PNG": "an image; run OCR first (ocrmypdf IN OUT.pdf)",
    b"\xff\xd8\xff": "an image; run OCR first (ocrmypdf IN OUT.pdf)",
    b"%!PS": "a PostScript file; make a PDF of it (ps2pdf FILE)",
}
REFUSED_ENDINGS = {
    ".doc": REFUSED[b"\xd0\xcf\x11\xe0"],
    ".rtf": REFUSED[b"{\\rtf"],
    ".odt": "an OpenDocument file; save it as .docx or PDF (LibreOffice: soffice --convert-to docx FILE)",
    ".html": "a web page; give the paper itself, as PDF, Markdown or text",
    ".htm": "a web page; give the paper itself, as PDF, Markdown or text",
    ".ps": REFUSED[b"%!PS"],
}
WEB_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html|<head\b|<body\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Extracted:
    """What the reader of one kind of file gives: the text without hidden parts, and what it found beside it."""

    text: str
    title: str = ""
    quarantine: tuple[HiddenText, ...] = ()
    notes: tuple[str, ...] = ()
    references: int | None = None
    """Works that are cited and found, where the reader knows."""
    page_texts: tuple[str, ...] = ()
    """Of a PDF."""


def readable_name(path: Path) -> str:
    """The path as text, where bytes of its name that are not UTF-8 are replaced."""
    return os.fsencode(path).decode("utf-8", "replace")


def read_content(path: Path) -> bytes:
    """The bytes of a file.

    Raises InputError where it is missing (with near matches), a folder, empty, too large or not to be read.
    """
    if path.is_dir():
        raise InputError(f"{path}: a folder; name the paper's file in it")
    if not path.exists():
        raise unknown_path("file", path, "a paper's file (.pdf, .tex, .docx, .md, .txt)")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: more than {MOST_BYTES // 10**6} MB; give the paper alone")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if not content.strip():
        raise InputError(f"{path}: empty; give a file with the paper's text")
    return content


def decoded(content: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text in UTF-8 or UTF-16, or else in the encoding of Windows (CP1252), which is noted.

    Raises InputError for content that is no text.
    """
    encoding = _utf_16(content) or "utf-8-sig"
    try:
        return content.decode(encoding), ()
    except UnicodeDecodeError as error:
        if b"\0" in content:
            raise InputError(f"{name}: not a text file (byte {content.index(0)} is zero)") from None
        start = error.start
    text = content.decode("utf-8-sig", "surrogateescape")
    wrong = len(LONE_BYTE.findall(text))
    if wrong <= sum(character > "\x7f" for character in text) - wrong:
        mended = LONE_BYTE.sub(lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "replace"), text)
        return mended, (f"{name}: {wrong} bytes are not UTF-8 (the first is byte {start}); read as Windows-1252",)
    return _windows(content), (f"{name} is not UTF-8 (byte {start}); read as Windows-1252",)


def _utf_16(content: bytes) -> str:
    """The kind of UTF-16 by its mark, or without one by zeros in every other byte; empty for none."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = content[:2000]
    half = len(head) // 2
    if half < FEWEST_PAIRS:
        return ""
    if head[1::2].count(0) > 0.8 * half and not head[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > 0.8 * half and not head[1::2].count(0) else ""


def _windows(content: bytes) -> str:
    """The text in CP1252, the five bytes that it leaves open in Latin-1."""
    return "".join(bytes([byte]).decode("latin-1" if byte in OPEN_BYTES else "cp1252") for byte in content)


def kind_of(path: Path, content: bytes) -> Source:
    """The kind of a paper's file.

    Raises InputError, with what to do, for one that is no paper's.
    """
    ending = path.suffix.lower()
    if ending in REFUSED_ENDINGS and not content.startswith(PDF_MARK):
        raise InputError(f"{path}: {REFUSED_ENDINGS[ending]}")
    if content.lstrip()[:1024].startswith(PDF_MARK) or (ending == ".pdf" and not content.startswith(ZIP)):
        return "pdf"
    if content.startswith(ZIP) and WORD in content:
        return "docx"
    refusal = next((reason for mark, reason in REFUSED.items() if content.startswith(mark)), "")
    if refusal or WEB_PAGE.match(content):
        raise InputError(f"{path}: {refusal or REFUSED_ENDINGS['.html']}")
    if ending == ".docx":
        raise InputError(f"{path}: not a Word file, whatever its name says; get the file again")
    if ending in SOURCES:
        return SOURCES[ending]
    if not NAMELESS.fullmatch(ending):
        raise InputError(f"{path}: expected a file ending in {', '.join(SOURCES)}")
    return _kind_of_text(content[:10_000])


def _kind_of_text(head: bytes) -> Source:
    if b"\\documentclass" in head or b"\\begin{document}" in head:
        return "tex"
    return "md" if re.search(rb"(?:\A|\n)#{1,6} \S|\A---\s*\ntitle", head) else "txt"
