"""How many tokens a request has, about and at most, and what becomes of one that a model's context cannot hold.

Some endpoints refuse it in words, some (Ollama) cut its beginning off without a word, and where the prompt fits but
leaves little room, the answer ends before the limit of tokens that was asked for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .images import most_image_tokens
from .messages import Reply, Request

PER_CALL = 1000
"""Allowance for what providers add to a request, the wording around an answer schema above all."""
PER_MESSAGE = 100
"""Allowance for the marks around a message and its role."""


def most_tokens(request: Request, model: str = "") -> int:
    """Upper bound of the request's input tokens, for a model whose images may be dear.

    The UTF-8 bytes of all that is sent (system prompt, messages, answer schema) and an allowance for what providers
    add: a byte-level tokenizer never makes more tokens than there are bytes. English text makes about a quarter.
    """
    texts = [request.system, *(message.text for message in request.messages)]
    if request.answer is not None:
        texts.append(json.dumps(request.answer))
    images = sum(most_image_tokens(image, model) for message in request.messages for image in message.images)
    return images + sum(len(text.encode()) for text in texts) + PER_MESSAGE * len(request.messages) + PER_CALL


def sent_text(body: Mapping[str, Any]) -> str:
    """What a model reads of an endpoint's JSON body: system prompt, messages, and the answer's schema as JSON."""
    texts = [_words(body.get("system")), _words(body.get("instructions"))]
    texts += [_words(message["content"]) for message in body.get("messages") or body.get("input") or ()]
    formats = (body.get("response_format"), (body.get("text") or {}).get("format"))
    for place in (*formats, (body.get("output_config") or {}).get("format"), body.get("tools")):
        texts += [json.dumps(place)] if place else []
    return "\n".join(filter(None, texts))


def most_sent(body: Mapping[str, Any]) -> int:
    """Upper bound of the input tokens of an endpoint's JSON body without images, see `most_tokens`."""
    messages = body.get("messages") or body.get("input") or ()
    return len(sent_text(body).encode()) + PER_MESSAGE * len(messages) + PER_CALL


def _words(content: Any) -> str:
    """The text of a message, in one piece or in several."""
    return content if isinstance(content, str) else "".join(part.get("text") or "" for part in content or ())


FEWEST = 1024
"""Fewer tokens than these are no context's length: the endpoint has counted only what it had not read before."""
ASCII_PER_TOKEN = 6
"""More ASCII characters than any tokenizer takes for a token of written text, on average."""
RUNS = re.compile(r"\s+|([^\w\s])\1+")
TOO_LONG = re.compile(
    r"context[ _](?:length|size|window|limit)|maximum context|context the overflows|exceed_context"
    r"|prompt (?:is )?too long|input (?:is )?too long|input length|too large for model with"
    r"|tokens? (?:count )?.{0,40}exceeds the (?:maximum|limit)|must have less than \d+ tokens"
    r"|inputs?\W+tokens \+ .{0,40}must be <=",
    re.IGNORECASE,
)
"""How a refusal says that the prompt, or the prompt with the answer, is too long for the model."""
ADVICE = "give the model a longer context, or let papers be shortened (?max_paper_tokens=...)"


def too_long(words: str) -> bool:
    """Whether a refusal says that the request is too long for the model's context."""
    return TOO_LONG.search(words) is not None


def unread(request: Request, reply: Reply) -> str:
    """What to say of a reply to a prompt of which the endpoint has read only a part; empty where it has read all.

    Told by its own count of tokens, where that is lower than any tokenizer's could be.
    """
    text = "\n".join([request.system, *(message.text for message in request.messages)])
    least = len(RUNS.sub(" ", text).encode("ascii", "ignore")) // ASCII_PER_TOKEN
    if not FEWEST <= reply.tokens.input < least:
        return ""
    return (
        f"the endpoint has read {reply.tokens.input:,} tokens of a prompt with {least:,} at least, and cut the rest "
        f"without a word: {ADVICE}; Ollama's is set by OLLAMA_CONTEXT_LENGTH"
    )


def ended_early(reply: Reply, max_tokens: int) -> bool:
    """Whether an answer that stopped for length has clearly fewer tokens than it was allowed to have."""
    return reply.stop == "length" and 0 < reply.tokens.output < 0.9 * max_tokens
