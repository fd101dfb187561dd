"""Displayed formulae that state a value: the row "KL_{wide} = 0.31" of an equation, or a number on a line of its own.

What the formula itself names, and the sentence that it ends, say what the number is of. Formulae that define or
calculate have no bare number on their right and are left out.
"""

from __future__ import annotations

import re

from .tex_flat import Flat, flatten

ROW = re.compile(r"\\\\(?:\s*\[[^\]]*\])?|\\tag\s*\{[^{}]*\}|\\label\s*\{[^{}]*\}")
VALUE = re.compile(r"(?:\A|[=≈])[\s&{}]*([-+−]?\s?(?:\d[\d,]*\.?\d*|\.\d+)[^=≈A-Za-z(\[/∞]*(?:s|ms|x)?)[\s.,;&]*\Z")
MARKS = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}_^&$]")


def formula_values(source: str, start: int, end: int) -> list[tuple[Flat, int, int, str]]:
    """For each row that states a value: its flat text, where in it the value begins and ends, and its words."""
    found: list[tuple[Flat, int, int, str]] = []
    for begin, stop in _rows(source, start, end):
        flat = flatten(source, begin, stop)
        value = VALUE.search(flat.text)
        if value is not None:
            words = " ".join(MARKS.sub(" ", source[begin:stop].replace("\\_", "_")).split())
            found.append((flat, value.start(1), value.end(1), words))
    return found


def _rows(source: str, start: int, end: int) -> list[tuple[int, int]]:
    rows: list[tuple[int, int]] = []
    for mark in ROW.finditer(source, start, end):
        rows.append((start, mark.start()))
        start = mark.end()
    return [*rows, (start, end)]
