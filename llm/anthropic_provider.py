"""Anthropic's Messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import CallFailed
from .messages import Message, Reply, Request, Stop, Tokens
from .refusals import Body, Quirks
from .sdk import SdkProvider

BASE_URL = "https://api.anthropic.com"
BREAKPOINTS = 4
"""Places of a prompt that may be marked for the provider's cache."""
TOOL = "answer"


class AnthropicProvider(SdkProvider):
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
            usage = answer["usage"]
            reason = answer.get("stop_reason")
            stop: Stop = "refusal" if reason == "refusal" else "length" if reason == "max_tokens" else "end"
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
                {"type": "text", "text": part.text}
                | ({"cache_control": {"type": "ephemeral"}} if (i, j) in marks else {})
                for j, part in enumerate(message.parts)
            ],
        }
        for i, message in enumerate(messages)
    ]
