"""A paper's pages as JPEG images, without what the scrubbing of its text has taken away.

Blank are: words that the text for the reviewer does not have (authors, running heads, footnotes, acknowledgements,
links, references) and watermarks; on the first page all above the abstract but the title; pages of which nothing is
left. A page that is one picture cannot be scrubbed, nor one whose words are not those of the text: such a paper is
refused. Words within the pixels of a figure stay.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data.papers.pdf.objects import Box, TextObject, drawn_on
from ...data.papers.pdf.one_thread import one_thread
from ...data.papers.pdf.rendering import pixels, set_shown
from ...data.papers.pdf.words import Line, page_lines, turned_upright
from .kept import Printed, first_long_run, mark_kept, printed_words

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH, HEIGHT = 1000, 2000
"""Pixels of a page, at most."""
MOST_PAGES = 12
FEWEST_WORDS = 12
"""Kept words of a page that is shown."""
ABSTRACT_WORDS = 25
"""Kept words in a row with which the abstract begins; a title has fewer."""
LEAST_FOUND = 0.6
"""Share of the text's runs of words that the pages have to show."""
PICTURE = 0.5
"""Share of a page that one image takes, from which on the page is a picture."""
STEEP = 2.0
"""How much higher and wider than its size print is that slants."""
QUALITY = 85
MARGIN = 2
"""Pixels around a word that are blanked with it."""
ADVICE = "leave ?vision out, or give whole papers with --raw"


class CannotScrub(ValueError):
    """The pages cannot be shown without what the text lost; the message is one line that says why."""


@dataclass(frozen=True)
class Pages:
    """The images in order (JPEG), the numbers of their pages from 1, and how many the PDF has."""

    images: tuple[bytes, ...]
    numbers: tuple[int, ...]
    total: int


@one_thread
def whole_pages(pdf: Path) -> Pages:
    """The first pages as they are. Raises CannotScrub where the file is no PDF that can be drawn."""
    with _opened(pdf) as document:
        shown = range(min(len(document), MOST_PAGES))
        images = tuple(_jpeg(_drawn(document[number])) for number in shown)
        return Pages(images, tuple(number + 1 for number in shown), len(document))


@one_thread
def scrubbed_pages(pdf: Path, text: str) -> Pages:
    """The first pages with no words but those of the text. Raises CannotScrub."""
    with _opened(pdf) as document:
        pages = list(document)
        words = printed_words([_lines(page, f"{pdf.name}: page {n}") for n, page in enumerate(pages, start=1)])
        if mark_kept(words, text) < LEAST_FOUND:
            raise CannotScrub(f"{pdf.name}: its pages do not show the text that the reviewer gets; {ADVICE}")
        abstract = first_long_run((word for word in words if word.page == 0), ABSTRACT_WORDS)
        if abstract is None:
            raise CannotScrub(f"{pdf.name}: no abstract is found on the first page, which may name authors; {ADVICE}")
        of_page = [[word for word in words if word.page == number] for number in range(len(pages))]
        shown = [number for number, mine in enumerate(of_page) if sum(word.kept for word in mine) >= FEWEST_WORDS]
        images = tuple(
            _jpeg(_blanked(pages[number], of_page[number], abstract.boxes[0] if number == 0 else None))
            for number in shown[:MOST_PAGES]
        )
        return Pages(images, tuple(number + 1 for number in shown[:MOST_PAGES]), len(pages))


@contextmanager
def _opened(pdf: Path) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(pdf)
    except (pypdfium2.PdfiumError, OSError) as error:
        raise CannotScrub(f"{pdf.name}: its pages cannot be drawn ({error})") from None
    try:
        yield document
    finally:
        document.close()


def _lines(page: Any, where: str) -> list[Line]:
    """The page's lines. Raises CannotScrub for a page that is a picture, or lies on its side."""
    import pypdfium2.raw as pdfium

    left, bottom, right, top = page.get_bbox()
    whole = max(1.0, (right - left) * (top - bottom))
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE]):
        box = image.get_bounds()
        if (box[2] - box[0]) * (box[3] - box[1]) >= PICTURE * whole:
            raise CannotScrub(f"{where} is a picture, in which nothing can be blanked; {ADVICE}")
    turned = page.get_rotation()
    textpage = turned_upright(page)
    try:
        if page.get_rotation() != turned or turned:
            raise CannotScrub(f"{where} lies on its side; {ADVICE}")
        marks = [text.box for text in _slanting(page)]
        lines = page_lines(page, textpage, frozenset())
    finally:
        textpage.close()
    return [line.without(word for word in line.words if not word.along and _in_any(word.box, marks)) for line in lines]


def _slanting(page: Any) -> list[TextObject]:
    """The texts that run neither along the lines nor up the page: watermarks, which are not drawn."""
    texts, _ = drawn_on(page)
    return [text for text in texts if min(text.box[2] - text.box[0], text.box[3] - text.box[1]) > STEEP * text.size]


def _in_any(box: Box, others: Sequence[Box]) -> bool:
    """Whether the middle of the box lies in one of the others."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(left <= x <= right and bottom <= y <= top for left, bottom, right, top in others)


def _drawn(page: Any) -> Image:
    """The page without comments and other marks of readers."""
    scale = min(WIDTH / max(1.0, page.get_width()), HEIGHT / max(1.0, page.get_height()))
    return page.render(scale=scale, draw_annots=False).to_pil().convert("RGB")


def _blanked(page: Any, words: Sequence[Printed], abstract: Box | None) -> Image:
    """The page with white over all words that are not kept, and above the abstract over all but kept words."""
    from PIL import ImageDraw

    set_shown(_slanting(page), shown=False)
    image = _drawn(page)
    shape = (image.height, image.width)
    original, pen = image.copy(), ImageDraw.Draw(image)
    top = _place(page, abstract, shape)[1] if abstract else 0
    pen.rectangle((0, 0, image.width, top), fill="white")
    for word in words:
        for box in word.boxes if not word.kept else ():
            pen.rectangle(_place(page, box, shape), fill="white")
    for word in words:
        for place in (_place(page, box, shape) for box in word.boxes if word.kept):
            if place[1] < top:
                image.paste(original.crop(place), place[:2])
    return image


def _place(page: Any, box: Box, shape: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the box in the image, with a margin."""
    rows, columns = pixels(page, box, shape)
    left, top = max(0, columns.start - MARGIN), max(0, rows.start - MARGIN)
    return left, top, min(shape[1], columns.stop + MARGIN), min(shape[0], rows.stop + MARGIN)


def _jpeg(image: Image) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format="JPEG", quality=QUALITY)
    return stream.getvalue()
