"""Filling in a JSON schema, or the object to fill in that stands in a prompt, with an opinion of a paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .calls import fraction

RANGE = re.compile(r"from\s+(-?\d+(?:\.\d+)?)\s+to\s+(-?\d+(?:\.\d+)?)")
OVERALL = ("overall", "rating", "recommendation", "score")
"""Parts of the names of the score that the decision follows, the likeliest first."""
SENTENCES = 20
"""Sentences of a whole answer, about 2 kB."""


@dataclass(frozen=True)
class Scale:
    """The scale of a score; `values` are the only ones allowed, empty for steps of a half."""

    low: float
    high: float
    values: tuple[float, ...] = ()

    @property
    def middle(self) -> float:
        """Half way from the lowest to the highest score."""
        return (self.low + self.high) / 2

    def at(self, quality: float, moves: int = 0) -> float:
        """The score of a quality in [0, 1], then moved by so many steps towards the other half of the scale."""
        steps = self.values or tuple(self.low + half / 2 for half in range(int((self.high - self.low) * 2) + 1))
        wanted = self.low + quality * (self.high - self.low)
        nearest = min(range(len(steps)), key=lambda index: abs(steps[index] - wanted))
        moved = nearest + (moves if steps[nearest] < self.middle else -moves)
        return steps[min(max(moved, 0), len(steps) - 1)]


@dataclass(frozen=True)
class Opinion:
    """What the scripted reviewer thinks of a paper.

    `quality` in [0, 1]; `paper` is the paper's hash; `moves` are steps by which the overall score has moved since the
    first turn; `opposite` turns the decision's word around; `sentences` are facts of the paper, used in turn.
    """

    paper: bytes
    quality: float
    sentences: tuple[str, ...]
    moves: int = 0
    opposite: bool = False

    def score(self, name: str, scale: Scale, *, overall: bool) -> float:
        """The score of the field: the quality itself where it is the overall one, else near it."""
        if overall:
            return scale.at(self.quality, self.moves)
        if "confidence" in name.lower():
            return scale.at(0.4 + 0.5 * fraction("confidence", self.paper))
        return scale.at(min(max(self.quality + 0.4 * (fraction(name, self.paper) - 0.5), 0.0), 1.0))

    def accepts(self, score: float, scale: Scale) -> bool:
        """The decision's word."""
        return (score >= scale.middle) != self.opposite


def scale_of(schema: dict[str, Any]) -> Scale:
    """The scale that a number's schema tells of: `enum`, "from LOW to HIGH", minimum and maximum, else 1 to 10."""
    values = tuple(sorted(float(value) for value in schema.get("enum") or () if not isinstance(value, str)))
    if values:
        return Scale(values[0], values[-1], values)
    told = RANGE.search(schema.get("description") or "")
    if told:
        return Scale(float(told[1]), float(told[2]))
    return Scale(float(schema.get("minimum", 1)), float(schema.get("maximum", 10)))


def overall_name(names: Iterable[str]) -> str | None:
    """The name of the overall score among the fields' names."""
    names = list(names)
    return next((name for part in OVERALL for name in names if part in name.lower()), None)


class Filler:
    """Fills one schema with one opinion."""

    def __init__(self, schema: dict[str, Any], opinion: Opinion) -> None:
        self.schema = schema
        self.opinion = opinion
        properties = {name: self.resolved(part) for name, part in (schema.get("properties") or {}).items()}
        numbers = [name for name, part in properties.items() if is_number(part)]
        self.overall = overall_name(numbers)
        scale = scale_of(properties[self.overall]) if self.overall else Scale(0.0, 1.0)
        self.accepts = opinion.accepts(scale.at(opinion.quality, opinion.moves), scale)
        slots = sum(3 if part.get("type") == "array" else is_text(part) for part in properties.values())
        self.sentences = max(1, round(SENTENCES / max(slots, 1)))
        self.said = 0

    def filled(self) -> dict[str, Any]:
        """The answer. A schema that is no object gives an empty one."""
        return self.object(self.schema)

    def object(self, schema: dict[str, Any]) -> dict[str, Any]:
        """An object with all its properties."""
        return {name: self.value(name, part) for name, part in (schema.get("properties") or {}).items()}

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The schema with its `$ref` followed and the first alternative that is not null taken."""
        if "$ref" in schema:
            name = str(schema["$ref"]).rpartition("/")[2]
            return self.resolved((self.schema.get("$defs") or {}).get(name, {}))
        for part in schema.get("anyOf") or ():
            if part.get("type") != "null":
                return self.resolved(part)
        return schema

    def value(self, name: str, schema: dict[str, Any]) -> Any:
        """What stands in the field."""
        schema = self.resolved(schema)
        kind = schema.get("type")
        if is_number(schema):
            score = self.opinion.score(name, scale_of(schema), overall=name == self.overall)
            return round(score) if kind == "integer" else score
        if "enum" in schema:
            return self.choice(name, schema["enum"])
        if kind == "boolean":
            return self.accepts if "accept" in name.lower() else fraction(name, self.opinion.paper) < 0.1
        if kind == "array":
            return [self.value(name, schema.get("items") or {"type": "string"}) for _ in range(3)]
        if kind == "object":
            return self.object(schema)
        if "decision" in name.lower():
            return "accept" if self.accepts else "reject"
        return self.prose()

    def choice(self, name: str, values: list[Any]) -> Any:
        """One of the values: the decision's word where it is among them."""
        word = "accept" if self.accepts else "reject"
        decided = [value for value in values if str(value).lower().startswith(word)]
        return decided[0] if decided else values[int(fraction(name, self.opinion.paper) * len(values))]

    def prose(self) -> str:
        """The next few sentences."""
        taken = [
            self.opinion.sentences[(self.said + more) % len(self.opinion.sentences)] for more in range(self.sentences)
        ]
        self.said += self.sentences
        return " ".join(taken)


def is_number(schema: dict[str, Any]) -> bool:
    """Whether the schema is that of a number."""
    return schema.get("type") in ("number", "integer") or any(
        isinstance(value, (int, float)) and not isinstance(value, bool) for value in schema.get("enum") or ()
    )


def is_text(schema: dict[str, Any]) -> bool:
    """Whether the schema is that of free text."""
    return schema.get("type") == "string" and "enum" not in schema


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
