"""What kind of file a paper is: by its content where that is plain, else by the ending of its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from ..errors import InputError
from .pdf.document import PDF_MARK

Source = Literal["pdf", "tex", "md", "txt", "docx"]
SOURCES: dict[str, Source] = {".pdf": "pdf", ".docx": "docx", ".tex": "tex", ".ltx": "tex", ".md": "md",
                              ".markdown": "md", ".txt": "txt", ".text": "txt"}  # fmt: skip
NAMELESS = re.compile(r"|\.v?\d+|\.download|\.part")
"""Endings that say nothing: none, and those of arXiv's ids and of browsers."""
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
