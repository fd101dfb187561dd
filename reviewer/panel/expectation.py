"""What a panel's reviews will take, before any call is made: estimates, but for the most calls there can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...data.papers.tokens import estimate_tokens
from ...data.records import Paper
from ...llm.messages import Message, Part, Tokens
from ...llm.tokens import sent_text
from ..forms.form import Form
from ..protocol import Expectation
from .discussion import prepare
from .settings import PanelSettings

if TYPE_CHECKING:
    from .panel import PanelReviewer

ANSWER_TOKENS = {"text": 150, "list": 150, "score": 8, "flag": 8, "decision": 8}
"""Tokens that a model writes for a field of a form, about; reasoning comes on top where a model bills it."""
CACHED_FROM = 1024
"""Tokens of a shared prefix from which on both providers cache it."""


def answer_tokens(form: Form) -> int:
    """Tokens of an answer to the form, about."""
    return sum(ANSWER_TOKENS[field.kind] for field in form.fields)


def expect_tokens(settings: PanelSettings, *, prefix: int, answer: int, task: int, caches: bool) -> tuple[int, Tokens]:
    """Calls and tokens of one review: `prefix` is shared by all calls, `task` comes after it, `answer` is written.

    A chair reads an answer of each member, and so do its reflections; each reflection reads the last answer. Without
    `caches`, every prefix is paid in full; with them, the first is written to the provider's cache where others come
    after it, and the reviews before a chair that reflects are read from there too.
    """
    rounds = settings.reflections * settings.reflecting
    calls = settings.ensemble + settings.meta + rounds
    reviews = settings.meta * settings.ensemble * answer
    after = calls * task + rounds * answer + reviews
    cached = caches and prefix >= CACHED_FROM
    read = (calls - 1) * prefix if cached else 0
    written = prefix if read else 0
    read_again = rounds * reviews if cached else 0
    fresh = calls * prefix - read - written + after + rounds * reviews - read_again
    return calls, Tokens(uncached=fresh, cached=read + read_again, written=written, output=calls * answer)


def prompt_tokens(panel: PanelReviewer, paper: str) -> int:
    """Tokens of the prompt about a paper, the schema included, by what is known of how the endpoint is asked."""
    request = panel.prompts.request((Message(role="user", parts=(Part(text=paper),)),))
    return estimate_tokens(sent_text(panel.model.provider.body(request, panel.model.quirks)))


def expect(panel: PanelReviewer, paper: Paper) -> Expectation:
    """What the panel's review of the paper will take, at the price of its model."""
    prompts, settings = panel.prompts, panel.settings
    reading = prepare(paper, settings)
    calls, tokens = expect_tokens(
        settings,
        prefix=prompt_tokens(panel, prompts.paper(reading.paper)),
        answer=answer_tokens(panel.form),
        task=estimate_tokens(prompts.reflect(1, 1)),
        caches=not panel.model.batched,
    )
    price = panel.model.price
    usd = None if price is None else price.cost(tokens, batch=panel.model.batched)
    return Expectation(reviews=1, calls=calls, tokens=tokens, usd=usd)
