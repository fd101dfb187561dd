"""Numbers in an answer to a form."""

from __future__ import annotations

import math
import re
import sys
import unicodedata
from collections.abc import Mapping
from numbers import Real

from .field import FormField

MOST = int(sys.float_info.max)
"""The largest number that a float holds."""
SCORED = re.compile(
    r"""(?:(?:score|rating|overall)\s*[:=]?\s*)?([+-]?\d+(?:[.,]\d*)?)      # the number
        (?:\s*(?:/|out\ of|of|von|sur|de|su)\s*(\d+))?                     # of the highest
        \s*(?:points?|分|点|점)?                                             # its unit
        (?:\s*(?:[:(,;.\u2013\u2014-]|(?=[a-z]))((?:[^\d]|\d+\s*%)*))?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
"""A score with what may stand around it; no further number."""
DIGITS: dict[str, int] = dict(
    zip(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(11), strict=True)
)
SPELT = re.compile(rf"(?:{'|'.join(DIGITS)})(?:\s*(?:/|out of|of)\s*(?:10|5|ten|five))?", re.IGNORECASE)
"""A score in words: "nine out of ten"."""
NAMED = re.compile(
    r"([^\W\d][^\d]*?)\s*[:(,=\u2013\u2014-]\s*([+-]?\d+(?:[.,]\d+)?(?:\s*/\s*\d+)?)\s*\)?\.?", re.IGNORECASE
)
"""A meaning with its score behind it: "strong accept (9)"."""
HEDGED = re.compile(r"(?:or|to|but|between|at least|at most|plus|minus|th|st|nd|rd)\b|.*\b(?:if|unless)\b")
MEANING = re.compile(
    r"""(?:(?:strong|strongly|clear|clearly|weak|weakly|lean|leaning|borderline|marginal|marginally|above|below|the
    |acceptance|threshold|accept|reject|very|good|bad|poor|fair|excellent|solid|outstanding|top|paper|overall|score
    |rating|recommendation|final)\s*)+""",
    re.VERBOSE,
)
"""Words of which the meaning of a score may be made."""
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


def _leaning(words: str) -> str:
    """Accept or reject, where the words have one of them; else empty."""
    found = set(re.findall(r"\b(accept|reject)\b", words))
    return found.pop() if len(found) == 1 else ""


def _contradicts(field: FormField, score: float, words: str) -> bool:
    """Whether the words lean to acceptance and all labels near the score to rejection, or the reverse."""
    near = {_leaning(worded(label)) for value, label in field.labels.items() if abs(value - score) < 1}
    return (_leaning(words), *near) in (("accept", "reject"), ("reject", "accept"))


def worded(text: str) -> str:
    """Words in lower case, for comparison."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


def shown(value: object) -> str:
    """The value for a message: one line, not long, numbers without a needless fraction."""
    if value is None:
        return "null"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        huge = isinstance(value, int) and abs(value) > MOST
        return "a number of hundreds of digits" if huge else f"{value:.10g}"
    shown = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."


def read_score(field: FormField, value: object) -> float:
    """The score as a float: a number, or a text with one number in it that can only be the score.

    Such texts are "7.5", "7,5", "7/10", "7 out of 10" (where 10 is the highest), "seven", "7: good", "7 (good)", "good
    (7)", and a label of the form alone. Raises ValueError for what is no number, names another score's label or leans
    the other way, is out of range, or none of the field's values.
    """
    if isinstance(value, dict):
        value = _only_number(value)
    if isinstance(value, str):
        value = _portion_in(field, value) if field.unit else _number_in(field, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _finite(value):
        raise ValueError(f"{field.name}: {shown(value)} is not a number")
    if field.low is None or field.high is None or not field.low <= value <= field.high:
        raise ValueError(f"{field.name}: {shown(value)} is outside {field.low:g} to {field.high:g}")
    score = float(value)
    if field.unit == "percent" and 0 < score < 1:
        raise ValueError(f"{field.name}: {shown(value)} may be a share; give percent, from 0 to 100")
    if field.values and score not in field.values:
        raise ValueError(f"{field.name}: {shown(value)} is not one of {', '.join(f'{v:g}' for v in field.values)}")
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
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("*", " ").split()).strip("\"'`$ ")
    plain = re.sub(r"^[(\[](.*)[)\]]$", r"\1", plain).strip()
    labels = {worded(label): score for score, label in field.labels.items()}
    if worded(plain) in labels:
        return float(labels[worded(plain)])
    if SPELT.fullmatch(plain):
        plain = re.sub(r"[a-z]{3,}", lambda word: str(DIGITS.get(word[0].lower(), word[0])), plain, flags=re.IGNORECASE)
    named = NAMED.fullmatch(plain)
    if named and (worded(named[1]) in labels or MEANING.fullmatch(worded(named[1]))):
        plain = f"{named[2]}: {named[1]}"
    found = SCORED.fullmatch(plain)
    if not found:
        return text
    score, highest, words = float(found[1].replace(",", ".")), found[2], worded(found[3] or "")
    if highest and float(highest) != field.high:
        return text
    if labels.get(words) == score:
        return score
    if HEDGED.match(words) or words in labels or _contradicts(field, score, words):
        return text
    return score


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
    if match is None or re.search(r"\d", words) or HEDGED.match(words.strip()) or re.match(r"[/\w]", words):
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
