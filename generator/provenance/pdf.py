"""The passages of a PDF: sentences and the lines of tables, each with its page.

A PDF keeps no tables: a line with two numbers and few words, or any line of numbers under a table's caption, is taken
for a row. It is of what the line itself names, then what the lines of words above it name, then the caption.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from ...data.papers.invisible import clean
from ...data.papers.pdf.document import read_pdf
from ...data.papers.sections import find_sections
from ...data.papers.source import read_content
from .numbers import find_numbers
from .passages import PaperPassage, Part, of_paragraph, part_of

LIGATURES = str.maketrans({"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "\u2212": "-", "∼": "≈",
                           "\u00a0": " "})  # fmt: skip
HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
POWER = re.compile(r"(×\s?10|(?<![\d.])10(?=-\d))\s?\n?(-?\d{1,3})(?![\d.])")
CAPTION = re.compile(r"(?:Table|Figure|Fig\.)\s+\d+\s*[:.]")
FURNITURE = 0.5
"""Share of the pages from which on a line that stands on them is a header or footer."""
NEXT_SENTENCE = re.compile(r"[a-z0-9)]\.\s+[A-Z][a-z]+\s")
ROW_NUMBERS, ROW_WORDS = 2, 8
MOST_LABEL_LINES = 6


@dataclass
class _Reading:
    headings: list[str] = field(default_factory=lambda: ["Abstract"])
    paragraph: list[tuple[str, str]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    caption: str = ""
    found: list[PaperPassage] = field(default_factory=list)


def pdf_passages(path: Path) -> list[PaperPassage]:
    """The passages of a PDF in order, those of skipped parts included; from the abstract on.

    Raises InputError for a file that is missing, broken, locked or without text.
    """
    lines = pdf_lines(path)
    text = "\n".join(line for line, _ in lines)
    starts = [0]
    for line, _ in lines:
        starts.append(starts[-1] + len(line) + 1)
    heads: dict[int, tuple[str, int]] = {}
    for section in find_sections(text):
        heads[bisect_right(starts, section.start) - 1] = (section.title, section.level)
    state = _Reading()
    open_heads: list[tuple[str, int]] = []
    for index, (line, page) in enumerate(lines):
        if index in heads:
            _end_paragraph(state)
            title, level = heads[index]
            open_heads = [(words, depth) for words, depth in open_heads if depth < level] + [(title, level)]
            state.headings = [words for words, _ in open_heads]
            state.labels, state.caption = [], ""
        else:
            _line(state, line, page)
    _end_paragraph(state)
    return state.found


def pdf_lines(path: Path) -> list[tuple[str, str]]:
    """The lines of a PDF with their pages, without headers, footers and page numbers. Raises InputError as above."""
    return _lines(_pages(path))


def _pages(path: Path) -> list[str]:
    """The text of each page."""
    return [_readable(text) for text in read_pdf(read_content(path), str(path)).page_texts]


def _readable(text: str) -> str:
    """Without hyphens at line ends, ligatures and the like; powers of ten as 10^-4."""
    text = HYPHEN.sub("", text.translate(LIGATURES))
    return clean(POWER.sub(r"\1^\2", text))[0]


def _lines(pages: list[str]) -> list[tuple[str, str]]:
    """Each line with its page, without headers, footers and page numbers."""
    counts = Counter(line for page in pages for line in {line.strip() for line in page.split("\n")})
    often = max(3.0, FURNITURE * len(pages))
    return [
        (line.strip(), f"page {number}")
        for number, page in enumerate(pages, start=1)
        for line in page.split("\n")
        if line.strip() and counts[line.strip()] < often and not re.fullmatch(r"\d{1,3}", line.strip())
    ]


def _line(state: _Reading, line: str, page: str) -> None:
    numbers = find_numbers(line)
    words = re.findall(r"[A-Za-z]{3,}", line)
    if CAPTION.match(line):
        _end_paragraph(state)
        state.caption, state.labels = line, []
    tabular = not _sentence_like(line) or (len(numbers) > len(words) and not re.search(r",\s|\.\Z|\.\s", line))
    if len(numbers) >= ROW_NUMBERS and len(words) <= ROW_WORDS and tabular:
        _end_paragraph(state)
        _row(state, line, page)
        return
    if len(line) <= 80 and not _sentence_like(line) and not state.paragraph:
        state.labels = [*state.labels, line][-MOST_LABEL_LINES:]
    state.paragraph.append((line, page))


def _sentence_like(line: str) -> bool:
    return (
        bool(re.search(r"[a-z]{2,}[.;:,)]?\s+(?:the|of|to|and|in|from|by|is|are|was|with|for)\s", line))
        or (line.endswith((".", ";")) and len(line.split()) > 3)
        or NEXT_SENTENCE.search(line) is not None
    )


def _row(state: _Reading, line: str, page: str) -> None:
    state.found.append(
        PaperPassage(
            text=line,
            kind="row",
            part=_float_part(state),
            section=" / ".join(state.headings),
            names=line,
            around=(*reversed(state.labels), state.caption, *reversed(state.headings)),
            places=((0, page),),
            shown=line,
        )
    )


def _float_part(state: _Reading) -> Part:
    """Rows under a table's caption are checked also in a part that is not; other lines of numbers are formulae."""
    part = part_of(state.headings)
    return "set-up" if part == "skipped" and state.caption.startswith("Table") else part


def _end_paragraph(state: _Reading) -> None:
    """Make sentences of the lines collected; lines of words that were the head of a table have no numbers to check."""
    lines, state.paragraph = state.paragraph, []
    if not lines:
        return
    text, places = "", []
    for line, page in lines:
        places.append((len(text), page))
        text += line + " "
    if any(_sentence_like(line) for line, _ in lines):
        state.labels = []
    state.found += of_paragraph(text.rstrip(), places, state.headings, part_of(state.headings))
