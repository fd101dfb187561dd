"""In which form a value would be printed where a number stands: as it is, in per cent, as a factor or a difference."""

from __future__ import annotations

import re
from dataclasses import replace

from .derive import Candidate
from .numbers import Printed
from .passages import Passage

COMPARES = re.compile(
    r"\b(?:by|differ\w*|gap|margin|improv\w*|reduc\w*|increas\w*|decreas\w*|lower\w*|higher|gains?|gained|drop\w*|fewer|more|less"
    r"|delta|change\w*|faster|slower|rises?|rose|f[ae]ll\w*|better|worse|points?|decline\w*|loses?|lost|shrink\w*|grow\w*|grew)\b|Δ|↑|↓",
    re.IGNORECASE,
)
P_HEAD = re.compile(r"(?<![A-Za-z])p(?:[-\s]?values?)?(?![A-Za-z])", re.IGNORECASE)
RATIO_WORDS = re.compile(r"\b(?:ratios?|factors?|speed-?ups?|times|fold)\b", re.IGNORECASE)


def in_column(number: Printed, passage: Passage) -> Printed:
    """The number with what its column says of it: under "p" or "p-value" it is one."""
    if passage.kind != "cell" or not P_HEAD.search(passage.names.rpartition("|")[2]):
        return number
    relation = re.search(r"([<>≤≥])\s*\Z", passage.text[: number.start])
    return replace(number, role="p", relation=relation[1] if relation else "")


def belongs_to(number: Printed, passage: Passage, before: Printed) -> bool:
    """Whether a number is the spread of the one in front: behind ±, or in brackets right behind it in a table."""
    between = passage.text[before.end : number.start]
    if number.role == "spread" or re.fullmatch(r"[\s$%]*±[\s$]*", between):
        return True
    return passage.kind in ("cell", "row") and re.fullmatch(r"\s*\(", between) is not None


def printed_as(candidate: Candidate, number: Printed, passage: Passage) -> list[float]:
    """The candidate in the units in which the number is printed; nothing where the number cannot be of that form."""
    value, form = candidate.value, candidate.form
    heads_percent = passage.kind in ("cell", "row") and "%" in passage.names + passage.text
    percent = number.percent or heads_percent
    if form in ("share", "part", "points"):
        return [value * 100] if percent else []
    if form == "ratio":
        return [value] if number.times or (not percent and RATIO_WORDS.search(passage.names)) else []
    if number.times or (form == "difference" and not is_comparison(number, passage)):
        return []
    scales = {*number.scales, *((0.01,) if heads_percent else ())} - ({0.01} if form == "difference" else set())
    return [value / scale for scale in sorted(scales) if scale != 1.0 or not number.percent or abs(value) > 1]


def is_comparison(number: Printed, passage: Passage) -> bool:
    """Whether the number may be a difference: it has a sign, or the text compares."""
    return number.text[:1] in "+-" or COMPARES.search(passage.names) is not None


def stands_for(number: Printed, value: float, candidate: Candidate) -> bool:
    """Whether the number is a rounding of the value; comparisons are printed with either sign."""
    if candidate.form == "value":
        return number.low <= value <= number.high
    low, high = sorted((abs(number.low), abs(number.high)))
    return low <= abs(value) <= high
