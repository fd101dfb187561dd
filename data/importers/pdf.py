"""The text of a PDF file."""

from __future__ import annotations

from ..errors import InputError


def pdf_text(content: bytes) -> str:
    """The text of all pages, joined by blank lines; empty for a file that is broken or holds only images.

    Raises InputError where pypdfium2 is not installed.
    """
    try:
        import pypdfium2
    except ModuleNotFoundError:
        raise InputError("reading PDF files needs pypdfium2: pip install 'peerassay[openreview]'") from None
    try:
        document = pypdfium2.PdfDocument(content)
        try:
            pages = [page.get_textpage().get_text_bounded() for page in document]
        finally:
            document.close()
    except pypdfium2.PdfiumError:
        return ""
    text = "\n\n".join(page.replace("\r\n", "\n") for page in pages)
    return text.encode("utf-8", "ignore").decode().strip()
