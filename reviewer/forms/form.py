"""A review form: its questions, its scales, the rule that turns its score into a decision.

A form of version 2 stands in the prompt as the JSON object to fill in, with a bare schema beside it. What the form asks
is said in the object alone: some endpoints hold a model to a schema without showing it, and some take one and never
look at it. The schema has the names and types that the endpoint needs.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationInfo, field_validator, model_validator

from ...data.errors import InputError, unknown
from ...data.files import read_text, validated
from .answer import parse_answer
from .field import CHANCE, DECISION, JSON_TYPES, FormField, chance_of, decision_by, percentile_at

FOLDER = Path(__file__).parent


class Form(BaseModel):
    """A review form. `fields` are in the order of the form; behind them come the form's own questions.

    The last is the decision. A form of version 2 asks before it for the chance of acceptance, where the venue's base
    rate is known, and for a percentile, where that is wanted; it tells the rule for the decision, and stands in the
    prompt once. Forms of version 1 are asked word for word as they always were.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    version: Literal[1, 2] = 1
    title: str = Field(min_length=1)
    venue: str = ""
    years: tuple[int, ...] = ()
    source: str = Field(default="", description="where the venue's own form is described")
    overall: str = Field(description="the score that is the recommendation")
    accept_at: FiniteFloat = Field(description="the form's own rule: accept from this overall on")
    rule: str = Field(min_length=1, description="where `accept_at` comes from")
    base_rate: FiniteFloat | None = Field(
        default=None, gt=0, lt=1, description="share of the submissions that the venue accepted"
    )
    base_rate_source: str = ""
    percentile: bool = Field(default=False, description="whether to ask for the percentile among the submissions")
    fields: tuple[FormField, ...] = Field(min_length=1)

    @field_validator("fields", mode="after")
    @classmethod
    def _ends_with_own_questions(cls, fields: tuple[FormField, ...], info: ValidationInfo) -> tuple[FormField, ...]:
        own = _own_questions(**info.data) if info.data.get("version") == 2 else (DECISION,)
        names = [field.name for field in fields]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"{twice} stands in the form twice")
        if any(field.name == "decision" or field.kind == "decision" for field in fields):
            raise ValueError("leave out the decision, every form ends with it anyway")
        added = next((field.name for field in own if field.name in names), None)
        if added:
            raise ValueError(f"leave out {added}, the form asks for it anyway")
        return (*fields, *own)

    @model_validator(mode="after")
    def _overall_is_a_score(self) -> Self:
        found = next((field for field in self.fields if field.name == self.overall), None)
        if found is None or found.kind != "score":
            raise ValueError(f"overall = {self.overall!r} must name one of the form's scores")
        if not self.scale[0] <= self.accept_at <= self.scale[1]:
            raise ValueError(f"accept_at = {self.accept_at:g} is not on the scale of {self.overall}, {found.scale}")
        return self

    @model_validator(mode="after")
    def _version_2_does_not_contradict_itself(self) -> Self:
        if self.version == 1:
            if self.base_rate is not None or self.percentile:
                raise ValueError("base_rate and percentile belong to forms of version 2")
            return self
        if not self.venue and (self.base_rate is not None or self.percentile):
            raise ValueError("base_rate and percentile need the venue that they are about")
        kinds = [field.kind for field in self.fields]
        late = [f.name for f in self.fields[kinds.index("score") :] if f.kind in ("text", "list")]
        if late:
            raise ValueError(f"{late[0]} comes after a score: in a form of version 2 texts stand before all scores")
        for value, label in next(field.labels for field in self.fields if field.name == self.overall).items():
            wrong = "reject" if value >= self.accept_at else "accept"
            if re.search(rf"\b{wrong}\b", label, re.IGNORECASE):
                raise ValueError(f"accept_at = {self.accept_at:g}, but {value:g} is labelled {label!r}")
        return self

    @property
    def chance(self) -> str:
        """The name of the field that asks for the chance of acceptance; empty where none does."""
        return CHANCE if self.version == 2 and self.base_rate is not None else ""

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


def _own_questions(
    *,
    overall: str = "",
    accept_at: float = 0.0,
    venue: str = "",
    years: tuple[int, ...] = (),
    base_rate: float | None = None,
    percentile: bool = False,
    **_: object,
) -> tuple[FormField, ...]:
    """What a form of version 2 asks behind its own fields; the rest of the form is given as far as it is sound."""
    chance = () if base_rate is None else (chance_of(venue, years, base_rate),)
    return (*chance, *((percentile_at(venue),) if percentile else ()), decision_by(overall, accept_at))


def form_names() -> list[str]:
    """The names of the bundled forms."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_form(
    name_or_path: str, *, venue: str | None = None, base_rate: float | None = None, percentile: bool = False
) -> Form:
    """A bundled form by its name, or a user's own from a TOML file laid out as the bundled ones.

    `venue` with `base_rate`, a share in (0, 1), is asked about instead of the form's; `percentile` asks for one too.

    Raises InputError for an unknown name, with near matches, for a file that cannot be read or used, with the field,
    and for one of these options without the other or with a form of version 1, which asks for neither.
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
    form = validated(Form, written, str(path))
    if venue is None and base_rate is None and not percentile:
        return form
    return validated(Form, written | _asked_about(form, venue, base_rate, percentile), str(path))


def _asked_about(form: Form, venue: str | None, base_rate: float | None, percentile: bool) -> dict[str, Any]:
    """What `load_form`'s options change of the form."""
    if form.version == 1:
        raise InputError(
            f"form {form.name} is of version 1 and asks for no P(accept) and no percentile: leave out venue, base_rate "
            f"and percentile, or choose {', '.join(n for n in form_names() if n.endswith('-v2'))}"
        )
    if (venue is None) != (base_rate is None):
        given, missing = ("venue", "base_rate") if base_rate is None else ("base_rate", "venue")
        raise InputError(f"{given} without {missing}: a base rate is that of a venue, such as venue=TMLR&base_rate=0.5")
    about = {} if venue is None else {"venue": venue, "years": [], "base_rate": base_rate, "base_rate_source": ""}
    return about | {"percentile": percentile or form.percentile}


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
