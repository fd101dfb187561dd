"""How endpoints refuse images: a model that sees none, or an image that is too large, read from their words."""

from __future__ import annotations

import re

from .errors import CallFailed, ModelUnusable
from .refusals import Body

IMAGE_KINDS = ("image", "image_url", "input_image")
NO_IMAGES = re.compile(
    r"(?:image|vision|multi-?modal).{0,80}?(?:n[o']t (?:support|available|enabled|permitted|allowed|accept)|unsupported"
    r"|only supported by|missing|mmproj)"
    r"|(?:n[o']t|cannot|can't) (?:a )?(?:support|vision|multi-?modal|accept).{0,60}(?:image|vision)"
    r"|at most 0 image|endpoints? found that support image|invalid content type|content must be (?:a )?string"
    r"|content.{0,40}(?:should be|expected) a? ?(?:valid )?string|variant `?image_url|is not a (?:vision|multi-?modal)",
    re.IGNORECASE | re.DOTALL,
)
TOO_LARGE = re.compile(
    r"image.{0,80}?(?:exceed|too (?:large|big)|larger than|maximum (?:size|allowed)|size limit|dimensions)"
    r"|request_too_large|payload too large|request entity too large",
    re.IGNORECASE | re.DOTALL,
)
REFUSING = (400, 404, 413, 415, 422, 500, 501)


def has_images(sent: Body) -> bool:
    """Whether a body has an image in one of its messages."""
    contents = (message.get("content") for message in sent.get("messages") or sent.get("input") or ())
    return any(part.get("type") in IMAGE_KINDS for parts in contents if isinstance(parts, list) for part in parts)


def raise_for_images(status: int, words: str, model: str, where: str) -> None:
    """Raises where the words refuse the images: ModelUnusable where the model sees none, CallFailed for a large one."""
    if status not in REFUSING:
        return
    if TOO_LARGE.search(words) or status == 413:
        raise CallFailed(f"an image is too large for {model} ({status} {words})", "request") from None
    if NO_IMAGES.search(words):
        raise ModelUnusable(
            f"{where}: {model!r} takes no images ({words[:150]}); choose a model that does, or leave ?vision out"
        ) from None
