"""What an endpoint turned out not to take, or to want otherwise, read from its refusals and not from a model's name.

A refusal that names what was sent leads to the next simpler way of asking; each step is taken at most once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Quirk = Literal[
    "no temperature",
    "no schema",
    "no tool",
    "no system",
    "no effort",
    "no cache key",
    "no cache marks",
    "no store",
    "responses",
    "max_tokens",
    "max_completion_tokens",
]
"""`max_tokens`: that name for the limit instead of `max_completion_tokens`; `max_completion_tokens`: the other way
round again, since the endpoint changed; `no system`: system text goes into the first message of the user."""
CHANGES: dict[Quirk, str] = {
    "no temperature": "asked without a temperature, at the model's default",
    "no schema": "asked without a schema of the answer, whose form stands in the prompt",
    "no tool": "asked without a tool for the answer, whose form stands in the prompt",
    "no system": "the system text is said by the user",
    "no effort": "asked without a reasoning effort, at the model's default",
    "no cache key": "asked without a key for the provider's prompt cache",
    "no cache marks": "asked without marks for the provider's prompt cache",
    "no store": "asked without `store`",
    "responses": "asked by Responses instead of Chat Completions",
    "max_tokens": "the limit of tokens is called max_tokens",
    "max_completion_tokens": "the limit of tokens is called max_completion_tokens",
}
"""What is done from then on."""
Quirks = frozenset[str]
Body = dict[str, Any]


class NeedsQuirk(Exception):
    """The endpoint refused something that can be left out or said otherwise; nothing was charged."""

    def __init__(self, quirk: Quirk, words: str = "") -> None:
        super().__init__(quirk)
        self.quirk: Quirk = quirk
        self.words = words


@dataclass(frozen=True)
class Refusal:
    """How the refusal of something is told, and whether a body has it at all."""

    quirk: Quirk
    named: re.Pattern[str]
    sent: Callable[[Body], bool]
    at_any_value: bool = True
    """False: the words may also say that another value would do, which is for the user to mend."""
    by_errors: re.Pattern[str] | None = None
    """Words that tell the refusal even with status 500, with which some servers answer it."""


def _has_system(body: Body) -> bool:
    messages = body.get("messages") or ()
    return bool(body.get("system") or body.get("instructions") or any(m.get("role") == "system" for m in messages))


def _has_marks(body: Body) -> bool:
    blocks = (m.get("content") for m in body.get("messages") or ())
    return any("cache_control" in block for content in blocks if isinstance(content, list) for block in content)


def _has_schema(body: Body) -> bool:
    return bool({"response_format", "text"} & set(body)) or "format" in body.get("output_config", {})


def _has_effort(body: Body) -> bool:
    return bool({"reasoning_effort", "reasoning"} & set(body)) or "effort" in body.get("output_config", {})


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


ROLE = (
    r"system[ _-]?(?:role|message|prompt|instruction)|developer[ _-]?(?:role|message|instruction)"
    r"|['\"`](?:system|developer)['\"`]|roles? must alternate|alternate user"
)
SCHEMA = r"json[ _-]?schema|response_format|output_config|structured[ _-]?outputs?|\bgrammar|guided[ _-]?(?:json|decod)"
REFUSALS = (
    Refusal(
        "responses",
        _words(r"only (?:be )?supported in v1/responses|use the responses api|v1/responses endpoint"),
        lambda body: "messages" in body,
    ),
    Refusal("max_completion_tokens", _words("max_completion_tokens"), lambda body: "max_tokens" in body),
    Refusal(
        "max_tokens", _words("max_completion_tokens"), lambda body: "max_completion_tokens" in body, at_any_value=False
    ),
    Refusal("no temperature", _words("temperature"), lambda body: "temperature" in body, at_any_value=False),
    Refusal("no cache key", _words("prompt_cache_key"), lambda body: "prompt_cache_key" in body),
    Refusal("no cache marks", _words(r"cache_control|ephemeral|prompt caching"), _has_marks),
    Refusal("no store", _words(r"\bstore\b"), lambda body: "store" in body),
    Refusal("no effort", _words("reasoning|effort|thinking"), _has_effort, at_any_value=False),
    Refusal("no system", _words(ROLE), _has_system, by_errors=_words(ROLE)),
    Refusal("no tool", _words(r"tool_choice|\btools?\b|function.call"), lambda body: "tool_choice" in body),
    Refusal(
        "no schema",
        _words(rf"{SCHEMA}|text\.format|xgrammar|outlines|\bschema|\bformat\b|json mode"),
        _has_schema,
        by_errors=_words(SCHEMA),
    ),
)
"""The first that fits and is not known yet counts."""
WRONG_VALUE = _words(
    r"supported values are|less than or equal|greater than or equal|above max|below min|\brange\b|\bbetween\b"
    r"|input should be|must be one of|expected one of|invalid value|strictly positive"
    r"|too (?:large|high|big|long)|at most|exceed|maximum"
)
"""How a refusal says that another value would do: for the user to mend, and not to be left out."""
REFUSING = (400, 404, 422, 501)
"""The statuses of refusals."""


def raise_quirk(status: int, words: str, quirks: Quirks, sent: Body) -> None:
    """Raises NeedsQuirk where the words name something in the body that can be left out or said otherwise."""
    for refusal in REFUSALS:
        if refusal.quirk in quirks or not refusal.sent(sent) or not refusal.named.search(words):
            continue
        if not refusal.at_any_value and WRONG_VALUE.search(words):
            continue
        if status in REFUSING or (status == 500 and refusal.by_errors and refusal.by_errors.search(words)):
            raise NeedsQuirk(refusal.quirk, words) from None
