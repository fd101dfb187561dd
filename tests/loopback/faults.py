"""Fault plans: what goes wrong, how often, and always in the same places.

A plan is written as a list with commas. `KIND:SHARE` is the share of attempts that the fault hits (the shares add up
to at most 1, since an attempt has at most one fault); `NAME=VALUE` is a setting. The same requests in the same order
of attempts get the same faults in every run with the same seed.

Kinds, before any work is done:
  429           rate limit, with the headers retry-after and retry-after-ms
  500           server error
  503           overloaded (529 for Anthropic; may be written 529)
  drop-early    the connection breaks
  hang          no answer, ever
  html, no-body, other-json, error-object
                status 200 with something that is no completion, as at a wrong address
  late-error    status 200 with an error of status 502 in it
Kinds, after the work is done and billed:
  drop          the connection breaks before the answer
  drop-mid      the connection breaks in the middle of the answer
  slow          the answer takes ten times as long, or `slow-seconds`
Kinds, in what the model says:
  truncated     cut in the middle, stopped for length
  malformed     prose where JSON is wanted
  fenced        the JSON in a ``` block with prose around it
  wrong-type    a word where a number belongs, or a number where a list belongs
  out-of-range  a score beyond its scale
  missing-field one field less
  refusal       the model refuses
  filtered      stopped by a content filter (a refusal for Anthropic)
  empty         no text
  prose-refusal the model refuses in words alone
  reasoned      reasoning with a draft before the answer
  only-reasoned reasoning to the limit of tokens, and no answer
Settings:
  seed=0             another draw of the same plan
  retry-after=0.05   seconds, as told with a 429
  slow-seconds=2     seconds that a slow answer takes
  storm=3            a 429 for everything in the first seconds of the plan
  max-in-flight=64   a 429 for what is beyond so many calls at a time
  context=8192       tokens for prompt and answer together: a longer prompt is a 400, and an answer ends with them
  context-cut=true   instead of that 400 half of the context is filled with the prompt's end, without a word
  shape=ollama       errors as another server writes them: ollama, fastapi, fastapi-list, vllm, llama.cpp,
                     gemini, bedrock, azure, litellm, openrouter, python or text
  refuse=WORDS       a 400 with these words for everything
  only-first=true    faults in what the model says hit only the first attempt of the first turn of a conversation

Example: 429:0.3,500:0.1,drop:0.05,slow:0.1,seed=7,retry-after=0.2
The same as JSON: {"shares": {"429": 0.3, "500": 0.1, "drop": 0.05, "slow": 0.1}, "seed": 7, "retry-after": 0.2}
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from peerassay.data.errors import InputError, unknown
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from .calls import ApiError, ModelCall, Stop, fraction
from .filling import overall_name, scale_of

PAGE = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"


def _openai(error: ApiError) -> dict[str, Any]:
    return {"error": {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}}


SHAPES: dict[str, Callable[[ApiError], Any]] = {
    "ollama": lambda e: {"error": e.message},
    "fastapi": lambda e: {"detail": e.message},
    "fastapi-list": lambda e: {"detail": [{"type": "value_error", "loc": ["body", e.param or "x"], "msg": e.message}]},
    "vllm": lambda e: {"object": "error", "message": e.message, "type": "BadRequestError", "code": e.status},
    "llama.cpp": lambda e: {"error": {"code": e.status, "message": e.message, "type": "server_error"}},
    "gemini": lambda e: [{"error": {"code": e.status, "message": e.message, "status": "INVALID_ARGUMENT"}}],
    "bedrock": lambda e: {"message": e.message},
    "azure": lambda e: {"error": {"code": "BadRequest", "message": e.message, "innererror": {"code": "x"}}},
    "litellm": lambda e: {
        "error": {"message": f"litellm.BadRequestError: OpenAIException - {json.dumps(_openai(e))}", "code": "400"}
    },
    "openrouter": lambda e: {
        "error": {"message": "Provider returned error", "code": e.status, "metadata": {"raw": json.dumps(_openai(e))}}
    },
    "python": lambda e: f"Error code: {e.status} - {_openai(e)}",
    "text": lambda e: e.message,
}
"""By name, the body of an error: JSON, or plain text."""
STRANGE: dict[str, tuple[str, str]] = {
    "html": ("text/html", PAGE),
    "no-body": ("application/json", ""),
    "other-json": ("application/json", '{"status": "ok", "version": "1.2"}'),
    "error-object": ("application/json", '{"error": "Unexpected endpoint or method. (POST /chat/completions)"}'),
    "late-error": ("application/json", '{"error": {"message": "Upstream is overloaded", "code": 502}}'),
}
"""Answers of status 200 that are no completion, by the fault: their type and body."""


Kind = Literal[
    "429",
    "500",
    "503",
    "drop-early",
    "drop",
    "drop-mid",
    "slow",
    "hang",
    "html",
    "no-body",
    "other-json",
    "error-object",
    "late-error",
    "truncated",
    "malformed",
    "fenced",
    "wrong-type",
    "out-of-range",
    "missing-field",
    "refusal",
    "filtered",
    "empty",
    "prose-refusal",
    "reasoned",
    "only-reasoned",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
CONTENT = frozenset(KINDS[KINDS.index("truncated") :])
"""Faults in what the model says."""
REFUSAL = "I'm sorry, but I can't help with that."


class FaultPlan(BaseModel):
    """What goes wrong, how often. See the module's text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, alias_generator=lambda name: name.replace("_", "-")
    )

    shares: dict[Kind, float] = Field(default_factory=dict, description="kind -> share of attempts, in [0, 1]")
    seed: int = Field(default=0)
    retry_after: float = Field(default=0.05, ge=0, description="seconds")
    slow_seconds: float | None = Field(default=None, ge=0, description="None: ten times the latency")
    storm: float = Field(default=0.0, ge=0, description="seconds from the start of the plan")
    max_in_flight: int | None = Field(default=None, ge=1)
    only_first: bool = Field(default=False)
    context: int | None = Field(default=None, ge=1, description="tokens")
    context_cut: bool = Field(default=False)
    refuse: str = Field(default="", description="the words of a 400 that every call gets; empty: none does")
    shape: str = Field(default="", description="of errors, see SHAPES; empty: the provider's own")

    @model_validator(mode="after")
    def _shares_fit(self) -> FaultPlan:
        if any(not 0 <= share <= 1 for share in self.shares.values()) or sum(self.shares.values()) > 1 + 1e-9:
            raise ValueError("shares have to lie in 0 to 1 and to add up to at most 1")
        return self

    @field_validator("shape")
    @classmethod
    def _shape_known(cls, shape: str) -> str:
        if shape and shape not in SHAPES:
            raise ValueError(f"{shape!r} is none of {', '.join(SHAPES)}")
        return shape

    def draw(self, call: ModelCall, attempt: int) -> Kind | None:
        """The fault of this attempt (counted from 0) at the call, mostly none."""
        position = fraction("fault", self.seed, call.key, attempt)
        for kind in KINDS:
            position -= self.shares.get(kind, 0.0)
            if position < 0:
                late = self.only_first and kind in CONTENT and (attempt > 0 or call.user_turns > 1)
                return None if late else kind
        return None


def fault_plan(written: str | Mapping[str, Any] | FaultPlan) -> FaultPlan:
    """The plan from its compact form, from JSON or from a mapping. Raises InputError that names the wrong item."""
    if isinstance(written, FaultPlan):
        return written
    if isinstance(written, str):
        written = _parsed(written)
    try:
        return FaultPlan.model_validate(written)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"fault plan: {f'{field}: ' if field else ''}{first['msg']}") from None


def _parsed(written: str) -> dict[str, Any]:
    if written.lstrip().startswith("{"):
        try:
            return json.loads(written)
        except ValueError as error:
            raise InputError(f"fault plan: not JSON ({error})") from None
    shares: dict[str, float] = {}
    settings: dict[str, Any] = {"shares": shares}
    names = {name.replace("_", "-") for name in FaultPlan.model_fields} - {"shares"}
    for item in filter(None, (item.strip() for item in written.split(","))):
        kind, colon, share = item.partition(":")
        name, equals, value = item.partition("=")
        kind = "503" if kind == "529" else kind
        if colon and kind in KINDS:
            shares[kind] = _number(item, share)
        elif equals and name in names:
            settings[name] = value
        else:
            raise unknown("fault", item, [*(f"{kind}:0.1" for kind in KINDS), *(f"{name}=1" for name in names)])
    return settings


def _number(item: str, written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise InputError(
            f"fault plan: {item!r}: the share has to be a number, such as {item.split(':')[0]}:0.1"
        ) from None


def spoil(kind: Kind, call: ModelCall, text: str, fields: dict[str, Any] | None) -> tuple[str, Stop] | None:
    """The text with the fault in it, and how it stopped; None where this text cannot have the fault.

    `fields` is the answer before it was written as JSON, None for free text.
    """
    match kind:
        case "truncated":
            return text[: int(len(text) * 0.6)], "length"
        case "refusal":
            return REFUSAL, "refusal"
        case "filtered":
            return text[: int(len(text) * 0.2)], "filtered"
        case "empty":
            return "", "end"
        case "prose-refusal":
            return REFUSAL, "end"
        case "only-reasoned":
            return f"<think>\nPerhaps {text} But wait,", "length"
    if fields is None:
        return None
    match kind:
        case "malformed":
            return "I have read the paper with care. " + " ".join(str(value) for value in fields.values()), "end"
        case "fenced":
            return f"Here is my review.\n\n```json\n{text}\n```\n\nTell me if you need more detail.", "end"
    if kind == "reasoned":
        draft = _spoilt_fields("out-of-range", call, fields) or fields
        return f"<think>\nPerhaps {json.dumps(draft)} But that is no score.\n</think>\n\n{text}", "end"
    spoilt = _spoilt_fields(kind, call, fields)
    return None if spoilt is None else (json.dumps(spoilt), "end")


def _spoilt_fields(kind: Kind, call: ModelCall, fields: dict[str, Any]) -> dict[str, Any] | None:
    names = list(fields)
    score = overall_name(fields)
    lists = [name for name in names if isinstance(fields[name], list)]
    if kind == "missing-field" and names:
        gone = names[int(fraction("gone", call.key) * len(names))]
        return {name: value for name, value in fields.items() if name != gone}
    if kind == "wrong-type" and lists and (score is None or fraction("type", call.key) < 0.5):
        return {**fields, lists[0]: 7}
    if kind == "wrong-type" and score is not None:
        return {**fields, score: "seven"}
    if kind == "out-of-range" and score is not None:
        scale = scale_of(((call.schema or {}).get("properties") or {}).get(score) or {})
        return {**fields, score: scale.high + 32}
    return None
