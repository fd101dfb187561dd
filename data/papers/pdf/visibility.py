"""Text in a PDF that its reader does not see: found object by object, confirmed by rendering.

Sure by their own properties are texts drawn invisibly, far too small, or outside of the page. Suspects are texts that
are nearly white, not opaque, in a layer, in a form, cut by a clip path, or that overlap an image or a filled shape;
they are hidden where the page, rendered with them, looks as it does without any text: this settles white on white,
white on dark, text under an image, clipped text and hidden layers all in one way. Pages without suspects are not
rendered.

A scanned page, an image over nearly the whole page with its text invisible or underneath, keeps its text: that is what
character recognition leaves. Figures have small print and cut-off labels of their own: there, hidden text is left out
of the paper, and reported only where it has a line of words. Text whose glyphs and character codes differ is found by
`font_mapping`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..invisible import HiddenKind
from .font_mapping import mapped_runs
from .objects import Box, PageObject, TextObject, address, drawn_on, string_of
from .rendering import CONTRAST, overlaps, unrendered
from .words import Line, page_lines

SMALLEST = 3.0
"""Points; smaller text is not meant to be read. Subscripts of subscripts have 5, labels of figures 3 and more."""
COVERED = 0.5
"""Share of a run that others overlap, from which on it is a suspect."""
SCAN_IMAGE, SCAN_TEXT = 0.8, 0.9
"""A scan: shares of the page that one image takes and of the runs that are invisible or under an image."""
RECOGNISED: tuple[HiddenKind, ...] = ("invisible", "covered")
LETTERS, WORDS = 3, 5
"""Reported: this many letters on a page's own level, this many different words in one line of a figure."""
WORD = re.compile(r"[^\W\d_]{2,}")


Print = tuple[str, Box, float | None]
"""A run of glyphs with its place and lightness."""


class HiddenPart(NamedTuple):
    """Why some text of a page is hidden, and whether it stands in a form."""

    kind: HiddenKind
    in_form: bool


@dataclass(frozen=True)
class HiddenRun:
    """Hidden text of one page and kind; `reported` is whether it can be a message."""

    kind: HiddenKind
    text: str
    reported: bool


@dataclass(frozen=True)
class PageText:
    """The lines that a page shows, in the order of the file, and what it hides."""

    lines: tuple[Line, ...]
    hidden: tuple[HiddenRun, ...]
    scan: bool
    """Whether its text is what character recognition left on a picture of a page."""
    picture: bool
    """Whether an image takes most of it."""

    @property
    def visible(self) -> str:
        """The text of the lines, broken words in one."""
        return "".join(line.text + ("" if line.broken else "\n") for line in self.lines)


def page_text(page: Any, textpage: Any, seen: set[Print]) -> PageText:
    """The lines of a pypdfium2 page with its text page from `turned_upright`, hidden text set apart.

    `seen` is what earlier pages of the document print in plain sight, to which this page adds: a watermark that goes
    on under a figure need not be looked at again.
    """
    texts, others = drawn_on(page)
    kinds: dict[TextObject, HiddenKind] = hidden_objects(page, textpage, texts, others, seen)
    picture = _largest_image(page.get_bbox(), others) >= SCAN_IMAGE
    recognised = sum(kinds.get(text) in RECOGNISED for text in texts)
    scan = bool(kinds) and picture and recognised >= SCAN_TEXT * len(texts)
    if scan:
        kinds = {text: kind for text, kind in kinds.items() if kind not in RECOGNISED}
    unseen, parts = _parted(textpage, kinds)
    lines = page_lines(page, textpage, unseen)
    mapped = mapped_runs(textpage, lines)
    if mapped:
        kinds |= {text: "font-mapped" for text in texts if text.address in mapped}
        unseen, parts = _parted(textpage, kinds)
        lines = page_lines(page, textpage, unseen)
    hidden = tuple(HiddenRun(part.kind, text, _reported(text, part)) for part, text in parts)
    return PageText(tuple(lines), hidden, scan, picture)


def hidden_objects(
    page: Any, textpage: Any, texts: Sequence[TextObject], others: Sequence[PageObject], seen: set[Print]
) -> dict[TextObject, HiddenKind]:
    """The texts that cannot be seen, each with the reason."""
    bounds = page.get_bbox()
    share, later = overlaps(texts, others)
    kinds: dict[TextObject, HiddenKind] = {}
    suspects: dict[TextObject, HiddenKind] = {}
    for text, around, above in zip(texts, share, later, strict=True):
        sure = _surely(text, bounds)
        if sure is not None:
            kinds[text] = sure
            continue
        suspect = around >= COVERED or _suspect(text)
        printed = (string_of(text, textpage), text.box, text.light) if not suspect or seen else None
        if not suspect and printed:
            seen.add(printed)
        elif printed not in seen:
            suspects[text] = _reason(text, above)
    kinds.update((text, suspects[text]) for text in unrendered(page, list(suspects), texts))
    return kinds


def _surely(text: TextObject, page: Box) -> HiddenKind | None:
    left, bottom, right, top = text.box
    if right <= page[0] or left >= page[2] or top <= page[1] or bottom >= page[3]:
        return "off-page"
    if text.mode == 3:
        return "invisible"
    if text.mode == 7:
        return "clipped"
    if text.size < SMALLEST and min(right - left, top - bottom) < SMALLEST:
        return "tiny"
    return None


def _suspect(text: TextObject) -> bool:
    light = text.light is None or text.light >= 255 - CONTRAST
    return light or text.alpha < 255 or text.in_form or text.layer or not text.unclipped or text.mode != 0


def _reason(text: TextObject, above: float) -> HiddenKind:
    """Why a suspect would be hidden, the likeliest first."""
    if above >= COVERED:
        return "covered"
    if not text.unclipped:
        return "clipped"
    if text.layer:
        return "layer"
    return "invisible" if text.alpha < CONTRAST else "white"


def _largest_image(page: Box, others: Sequence[PageObject]) -> float:
    """The share of the page that its largest image takes."""
    area = max((page[2] - page[0]) * (page[3] - page[1]), 1.0)
    return max((_common_area(page, other.box) for other in others if other.image), default=0.0) / area


def _common_area(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    return max(0.0, width) * max(0.0, min(one[3], other[3]) - max(one[1], other[1]))


def _parted(textpage: Any, kinds: dict[TextObject, HiddenKind]) -> tuple[frozenset[int], list[tuple[HiddenPart, str]]]:
    """The indices of hidden characters, and these by part; a space between words goes with what is before it."""
    import pypdfium2.raw as pdfium

    if not kinds:
        return frozenset(), []
    hidden = {text.address: HiddenPart(kind, text.in_form) for text, kind in kinds.items()}
    unseen: set[int] = set()
    parts: dict[HiddenPart, list[str]] = {}
    into: list[str] | None = None
    for index in range(textpage.count_chars()):
        handle = pdfium.FPDFText_GetTextObject(textpage.raw, index)
        if handle:
            part = hidden.get(address(handle))
            target = None if part is None else parts.setdefault(part, [])
            if target is not into and target and not target[-1].isspace():
                target.append("\n")
            into = target
        if into is not None:
            unseen.add(index)
            into.append(chr(pdfium.FPDFText_GetUnicode(textpage.raw, index) or 32))
    return frozenset(unseen), [(part, "".join(characters).strip()) for part, characters in parts.items()]


def _reported(text: str, part: HiddenPart) -> bool:
    if part.in_form:
        return any(len({*WORD.findall(line.lower())}) >= WORDS for line in text.splitlines())
    return sum(character.isalpha() for character in text) >= LETTERS
