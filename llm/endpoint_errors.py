"""How the errors of endpoints are read: what their bodies say, whoever wrote them, and what that means for a call.

Read are the shapes of OpenAI, Azure, Anthropic, Gemini (a list), Bedrock, Cohere, Mistral, OpenRouter and LiteLLM (with
the error of the provider behind them in a string), FastAPI and pydantic, Ollama, llama.cpp, vLLM, TGI, gateways and
plain text; of a web page its title.
"""

from __future__ import annotations

import errno
import os
import re
from typing import NoReturn

from .error_text import error_text
from .errors import CallFailed, ModelUnusable
from .image_refusals import has_images, raise_for_images
from .refusals import Body, Quirks, raise_quirk
from .tokens import ADVICE, too_long

GATEWAY_TIMEOUTS = (408, 504, 524)
"""Somebody on the way gave up waiting; the model may have gone on, and be paid for it."""
NOT_THE_KEY = re.compile(r"country|moderation|flagged", re.I)
"""A refusal of status 403 that concerns the place or the very request: OpenRouter moderates what some models get."""


def raise_for(
    error: Exception,
    *,
    model: str,
    where: str,
    key_name: str,
    key: str,
    quirks: Quirks,
    sent: Body,
    advice: str = "check the address",
) -> NoReturn:
    """Turn an SDK's exception into ours: NeedsQuirk, ModelUnusable or CallFailed. Keys are kept out of the message.

    `where` is the endpoint's address, `advice` what to do where it is a wrong one.
    """
    status: int | None = getattr(error, "status_code", None)
    words = without_key(_words(error), key)
    message = words[:300]
    if status is None:
        _raise_connection(error, where, message)
    if status != 429 and too_long(message):
        raise CallFailed(f"{status} {message}: {ADVICE}", "request") from None
    if has_images(sent):
        raise_for_images(status, message, model, where)
    raise_quirk(status, _named(model).sub("", words), quirks, sent)
    code = str(getattr(error, "code", "") or "")
    if status == 401 or (status == 403 and not NOT_THE_KEY.search(message)):
        raise ModelUnusable(
            f"{where} refused the key ({status}): {message[:150]}; check the environment variable {key_name}"
        ) from None
    if status == 402 or code == "insufficient_quota" or "credit balance" in message:
        raise ModelUnusable(f"{where}: the account has no credit left ({message})") from None
    if status in (404, 405):
        _raise_not_there(status, message, model, where, advice)
    if status in (429, 529):
        raise CallFailed(message, "rate limit", retry_after=_retry_after(error)) from None
    if status >= 500 or status in (408, 409):
        late = status in GATEWAY_TIMEOUTS
        raise CallFailed(f"{status} {message}", "server", retry_after=_retry_after(error), maybe_billed=late) from None
    raise CallFailed(f"{status} {message}", "request") from None


def _raise_not_there(status: int, message: str, model: str, where: str, advice: str) -> NoReturn:
    if not model:
        raise ModelUnusable(f"{where} has nothing at this address: {message}") from None
    if status == 404 and re.search(f"model|deployment|{_named(model).pattern}", message, re.IGNORECASE):
        raise ModelUnusable(f"{where} does not know the model {model!r}: {message}") from None
    raise ModelUnusable(f"{where} is no address of a chat model ({status} {message}): {advice}") from None


def _raise_connection(error: Exception, where: str, message: str) -> NoReturn:
    cause = error.__cause__
    if "ConnectTimeout" in type(cause).__name__:
        raise CallFailed(f"no connection to {where} in time", "connection") from None
    if "Timeout" in type(error).__name__:
        raise CallFailed("no answer in time", "timeout", maybe_billed=True) from None
    if "Connection" in type(error).__name__:
        never_reached = "ConnectError" in type(cause).__name__
        detail = without_key(_root_of(cause) or message, "")
        raise CallFailed(f"no connection to {where} ({detail})", "connection", maybe_billed=not never_reached) from None
    raise error


def _root_of(error: BaseException | None) -> str:
    """What the innermost of the exceptions says that led to one another."""
    said = ""
    while error is not None:
        number = error.errno if isinstance(error, OSError) else None
        said = os.strerror(number) if number and number in errno.errorcode else str(error) or said
        error = error.__cause__ or error.__context__
    return " ".join(said.split())[:200]


def _named(model: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(model)}(?!\w)" if model else r"(?!)")


def _words(error: Exception) -> str:
    return error_text(getattr(error, "body", None)) or " ".join(str(getattr(error, "message", "") or error).split())


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
