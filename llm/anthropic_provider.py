"""Anthropic's Messages and Message Batches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .batch_api import BatchResult, BatchState, ProviderBatches, accepted, answered, json_lines, mapping
from .errors import CallFailed, ErrorResponse
from .messages import ContentPart, ImagePart, Message, Reply, Request, Stop, Tokens
from .provider import Provider
from .refusals import Body, Quirks

BASE_URL = "https://api.anthropic.com"
BREAKPOINTS = 4
"""Places of a prompt that may be marked for the provider's cache."""
TOOL = "answer"
CUT = ("max_tokens", "model_context_window_exceeded")
"""Why an answer ends that was not finished."""
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


class AnthropicProvider(Provider):
    """A model behind Anthropic's protocol."""

    kind = "anthropic"
    own_base_url = BASE_URL
    fields = ("content",)

    def open_client(self, **options: Any) -> Any:
        """The SDK's client."""
        import anthropic

        return anthropic.AsyncAnthropic(**options)

    def api_error(self) -> type[Exception]:
        """The SDK's exception."""
        import anthropic

        return anthropic.APIError

    def timeout(self, seconds: float, *, connect: float) -> Any:
        """The SDK's limits of time."""
        import anthropic

        return anthropic.Timeout(seconds, connect=connect)

    def path(self, quirks: Quirks) -> str:  # noqa: ARG002
        """Always `/v1/messages`."""
        return "/v1/messages"

    def body(self, request: Request, quirks: Quirks) -> Body:
        """The body; an answer schema goes by `output_config`, else by a tool that must be used, else not at all."""
        system, turns = request.opened(by_user="no system" in quirks)
        messages = _messages(turns, marked="no cache marks" not in quirks)
        body: Body = {"model": self.model, "max_tokens": request.max_tokens, "messages": messages}
        if system:
            body["system"] = system
        if request.temperature is not None and "no temperature" not in quirks:
            body["temperature"] = request.temperature
        config: Body = {}
        if request.effort is not None and "no effort" not in quirks:
            config["effort"] = request.effort
        if request.answer is not None and "no schema" not in quirks:
            config["format"] = {"type": "json_schema", "schema": request.answer}
        elif request.answer is not None and "no tool" not in quirks:
            body["tools"] = [{"name": TOOL, "description": "Give your answer.", "input_schema": request.answer}]
            body["tool_choice"] = {"type": "tool", "name": TOOL}
        if config:
            body["output_config"] = config
        return body

    def read(self, answer: Mapping[str, Any]) -> Reply:
        """The answer's text, or its tool's input as JSON. Raises CallFailed where it has no content."""
        try:
            used = [block["input"] for block in answer["content"] if block["type"] == "tool_use"]
            text = "".join(block["text"] for block in answer["content"] if block["type"] == "text")
            usage, reason = answer.get("usage") or {}, answer.get("stop_reason")
            stop: Stop = "refusal" if reason == "refusal" else "length" if reason in CUT else "end"
            return Reply(
                text=json.dumps(used[0], ensure_ascii=False) if used else text,
                stop=stop,
                reasoned=any(block["type"] in ("thinking", "redacted_thinking") for block in answer["content"]),
                model=answer.get("model") or "",
                tokens=Tokens(
                    uncached=usage.get("input_tokens") or 0,
                    cached=usage.get("cache_read_input_tokens") or 0,
                    written=usage.get("cache_creation_input_tokens") or 0,
                    output=usage.get("output_tokens") or 0,
                ),
            )
        except (KeyError, TypeError, AttributeError, ValueError):
            raise CallFailed("an answer without content", "server", maybe_billed=True) from None


def _messages(messages: tuple[Message, ...], *, marked: bool) -> list[Body]:
    """The messages; the last shared parts are marked as ends of prefixes to be cached, unless that is refused."""
    shared = [(i, j) for i, m in enumerate(messages) for j, part in enumerate(m.parts) if part.shared]
    marks = set(shared[-BREAKPOINTS:]) if marked else set()
    return [
        {
            "role": message.role,
            "content": [
                _block(part) | ({"cache_control": {"type": "ephemeral"}} if (i, j) in marks else {})
                for j, part in enumerate(message.parts)
            ],
        }
        for i, message in enumerate(messages)
    ]


def _block(part: ContentPart | ImagePart) -> Body:
    if isinstance(part, ImagePart):
        source = {"type": "base64", "media_type": part.media, "data": part.data}
        return {"type": "image", "source": source}
    return {"type": "text", "text": part.text}


class AnthropicBatchApi(ProviderBatches[AnthropicProvider]):
    """The batches of an endpoint with Anthropic's protocol."""

    async def submit(self, path: str, bodies: Mapping[str, Body]) -> str:  # noqa: ARG002
        """Begin the batch."""
        import anthropic

        requests = [{"custom_id": key, "params": body} for key, body in bodies.items()]
        creation = self.provider.client.messages.batches.create(requests=requests, timeout=self.timeout)
        return (await accepted(creation, anthropic.APIError, self.fail)).id

    async def poll(self, batch: str) -> BatchState:
        """How far it is; many endpoints count nothing before the end."""
        import anthropic

        asked = self.provider.client.messages.batches.retrieve(batch, timeout=self.timeout)
        record = await answered(asked, anthropic.APIError, self.fail)
        counts = record.request_counts
        done = counts.succeeded + counts.errored + counts.canceled + counts.expired
        return BatchState(record.processing_status == "ended", done, done + counts.processing)

    async def results(self, batch: str) -> list[BatchResult]:
        """The results, from the base URL: the key goes to no other address that the provider may name."""
        import anthropic

        path = f"/v1/messages/batches/{batch}/results"
        asked = self.provider.client.get(path, cast_to=str, options={"timeout": self.timeout})
        return [batch_result(line) for line in json_lines(await answered(asked, anthropic.APIError, self.fail))]


def batch_result(line: Any) -> BatchResult:
    """What one line says; a line of another form leaves its request out, and does not hold up the others."""
    key, result = str(mapping(line).get("custom_id")), mapping(mapping(line).get("result"))
    if result.get("type") == "succeeded":
        return BatchResult(key, mapping(result.get("message")))
    if result.get("type") == "errored":
        body = mapping(result.get("error"))
        kind = mapping(body.get("error")).get("type")
        return BatchResult(key, problem=ErrorResponse(STATUSES.get(str(kind), 500), body))
    return BatchResult(key, left_out=str(result.get("type") or "no reason given")[:200])
