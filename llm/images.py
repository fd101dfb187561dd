"""Images in prompts: what may be sent, and how many tokens that is.

Providers count an image by its size in pixels: OpenAI in tiles of 512 pixels (85 + 170 for each, with other numbers for
some models) or in patches of 32 pixels, each some tokens; Anthropic width times height by 750. Read from the vendors'
guides to vision on 2026-11-28.
"""

from __future__ import annotations

import base64
import io
import warnings
from collections.abc import Mapping
from math import ceil

from ..data.errors import InputError
from .messages import ImagePart

MOST_SIDE = 8_000
"""Pixels of a side that every provider takes (Anthropic's limit)."""
MOST_BYTES = 3_750_000
"""Of a file: as base64 these are Anthropic's 5 MB."""
MEDIA = {"PNG": "image/png", "JPEG": "image/jpeg"}
TILES: Mapping[str, tuple[int, int]] = {
    "gpt-4o-mini": (2833, 5667), "gpt-5": (70, 140), "o1": (75, 150), "o3": (75, 150),
}  # fmt: skip
"""Tokens for an image and for each of its tiles, by the beginning of a model's name."""
USUAL_TILES = (85, 170)
PATCHES: Mapping[str, float] = {
    "gpt-4.1-mini": 1.62, "gpt-4.1-nano": 2.46, "o4-mini": 1.72, "gpt-5-mini": 1.62, "gpt-5-nano": 2.46,
}  # fmt: skip
"""Tokens for each patch, of which at most `MOST_PATCHES` count, for models that count so."""
MOST_PATCHES = 1536
LEAST_BOUND = 3_000


def image_part(content: bytes, name: str) -> ImagePart:
    """A PNG or JPEG file as a part of a prompt. `name` is for messages.

    Raises InputError where it is another file, or too large for a provider.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            form, (width, height) = image.format, image.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InputError(f"{name}: no image ({error})") from None
    if form not in MEDIA:
        raise InputError(f"{name}: a {form} image; models take PNG and JPEG")
    if max(width, height) > MOST_SIDE:
        raise InputError(f"{name}: {width} × {height} pixels, too large; models take {MOST_SIDE} at most on a side")
    if len(content) > MOST_BYTES:
        limit = f"{MOST_BYTES / 1e6:.2f} MB"
        raise InputError(f"{name}: {len(content) / 1e6:.1f} MB, too large; models take {limit} at most of an image")
    data = base64.b64encode(content).decode()
    return ImagePart(media=MEDIA[form], data=data, width=width, height=height)  # type: ignore[arg-type]


def fitted_part(content: bytes, name: str, *, width: int, height: int) -> ImagePart:
    """An image file of any kind as a part of a prompt, on white, made smaller where it has more pixels than these.

    A PNG, or a JPEG where that would be larger than a provider takes. Raises InputError where it is none, or a picture
    of so many pixels that it is not opened.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as opened:
                seen = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"{name}: no image ({error})") from None
    except Image.DecompressionBombWarning as warning:
        raise InputError(f"{name}: too large to be looked at ({warning})") from None
    seen.thumbnail((width, height))
    flat = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")
    for form, options in (("PNG", {}), ("JPEG", {"quality": 85})):
        stream = io.BytesIO()
        flat.save(stream, format=form, **options)
        if stream.tell() <= MOST_BYTES:
            break
    return image_part(stream.getvalue(), name)


def image_tokens(image: ImagePart, kind: str, model: str) -> int:
    """Tokens that the image will take, as the provider ("openai" or "anthropic") says of the model.

    Another model behind the same protocol may count otherwise.
    """
    if kind == "anthropic":
        return ceil(image.width * image.height / 750)
    rate = next((rate for name, rate in PATCHES.items() if model.startswith(name)), None)
    if rate is not None:
        return ceil(min(_patches(image), MOST_PATCHES) * rate)
    base, each = next((counts for name, counts in TILES.items() if model.startswith(name)), USUAL_TILES)
    return base + each * _tiles(image)


def most_image_tokens(image: ImagePart, model: str = "") -> int:
    """The most tokens that the image can take, whatever the model: for a budget that must hold.

    The dearest patches of any model (2.46 tokens each, uncapped), or `LEAST_BOUND`; the model's own count where that is
    more, as of gpt-4o-mini.
    """
    dearest = max(LEAST_BOUND, ceil(2.46 * _patches(image)))
    return max(dearest, image_tokens(image, "openai", model))


def _patches(image: ImagePart) -> int:
    return ceil(image.width / 32) * ceil(image.height / 32)


def _tiles(image: ImagePart) -> int:
    """Tiles of the image once it is made to fit 2048 pixels, and its shorter side 768."""
    scale = min(1.0, 2048 / max(image.width, image.height))
    scale = min(scale, 768 / min(image.width, image.height))
    return ceil(image.width * scale / 512) * ceil(image.height * scale / 512)
