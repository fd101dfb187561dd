"""What becomes of a request that a model's context cannot hold, and how it is told.

Some endpoints refuse it in words, some (Ollama) cut its beginning off without a word, and where the prompt fits but
leaves little room, the answer ends before the limit of tokens that was asked for.
"""

from __future__ import annotations

import re

from .messages import Reply, Request

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
