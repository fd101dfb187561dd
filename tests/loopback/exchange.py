"""One HTTP exchange of the loopback server: whom it is meant for, the key, the body, errors."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from . import anthropic_wire, openai_wire
from .calls import ApiError, Errors
from .faults import SHAPES

BAD_KEY = "bad-key"


async def started(request: web.Request, headers: dict[str, str], chunks: list[bytes]) -> web.StreamResponse:
    """A response with some chunks written."""
    response = web.StreamResponse(headers=headers)
    await response.prepare(request)
    for chunk in chunks:
        await response.write(chunk)
    return response


async def body_of(request: web.Request, errors: Errors) -> dict[str, Any]:
    """The request's JSON object. Raises ApiError where it is something else."""
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise errors.invalid("We could not parse the JSON body of your request.") from None
    if not isinstance(body, dict):
        raise errors.invalid("The request's body has to be a JSON object.")
    return body


def to_anthropic(request: web.Request) -> bool:
    """Whether the request speaks Anthropic's dialect."""
    return request.path.startswith("/v1/messages") or "anthropic-version" in request.headers


def errors_for(request: web.Request) -> Errors:
    """The errors of the provider that the request is meant for."""
    return anthropic_wire.ERRORS if to_anthropic(request) else openai_wire.ERRORS


def check_key(request: web.Request, errors: Errors) -> None:
    """Raises ApiError (401) for a missing key and for the bad one."""
    key = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if to_anthropic(request):
        key = request.headers.get("X-Api-Key") or key
    if not key or key == BAD_KEY:
        raise errors.unauthorized(key or None)


def error_response(errors: Errors, error: ApiError, shape: str = "") -> web.Response:
    """The error as an HTTP response, in the shape of another server where one is named."""
    headers = {}
    if error.retry_after is not None:
        headers = {"retry-after": f"{error.retry_after:g}", "retry-after-ms": f"{1000 * error.retry_after:g}"}
    body = SHAPES[shape](error) if shape else errors.body(error)
    if isinstance(body, str):
        return web.Response(text=body, status=error.status, headers=headers)
    return web.json_response(body, status=error.status, headers=headers)


async def without_end(request: web.Request) -> None:
    """Wait until the client has gone."""
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.02)
