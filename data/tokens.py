"""How many tokens a text makes for a language model, without any provider's tokenizer."""

from __future__ import annotations

from math import ceil

ASCII_PER_TOKEN = 3.6
"""Characters per token of English scientific text with its formulae, numbers and references; prose alone has more."""


def estimate_tokens(text: str) -> int:
    """About how many tokens common tokenizers make of English scientific text.

    An estimate, for deciding what fits into a context window: 3.6 ASCII characters a token, and one token for each
    other character (mathematical signs make more, accented letters fewer).
    """
    ascii_characters = len(text.encode("ascii", "ignore"))
    return ceil(ascii_characters / ASCII_PER_TOKEN) + len(text) - ascii_characters
