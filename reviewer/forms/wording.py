"""A form of version 2 as the JSON object to fill in, which stands in the prompt, and as a bare schema beside it.

What the form asks is said in the object alone: some endpoints hold a model to a schema without showing it, and some
take one and never look at it. The schema has the names and types that the endpoint needs.
"""

from __future__ import annotations

from typing import Any

from .field import JSON_TYPES, FormField
from .form import Form

PLACES = {
    "text": '"<{}>"',
    "list": '["<{}>", ...]',
    "score": "<number {}>",
    "flag": "<true or false: {}>",
    "decision": '<"accept" or "reject": {}>',
}


def as_template(form: Form) -> str:
    """A JSON object with a place to fill in for each field: its scale, what to write, the meaning of its scores."""
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


def _place(field: FormField) -> str:
    asked = field.instructions or field.title
    if field.kind == "score":
        asked = f"{field.scale}: {asked}{f' {field.meanings}.' if field.labels else ''}"
    return PLACES[field.kind].format(asked)


def _type(field: FormField) -> dict[str, Any]:
    enum = {"enum": [int(v) if v.is_integer() else v for v in field.values]} if field.values else {}
    return {**JSON_TYPES[field.kind], **enum}
