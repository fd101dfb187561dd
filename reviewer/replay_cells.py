"""What stands in a cell of a table of reviews: scores, decisions, chances, recall."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..data.errors import InputError
from ..data.importers.cells import EMPTY, plain, word
from ..data.importers.number_cells import numbers, rating_in
from ..data.records import Decision, parse_decision
from .review import HIGHEST, RECALLS, Recall

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"

BARE = re.compile(rf"{NUMBER}(?:e[+-]?\d+)?", re.IGNORECASE)

OUT_OF = re.compile(
    rf"(?:(?:score|rating|overall)\s*[:=]?\s*)?({NUMBER})\s*(?:/|out of|of)\s*(\d+)(?:\s*[(:,–-][^\d]*)?", re.IGNORECASE
)

TENSOR = re.compile(r"^(?:torch\.)?tensor\(\[?([^,\[\]()]+)\]?(?:,\s*\w+=.*)?\)$")
"""What PyTorch writes around a number."""

PERCENT = re.compile(rf"({NUMBER})\s*%")

NAMED = re.compile(rf"[^\d()]*\(\s*({NUMBER})\s*\)")
"""A meaning with its number behind it: "weak accept (6)"."""

THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,})")

ANOTHER = "--map score=COLUMN names another column"


class CellScore(NamedTuple):
    """A score with the unit in which it is written: "", "%", or "/10" for one out of ten."""

    value: float
    unit: str = ""
    of: int = 1
    """How many numbers it is the mean of."""


def read_score(value: Any, where: str) -> CellScore | None:
    """The score in a cell; None for an empty one, NaN included.

    "6: marginally above", "weak accept (6)" and "6/10" count as 6; several numbers, as in "6;8", as their mean.
    Raises InputError for what is no number, or can be read in two ways.
    """
    value = plain(value)
    if value is None or (isinstance(value, str) and value.strip().lower() in EMPTY):
        return None
    score = (
        _written(re.sub(r"^\*\*(.*)\*\*$", r"\1", value.strip()).replace("−", "-"), where)
        if isinstance(value, str)
        else _given(value, where)
    )
    if score is None:
        return None
    if not math.isfinite(score.value):
        raise InputError(f"{where} is {_shown(value)}, not a finite number; leave the cell empty where a review failed")
    if abs(score.value) > HIGHEST:
        raise InputError(f"{where} is {_shown(value)}; scores go to {HIGHEST:g}")
    return score


def _given(value: Any, where: str) -> CellScore | None:
    if isinstance(value, bool):
        raise InputError(f"{where} is {value}, not a number; {ANOTHER}")
    try:
        return CellScore(float(value)) if isinstance(value, (int, float)) else _mean(value, where)
    except OverflowError:
        raise InputError(f"{where} is {_shown(value)}; scores go to {HIGHEST:g}") from None


def _written(text: str, where: str) -> CellScore | None:
    text = TENSOR.sub(r"\1", text)
    if BARE.fullmatch(text) or text.lower().lstrip("+-") in ("inf", "infinity"):
        return CellScore(float(text))
    if THOUSANDS.fullmatch(text):
        return CellScore(float(text.replace(",", "")))
    if part := OUT_OF.fullmatch(text):
        if float(part[1]) > float(part[2]):
            raise InputError(f"{where} is {_shown(text)}: more than all of it")
        return CellScore(float(part[1]), f"/{part[2]}")
    if part := PERCENT.fullmatch(text):
        return CellScore(float(part[1]), "%")
    digits = part[1] if (part := NAMED.fullmatch(text)) else rating_in(text)
    if digits:
        return CellScore(float(digits))
    if not any(sign.isdigit() for sign in text):
        raise InputError(f"{where} is {_shown(text)}, not a number; {ANOTHER}")
    return _mean(text, where)


def _mean(value: Any, where: str) -> CellScore | None:
    try:
        found = numbers(value, where)
    except InputError as error:
        if "two ways" in str(error):
            raise InputError(f"{where}: {_shown(value)} can be read in two ways; write 6.5 or 1234") from None
        raise InputError(f"{where} is {_shown(value)}, not a number") from None
    return CellScore(math.fsum(found) / len(found), of=len(found)) if found else None


def _shown(value: Any) -> str:
    return repr(value if isinstance(value, str) else str(value))[:60]


def check_units(units: Mapping[str, int], where: str) -> None:
    """Refuse a column of scores written in several ways that do not go together. Raises InputError."""
    named = [unit for unit in units if unit]
    if len(named) > 1 or (named == ["%"] and len(units) > 1):
        found = ", ".join(f"{count} {unit or 'plain'}" for unit, count in units.items())
        raise InputError(f"{where}: scores are written in several ways ({found}); write all in one")


def read_decision(value: Any, where: str) -> Decision | None:
    """The reviewer's own word; None for an empty cell. Raises InputError for what is neither accept nor reject."""
    text = word(value, where)
    if not text:
        return None
    try:
        return parse_decision(text)[0]
    except ValueError:
        raise InputError(f"{where} {text[:60]!r} is neither accept nor reject") from None


def read_probability(value: Any, where: str) -> float | None:
    """A chance of acceptance in [0, 1], also written as 75%; None for an empty cell. Raises InputError for others."""
    try:
        score = read_score(value, where)
    except InputError:
        raise InputError(f"{where} is {_shown(value)}, not a chance from 0 to 1") from None
    if score is None:
        return None
    chance = score.value / 100 if score.unit == "%" else score.value
    if score.unit.startswith("/") or not 0 <= chance <= 1:
        raise InputError(f"{where} is {_shown(value)}, not a chance from 0 to 1")
    return chance


def read_recall(value: Any, where: str) -> Recall | None:
    """What the reviewer remembers of the paper; None where it was not asked. Raises InputError for other words."""
    text = word(value, where).lower()
    for recall in RECALLS:
        if text == recall:
            return recall
    if text:
        raise InputError(f"{where} is {value!r}; it takes {', '.join(RECALLS)}, or nothing where it was not asked")
    return None
