"""What a panel's reviews will take, before any call is made: estimates, but for the most calls there can be."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ...data.records import Paper
from ...data.tokens import estimate_tokens
from ...llm.messages import Tokens
from ..forms.form import Form
from .panel import PanelReviewer
from .reading import prepare
from .settings import PanelSettings

ANSWER_TOKENS = {"text": 150, "list": 150, "score": 8, "flag": 8, "decision": 8}
"""Tokens that a model writes for a field of a form, about; reasoning comes on top where a model bills it."""
CACHED_FROM = 1024
"""Tokens of a shared prefix from which on both providers cache it."""


class Expectation(BaseModel):
    """Calls, tokens and cost of one review or of several."""

    model_config = ConfigDict(frozen=True)

    reviews: int = 0
    calls: int = Field(default=0, description="at most: without stopping early, and without repairs or retries")
    tokens: Tokens = Tokens()
    usd: float | None = Field(default=0.0, description="None: price unknown")

    def __add__(self, other: Expectation) -> Expectation:
        return Expectation(
            reviews=self.reviews + other.reviews,
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            usd=None if self.usd is None or other.usd is None else self.usd + other.usd,
        )


def answer_tokens(form: Form) -> int:
    """Tokens of an answer to the form, about."""
    return sum(ANSWER_TOKENS[field.kind] for field in form.fields)


def expect_tokens(settings: PanelSettings, *, prefix: int, answer: int, task: int, caches: bool) -> tuple[int, Tokens]:
    """Calls and tokens of one review: `prefix` is shared by all calls, `task` comes after it, `answer` is written.

    A chair reads an answer of each member, a reflection the last one. Without `caches`, every prefix is paid in full;
    with them, the first is written to the provider's cache where others come after it.
    """
    rounds = settings.reflections * settings.reflecting
    calls = settings.ensemble + settings.meta + rounds
    after = calls * task + settings.meta * settings.ensemble * answer + rounds * answer
    read = (calls - 1) * prefix if caches and prefix >= CACHED_FROM else 0
    written = prefix if read else 0
    fresh = calls * prefix - read - written + after
    return calls, Tokens(uncached=fresh, cached=read, written=written, output=calls * answer)


def expect(panel: PanelReviewer, paper: Paper) -> Expectation:
    """What the panel's review of the paper will take, at the price of its model."""
    prompts, settings = panel.prompts, panel.settings
    reading = prepare(paper, settings)
    words = (prompts.system, prompts.json_instruction(), prompts.paper(reading.paper))
    calls, tokens = expect_tokens(
        settings,
        prefix=sum(map(estimate_tokens, words)),
        answer=answer_tokens(panel.form),
        task=estimate_tokens(prompts.reflect(1, 1)),
        caches=not panel.model.batched,
    )
    price = panel.model.price
    usd = None if price is None else price.cost(tokens, batch=panel.model.batched)
    return Expectation(reviews=1, calls=calls, tokens=tokens, usd=usd)
