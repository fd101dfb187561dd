"""Anthropic's Messages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import CallFailed
from .messages import Message, Reply, Request, Stop, Tokens
from .provider import Body, Quirks, host_of, raise_for

BASE_URL = "https://api.anthropic.com"
BREAKPOINTS = 4
"""Places of a prompt that may be marked for the provider's cache."""
TOOL = "answer"


class AnthropicProvider:
    """A model behind Anthropic's protocol."""

    kind = "anthropic"

    def __init__(self, model: str, *, base_url: str | None, key: str, key_name: str) -> None:
        self.model = model
        self.base_url = (base_url or BASE_URL).rstrip("/")
        self._key, self._key_name = key, key_name
        self._client: Any = None

    @property
    def client(self) -> Any:
        """The SDK's client, made when it is first needed (importing the SDK takes more than a second)."""
        if self._client is None:
            import anthropic

            self._client = anthropic.AsyncAnthropic(api_key=self._key or "none", base_url=self.base_url, max_retries=0)
        return self._client

    def path(self, quirks: Quirks) -> str:  # noqa: ARG002
        """Always `/v1/messages`."""
        return "/v1/messages"

    def body(self, request: Request, quirks: Quirks) -> Body:
        """The body; an answer schema goes by `output_config`, else by a tool that must be used, else not at all."""
        body: Body = {"model": self.model, "max_tokens": request.max_tokens, "messages": _messages(request.messages)}
        if request.system:
            body["system"] = request.system
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

    async def send(self, request: Request, quirks: Quirks, *, timeout: float) -> Reply:
        """One attempt. Raises CallFailed, ModelUnusable or NeedsQuirk."""
        import anthropic

        body = self.body(request, quirks)
        options: Any = {"timeout": timeout, "headers": {"X-Peerassay-Sample": str(request.sample)}}
        try:
            answer = await self.client.post(self.path(quirks), cast_to=object, body=body, options=options)
        except anthropic.APIError as error:
            raise_for(
                error,
                model=self.model,
                where=host_of(self.base_url),
                key_name=self._key_name,
                key=self._key,
                quirks=quirks,
                sent=body,
            )
        except ValueError:
            raise CallFailed("the answer's body is not JSON", "server", maybe_billed=True) from None
        return self.read(answer)

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

    async def aclose(self) -> None:
        """Close the connections."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.close()


def _messages(messages: tuple[Message, ...]) -> list[Body]:
    """The messages; the last shared parts are marked as ends of prefixes to be cached."""
    shared = [(i, j) for i, m in enumerate(messages) for j, part in enumerate(m.parts) if part.shared]
    marked = set(shared[-BREAKPOINTS:])
    return [
        {
            "role": message.role,
            "content": [
                {"type": "text", "text": part.text}
                | ({"cache_control": {"type": "ephemeral"}} if (i, j) in marked else {})
                for j, part in enumerate(message.parts)
            ],
        }
        for i, message in enumerate(messages)
    ]
