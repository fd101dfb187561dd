"""How many tokens a request has: about, and at most."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..data.papers.tokens import estimate_tokens
from .messages import Request

__all__ = ["estimate_tokens", "most_tokens", "sent_text"]

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


def sent_text(body: Mapping[str, Any]) -> str:
    """What a model reads of an endpoint's JSON body: system prompt, messages, and the answer's schema as JSON."""
    texts = [_words(body.get("system")), _words(body.get("instructions"))]
    texts += [_words(message["content"]) for message in body.get("messages") or body.get("input") or ()]
    formats = (body.get("response_format"), (body.get("text") or {}).get("format"))
    for place in (*formats, (body.get("output_config") or {}).get("format"), body.get("tools")):
        texts += [json.dumps(place)] if place else []
    return "\n".join(filter(None, texts))


def _words(content: Any) -> str:
    """The text of a message, in one piece or in several."""
    return content if isinstance(content, str) else "".join(part["text"] for part in content or ())
