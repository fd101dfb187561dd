"""Forms that stand in a prompt: objects to fill in, and the scales of scores told beside a schema without them."""

from __future__ import annotations

import re
from typing import Any

PLACE = re.compile(r'^\s*"(\w+)": (?:("<)|(\["<)|<(number [^:]*)|<(true or false)|<"accept" or "reject")', re.MULTILINE)
"""A place to fill in: text, list, number with its scale, flag, or else decision."""
TITLED = re.compile(r"^(.{1,60}?) \(number (from [^)]*)\): ", re.MULTILINE)
"""A score in words, with its scale."""


def template_in(text: str) -> dict[str, Any] | None:
    """The schema of the object to fill in that the text has; None where it has none."""
    properties = {place[1]: _schema(place) for place in PLACE.finditer(text)}
    return {"type": "object", "properties": properties} if properties else None


def with_scales(schema: dict[str, Any], text: str) -> dict[str, Any]:
    """The schema whose numbers without a description have the scales that the text tells by their titles."""
    told = {_name(title): scale for title, scale in TITLED.findall(text)}
    properties = {
        name: {**part, "description": told[name]}
        if name in told and part.get("type") == "number" and "description" not in part
        else part
        for name, part in (schema.get("properties") or {}).items()
    }
    return {**schema, "properties": properties} if properties else schema


def _schema(place: re.Match[str]) -> dict[str, Any]:
    if place[2]:
        return {"type": "string"}
    if place[3]:
        return {"type": "array", "items": {"type": "string"}}
    if place[4]:
        return {"type": "number", "description": place[4]}
    return {"type": "boolean"} if place[5] else {"type": "string", "enum": ["accept", "reject"]}


def _name(title: str) -> str:
    return "_".join(re.findall(r"[a-z0-9]+", title.lower()))
