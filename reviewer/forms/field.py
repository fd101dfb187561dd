"""The questions of a review form: a venue's own, and those that a form asks besides: chance of acceptance, percentile,
decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator

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
    unit: Literal["", "share", "percent"] = Field(default="", description="share: in [0, 1]; percent: in [0, 100]")

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
CHANCE = "p_accept"
PERCENTILE = "percentile"


def decision_by(overall: str, accept_at: float) -> FormField:
    """The decision as a matter of the score named `overall`, so that score and word agree."""
    rule = f"accept where {overall} is {accept_at:g} or more, reject where it is below."
    return DECISION.model_copy(update={"instructions": rule})


def chance_of(venue: str, years: Sequence[int], base_rate: float) -> FormField:
    """The probability that the venue accepts, asked for with the share of submissions that it accepts, in [0, 1]."""
    known = " and ".join(map(str, years))
    return FormField(
        name=CHANCE,
        title="P(accept)",
        kind="score",
        low=0,
        high=1,
        unit="share",
        instructions=(
            f"How likely you think it is, as a bet, that {venue} would accept this manuscript as it stands. About "
            f"{100 * base_rate:.3g}% of the submissions to {' '.join(filter(None, (venue, known)))} were accepted; "
            "that is where to start from, and not the answer."
        ),
    )


def percentile_at(venue: str) -> FormField:
    """The share of the venue's submissions that the manuscript is better than, in percent."""
    return FormField(
        name=PERCENTILE,
        title="Percentile",
        kind="score",
        low=0,
        high=100,
        unit="percent",
        instructions=(
            f"The percentage of the submissions to {venue} that this manuscript is better than: 0 for the worst of "
            "all, 50 for the one in the middle, 100 for the best."
        ),
    )
