r"""Numbers and lists in English, and names as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...presentation.latex import escape

ONES = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
FORMULA = re.compile(r"(\$[^$]+\$)")
LATEX = re.compile(r"\\[A-Za-z%&#_]|\{[^{}]*\}")
BARE = re.compile(r"(?<!\\)[%&]")


def number_word(number: int) -> str:
    """A count in words up to ninety-nine, "no" for 0, digits beyond."""
    if number < len(ONES):
        return ONES[number]
    if number > 99:
        return str(number)
    tens, ones = divmod(number, 10)
    return TENS[tens] + (f"-{ONES[ones]}" if ones else "")


def count(number: int, noun: str, plural: str = "") -> str:
    """A count with its noun: "no dataset" has the plural, "one dataset" the singular."""
    return f"{number_word(number)} {noun if number == 1 else plural or f'{noun}s'}"


def listed(parts: Sequence[str], conjunction: str = "and") -> str:
    """ "a", "a and b", "a, b and c"."""
    *most, last = parts
    return f"{', '.join(most)} {conjunction} {last}" if most else last


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def inside(label: str) -> str:
    """A label as it stands inside a sentence: "Final loss" becomes "final loss", "KL divergence" stays. Plain text."""
    return label if label[1:2].isupper() or not label[1:2].isalpha() else label[:1].lower() + label[1:]


def sentence(text: str) -> str:
    """The text with a capital and a full stop, where it has neither."""
    text = text.strip()
    return capital(text) + ("" if text.endswith((".", "?", "!")) else ".")


def prose(text: str) -> str:
    r"""A template's sentence as LaTeX.

    Formulae between dollars stay as they are, and so does a text with commands of LaTeX but for a bare "%" or "&".
    """
    return "".join(part if index % 2 else _part(part) for index, part in enumerate(FORMULA.split(text)))


def _part(text: str) -> str:
    if LATEX.search(text):
        return BARE.sub(r"\\\g<0>", text)
    before, after = " " * text.startswith(" "), " " * (text.endswith(" ") and text.strip() != "")
    return f"{before}{escape(text)}{after}"


def code(name: str) -> str:
    r"""A name from the code, in typewriter type."""
    return rf"\texttt{{{escape(name)}}}"
