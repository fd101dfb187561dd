"""What a scientist that sees will pay for its looks: calls at most, and tokens by the provider's rule."""

from __future__ import annotations

from ...data.papers.tokens import estimate_tokens
from ...llm.images import image_tokens
from ...llm.messages import ImagePart, Tokens
from ...llm.model import MeteredModel
from ...llm.releases import check_sight
from ...llm.session import Session
from ...llm.sight import probe_tokens
from ...reviewer.protocol import Expectation
from ...reviewer.vision import pages
from .. import figure_images
from ..figures import MOST_PANELS
from ..template import Template
from .calls import prompts
from .settings import read_spec

FIGURES = 4
"""Of a template that does not say how many it draws."""
ANSWER, AROUND = 600, 1000
"""Tokens of an answer; and of the idea, the names of runs, captions and the answer's form, about."""
LETTER = 11 / 8.5
"""Height by width of a page."""


def expect_views(spec: str, template: Template, *, ideas: int, improvements: int, pdf: bool) -> dict[str, Expectation]:
    """What looking at figures and pages takes for so many ideas, by what is looked at; empty for one that sees nothing.

    Raises InputError as `open_scientist`, but for a missing key.
    """
    name, settings, connection = read_spec(spec)
    if not settings.vision:
        return {}
    check_sight(name.model, spec)
    door = Session.within(dry=True).connect(name, price=connection.price())
    drawn = sum(MOST_PANELS if "*" in image else 1 for image in template.captions) or FIGURES
    figure = (figure_images.WIDTH, round(0.75 * figure_images.WIDTH))
    page = (pages.WIDTH, round(LETTER * pages.WIDTH))
    found = {
        "sight": _expected(door, probe_tokens(door.provider.kind, door.provider.model)),
        "figures": _times(ideas * (settings.views + 1), _look(door, template, "view_figures.j2", figure, drawn)),
    }
    if pdf and improvements:
        one = _look(door, template, "view_pages.j2", page, pages.MOST_PAGES)
        found["pages"] = _times(ideas * (improvements + 1), one)
    return found


def _look(door: MeteredModel, template: Template, prompt: str, size: tuple[int, int], images: int) -> Expectation:
    image = ImagePart(media="image/png", data="", width=size[0], height=size[1])
    seen = images * image_tokens(image, door.provider.kind, door.provider.model)
    words = prompts()["system.j2"] + prompts()[prompt] + template.task
    return _expected(door, Tokens(uncached=seen + estimate_tokens(words) + AROUND, output=ANSWER))


def _expected(door: MeteredModel, tokens: Tokens) -> Expectation:
    return Expectation(calls=1, tokens=tokens, usd=door.price.cost(tokens) if door.price else None)


def _times(number: int, one: Expectation) -> Expectation:
    return sum([one] * number, Expectation())
