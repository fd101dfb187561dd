"""A review form that a person has filled in, as TOML or as the page's JSON, checked field by field."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from ...data.errors import InputError, unknown
from ...data.files import read_text, validated, whole_characters
from ...reviewer.forms.form import Form
from ...reviewer.review import Review

LONGEST = 20_000
"""Characters of one answer."""


class FilledForm(BaseModel):
    """A form's file."""

    model_config = ConfigDict(extra="forbid")

    paper: str
    sha256: str
    form: str
    by: str = ""
    answers: dict[str, Any]


def read_filled(path: Path) -> FilledForm:
    """The file's form, its answers not looked at yet. Raises InputError for what is no such file."""
    text = read_text(path, utf16=True)
    try:
        given = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        kind = "JSON" if path.suffix.lower() == ".json" else "TOML"
        raise InputError(f"{path}: not {kind} ({error})") from None
    return validated(FilledForm, whole_characters(given), str(path))


def review_of(filled: FilledForm, form: Form, path: Path) -> Review:
    """The answers as a review. Raises InputError, in one line, for what is missing, left empty, or off its scale."""
    names = [field.name for field in form.fields]
    if strangers := [name for name in filled.answers if name not in names]:
        raise unknown("field", strangers[0], names, hint=f"{path}: answers")
    empty = [field.name for field in form.fields if field.kind != "list" and _blank(filled.answers.get(field.name, 0))]
    if empty:
        raise InputError(f"{path}: not filled in: {', '.join(empty)}")
    for name, value in filled.answers.items():
        length = sum(map(len, value if isinstance(value, list) else [value])) if _texts(value) else 0
        if length > LONGEST:
            raise InputError(f"{path}: field {name}: {length} characters; {LONGEST} are the most")
    try:
        answer = form.parse(filled.answers)
    except ValueError as problem:
        raise InputError(f"{path}: {problem}") from None
    rest = {name: value for name, value in answer.items() if name not in ("decision", form.overall)}
    chance = answer.get(form.chance) if form.chance else None
    return Review(paper_id=filled.paper, overall=answer[form.overall], decision=answer["decision"], p_accept=chance,
                  fields=rest)  # fmt: skip


def _blank(value: object) -> bool:
    return isinstance(value, str) and not value.strip()


def _texts(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
