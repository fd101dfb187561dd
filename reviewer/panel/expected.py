"""What a panel's reviews will take: calls and tokens, from its settings and the length of its prompts."""

from __future__ import annotations

from ...llm.messages import Tokens
from ..forms.form import Form
from .settings import PanelSettings

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
