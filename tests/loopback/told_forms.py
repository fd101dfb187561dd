"""Forms that stand in a prompt as an object to fill in, with the scales of their scores."""

from __future__ import annotations

import re
from typing import Any

PLACE = re.compile(r'^\s*"(\w+)": (?:("<)|(\["<)|<(number [^:]*)|<(true or false)|<"accept" or "reject")', re.MULTILINE)
"""A place to fill in: text, list, number with its scale, flag, or else decision."""


def template_in(text: str) -> dict[str, Any] | None:
    """The schema of the object to fill in that the text has; None where it has none."""
    properties = {place[1]: _schema(place) for place in PLACE.finditer(text)}
    return {"type": "object", "properties": properties} if properties else None


def with_scales(schema: dict[str, Any], text: str) -> dict[str, Any]:
    """The schema, its numbers described as in the object to fill in that the text has."""
    told = (template_in(text) or {}).get("properties") or {}
    properties = {
        name: {**told[name], **part} if part.get("type") == "number" and told.get(name, {}).get("description") else part
        for name, part in (schema.get("properties") or {}).items()
    }
    return {**schema, "properties": properties} if told else schema


def _schema(place: re.Match[str]) -> dict[str, Any]:
    if place[2]:
        return {"type": "string"}
    if place[3]:
        return {"type": "array", "items": {"type": "string"}}
    if place[4]:
        return {"type": "number", "description": place[4]}
    return {"type": "boolean"} if place[5] else {"type": "string", "enum": ["accept", "reject"]}
