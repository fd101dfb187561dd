"""Anthropic's Message Batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .anthropic_provider import AnthropicProvider
from .batch_wire import Fail, Problem, Result, State, accepted, answered, json_lines
from .refusals import Body

STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""The HTTP status that goes with a type of error."""


class AnthropicBatches:
    """The batches of an endpoint with Anthropic's protocol."""

    def __init__(self, provider: AnthropicProvider, fail: Fail, timeout: float) -> None:
        self.provider = provider
        self.fail = fail
        self.timeout = timeout

    async def submit(self, path: str, bodies: Mapping[str, Body]) -> str:  # noqa: ARG002
        """Begin the batch."""
        import anthropic

        requests = [{"custom_id": key, "params": body} for key, body in bodies.items()]
        creation = self.provider.client.messages.batches.create(requests=requests, timeout=self.timeout)
        return (await accepted(creation, anthropic.APIError, self.fail)).id

    async def poll(self, batch: str) -> State:
        """How far it is; many endpoints count nothing before the end."""
        import anthropic

        asked = self.provider.client.messages.batches.retrieve(batch, timeout=self.timeout)
        record = await answered(asked, anthropic.APIError, self.fail)
        counts = record.request_counts
        done = counts.succeeded + counts.errored + counts.canceled + counts.expired
        return State(record.processing_status == "ended", done, done + counts.processing)

    async def results(self, batch: str) -> list[Result]:
        """The results, from the base URL: the key goes to no other address that the provider may name."""
        import anthropic

        path = f"/v1/messages/batches/{batch}/results"
        asked = self.provider.client.get(path, cast_to=str, options={"timeout": self.timeout})
        return [_read(line) for line in json_lines(await answered(asked, anthropic.APIError, self.fail))]


def _read(line: dict[str, Any]) -> Result:
    key, result = str(line.get("custom_id")), line.get("result") or {}
    if result.get("type") == "succeeded":
        return Result(key, result.get("message") or {})
    if result.get("type") == "errored":
        body = result.get("error") or {}
        kind = (body.get("error") or {}).get("type")
        return Result(key, problem=Problem(STATUSES.get(str(kind), 500), body))
    return Result(key, left_out=str(result.get("type") or "no reason given"))
