"""PDF files that are figures: a plot on a page, not a paper."""

from __future__ import annotations

import re
from pathlib import Path

HEADINGS = re.compile(r"\b(?:abstract|introduction|references|bibliography|conclusions?)\b", re.IGNORECASE)
MOST_LETTERS = 1000
"""Letters that a figure's labels have at most; a page of a paper has 2000 and more."""
MOST_LETTERS_A_PAGE = 150
"""The same of each page, where plots stand on several."""


def is_picture(path: Path) -> bool:
    """Whether the PDF is one page without the text of a paper, or several with a plot on each.

    A file that cannot be read is none, and neither are scanned pages, which have no text at all.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            pages = len(document)
            text = "\n".join(document[i].get_textpage().get_text_bounded() for i in range(min(pages, 5)))
    except (pypdfium2.PdfiumError, OSError):
        return False
    letters = sum(sign.isalpha() for sign in text)
    if HEADINGS.search(text):
        return False
    return letters < MOST_LETTERS if pages == 1 else 0 < letters < MOST_LETTERS_A_PAGE * min(pages, 5)
