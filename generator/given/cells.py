"""What a cell of a table of results says: a number, a value that failed, or nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ...data.errors import InputError

Decimal = Literal["point", "comma"]
ABSENT = {"", "-", "--", "–", "—", "n/a", "na", "none", "null", "missing", "?", "tbd"}
FAILED = {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "failed", "fail", "diverged", "oom", "error", "crash",
          "crashed", "timeout"}  # fmt: skip
WITH_COMMA = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?%?")
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?%?")
FAILURE = math.nan
"""What stands for a value that was to be there and is no finite number."""


def is_number(cell: Any) -> bool:
    """Whether a cell holds a number in some way of writing, percent signs and decimal commas among them."""
    text = _text(cell)
    return WITH_COMMA.fullmatch(text) is not None or GROUPED.fullmatch(text) is not None or _float(text) is not None


def says_nothing(cell: Any) -> bool:
    """Whether a cell is empty or says that there is no value, or that it failed."""
    return _text(cell).lower() in ABSENT | FAILED


def reader_of(column: str, cells: Sequence[Any], decimal: Decimal | None) -> Callable[[Any, str], float | None]:
    """How to read the cells of a column: `reader(cell, where)` gives the number, NaN for a failure, None for no value.

    A comma is taken for a decimal one where all cells with commas can only be read so, or `decimal` says so.
    Raises InputError where that, or a percent sign that only some cells have, leaves the numbers open; the reader
    raises it for text.
    """
    texts = [text for text in map(_text, cells) if text.lower() not in ABSENT | FAILED]
    commas = [text for text in texts if "," in text]
    comma = decimal == "comma"
    if commas and decimal is None:
        comma = all(WITH_COMMA.fullmatch(text) for text in commas)
        grouped = [text for text in commas if GROUPED.fullmatch(text)]
        if comma and len(grouped) == len(commas):
            raise InputError(
                f"column {column}: {commas[0]!r} can be a number of thousands or have a decimal comma; "
                f"say --decimal comma or --decimal point"
            )
        if comma and any("." in text for text in texts):
            raise InputError(f"column {column}: both {commas[0]!r} and points; write all numbers in one way")
    percent = [text for text in texts if text.endswith("%")]
    if percent and len(percent) != len(texts):
        plain = next(text for text in texts if not text.endswith("%"))
        raise InputError(f"column {column}: {percent[0]!r} has a percent sign and {plain!r} has none; use one unit")

    def read(cell: Any, where: str) -> float | None:
        text = _text(cell)
        if text.lower() in ABSENT:
            return None
        if text.lower() in FAILED:
            return FAILURE
        plain = text.rstrip("%").strip()
        number = _float(plain.replace(",", ".") if comma else plain.replace(",", "") if commas else plain)
        if number is None:
            raise InputError(f"{where}, column {column}: {text[:40]!r} is no number; correct it or leave it empty")
        return number if math.isfinite(number) else FAILURE

    return read


def has_decimal_commas(cells: Sequence[Any]) -> bool:
    """Whether cells have commas that can only be decimal ones."""
    return any(WITH_COMMA.fullmatch(text) and not GROUPED.fullmatch(text) for text in map(_text, cells))


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip().replace("−", "-")


def _float(text: str) -> float | None:
    try:
        return float(text.rstrip("%"))
    except ValueError:
        return None
