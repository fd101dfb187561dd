"""Images in a prompt, decoded as a provider would: what the model "sees" is their size, and a number drawn in it."""

from __future__ import annotations

import base64
import io
import re

from peerassay.llm.sight import CELL, DIGITS, drawn
from PIL import Image, ImageChops

DATA_URI = re.compile(r"data:(image/[a-z]+);base64,(.+)", re.DOTALL)
MOST_SIDE = 8000


def seen(media: str, data: str) -> str:
    """Words for an image in base64. Raises ValueError, as a provider says it, where it is none."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            image.load()
            (width, height), form = image.size, image.format
            number = number_in(image)
    except (OSError, ValueError):
        raise ValueError("Could not process image") from None
    if f"image/{(form or '').lower()}" != media:
        raise ValueError(f"the image was said to be {media}, and is {form}")
    if max(width, height) > MOST_SIDE:
        raise ValueError(f"image dimensions exceed max allowed size: {MOST_SIDE} pixels")
    return f"[image {width}x{height}{f' of {number}' if number else ''}]"


def number_in(image: Image.Image) -> str:
    """The number in an image of the size of a question whether the model sees, digit by digit; else empty."""
    if image.size != (CELL[0] * (DIGITS + 1), CELL[1]):
        return ""
    known = {digit: _cells(Image.open(io.BytesIO(drawn(digit * DIGITS))))[0] for digit in "0123456789"}
    return "".join(min(known, key=lambda digit: _distance(known[digit], cell)) for cell in _cells(image))


def _cells(image: Image.Image) -> list[Image.Image]:
    half = CELL[0] // 2
    return [image.convert("L").crop((half + CELL[0] * n, 0, half + CELL[0] * (n + 1), CELL[1])) for n in range(DIGITS)]


def _distance(one: Image.Image, other: Image.Image) -> int:
    return sum(value * count for value, count in enumerate(ImageChops.difference(one, other).histogram()))


def seen_at(url: str) -> str:
    """Words for the image of a data URI. Raises ValueError as `seen`."""
    found = DATA_URI.fullmatch(url)
    if not found:
        raise ValueError("Invalid image URL: a data URI in base64 is expected")
    return seen(found[1], found[2])
