"""The text of a PDF file that came without a name."""

from __future__ import annotations

from ..papers.invisible import clean
from ..papers.pdf.document import UnreadablePdfError, read_pdf


def pdf_text(content: bytes) -> str:
    """The visible text of all pages, joined by blank lines; empty for a file that is broken or holds only images.

    Hidden text is left out. Raises InputError where pypdfium2 is not installed.
    """
    try:
        return clean(read_pdf(content, "PDF").text)[0].strip()
    except UnreadablePdfError:
        return ""
