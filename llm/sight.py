"""Whether an endpoint shows its model the images that it is sent: some servers drop them without a word.

The model is asked, once, for a number that is drawn in an image and stands nowhere else.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from .errors import ModelUnusable
from .images import image_part, image_tokens
from .messages import ContentPart, ImagePart, Message, Reply, Request, Tokens

STAGE = "sight"
"""Where the cost of the question is booked."""
DIGITS = 5
CELL = (72, 128)
"""Pixels of a digit: width, height."""
TRIES = 2
"""Numbers that are asked for, one after another, before the model counts as blind."""
QUESTION = (
    f"In the image a number of {DIGITS} digits is drawn. Answer with that number and nothing else. If you see no "
    "image, answer: no image."
)
TOKENS = 60
"""Of question and answer, about."""


@dataclass(frozen=True)
class Probe:
    """One question for a number."""

    number: str

    @classmethod
    def of(cls, identity: Mapping[str, str], index: int) -> Probe:
        """The question for a model at an endpoint; always the same one, so that its answer can be kept."""
        words = json.dumps([dict(sorted(identity.items())), index])
        value = int(hashlib.sha256(words.encode()).hexdigest(), 16) % (9 * 10 ** (DIGITS - 1))
        return cls(str(value + 10 ** (DIGITS - 1)))

    @cached_property
    def image(self) -> ImagePart:
        """The number, drawn."""
        return image_part(drawn(self.number), "the number that is asked for")

    @property
    def request(self) -> Request:
        """The question."""
        message = Message(role="user", parts=(ContentPart(text=QUESTION), self.image))
        return Request(messages=(message,), stage=STAGE)

    def read_in(self, answer: str) -> bool:
        """Whether the answer has the number; one digit may be misread, which nobody guesses."""
        joined = re.sub(r"(?<=\d)[ ,.'_-](?=\d)", "", answer)
        said = (word for text in (answer, joined) for word in re.findall(r"\d+", text) if len(word) == DIGITS)
        return any(sum(a != b for a, b in zip(word, self.number, strict=True)) <= 1 for word in said)


def drawn(number: str) -> bytes:
    """The digits in black on white, each in the middle of a cell of its own, as a PNG file."""
    from PIL import Image, ImageDraw, ImageFont

    width, height = CELL
    image = Image.new("L", (width * (len(number) + 1), height), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=0.75 * height)
    for place, digit in enumerate(number):
        pen.text((width * (place + 1), height / 2), digit, fill="black", font=font, anchor="mm")
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return stream.getvalue()


def probe_tokens(kind: str, model: str) -> Tokens:
    """What one question takes at a provider ("openai" or "anthropic"), about."""
    image = Probe("0" * DIGITS).image
    return Tokens(uncached=image_tokens(image, kind, model) + TOKENS, output=DIGITS)


async def prove(
    ask: Callable[[Request], Awaitable[Reply]], forget: Callable[[Request], None], identity: Mapping[str, str]
) -> None:
    """Let a model read a number. Raises what `ask` does; ModelUnusable, the answers forgotten, where it reads none."""
    said = ""
    probes = [Probe.of(identity, index) for index in range(TRIES)]
    for probe in probes:
        said = (await ask(probe.request)).text
        if probe.read_in(said):
            return
    for probe in probes:
        forget(probe.request)
    raise ModelUnusable(
        f"{identity['base_url']}: {identity['model']!r} was sent an image with a number in it and answered "
        f"{' '.join(said.split())[:80]!r}: the endpoint drops images, or the model cannot read them; choose a model "
        f"that sees, or leave ?vision out"
    )
