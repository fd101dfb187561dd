"""Whether a rewritten passage still has its numbers, citations and formulae, its length and its addressee."""

from __future__ import annotations

import re

from ...reviewer.injections import find_injections

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CITATION = re.compile(
    r"""\\cite\w*\*?(?:\[[^\]]*\])*\{[^}]*\}
      | \[\d+(?:\s*[,;–-]\s*\d+)*\]
      | \((?:[^()]*[A-Z][^()]*?)?\b(?:19|20)\d\d[a-z]?\b[^()]*\)
      | [A-Z][\w’'-]+(?:\s+(?:et\s+al\.?|(?:and|&)\s+[A-Z][\w’'-]+))?\s+\((?:19|20)\d\d[a-z]?\)""",
    re.VERBOSE,
)
"""As LaTeX has it, as numbers in brackets, as names and years."""
FORMULA = re.compile(r"\$[^$\n]+\$|\\\(.+?\\\)|[∀-⋿Α-ωϑϕ±×÷¬]|https?://[^\s)\]]+")
MARKUP = "#|>"
"""How a passage does not begin."""
SHORTEST, LONGEST = 0.5, 2.0
"""Words of the rewritten passage, as shares of those before."""
SPARE = 12
"""Words that it may be longer in any case."""


def fault_of(before: str, after: str) -> str:
    """Why a rewritten passage is refused, in a few words; empty where it is not."""
    for what, pattern in (("numbers", NUMBER), ("citations", CITATION), ("formulae", FORMULA)):
        if _found(pattern, before) != _found(pattern, after):
            return f"its {what} are not those of the passage"
    old, new = len(before.split()), len(after.split())
    if not SHORTEST * old <= new <= LONGEST * old + SPARE:
        return "it is much longer or shorter than the passage"
    if after[:1] in MARKUP:
        return "it begins with markup"
    if len(find_injections(after)) > len(find_injections(before)):
        return "it speaks to the reviewer"
    return ""


def _found(pattern: re.Pattern[str], text: str) -> list[str]:
    """What the pattern finds, in the order of the text, whatever the blanks in it."""
    return ["".join(found.split()) for found in pattern.findall(text)]
