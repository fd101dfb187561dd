"""Checking an answer to a form: what can be read without doubt is taken, all else is an error, nothing is clamped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .field import FormField
from .numbers import read_score, shown, worded

DECISIONS = re.compile(r"\b(accept|reject)(?:ed|ance|ion|s)?\b")
BELOW = re.compile(r"\bbelow (?:the )?(?:acceptance )?(?:threshold|bar)\b(?: (?:for|of) acceptance\b)?")
"""How forms name a rejection without the word, as in "marginally below the acceptance threshold"."""
NOT = re.compile(r"\b(?:not|never|neither|if|unless|cannot|below|under|short|fail(?:s|ed)?|without)\b|n['’]t\b")
PAPER_KINDS = re.compile(r"(?:(?:notable|top)[\w\s%-]*|oral|spotlight|poster)(?: presentation)?")
"""What an accepted paper becomes."""
ECHOED = 3
"""Words from which on a text that is the form's question is no answer."""
INNER: dict[str, tuple[str, ...]] = {
    "text": ("text", "content"),
    "list": ("items", "points", "list"),
    "score": ("score", "rating"),
    "flag": ("flag",),
    "decision": ("decision", "recommendation", "verdict"),
}
"""Names under which an object in the place of a value holds it."""
FLAGS = {"yes": True, "true": True, "no": False, "false": False}


def parse_answer(fields: Sequence[FormField], answer: object) -> dict[str, Any]:
    """The answer by field name, in the order of `fields`; fields that the form has not are dropped.

    Keys match without regard to case, and to spaces, hyphens or underscores. Read besides the exact types: a number
    written as text ("7", "7.0"), "yes" and "no" as flags, one text for a list, a list of texts for a text.

    Raises ValueError in one line that names every field that is missing, given twice or wrong.
    """
    if not isinstance(answer, Mapping):
        raise ValueError(f"expected a JSON object with the fields of the form, not {shown(answer)}")
    given: dict[str, list[object]] = {}
    for key, value in answer.items():
        given.setdefault(_name_of(str(key)), []).append(value)
    parsed: dict[str, Any] = {}
    wrong: list[str] = []
    for field in fields:
        values = given.get(field.name) or _under_another_name(field, given, fields)
        if len(values) != 1:
            wrong.append(f"field {field.name} is given twice" if values else f"missing field {field.name}")
            continue
        try:
            parsed[field.name] = READERS[field.kind](field, unwrapped(field, values[0]))
        except ValueError as error:
            wrong.append(str(error))
    if wrong:
        raise ValueError("; ".join(wrong))
    return parsed


def _name_of(key: str) -> str:
    """A key as names of fields are written: of "**2. Overall Score:**" is made overall_score."""
    key = re.sub(r"^[\W_]*(?:\d+\s*[.)]\s*)?|[\W_]+$", "", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key.strip()))
    return re.sub(r"[\W_]+", "_", key).lower()


def _under_another_name(
    field: FormField, given: Mapping[str, list[object]], fields: Sequence[FormField]
) -> list[object]:
    """The values under the field's title, or its name with "final" or "score" around it, where no field is so named."""
    base = field.name
    names = {_name_of(field.title), f"final_{base}", f"{base}_score", f"{base}_rating", f"final_{base}_score"}
    taken = {other.name for other in fields}
    return [value for name in sorted(names - taken) for value in given.get(name, [])]


def unwrapped(field: FormField, value: object) -> object:
    """The value itself, where an object or a list of one holds it, as {"value": "accept", "reason": "..."} does."""
    if isinstance(value, Mapping):
        named = {_name_of(str(key)): inner for key, inner in value.items()}
        own = [named[name] for name in (field.name, "value", "answer", *INNER[field.kind]) if name in named]
        return own[0] if own and all(inner == own[0] for inner in own) else value
    if isinstance(value, list) and len(value) == 1 and field.kind in ("score", "flag", "decision"):
        return value[0]
    return value


def read_text(field: FormField, value: object) -> str:
    """A text, or a list of texts as its lines. Raises ValueError for anything else."""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = "\n".join(value)
    if not isinstance(value, str):
        raise ValueError(f"{field.name}: {shown(value)} is not a text")
    return _answering(field, value)


def read_list(field: FormField, value: object) -> list[str]:
    """The texts of a list without the blank ones; one text alone counts as a list. Raises ValueError otherwise."""
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise ValueError(f"{field.name}: {shown(value)} is not a list of texts")
    wrong = next((item for item in items if not isinstance(item, str)), None)
    if any(not isinstance(item, str) for item in items):
        raise ValueError(f"{field.name}: {shown(wrong)} in the list is not a text")
    return [_answering(field, item) for item in items if item.strip()]


def _answering(field: FormField, text: str) -> str:
    """The text. Raises ValueError for one that is the form's question given back, as small models do."""
    question = worded(field.instructions)
    echoes = (question, f"text {question}", f"one point {question}")
    if question.count(" ") >= ECHOED - 1 and worded(text) in echoes:
        raise ValueError(f"{field.name}: gives the form's question back and no answer")
    return _encodable(text)


def read_flag(field: FormField, value: object) -> bool:
    """True or false, also as "yes" or "no", with or without more words behind. Raises ValueError otherwise."""
    word = (
        re.match(r"\W*(yes|no|true|false)\b(?!\s+(?:and|or)\b)", value, re.IGNORECASE)
        if isinstance(value, str)
        else None
    )
    flag = FLAGS[word[1].lower()] if word else value
    if not isinstance(flag, bool):
        raise ValueError(f"{field.name}: {shown(value)} is neither true nor false")
    return flag


def read_decision(field: FormField, value: object) -> str:
    """Accept or reject in a venue's wording, such as "Accept (poster)" or "weak reject".

    Raises ValueError for wording that names neither, or both.
    """
    found: set[str] = set()
    if isinstance(value, str):
        text = " ".join(value.lower().replace("*", " ").replace("_", " ").split())
        deciding = [part for part in re.split(r"[.;:!?]\s|\n", BELOW.sub("reject", text)) if DECISIONS.search(part)]
        if not any(NOT.search(part) for part in deciding):
            found = {word for part in deciding for word in DECISIONS.findall(part)}
        if not deciding and PAPER_KINDS.fullmatch(text.strip(" .")):
            found = {"accept"}
    if len(found) != 1:
        raise ValueError(f"{field.name}: {shown(value)} is neither accept nor reject")
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
