"""What the providers demand of a JSON schema for structured answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NUMERIC = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def openai_problem(schema: dict[str, Any]) -> str | None:
    """Why OpenAI would refuse the schema in strict mode; None where it would not."""
    for path, part in objects(schema):
        context = f"In context=({', '.join(repr(step) for step in path)})"
        if part.get("additionalProperties") is not False:
            return f"{context}, 'additionalProperties' is required to be supplied and to be false."
        names = set(part.get("properties") or {})
        if names - set(part.get("required") or ()):
            missing = sorted(names - set(part.get("required") or ()))[0]
            return (
                f"{context}, 'required' is required to be supplied and to be an array including every key in "
                f"properties. Missing '{missing}'."
            )
    return None


def anthropic_problem(schema: dict[str, Any]) -> str | None:
    """Why Anthropic would refuse the schema of an output format; None where it would not."""
    for _, part in parts(schema):
        if is_object(part) and part.get("additionalProperties") is not False:
            return "For 'object' type, 'additionalProperties' must be explicitly set to false"
        refused = [name for name in NUMERIC if name in part]
        if refused and part.get("type") in ("number", "integer"):
            return f"For '{part['type']}' type, properties {', '.join(refused)} are not supported"
    return None


def is_object(part: dict[str, Any]) -> bool:
    """Whether the schema is that of an object."""
    return part.get("type") == "object" or isinstance(part.get("properties"), dict)


def objects(schema: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The schemas of objects within the schema, each with its path."""
    return ((path, part) for path, part in parts(schema) if is_object(part))


def parts(schema: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The schema and all schemas within it, each with its path."""
    yield path, schema
    for name in ("properties", "$defs"):
        for key, part in (schema.get(name) or {}).items():
            yield from parts(part, (*path, name, key))
    if isinstance(schema.get("items"), dict):
        yield from parts(schema["items"], (*path, "items"))
    for part in schema.get("anyOf") or ():
        yield from parts(part, (*path, "anyOf"))
