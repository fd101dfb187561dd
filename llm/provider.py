"""What an endpoint is to the rest of this folder, and how the SDKs' errors are read. Both SDKs share their shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NoReturn, Protocol
from urllib.parse import urlsplit

from .context import ADVICE, too_long
from .errors import CallFailed, ModelUnusable
from .messages import Reply, Request

Quirk = Literal["no temperature", "no schema", "no tool", "responses", "max_tokens", "no cache key", "no effort"]
"""What an endpoint turned out not to take, or to want instead; found out from its answers, not from a model's name."""
Quirks = frozenset[str]
Body = dict[str, Any]


class Provider(Protocol):
    """One model at one endpoint. Stateless but for its connection pool."""

    kind: str
    model: str
    base_url: str

    def body(self, request: Request, quirks: Quirks) -> Body:
        """The request as the endpoint's JSON body."""
        ...

    def path(self, quirks: Quirks) -> str:
        """The endpoint's path below the base URL for such a body."""
        ...

    def read(self, answer: Mapping[str, Any]) -> Reply:
        """The endpoint's JSON answer as a Reply without price. Raises CallFailed where it is none."""
        ...

    async def send(self, request: Request, quirks: Quirks, *, timeout: float) -> Reply:
        """One attempt. Raises CallFailed, ModelUnusable or NeedsQuirk."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class NeedsQuirk(Exception):
    """The endpoint refused something that can be left out or said otherwise; nothing was charged."""

    def __init__(self, quirk: Quirk) -> None:
        super().__init__(quirk)
        self.quirk = quirk


REFUSALS: tuple[tuple[Quirk, re.Pattern[str]], ...] = (
    (
        "responses",
        re.compile(r"only (?:be )?supported in v1/responses|use the responses api|v1/responses endpoint", re.I),
    ),
    (
        "max_tokens",
        re.compile(r"max_completion_tokens.{0,60}(?:unrecogni[sz]ed|unsupported|not (?:supported|permitted))", re.I),
    ),
    ("max_tokens", re.compile(r"(?:unrecogni[sz]ed|unsupported|unknown|extra)[^.]{0,60}max_completion_tokens", re.I)),
    ("no temperature", re.compile(r"temperature", re.I)),
    ("no cache key", re.compile(r"prompt_cache_key", re.I)),
    ("no effort", re.compile(r"reasoning|effort", re.I)),
    ("no tool", re.compile(r"tool_choice|\btools?\b", re.I)),
    ("no schema", re.compile(r"json_schema|response_format|output_config|text\.format|structured output", re.I)),
)
"""How a refusal of status 400, 404 or 422 names what it refuses; the first that fits and is not known yet counts."""
WRONG_VALUE = re.compile(
    r"supported values are|less than or equal|greater than or equal|above max|below min|\brange\b|\bbetween\b"
    r"|input should be|must be one of|expected one of|invalid value",
    re.I,
)
"""How a refusal says that another temperature or effort would do: for the user to mend, and not to be left out."""


GATEWAY_TIMEOUTS = (408, 504, 524)
"""Somebody on the way gave up waiting; the model may have gone on, and be paid for it."""
NOT_THE_KEY = re.compile(r"country|moderation|flagged", re.I)
"""A refusal of status 403 that concerns the place or the very request: OpenRouter moderates what some models get."""


def raise_for(
    error: Exception, *, model: str, where: str, key_name: str, key: str, quirks: Quirks, sent: Body
) -> NoReturn:
    """Turn an SDK's exception into ours: NeedsQuirk, ModelUnusable or CallFailed. Keys are kept out of the message."""
    status: int | None = getattr(error, "status_code", None)
    message = without_key(_message(error), key)
    if status is None:
        _raise_connection(error, where, message)
    if status != 429 and too_long(message):
        raise CallFailed(f"{status} {message}: {ADVICE}", "request") from None
    if status in (400, 404, 422):
        _raise_quirk(message, quirks, sent)
    code = str(getattr(error, "code", "") or "")
    if status == 401 or (status == 403 and not NOT_THE_KEY.search(message)):
        raise ModelUnusable(f"{where} refused the key ({status}); check the environment variable {key_name}") from None
    if status == 402 or code == "insufficient_quota" or "credit balance" in message:
        raise ModelUnusable(f"{where}: the account has no credit left ({message})") from None
    if status == 404 and not model:
        raise ModelUnusable(f"{where} has nothing at this address: {message}") from None
    if status == 404:
        raise ModelUnusable(f"{where} does not know the model {model!r} (or not at this address): {message}") from None
    if status in (429, 529):
        raise CallFailed(message, "rate limit", retry_after=_retry_after(error)) from None
    if status >= 500 or status in (408, 409):
        late = status in GATEWAY_TIMEOUTS
        raise CallFailed(f"{status} {message}", "server", retry_after=_retry_after(error), maybe_billed=late) from None
    raise CallFailed(f"{status} {message}", "request") from None


def _raise_connection(error: Exception, where: str, message: str) -> NoReturn:
    if "Timeout" in type(error).__name__:
        raise CallFailed("no answer in time", "timeout", maybe_billed=True) from None
    if "Connection" in type(error).__name__:
        cause = error.__cause__
        never_reached = "ConnectError" in type(cause).__name__
        detail = without_key(str(cause or message), "") or type(cause).__name__
        raise CallFailed(f"no connection to {where} ({detail})", "connection", maybe_billed=not never_reached) from None
    raise error


def _raise_quirk(message: str, quirks: Quirks, sent: Body) -> None:
    concerned: dict[str, bool] = {
        "responses": "messages" in sent,
        "max_tokens": "max_completion_tokens" in sent,
        "no temperature": "temperature" in sent,
        "no cache key": "prompt_cache_key" in sent,
        "no effort": "reasoning_effort" in sent or "reasoning" in sent or "effort" in sent.get("output_config", {}),
        "no tool": "tool_choice" in sent,
        "no schema": bool({"response_format", "text"} & set(sent)) or "format" in sent.get("output_config", {}),
    }
    for quirk, pattern in REFUSALS:
        if quirk in ("no temperature", "no effort") and WRONG_VALUE.search(message):
            continue
        if quirk not in quirks and concerned[quirk] and pattern.search(message):
            raise NeedsQuirk(quirk) from None


def _message(error: Exception) -> str:
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    text = inner.get("message") if isinstance(inner, Mapping) else None
    return " ".join(str(text or getattr(error, "message", "") or error).split())[:300]


def without_key(text: str, key: str) -> str:
    """The text with the key, and whatever looks like one, blotted out."""
    if key:
        text = text.replace(key, "[key]")
    return re.sub(r"\b(?:sk|key)-[\w*-]{6,}", "[key]", text)


def _retry_after(error: Exception) -> float | None:
    """Seconds to wait, from the headers of the answer, None where they say nothing usable."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return min(max(float(headers[name]) / unit, 0.0), 300.0)
        except (KeyError, ValueError):
            continue
    return None


def host_of(base_url: str) -> str:
    """The host that a base URL names, in lower case."""
    return (urlsplit(base_url).hostname or base_url).lower()
