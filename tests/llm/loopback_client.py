"""Asking the loopback server through the official SDKs. No certificates are loaded, which takes them long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import anthropic
import openai

from tests.loopback import Peer

TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
FIELDS: dict[str, dict[str, Any]] = {
    "summary": TEXT,
    "strengths": LIST,
    "weaknesses": LIST,
    "soundness": {"type": "number", "description": "Soundness, a number from 1 to 4."},
    "limitations": LIST,
    "ethical_concerns": {"type": "boolean"},
    "overall": {"type": "number", "description": "The recommendation, a number from 1 to 10."},
    "confidence": {"type": "number", "enum": [1, 2, 3, 4, 5]},
    "decision": {"type": "string", "enum": ["accept", "reject"]},
}
SCHEMA = {"type": "object", "properties": FIELDS, "required": list(FIELDS), "additionalProperties": False}
RATING = {
    **SCHEMA,
    "properties": {"rating": {"type": "number", "enum": [1, 3, 5, 6, 8, 10]}, "decision": FIELDS["decision"]},
    "required": ["rating", "decision"],
}


def paper(number: int = 0, *, text: str = "", words: int = 900) -> str:
    """A fenced paper, and the task."""
    body = f"# Invented study {number}\n\n" + "We compare with a baseline and report 1.5 ± 0.2. " * (words // 9) + text
    return f"Fill in the form.\n<paper-{number:012x}>\n{body}\n</paper-{number:012x}>\nWrite the review now."


def with_openai(server: Peer, work: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """What `work` makes of a client of OpenAI's SDK."""

    async def inner() -> Any:
        http = openai.DefaultAsyncHttpxClient(verify=False)
        settings = {"api_key": "k", "base_url": server.openai_url, "max_retries": 0, "http_client": http, **options}
        async with openai.AsyncOpenAI(**settings) as client:
            return await work(client)

    return asyncio.run(inner())


def with_anthropic(server: Peer, work: Callable[[Any], Awaitable[Any]], **options: Any) -> Any:
    """What `work` makes of a client of Anthropic's SDK."""

    async def inner() -> Any:
        http = anthropic.DefaultAsyncHttpxClient(verify=False)
        settings = {"api_key": "k", "base_url": server.anthropic_url, "max_retries": 0, "http_client": http, **options}
        async with anthropic.AsyncAnthropic(**settings) as client:
            return await work(client)

    return asyncio.run(inner())


def by_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """OpenAI's response format for the schema."""
    return {"type": "json_schema", "json_schema": {"name": "review", "strict": True, "schema": schema}}


def chat_body(prompt: str, schema: dict[str, Any] | None = SCHEMA, **extra: Any) -> dict[str, Any]:
    """A request of a chat, with a form to fill in unless `schema` is None."""
    body = {"model": "m", "messages": [{"role": "user", "content": prompt}], **extra}
    return body if schema is None else {**body, "response_format": by_schema(schema)}


def chat(server: Peer, prompt: str, schema: dict[str, Any] | None = SCHEMA, **extra: Any) -> Any:
    """The answer to one chat."""
    return with_openai(server, lambda c: c.chat.completions.create(**chat_body(prompt, schema, **extra)))


def chats(server: Peer, bodies: list[dict[str, Any]], samples: list[str] | None = None) -> list[Any]:
    """All bodies at once; the answer or the exception of each."""

    async def work(client: Any) -> list[Any]:
        headers = [{"X-Peerassay-Sample": sample} for sample in samples] if samples else [{}] * len(bodies)
        asked = (
            client.chat.completions.create(**body, extra_headers=header)
            for body, header in zip(bodies, headers, strict=True)
        )
        return await asyncio.gather(*asked, return_exceptions=True)

    return with_openai(server, work)


def review(server: Peer, prompt: str, schema: dict[str, Any] = SCHEMA, **extra: Any) -> dict[str, Any]:
    """The fields of the review in the answer to one chat."""
    return json.loads(chat(server, prompt, schema, **extra).choices[0].message.content)


def message_body(prompt: str | list[dict[str, Any]], **extra: Any) -> dict[str, Any]:
    """A request of an Anthropic message."""
    return {"model": "m", "max_tokens": 4000, "messages": [{"role": "user", "content": prompt}], **extra}


def message(server: Peer, prompt: str | list[dict[str, Any]], **extra: Any) -> Any:
    """The answer to one Anthropic message."""
    return with_anthropic(server, lambda c: c.messages.create(**message_body(prompt, **extra)))


def check_review(fields: dict[str, Any]) -> None:
    """Whether the fields fill the form and agree with each other."""
    assert list(fields) == list(FIELDS)
    assert 1 <= fields["overall"] <= 10 and fields["overall"] * 2 == int(fields["overall"] * 2)
    assert 1 <= fields["soundness"] <= 4 and fields["confidence"] in (1, 2, 3, 4, 5)
    assert fields["decision"] == ("accept" if fields["overall"] >= 5.5 else "reject")
    assert isinstance(fields["ethical_concerns"], bool) and all(
        len(fields[name]) == 3 for name in FIELDS if FIELDS[name] is LIST
    )
