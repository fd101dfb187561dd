r"""Numbers that a formula gives a symbol, "$\alpha = 0.3$": definitions, settings by their name, or results.

A symbol of several letters (alpha) that code gives a value has that one. Where the sentence names a run or a measure,
or says that something is reached, a number with decimals is a result like any other; what is left defines something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .names import Names
from .numbers import Printed
from .passages import SYMBOL, PaperPassage
from .settings import Setting

BEFORE = re.compile(rf"{SYMBOL}([A-Za-z ]*?)\s*=\s*\Z")
REACHED = re.compile(
    r"\b(?:(?:reach|obtain|attain|yield|measur|observ|arriv)\w*|achiev(?:es?|ed)|scores?|scored|ends?|ended|gets?|got|finds?|found"
    r"|results?\s+in|sees?|saw)\b",
    re.IGNORECASE,
)
SHORTEST = 2
"""Letters from which on a name in code is that of the symbol; `k` and `n` are many things."""
GREEK = re.compile(
    r"(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|varphi|chi|psi"
    r"|omega)\b"
)


def symbol_of(number: Printed, passage: PaperPassage) -> str | None:
    """The symbol that gets the number, with the words of its subscript; None where there is none."""
    found = BEFORE.search(passage.text[: number.start])
    return found[1].strip() if found else None


def own_settings(symbol: str, settings: Iterable[Setting]) -> list[Setting]:
    """The settings of the symbol's very name."""
    return [x for x in settings if len(symbol) >= SHORTEST and x.name.lower() == symbol.lower()]


def is_result(number: Printed, passage: PaperPassage, names: Names) -> bool:
    """Whether the number of a symbol is said to be a result."""
    if passage.part != "checked" or number.whole:
        return False
    named = names.named(passage.text)
    return bool(named.runs or names.sure_metrics(passage.text) or REACHED.search(passage.text))


def is_greek(symbol: str) -> bool:
    """Whether it is a Greek letter, which may be any setting."""
    return GREEK.match(symbol) is not None
