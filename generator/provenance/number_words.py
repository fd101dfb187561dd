"""Numbers in words: "three", "twenty-five", "a third"."""

from __future__ import annotations

import re

SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
VALUES = {word: n for n, word in enumerate(SMALL)} | {word: 10 * n for n, word in enumerate(TENS, start=2)}
WHOLE = (
    rf"(?:(?:{'|'.join(TENS)})(?:[\s-](?:{'|'.join(SMALL[1:10])}))?|(?:(?:a|one)\s+)?hundred"
    rf"|(?:{'|'.join(sorted(SMALL, key=len, reverse=True))}))"
)
"""A pattern for a whole number up to a hundred, in small letters."""
PARTS = {"half": 1 / 2, "third": 1 / 3, "quarter": 1 / 4, "fourth": 1 / 4, "fifth": 1 / 5, "tenth": 1 / 10}


def value_of(words: str) -> float:
    """The number that words matching `WHOLE`, or digits, stand for: 25 for "twenty-five"."""
    words = words.strip().lower()
    if words[:1].isdigit():
        return float(words)
    return 100.0 if "hundred" in words else float(sum(VALUES[word] for word in re.split(r"[\s-]+", words)))
