"""Whether an endpoint is one for chats at all: what stands at a wrong address, named, and what may be wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from .error_text import error_text, is_page
from .errors import CallFailed, Problem

VERSIONED = re.compile(r"/v\d|/openai\b|/compat", re.IGNORECASE)


def hint(base_url: str, kind: str) -> str:
    """What may be wrong with the base URL of an endpoint of this kind, "openai" or "anthropic"."""
    path = urlsplit(base_url).path.rstrip("/")
    for ending in ("/chat/completions", "/completions", "/responses", "/messages", "/models"):
        if path.endswith(ending):
            return f"leave {ending} out of the address"
    if kind == "anthropic":
        return "leave /v1 out of the address" if path.endswith("/v1") else "check the address"
    return "check the address" if VERSIONED.search(path) else "is /v1 missing at its end?"


def completion_in(answer: Any, fields: Sequence[str], url: str, advice: str) -> Mapping[str, Any]:
    """The answer of status 200 as the JSON of a completion, which has one of the fields.

    Raises Problem for an error that was sent with status 200 but names its own, and CallFailed of kind "address" for
    anything else.
    """
    if isinstance(answer, str):
        answer = _decoded(answer)
    if isinstance(answer, Mapping) and any(name in answer for name in fields):
        return answer
    said = error_text(answer)
    if isinstance(answer, Mapping) and (status := _status_in(answer)) is not None:
        raise Problem(status, answer)
    raise CallFailed(f"{url} answered with {_described(answer, said)}, not a chat completion: {advice}", "address")


def _decoded(text: str) -> Any:
    """The JSON that the text is, although it is not declared as such; the text where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _status_in(answer: Mapping[str, Any]) -> int | None:
    """The HTTP status that an error object names."""
    error = answer.get("error")
    for place in (error if isinstance(error, Mapping) else {}, answer):
        for name in ("code", "status", "status_code", "statusCode"):
            found = str(place.get(name) or "")
            if re.fullmatch(r"[45]\d\d", found):
                return int(found)
    return None


def _described(answer: Any, said: str) -> str:
    if isinstance(answer, str):
        if not answer.strip():
            return "nothing"
        return said if is_page(answer) else f"text ({said[:100]})"
    if isinstance(answer, Mapping) and ("error" in answer or "detail" in answer):
        return f"an error ({said[:200]})"
    names = ", ".join(map(str, list(answer)[:5])) if isinstance(answer, Mapping) else type(answer).__name__
    return f"other JSON ({names or 'empty'})"
