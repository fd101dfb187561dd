"""Images in a prompt, decoded as a provider would: what the model "sees" is their size."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image

DATA_URI = re.compile(r"data:(image/[a-z]+);base64,(.+)", re.DOTALL)
MOST_SIDE = 8000


def seen(media: str, data: str) -> str:
    """Words for an image in base64. Raises ValueError, as a provider says it, where it is none."""
    try:
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as image:
            image.load()
            (width, height), form = image.size, image.format
    except (OSError, ValueError):
        raise ValueError("Could not process image") from None
    if f"image/{(form or '').lower()}" != media:
        raise ValueError(f"the image was said to be {media}, and is {form}")
    if max(width, height) > MOST_SIDE:
        raise ValueError(f"image dimensions exceed max allowed size: {MOST_SIDE} pixels")
    return f"[image {width}x{height}]"


def seen_at(url: str) -> str:
    """Words for the image of a data URI. Raises ValueError as `seen`."""
    found = DATA_URI.fullmatch(url)
    if not found:
        raise ValueError("Invalid image URL: a data URI in base64 is expected")
    return seen(found[1], found[2])
