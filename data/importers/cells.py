"""The cells of a table as values: what can be read in one way is read, all else refused; never Python's spelling."""

from __future__ import annotations

import ast
import contextlib
import json
import math
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_args

from ..errors import InputError
from ..records import Split, TextVersion

SPLITS: dict[str, Split] = {
    "test": "test",
    **dict.fromkeys(("calibration", "train", "training", "dev", "val", "valid", "validation", "cal"), "calibration"),
}
VERSIONS: dict[str, TextVersion] = {
    **{version: version for version in get_args(TextVersion)},
    **dict.fromkeys(("initial", "original", "submitted", "preprint"), "submission"),
    **dict.fromkeys(("camera ready", "camera_ready", "final", "published"), "camera-ready"),
}
EMPTY = frozenset(["", "nan", "none", "null", "n/a", "na", "<na>", "-", "--", "–", "—", "#n/a", "#nv", "nat", "\\n"])
"""What programs write for nothing: pandas, R, SQL, Excel in English and German."""
MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
RATING = re.compile(
    r"(?:(?:rating|score|recommendation|overall)\s*[:=]?\s*)?([+-]?\d+(?:\.\d*)?)\s*"
    rf"(?:/\s*\d+\b|(?:[:/(–—-]|,(?=\s))(?!\s*[\d>]|{MONTH}\b).*)?",
    re.IGNORECASE | re.DOTALL,
)
"""One rating, with its meaning behind it: "6: marginally above", "Rating: 8 / Accept"; never the "6-Aug" that a
spreadsheet makes of 6-8."""
NUMPY = re.compile(r"\b(?:(?:np|numpy)\.\w+|Decimal)\(([^()\[\]]*)\)")
ARRAY = re.compile(
    r"(?:(?:np|numpy|torch|jnp)\.)?(?:array|tensor|Array)\((\[.*\])(?:,\s*(?:dtype|device)=[\w.'<>|:]+)*\)", re.DOTALL
)
"""What NumPy and PyTorch write around numbers: "np.int64(6)", "array([6, 8])"."""
WRAPPED = re.compile(r"""\s*\{\s*["']value["']\s*:""")
"""An object of OpenReview's API 2 as a text, as a table of pandas has it."""
SPELT = re.compile(r"""\s*(?:b'.*'|b".*"|\[\s*[{'"\[].*\]|\{\s*['"].*\})\s*""", re.DOTALL)
"""Bytes, a list or an object as Python or JSON writes them."""
LIST = re.compile(r"(?:c|Any)?[\[({](.*)[\])}]", re.DOTALL)
RATING_KEYS = ("rating", "overall", "recommendation", "score", "value")
CONFIDENCE_KEYS = ("confidence",)
CONTAINERS = ("initial_score", "scores", "score", "content", "review")
"""Objects within a review that may hold its rating."""
FINAL_CONTAINERS = ("final_score", *CONTAINERS)
"""The same for the rating after the discussion, which is the first one where a reviewer did not change it."""


def plain(value: Any) -> Any:
    """The cell without the wrapping of OpenReview's API 2, {"value": ...}; None for what pandas writes for nothing."""
    if isinstance(value, str) and WRAPPED.match(value):
        value = _literal(value)
    while isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def _literal(text: str) -> Any:
    """What Python or JSON wrote as the text; the text itself where that is neither."""
    for read in (json.loads, ast.literal_eval):
        with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return read(text.strip())
    return text


def one_line(value: Any, where: str) -> str:
    """A text; of a number without a fraction its digits. Raises InputError for an object or a list."""
    value = plain(value)
    if isinstance(value, (list, tuple)) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if value is None or (isinstance(value, str) and value.strip().lower() in ("nan", "<na>")):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (Mapping, list, tuple)):
        raise InputError(f"{where} is {_kind(value)}, not a text; map another column, as in --map title=COLUMN")
    return str(value).strip()


def word(value: Any, where: str) -> str:
    """As `one_line`, empty also for the words that stand for nothing: nan, None, n/a."""
    text = one_line(value, where)
    return "" if text.lower() in EMPTY else text


def body(value: Any, where: str) -> tuple[str, str]:
    """A paper's text and the abstract that came with it.

    Read are a text, a list of paragraphs, a list of sections with heading and text, and an object with such a list
    under `sections`. Raises InputError for other objects.
    """
    value = plain(value)
    if isinstance(value, str) and SPELT.fullmatch(value):
        value = _literal(value)
    value = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if value is None or (isinstance(value, str) and value.strip().lower() in (*EMPTY, "{}", "[]")):
        return "", ""
    if isinstance(value, Mapping) and value and all(_is_prose(name, part) for name, part in value.items()):
        value = [{"heading": name, "text": part} for name, part in value.items()]
    if isinstance(value, Mapping):
        sections = next((value[name] for name in ("sections", "body", "body_text") if name in value), None)
        if not isinstance(sections, list):
            raise InputError(f"{where} is {_kind(value)}; map a column of plain text, as in --map text=COLUMN")
        abstract = one_line(value.get("abstractText") or value.get("abstract"), f"{where}: abstract")
        opening = [f"ABSTRACT\n\n{abstract}"] if abstract else []
        return "\n\n".join([*opening, *(_section(part, where) for part in sections)]), abstract
    if isinstance(value, (list, tuple)):
        return "\n\n".join(_section(part, where) for part in value), ""
    return str(value), ""


def _is_prose(name: Any, part: Any) -> bool:
    """Whether the name is a heading with the text of its section."""
    return isinstance(part, str) and str(name).lower() not in (
        "title",
        "abstract",
        "abstracttext",
        "id",
        "text",
        "body",
    )


def _section(part: Any, where: str) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, (list, tuple)) and len(part) == 2 and all(isinstance(item, str) for item in part):
        return f"{part[0]}\n\n{part[1]}"
    if not isinstance(part, Mapping):
        raise InputError(f"{where} holds {_kind(part)} among its paragraphs; map a column of plain text")
    heading = next((part[name] for name in ("heading", "title", "section", "name") if part.get(name)), "")
    text = next((part[name] for name in ("text", "content", "paragraphs", "body") if part.get(name)), "")
    if not heading and not text:
        raise InputError(f"{where} holds an object without heading and text ({', '.join(map(str, part))})")
    inner = text if isinstance(text, str) else "\n\n".join(_section(item, where) for item in text)
    return f"{heading}\n\n{inner}" if heading else inner


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
    parts = [_inner(part, keys, containers) if isinstance(part, Mapping) else part for part in map(plain, parts)]
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
    if re.fullmatch(r"\d+(?:\.\d+)?(?:\s+\d+(?:\.\d+)?)+", text):
        return text.split()
    for sign in (",", "/"):
        bare = [part.strip() for part in text.split(sign)]
        if len(bare) > 1 and all(re.fullmatch(r"\d+(?:\.\d+)?", part) for part in bare):
            if len(bare) == 2 and not (sign == "," and ", " in text):
                raise InputError(f"{where}: {text!r} can be read in two ways; write several ratings as 6;8, one as 6.5")
            return bare
    return [text]


def reviews_of(value: Any) -> list[Mapping[Any, Any]]:
    """The reviews that a cell holds as objects, also as JSON; none for ratings that are bare numbers."""
    value = plain(value)
    if isinstance(value, str) and value.lstrip()[:1] == "[":
        value = _literal(value)
    return [review for review in value if isinstance(review, Mapping)] if isinstance(value, (list, tuple)) else []


def _inner(review: Mapping[Any, Any], keys: Sequence[str], containers: Sequence[str]) -> Any:
    """What a review has under the first of the keys, in itself or in an object within; itself where it has none."""
    cells = {str(name).lower(): plain(cell) for name, cell in review.items()}
    for key in keys:
        if key in cells and not isinstance(cells[key], Mapping):
            return cells[key]
    inner = (_inner(cells[name], keys, containers) for name in containers if isinstance(cells.get(name), Mapping))
    return next((found for found in inner if not isinstance(found, Mapping)), review)


def _number(part: Any, value: Any, where: str) -> float | None:
    """One rating; None for an empty one."""
    if part is None or (isinstance(part, str) and part.strip().lower() in EMPTY):
        return None
    found = RATING.fullmatch(part.strip()) if isinstance(part, str) else None
    if isinstance(part, bool) or not (found or isinstance(part, (int, float))):
        raise InputError(f"{where}: {str(value)[:60]!r} is not a list of numbers")
    try:
        number = float(found[1] if found else part)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{where}: {str(value)[:60]!r} holds a value that is not finite")
    return number


def whole_year(value: Any, where: str) -> int | None:
    """A year, also as 2024.0 or in a date. Raises InputError for anything else."""
    text = word(value, where)
    if not text:
        return None
    text = re.sub(r"^(\d{4})-\d\d(?:-\d\d)?(?:[T ][\d:.+Z-]*)?$", r"\1", text)
    if not re.fullmatch(r"\d{1,4}(?:\.0+)?", text):
        raise InputError(f"{where} {text!r} is not a whole number")
    return int(float(text))


def one_of(value: Any, known: Mapping[str, Any], where: str) -> Any:
    """What a word stands for, whatever its case; None for none. Raises InputError that names the words known."""
    text = word(value, where).lower()
    if not text:
        return None
    if text not in known:
        raise InputError(f"{where} {text!r} is none of {', '.join(known)}")
    return known[text]


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"an object ({', '.join(map(str, list(value)[:6]))})"
    return "a list" if isinstance(value, (list, tuple)) else f"{type(value).__name__} {value!r}"[:60]
