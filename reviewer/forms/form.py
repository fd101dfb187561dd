"""A review form: its questions, its scales, the rule that turns its score into a decision."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, field_validator, model_validator

from ...data.errors import InputError, unknown
from ...data.files import read_text, validated
from .answer import parse_answer

FOLDER = Path(__file__).parent
Kind = Literal["text", "list", "score", "flag", "decision"]
JSON_TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "list": {"type": "array", "items": {"type": "string"}},
    "score": {"type": "number"},
    "flag": {"type": "boolean"},
    "decision": {"type": "string", "enum": ["accept", "reject"]},
}
KIND_WORDS = {"text": "text", "list": "list of texts", "flag": "true or false", "decision": "accept or reject"}


class FormField(BaseModel):
    """One question of a form. Scores are numbers in [low, high], or one of `values` where there are any."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="the key in an answer")
    title: str = Field(min_length=1)
    kind: Kind
    instructions: str = Field(default="", description="what to write, one or two sentences")
    low: FiniteFloat | None = Field(default=None, description="lowest score; that of `values` where left out")
    high: FiniteFloat | None = Field(default=None, description="highest score; that of `values` where left out")
    values: tuple[FiniteFloat, ...] = Field(default=(), description="the only scores allowed, ascending; empty for any")
    labels: dict[FiniteFloat, str] = Field(default={}, description="what a score means")

    @model_validator(mode="before")
    @classmethod
    def _ends_from_values(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("values"), (list, tuple)) and given["values"]:
            return {"low": given["values"][0], "high": given["values"][-1], **given}
        return given

    @model_validator(mode="after")
    def _scale_is_sound(self) -> Self:
        given = self.low is not None or self.high is not None or self.values or self.labels
        if self.kind != "score":
            if given:
                raise ValueError(f"{self.name} is no score: it takes no low, high, values or labels")
            return self
        if self.low is None or self.high is None or self.low >= self.high:
            raise ValueError(f"{self.name} is a score: it needs low and high, the first below the second, or values")
        if list(self.values) != sorted(set(self.values)):
            raise ValueError(f"{self.name}: values must ascend")
        strange = [v for v in (*self.values, *self.labels) if not self.low <= v <= self.high]
        strange += [v for v in self.labels if self.values and v not in self.values]
        if strange:
            raise ValueError(f"{self.name}: {strange[0]:g} is not on the scale")
        return self

    @property
    def scale(self) -> str:
        """The scale in words, such as "from 1 to 10"; empty where the field is no score."""
        if self.kind != "score":
            return ""
        only = f", one of {', '.join(f'{v:g}' for v in self.values)}" if self.values else ""
        return f"from {self.low:g} to {self.high:g}{only}"

    @property
    def meanings(self) -> str:
        """The labels in one line, such as "1 = poor; 2 = fair"."""
        return "; ".join(f"{value:g} = {label}" for value, label in sorted(self.labels.items()))

    def answer_schema(self, *, brief: bool = False) -> dict[str, Any]:
        """The JSON schema of an answer to this field; `brief`: without what the form in words says anyway."""
        enum = {"enum": [int(v) if v.is_integer() else v for v in self.values]} if self.values else {}
        scale = f"A number {self.scale}{f' ({self.meanings})' if self.labels and not brief else ''}."
        sentences = [] if brief else [self.instructions or self.title]
        description = " ".join([*sentences, scale] if self.kind == "score" else sentences)
        return {**JSON_TYPES[self.kind], **enum, **({"description": description} if description else {})}

    def line(self) -> str:
        """The field as one line of a form in words."""
        kind = f"number {self.scale}" if self.kind == "score" else KIND_WORDS[self.kind]
        meanings = f" ({self.meanings})" if self.labels else ""
        return f"- {self.name} [{kind}]: {self.instructions or self.title}{meanings}"


DECISION = FormField(
    name="decision",
    title="Decision",
    kind="decision",
    instructions="The decision that you would take if it were yours alone: accept or reject, nothing between.",
)


class Form(BaseModel):
    """A review form. `fields` are in the order of the form; the last is the decision, which the class adds itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str = Field(min_length=1)
    venue: str = ""
    years: tuple[int, ...] = ()
    source: str = Field(default="", description="where the venue's own form is described")
    overall: str = Field(description="the score that is the recommendation")
    accept_at: FiniteFloat = Field(description="the form's own rule: accept from this overall on")
    rule: str = Field(min_length=1, description="where `accept_at` comes from")
    fields: tuple[FormField, ...] = Field(min_length=1)

    @field_validator("fields", mode="after")
    @classmethod
    def _ends_with_decision(cls, fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
        names = [field.name for field in fields]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"{twice} stands in the form twice")
        if any(field.name == "decision" or field.kind == "decision" for field in fields):
            raise ValueError("leave out the decision, every form ends with it anyway")
        return (*fields, DECISION)

    @model_validator(mode="after")
    def _overall_is_a_score(self) -> Self:
        found = next((field for field in self.fields if field.name == self.overall), None)
        if found is None or found.kind != "score":
            raise ValueError(f"overall = {self.overall!r} must name one of the form's scores")
        if not self.scale[0] <= self.accept_at <= self.scale[1]:
            raise ValueError(f"accept_at = {self.accept_at:g} is not on the scale of {self.overall}, {found.scale}")
        return self

    @property
    def scale(self) -> tuple[float, float]:
        """Lowest and highest overall score."""
        found = next(field for field in self.fields if field.name == self.overall)
        assert found.low is not None and found.high is not None
        return found.low, found.high

    def answer_schema(self, *, brief: bool = False) -> dict[str, Any]:
        """The strict JSON schema of an answer: every field required, no other allowed, no bounds on numbers.

        Bounds stand in the descriptions, since some providers refuse `minimum` and `maximum`; `parse` checks them.
        """
        return {
            "type": "object",
            "properties": {field.name: field.answer_schema(brief=brief) for field in self.fields},
            "required": [field.name for field in self.fields],
            "additionalProperties": False,
        }

    def parse(self, answer: object) -> dict[str, Any]:
        """The answer by field name: scores as floats, lists of texts, flags as bool, the decision in lower case.

        Raises ValueError in one line that names the first field that is missing or wrong; see `answer.parse_answer`.
        """
        return parse_answer(self.fields, answer)

    def instructions(self) -> str:
        """The form in words, one line per field with its scale and the meaning of its scores."""
        return "\n".join([f"Review form: {self.title}", *(field.line() for field in self.fields)])


def form_names() -> list[str]:
    """The names of the bundled forms."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_form(name_or_path: str) -> Form:
    """A bundled form by its name, or a user's own from a TOML file laid out as the bundled ones.

    Raises InputError for an unknown name, with near matches, or for a file that cannot be read or used, with the field.
    """
    if name_or_path in form_names():
        path = FOLDER / f"{name_or_path}.toml"
    elif name_or_path.endswith(".toml"):
        path = Path(name_or_path)
    else:
        raise unknown("form", name_or_path, form_names(), hint="or the path of a .toml file")
    try:
        written = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not TOML ({error})") from None
    return validated(Form, written, str(path))
