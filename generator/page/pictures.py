"""Images for a page that is one file: each once, large ones made smaller, PDF figures drawn."""

from __future__ import annotations

import base64
import io
import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...data.papers.pdf.one_thread import one_thread

if TYPE_CHECKING:
    from PIL.Image import Image

WIDEST = 1_200
"""Pixels of a side from which on an image is made smaller."""
MOST_PIXELS = 50_000_000
MOST_BYTES = 400_000
"""Of an image that goes into the page as it is."""
PAGE_WIDTH = 340


class UnreadableImage(ValueError):
    """An image that cannot be shown; the message says why."""


def picture(path: Path) -> str:
    """The image as a data URI. Raises UnreadableImage where it is none, or too large."""
    stat = path.stat()
    return _picture(path, stat.st_mtime_ns, stat.st_size)


def page_pictures(pdf: Path, most: int) -> tuple[str, ...]:
    """The first pages of a PDF, small. Raises UnreadableImage where it is none."""
    stat = pdf.stat()
    return _pages(pdf, most, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=64)
@one_thread
def _picture(path: Path, _changed: int, size: int) -> str:
    if path.suffix.lower() == ".pdf":
        return _uri(_drawn(path, 0, WIDEST), "png")
    image = _opened(path)
    if size <= MOST_BYTES and max(image.size) <= 2 * WIDEST and image.format in ("PNG", "JPEG"):
        return _data(path.read_bytes(), "png" if image.format == "PNG" else "jpeg")
    return _uri(image, "png")


@lru_cache(maxsize=8)
@one_thread
def _pages(pdf: Path, most: int, _changed: int, _size: int) -> tuple[str, ...]:
    import pypdfium2

    try:
        count = len(pypdfium2.PdfDocument(pdf))
    except pypdfium2.PdfiumError as error:
        raise UnreadableImage(f"{pdf.name}: {error}") from None
    return tuple(_uri(_drawn(pdf, index, PAGE_WIDTH), "jpeg") for index in range(min(count, most)))


def _opened(path: Path) -> Image:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path)
            if image.width * image.height > MOST_PIXELS:
                raise UnreadableImage(f"{path.name}: {image.width} × {image.height} pixels, too many to show")
            image.load()
            return image
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnreadableImage(f"{path.name}: no image ({error})") from None


def _drawn(pdf: Path, index: int, width: int) -> Image:
    import pypdfium2

    try:
        page = pypdfium2.PdfDocument(pdf)[index]
        across, down = page.get_size()
        return page.render(scale=width / max(across, down / 2, 1)).to_pil()
    except pypdfium2.PdfiumError as error:
        raise UnreadableImage(f"{pdf.name}: {error}") from None


def _uri(image: Image, form: str) -> str:
    """The image, no larger than `WIDEST`; as a JPEG where a PNG of it is large."""
    image = image.convert("RGBA" if form == "png" else "RGB")
    image.thumbnail((WIDEST, WIDEST))
    content = _encoded(image, form)
    if form == "png" and len(content) > MOST_BYTES:
        from PIL import Image

        white = Image.new("RGBA", image.size, "white")
        return _data(_encoded(Image.alpha_composite(white, image).convert("RGB"), "jpeg"), "jpeg")
    return _data(content, form)


def _encoded(image: Image, form: str) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format=form, **({"quality": 72} if form == "jpeg" else {}))
    return stream.getvalue()


def _data(content: bytes, form: str) -> str:
    return f"data:image/{form};base64,{base64.b64encode(content).decode()}"
