"""Checking an answer to a form: what can be read without doubt is taken, all else is an error, nothing is clamped."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from typing import Any

from .field import FormField

SCORED = re.compile(
    r"""(?:(?:score|rating|overall)\s*[:=]?\s*)?([+-]?\d+(?:[.,]\d+)?)      # the number
        (?:\s*(?:/|out\ of|of)\s*(\d+))?                                  # of the highest
        (?:\s*(?:[:(,;.\u2013\u2014-]|(?=[a-z]))([^\d]*))?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A score with what may stand around it; no further number."""
PERCENT = re.compile(
    r"""(?P<number>\d*[.,]?\d+)\s*(?P<sign>%|percent\b|per\s+cent\b)?(?:(?:st|nd|rd|th)\b)?\s*(?:percentile\b)?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A share or percentage, with or without its sign."""
FRACTION = re.compile(r"(\d{1,4})\s*(?:/|in|out\s+of)\s*(\d{1,4})", re.ASCII | re.IGNORECASE)
ABOUT = re.compile(
    r"(?:(?:about|around|roughly|approximately|approx\.?|p\s*\(accept\)|p|better\s+than|[~≈=:])\s*)+", re.IGNORECASE
)
"""What may stand before a share or percentage."""
HEDGED = re.compile(r"\b(?:or|to|if|unless|but|between|at least|at most|plus|minus|th|st|nd|rd)\b")
DECISIONS = re.compile(r"\b(accept|reject)(?:ed|ance|ion|s)?\b")
NOT = re.compile(r"\b(?:not|never|neither|if|unless|n['’]t|cannot)\b")
ECHOED = 3
"""Words from which on a text that is the form's question is no answer."""
FLAGS = {"yes": True, "true": True, "no": False, "false": False}
MOST = int(sys.float_info.max)
"""The largest number that a float holds."""


def parse_answer(fields: Sequence[FormField], answer: object) -> dict[str, Any]:
    """The answer by field name, in the order of `fields`; fields that the form has not are dropped.

    Keys match without regard to case, and to spaces, hyphens or underscores. Read besides the exact types: a number
    written as text ("7", "7.0"), "yes" and "no" as flags, one text for a list, a list of texts for a text.

    Raises ValueError in one line that names every field that is missing, given twice or wrong.
    """
    if not isinstance(answer, Mapping):
        raise ValueError(f"expected a JSON object with the fields of the form, not {_shown(answer)}")
    given: dict[str, list[object]] = {}
    for key, value in answer.items():
        given.setdefault(re.sub(r"[\s_-]+", "_", str(key).strip().lower()), []).append(value)
    parsed: dict[str, Any] = {}
    wrong: list[str] = []
    for field in fields:
        values = given.get(field.name, [])
        if len(values) != 1:
            wrong.append(f"field {field.name} is given twice" if values else f"missing field {field.name}")
            continue
        try:
            parsed[field.name] = READERS[field.kind](field, values[0])
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return parsed


def read_text(field: FormField, value: object) -> str:
    """A text, or a list of texts as its lines. Raises ValueError for anything else."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "\n".join(value)
    if not isinstance(value, str):
        raise ValueError(f"{field.name}: {_shown(value)} is not a text")
    return _answering(field, value)


def read_list(field: FormField, value: object) -> list[str]:
    """The texts of a list without the blank ones; one text alone counts as a list. Raises ValueError otherwise."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError(f"{field.name}: {_shown(value)} is not a list of texts")
    wrong = next((item for item in items if not isinstance(item, str)), None)
    if any(not isinstance(item, str) for item in items):
        raise ValueError(f"{field.name}: {_shown(wrong)} in the list is not a text")
    return [_answering(field, item) for item in items if item.strip()]


def _answering(field: FormField, text: str) -> str:
    """The text. Raises ValueError for one that is the form's question given back, as small models do."""
    question = _worded(field.instructions)
    echoes = (question, f"text {question}", f"one point {question}")
    if question.count(" ") >= ECHOED - 1 and _worded(text) in echoes:
        raise ValueError(f"{field.name}: gives the form's question back and no answer")
    return _encodable(text)


def read_score(field: FormField, value: object) -> float:
    """The score as a float: a number, or a text with one number in it that can only be the score.

    Such texts are "7.5", "7,5", "7/10", "7 out of 10" (where 10 is the highest), "7: good" and "7 (good)", and a label
    of the form alone. Raises ValueError for what is no number, names another score's label or leans the other way, is
    out of range, or none of the field's values.
    """
    if isinstance(value, dict):
        value = _only_number(value)
    if isinstance(value, str):
        value = _portion_in(field, value) if field.unit else _number_in(field, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _finite(value):
        raise ValueError(f"{field.name}: {_shown(value)} is not a number")
    if field.low is None or field.high is None or not field.low <= value <= field.high:
        raise ValueError(f"{field.name}: {_shown(value)} is outside {field.low:g} to {field.high:g}")
    score = float(value)
    if field.unit == "percent" and 0 < score < 1:
        raise ValueError(f"{field.name}: {_shown(value)} may be a share; give percent, from 0 to 100")
    if field.values and score not in field.values:
        raise ValueError(f"{field.name}: {_shown(value)} is not one of {', '.join(f'{v:g}' for v in field.values)}")
    return score


def _finite(value: float) -> bool:
    """Whether it is neither infinite nor NaN; whole numbers of any length are finite."""
    return isinstance(value, int) or math.isfinite(value)


def _only_number(value: Mapping[object, object]) -> object:
    """The score of an object that holds one number, as {"score": 7, "reason": "..."}; else the object."""
    numbers = [n for n in value.values() if isinstance(n, Real) and not isinstance(n, bool)]
    return numbers[0] if len(numbers) == 1 else value


def _number_in(field: FormField, text: str) -> float | str:
    """The number that a text gives as its score; the text where it gives none, or may mean another."""
    plain = " ".join(text.replace("*", " ").split()).strip("\"'` ")
    labels = {_worded(label): score for score, label in field.labels.items()}
    if _worded(plain) in labels:
        return float(labels[_worded(plain)])
    found = SCORED.fullmatch(plain)
    if not found:
        return text
    score, highest, words = float(found[1].replace(",", ".")), found[2], _worded(found[3] or "")
    if highest and float(highest) != field.high:
        return text
    if HEDGED.search(words) or labels.get(words, score) != score or _contradicts(field, score, words):
        return text
    return score


def _contradicts(field: FormField, score: float, words: str) -> bool:
    """Whether the words lean to acceptance and all labels near the score to rejection, or the reverse."""
    near = {_leaning(_worded(label)) for value, label in field.labels.items() if abs(value - score) < 1}
    return (_leaning(words), *near) in (("accept", "reject"), ("reject", "accept"))


def _leaning(words: str) -> str:
    """Accept or reject, where the words have one of them; else empty."""
    found = set(re.findall(r"\b(accept|reject)\b", words))
    return found.pop() if len(found) == 1 else ""


def _portion_in(field: FormField, text: str) -> float | str:
    """The share or percentage that a text gives, in the field's unit; the text where it gives none, or several.

    What has a percent sign is a percentage, of at least 1: "0.7%" may stand for a share.
    """
    plain = " ".join(text.replace("*", " ").split()).strip("\"'` ")
    about = ABOUT.match(plain)
    plain = plain[about.end() :] if about else plain
    fraction, found = FRACTION.match(plain), PERCENT.match(plain)
    match = fraction if fraction and field.unit == "share" else found
    words = plain[match.end() :].lower() if match else ""
    if match is None or re.search(r"\d", words) or HEDGED.search(words) or re.match(r"[/\w]", words):
        return text
    if match is fraction:
        part, whole = int(match[1]), int(match[2])
        return part / whole if 0 < whole >= part else text
    number = float(match["number"].replace(",", "."))
    if not match["sign"]:
        return number
    if 0 < number < 1:
        return text
    return number / 100 if field.unit == "share" else number


def _worded(text: str) -> str:
    """Words in lower case, for comparison."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def read_flag(field: FormField, value: object) -> bool:
    """True or false, also as "yes" or "no", with or without more words behind. Raises ValueError otherwise."""
    word = (
        re.match(r"\W*(yes|no|true|false)\b(?!\s+(?:and|or)\b)", value, re.IGNORECASE)
        if isinstance(value, str)
        else None
    )
    flag = FLAGS[word[1].lower()] if word else value
    if not isinstance(flag, bool):
        raise ValueError(f"{field.name}: {_shown(value)} is neither true nor false")
    return flag


def read_decision(field: FormField, value: object) -> str:
    """Accept or reject in a venue's wording, such as "Accept (poster)" or "weak reject".

    Raises ValueError for wording that names neither, or both.
    """
    found = set(DECISIONS.findall(value.lower())) if isinstance(value, str) else set()
    if len(found) != 1 or NOT.search(str(value).lower()):
        raise ValueError(f"{field.name}: {_shown(value)} is neither accept nor reject")
    return found.pop()


READERS: dict[str, Callable[[FormField, object], Any]] = {
    "text": read_text,
    "list": read_list,
    "score": read_score,
    "flag": read_flag,
    "decision": read_decision,
}


def _encodable(text: str) -> str:
    """The text without lone surrogates, which JSON can bring in and no file takes."""
    return text.encode("utf-8", "replace").decode().strip()


def _shown(value: object) -> str:
    """The value for a message: one line, not long, numbers without a needless fraction."""
    if value is None:
        return "null"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        huge = isinstance(value, int) and abs(value) > MOST
        return "a number of hundreds of digits" if huge else f"{value:.10g}"
    shown = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
