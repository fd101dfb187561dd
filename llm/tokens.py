"""How many tokens a request has: about, and at most."""

from __future__ import annotations

import json

from ..data.tokens import estimate_tokens
from .messages import Request

__all__ = ["estimate_tokens", "most_tokens"]

PER_CALL = 1000
"""Allowance for what providers add to a request, the wording around an answer schema above all."""
PER_MESSAGE = 100
"""Allowance for the marks around a message and its role."""


def most_tokens(request: Request) -> int:
    """Upper bound of the request's input tokens.

    The UTF-8 bytes of all that is sent (system prompt, messages, answer schema) and an allowance for what providers
    add: a byte-level tokenizer never makes more tokens than there are bytes. English text makes about a quarter.
    """
    texts = [request.system, *(message.text for message in request.messages)]
    if request.answer is not None:
        texts.append(json.dumps(request.answer))
    return sum(len(text.encode()) for text in texts) + PER_MESSAGE * len(request.messages) + PER_CALL
