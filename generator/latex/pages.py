r"""What the pages of a paper hold: how long it is before the references, and pages that floats have for themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...data.papers.tex.plain_text import plain
from .document import masked_source
from .log import Problem
from .source import FLOAT

REFERENCES = re.compile(r"^\W*(?:\d+\.?\s+)?(?:references|bibliography)\W*$", re.IGNORECASE | re.MULTILINE)
TOP, HEIGHT = 0.9, 0.81
"""Shares of a page's height at which its text begins, from below, and that the text takes."""
CAPTION = re.compile(r"^(?:Figure|Table) \d+[.:]", re.MULTILINE)
SHINGLE = 4
"""Words in a row by which a passage of the source is known again."""
FEWEST_PASSAGES = 8
"""A page with fewer passages of the text has none to speak of."""


def filled(page: Any, textpage: Any, columns: int = 1) -> float | None:
    """The share of the page, a pypdfium2 one, before the heading of the references, in [0, 1]; None without one."""
    found = next(iter(reversed(list(REFERENCES.finditer(textpage.get_text_range())))), None)
    if found is None:
        return None
    letter = re.search(r"[A-Za-z]", found[0])
    height = page.get_height()
    left, _, _, top = textpage.get_charbox(found.start() + (letter.start() if letter else 0))
    down = min(max((TOP * height - top) / (HEIGHT * height), 0.0), 1.0)
    before = int(left / page.get_width() * columns)
    return (before + down) / columns


def pages_of_floats(pages: Sequence[str], tex: str) -> Iterator[Problem]:
    """The pages, given as text, that have figures or tables and next to nothing of the source's text."""
    words = _words(plain(FLOAT.sub(" ", masked_source(tex))))
    known = set(_shingles(words))
    for number, page in enumerate(pages, start=1):
        passages = sum(shingle in known for shingle in _shingles(_words(page)))
        if CAPTION.search(page) and passages < FEWEST_PASSAGES:
            message = "a page with figures or tables only; the text is pushed away"
            yield Problem(kind="pages", severity="warning", page=number, message=message)


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]+", text.lower())


def _shingles(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1))
