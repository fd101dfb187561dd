"""A form of version 2 in words, as a JSON object to fill in, and as a schema: each says what it says once.

Where the endpoint holds the model to a schema, the prompt has the words and the schema the names and types alone; else
the prompt has the object to fill in, which has both.
"""

from __future__ import annotations

from typing import Any

from .field import JSON_TYPES, FormField
from .form import Form

KINDS = {"list": " (a list of points)", "flag": " (true or false)", "decision": " (accept or reject)", "text": ""}
PLACES = {
    "text": '"<text: {}>"',
    "list": '["<one point: {}>", ...]',
    "score": "<number {}>",
    "flag": "<true or false: {}>",
    "decision": '<"accept" or "reject": {}>',
}


def in_words(form: Form) -> str:
    """One line per field: its title, its scale, what to write, the meaning of its scores."""
    return "\n".join(f"{field.title}{_kind(field)}: {_asked(field)}" for field in form.fields)


def as_template(form: Form) -> str:
    """A JSON object with a place to fill in for each field."""
    lines = (f'  "{field.name}": {_place(field)}' for field in form.fields)
    return "{\n" + ",\n".join(lines) + "\n}"


def answer_types(form: Form) -> dict[str, Any]:
    """The strict JSON schema of an answer with nothing but names and types; every field is required."""
    return {
        "type": "object",
        "properties": {field.name: _type(field) for field in form.fields},
        "required": [field.name for field in form.fields],
        "additionalProperties": False,
    }


def takes_decimals(form: Form) -> bool:
    """Whether every score of the form may have decimals."""
    return not any(field.values for field in form.fields)


def _kind(field: FormField) -> str:
    return f" (number {field.scale})" if field.kind == "score" else KINDS[field.kind]


def _asked(field: FormField) -> str:
    instructions = field.instructions or field.title
    return f"{instructions} {field.meanings}." if field.labels else instructions


def _place(field: FormField) -> str:
    asked = f"{field.scale}: {_asked(field)}" if field.kind == "score" else _asked(field)
    return PLACES[field.kind].format(asked)


def _type(field: FormField) -> dict[str, Any]:
    enum = {"enum": [int(v) if v.is_integer() else v for v in field.values]} if field.values else {}
    return {**JSON_TYPES[field.kind], **enum}
