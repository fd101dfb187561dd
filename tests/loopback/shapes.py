"""How other servers and gateways write their errors, and what stands at wrong addresses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .calls import ApiError

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
