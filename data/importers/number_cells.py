"""The numbers in the cells of a table: ratings, scores and confidences as people and programs write them."""

from __future__ import annotations

import ast
import contextlib
import json
import math
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import InputError
from .cells import EMPTY, literal, plain

MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
RATING = re.compile(
    r"(?:(?:rating|score|recommendation|overall)\s*[:=]?\s*)?([+-]?\d+(?:\.\d*)?)\s*"
    rf"(?:/\s*\d+\b|((?:[:/(–—-]|,(?=\s))(?!\s*[+-]?[\d>]|{MONTH}\b).*))?",
    re.IGNORECASE | re.DOTALL,
)
"""One rating, with its meaning behind it: "6: marginally above", "Rating: 8 / Accept"; never the "6-Aug" that a
spreadsheet makes of 6-8."""
ANOTHER = re.compile(
    r"[,/]\s*[+-]?\d+(?:\.\d+)?\s*(?:$|[,/(–—-])|\d\s*:\s*[^\W\d]|\b(?:rating|score)\s*[:=]?\s*\d", re.IGNORECASE
)
"""A further rating in what stands behind one as its meaning: "6: accept, 8: reject", "6, ?, 8"."""
DATE = re.compile(r"\d{1,2}/\d{1,2}/\d{4}|\d{4}/\d{1,2}/\d{1,2}")
RAISED = re.compile("[⁰¹²³⁴-⁹₀-₉]")
"""Digits of exponents and footnotes, which are none of the number before them."""
NUMPY = re.compile(r"\b(?:(?:np|numpy)\.\w+|Decimal)\(([^()\[\]]*)\)")
ARRAY = re.compile(
    r"(?:(?:np|numpy|torch|jnp)\.)?(?:array|tensor|Array)\((\[.*\])(?:,\s*(?:dtype|device)=[\w.'<>|:]+)*\)", re.DOTALL
)
"""What NumPy and PyTorch write around numbers: "np.int64(6)", "array([6, 8])"."""
LIST = re.compile(r"(?:c|Any)?[\[({](.*)[\])}]", re.DOTALL)
RATING_KEYS = ("rating", "overall", "recommendation", "score", "value")
CONFIDENCE_KEYS = ("confidence",)
KIND_KEYS = ("type", "kind", "role", "invitation", "invitations", "reviewer_type", "signature", "signatures")
"""Where a reply says what it is, or who wrote it."""
META = re.compile(r"meta[-_ ]?review|area[-_ ]?chair|/-/decision|^decision$", re.IGNORECASE)
CONTAINERS = ("initial_score", "scores", "score", "content", "review")
"""Objects within a review that may hold its rating."""
FINAL_CONTAINERS = ("final_score", *CONTAINERS)
"""The same for the rating after the discussion, which is the first one where a reviewer did not change it."""


def numbers(
    value: Any, where: str, keys: Sequence[str] = RATING_KEYS, containers: Sequence[str] = CONTAINERS
) -> tuple[float, ...]:
    """Ratings: numbers in a list, or in a text that joins them by ";", "," or "/", or that Python, NumPy or JSON wrote.
    Of reviews as objects the first of `keys` that is there, in the review or in one of the `containers` within it.

    "6: marginally above" counts as 6, an empty one as none. Raises InputError for what is no number, or can be read in
    two ways: "6,33" as a mean or two ratings, "8/10" as one or two.
    """
    return known(listed_numbers(value, where, keys, containers))


def known(listed: Iterable[float | None]) -> tuple[float, ...]:
    """The numbers in a list with gaps."""
    return tuple(number for number in listed if number is not None)


def listed_numbers(
    value: Any, where: str, keys: Sequence[str] = RATING_KEYS, containers: Sequence[str] = CONTAINERS
) -> list[float | None]:
    """As `numbers`, each in its place: None stands for an empty one, and for a review that tells none."""
    value = plain(value)
    if value is None or (isinstance(value, str) and value.strip().lower() in EMPTY):
        return []
    parts: Any = _parts(value, where) if isinstance(value, str) else value
    parts = list(parts.values()) if _by_reviewer(parts) else _column(parts, keys)
    parts = parts.tolist() if hasattr(parts, "tolist") else parts
    if not isinstance(parts, (list, tuple)):
        parts = [parts]
    parts = [part if isinstance(part, Mapping) and "confidence" in part else plain(part) for part in parts]
    parts = [{} if _is_meta(part) else part for part in parts]
    parts = [_inner(part, keys, containers) if isinstance(part, Mapping) else part for part in parts]
    if not all(isinstance(part, Mapping) for part in parts):  # some are comments among reviews
        parts = [None if isinstance(part, Mapping) else part for part in parts]
    return [_number(part, value, where) for part in parts]


def _column(parts: Any, keys: Sequence[str]) -> Any:
    """The list under one of the keys of an object of lists, as `datasets` writes reviews; else the value itself."""
    if not isinstance(parts, Mapping):
        return parts
    lists = [parts[name] for key in keys for name in (key, f"{key}s") if isinstance(parts.get(name), (list, tuple))]
    return lists[0] if lists else parts


def _by_reviewer(parts: Any) -> bool:
    """Whether it is an object of reviews by their reviewers, or of ratings by reviewers who have names."""
    if not isinstance(parts, Mapping) or not parts:
        return False
    return all(isinstance(part, Mapping) for part in parts.values()) or all(
        re.fullmatch(r"(?:anon)?(?:r|rev|reviewer|rating)[\W_]?\w{0,8}", str(name), re.IGNORECASE)
        and isinstance(part, (int, float, str))
        for name, part in parts.items()
    )


def _parts(text: str, where: str) -> Any:
    if RAISED.search(text) or DATE.fullmatch(text.strip()):
        raise InputError(f"{where}: {text[:60]!r} is not a list of numbers")
    text = ARRAY.sub(r"\1", NUMPY.sub(r"\1", unicodedata.normalize("NFKC", text).replace("−", "-").strip()))
    if text.lstrip()[:1] in ("[", "{"):
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(text)
    inner = LIST.fullmatch(text.strip())
    if inner:
        listed = inner[1].strip()
        if "," not in listed:
            return [item.strip("'\"") for item in listed.split()]
        try:
            with warnings.catch_warnings(action="ignore"):  # of spellings such as 0year, which are refused
                return ast.literal_eval(f"[{re.sub(r'(?i)(?<![a-z])(nan|null)(?![a-z])', 'None', listed)}]")
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise InputError(f"{where}: {text[:60]!r} is not a list of numbers") from None
    if re.search(r"[;|\n]", text):
        parts = [part.strip() for part in re.split(r"[;|\n]", text)]
        decimal_commas = all(re.fullmatch(r"(?:[+-]?\d+(?:,\d+)?)?", part) for part in parts) and ";" in text
        return [part.replace(",", ".") for part in parts] if decimal_commas else parts
    if re.fullmatch(r"\d{1,3}(?:\s\d{3})+", text):
        raise InputError(f"{where}: {text!r} can be read in two ways; write several ratings as 6;8, thousands as 6000")
    if re.fullmatch(r"\d+(?:\.\d+)?(?:\s+\d+(?:\.\d+)?)+", text):
        return text.split()
    for sign in (",", "/"):
        bare = [part.strip() for part in text.split(sign)]
        rated = [part for part in bare if part.lower() not in EMPTY]
        if len(rated) > 1 and all(re.fullmatch(r"[+-]?\d+(?:\.\d+)?", part) for part in rated):
            if len(bare) == 2 and not (sign == "," and ", " in text):
                raise InputError(f"{where}: {text!r} can be read in two ways; write several ratings as 6;8, one as 6.5")
            return bare
    return [text]


def reviews_of(value: Any) -> list[Mapping[Any, Any]]:
    """The reviews that a cell holds as objects, also as JSON; none for ratings that are bare numbers."""
    value = plain(value)
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        value = literal(value)
    return [review for review in value if isinstance(review, Mapping)] if isinstance(value, (list, tuple)) else []


def _is_meta(part: Any) -> bool:
    """Whether it is no reviewer's review but that of a chair, or a decision, by what it says that it is."""
    if not isinstance(part, Mapping):
        return False
    said = {str(name).lower(): str(plain(cell)) for name, cell in part.items()}
    of_chair = any(said.get(name, "").strip().lower() not in EMPTY for name in ("metareview", "meta_review"))
    return (of_chair and "rating" not in said) or any(META.search(said.get(name, "")) for name in KIND_KEYS)


def _inner(review: Mapping[Any, Any], keys: Sequence[str], containers: Sequence[str]) -> Any:
    """What a review has under the first of the keys, in itself or in an object within; itself where it has none."""
    cells = {str(name).lower(): plain(cell) for name, cell in review.items()}
    for key in keys:
        if key in cells and not isinstance(cells[key], Mapping):
            return cells[key]
    inner = [_inner(cells[name], keys, containers) for name in containers if isinstance(cells.get(name), Mapping)]
    told = [found for found in inner if not isinstance(found, Mapping)]
    return next((found for found in told if found is not None), None if told else review)


def rating_in(text: str) -> str | None:
    """The digits of the one rating that the text is, with or without its meaning; None for anything else."""
    found = RATING.fullmatch(text.strip())
    return found[1] if found and not ANOTHER.search(found[2] or "") else None


def _number(part: Any, value: Any, where: str) -> float | None:
    """One rating; None for an empty one."""
    if part is None or (isinstance(part, str) and part.strip().lower() in EMPTY):
        return None
    found = rating_in(part) if isinstance(part, str) else part
    if isinstance(found, bool) or not isinstance(found, (int, float, str)):
        raise InputError(f"{where}: {str(value)[:60]!r} is not a list of numbers")
    try:
        number = float(found)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{where}: {str(value)[:60]!r} holds a value that is not finite")
    return number
