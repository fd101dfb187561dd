"""Running headers, footers and stamps around the text of a PDF's pages.

They are apart from the text by more than the distance of its lines, and come back on other pages; a status line or page
number need not.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ..sections import is_banner
from .words import Line

Heights = Mapping[str | tuple[str, int], Sequence[tuple[int, float]]]
"""Page and height of the lines that are alike by their words or by the number at one end."""

ROWS = 3
"""Lines at the top and at the bottom of a page that may be heads or feet."""

APART = 1.35
"""Their distance from the text, over the usual one of its lines."""

SAME_PLACE = 4.0
"""Points by which a running line moves from page to page at most."""

LARGE = 1.25
"""Print over that of the text from which on a line is no head or foot."""

SMALLER = 0.9
"""The print of a head over that of the heading that it names."""

LONGEST_NUMBER = 5
"""Digits of a page number."""

PAGE_NUMBER = re.compile(r"[-–—|\s]*(?:page\s+)?(?:\d{1,4}|[ivxl]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?[-–—|\s]*", re.I)

FEWEST_HEADS, MOST_PAGES = 4, 0.8
"""Pages, and share of all, with their outermost line at one place, which then is a head or foot whatever it says."""
STAMP = re.compile(r"arxiv:\s?\S", re.IGNORECASE)


def margin_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """For each page the lines that are not of the paper's text."""
    rows = [_rows(lines) for lines in pages]
    gaps = sorted(gap for page in rows for gap in _gaps(page))
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    sizes = sorted(word.size for lines in pages for line in lines for word in line.words)
    body = sizes[len(sizes) // 2] if sizes else 0.0
    edges = [[line for line in _outer_lines(page, usual) if _may_repeat(line, body)] for page in rows]
    heights: defaultdict[str | tuple[str, int], list[tuple[int, float]]] = defaultdict(list)
    for number, lines in enumerate(edges):
        for line in lines:
            for key in (_key(line), *_numbers(line, number)):
                heights[key].append((number, line.words[0].middle))
    named: defaultdict[str, list[Line]] = defaultdict(list)
    for line in (line for lines in pages for line in lines):
        named[_key(line)].append(line)
    outermost = [
        (number, line.words[0].middle)
        for number, (page, edge) in enumerate(zip(rows, edges, strict=True))
        for line in edge
        if line in (*page[0], *page[-1])
    ]
    return [
        [
            *_stamps(lines),
            *(
                line
                for line in edge
                if _repeats(line, n, heights, len(pages))
                or _is_section_head(line, outermost, len(pages))
                or _repeats_heading(line, named[_key(line)])
            ),
        ]
        for n, (lines, edge) in enumerate(zip(pages, edges, strict=True))
    ]


def _may_repeat(line: Line, body: float) -> bool:
    """Whether the line is in no larger print than the text, as a title is, or is a banner."""
    return line.words[0].size <= LARGE * body or is_banner(line.text)


def _key(line: Line) -> str:
    """The letters of a running line, which stay the same from page to page; none for a page number."""
    return "" if PAGE_NUMBER.fullmatch(line.text) else "".join(filter(str.isalpha, line.text)).lower() or line.text


def _numbers(line: Line, page: int) -> list[tuple[str, int]]:
    """At which ends of the line there are numbers, and how far they are from the count of the page.

    That is the same for all page numbers. Of a section's heading only the first word is a number.
    """
    ends = [("first", line.words[0].text), ("last", line.words[-1].text)] if len(line.words) > 1 else []
    return [(end, int(text) - page) for end, text in ends if text.isdecimal() and len(text) <= LONGEST_NUMBER]


def _repeats(line: Line, page: int, heights: Heights, pages: int) -> bool:
    words = _key(line)
    if words.isalpha() and is_banner(line.text):
        return True
    if not words and (pages == 1 or line.text.strip() == str(page + 1)):
        return True
    height = line.words[0].middle
    keys: list[str | tuple[str, int]] = [words]
    for end, offset in _numbers(line, page):
        keys += [("last", offset)] if end == "first" else [("last", offset), ("first", offset)]
    return any(number != page and abs(place - height) <= SAME_PLACE for key in keys for number, place in heights[key])


def _is_section_head(line: Line, heights: Sequence[tuple[int, float]], pages: int) -> bool:
    """Whether most pages have their first or last line at this height and apart, as heads that name the section."""
    height = line.words[0].middle
    there = {number for number, place in heights if abs(place - height) <= SAME_PLACE}
    return len(there) >= max(FEWEST_HEADS, MOST_PAGES * pages)


def _repeats_heading(line: Line, alike: Sequence[Line]) -> bool:
    """Whether the line repeats a heading or the title in capitals or smaller print."""
    return bool(_key(line)) and any(
        (line.text.isupper() and not other.text.isupper()) or line.words[0].size < SMALLER * other.words[0].size
        for other in alike
    )


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """The level lines from the top to the bottom, those at one height together."""
    rows: list[list[Line]] = []
    for line in sorted((line for line in lines if line.words[0].along), key=lambda line: -line.words[0].middle):
        if rows and rows[-1][0].words[0].middle - line.words[0].middle <= SAME_PLACE:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _gaps(rows: Sequence[Sequence[Line]]) -> list[float]:
    return [above[0].words[0].middle - below[0].words[0].middle for above, below in pairwise(rows)]


def _outer_lines(rows: Sequence[list[Line]], usual: float) -> list[Line]:
    """The lines of the rows above and below the text, where there is a gap between them and the text."""
    gaps = _gaps(rows)
    above = max((i + 1 for i, gap in enumerate(gaps[:ROWS]) if gap >= APART * usual), default=0)
    below = max((i + 1 for i, gap in enumerate(gaps[::-1][:ROWS]) if gap >= APART * usual), default=0)
    return [line for row in (*rows[:above], *rows[max(above, len(rows) - below) :]) for line in row]


def _stamps(lines: Sequence[Line]) -> Iterator[Line]:
    """Lines that run up or down the page at its side."""
    along = [line.box for line in lines if line.words[0].along]
    left, right = min((box[0] for box in along), default=0.0), max((box[2] for box in along), default=0.0)
    for line in lines:
        if not line.words[0].along:
            outside = line.box[2] <= left or line.box[0] >= right
            if STAMP.match(line.text) or (outside and along):
                yield line
