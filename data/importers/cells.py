"""The cells of a table as values: what can be read in one way is read, all else refused; never Python's spelling."""

from __future__ import annotations

import ast
import contextlib
import json
import math
import re
from collections.abc import Mapping
from typing import Any, get_args

from ..errors import InputError
from ..records import Split, TextVersion, parse_decision

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
PDF = ("%PDF-", "JVBERi0")
"""How a PDF begins, bare and in base64."""
WRAPPED = re.compile(r"""\s*\{\s*["']value["']\s*:""")
"""An object of OpenReview's API 2 as a text, as a table of pandas has it."""
SPELT = re.compile(r"""\s*(?:b'.*'|b".*"|\[\s*[{'"\[].*\]|\{\s*['"].*\})\s*""", re.DOTALL)
"""Bytes, a list or an object as Python or JSON writes them."""


def plain(value: Any) -> Any:
    """The cell without the wrapping of OpenReview's API 2, {"value": ...}; None for what pandas writes for nothing."""
    if isinstance(value, str) and WRAPPED.match(value):
        value = literal(value)
    while isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def literal(text: str) -> Any:
    """What Python or JSON wrote as the text; the text itself where that is neither."""
    for read in (json.loads, ast.literal_eval):
        with contextlib.suppress(ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            return read(text.strip())
    return text


def one_line(value: Any, where: str) -> str:
    """A text; of a number without a fraction its digits. Raises InputError for an object or a list."""
    value = plain(value)
    if isinstance(value, (list, tuple)) and len(value) == 1 and isinstance(value[0], (str, bytes)):
        value = value[0]
    value = _decoded(value, where)
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
        value = literal(value)
    value = _decoded(value, where)
    if isinstance(value, str) and value.lstrip().startswith(PDF):
        raise InputError(f"{where} holds a PDF, not its text; write the PDFs into a folder and give it by --texts")
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


def _decoded(value: Any, where: str) -> Any:
    """Bytes as the text that they are, "%PDF" of a PDF; anything else as it is. Raises InputError for other bytes."""
    if not isinstance(value, bytes):
        return value
    try:
        return PDF[0] if value.startswith(b"%PDF-") else value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{where} holds bytes that are no UTF-8 (byte {error.start}); decode them first") from None


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


def whole_year(value: Any, where: str) -> int | None:
    """A year, also as 2024.0 or in a date. Raises InputError for anything else."""
    text = word(value, where)
    if not text:
        return None
    text = re.sub(r"^(\d{4})-\d\d(?:-\d\d)?(?:[T ][\d:.+Z-]*)?$", r"\1", text)
    if not re.fullmatch(r"\d{1,4}(?:\.0+)?", text):
        raise InputError(f"{where} {text!r} is not a whole number")
    if not 1900 <= float(text) <= 2999:
        raise InputError(f"{where} {text!r} is no year of four digits")
    return int(float(text))


def named_id(value: Any, where: str) -> str:
    """An id. Raises InputError where it is empty, or a number with a fraction: 2401.10500 has lost its zeros."""
    bare = plain(value)
    if isinstance(bare, float) and not bare.is_integer():
        raise InputError(f"{where} {bare} is a number with a fraction, of which zeros are lost; write it as text")
    found = word(value, where)
    if not found:
        raise InputError(f"{where} is empty")
    return found


def refuse_other_class(name: str, own: Any, where: str) -> None:
    """Raises InputError where a row in a table that is named after a decision says that it is the other one."""
    wording = word(own, f"{where}: decision")
    with contextlib.suppress(ValueError):
        if wording and parse_decision(wording)[0] != parse_decision(name)[0]:
            raise InputError(f"{where}: stands under {name!r} and says {wording!r}; mend one of them")


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
