"""OpenAI's Chat Completions, Responses and Batches, and whatever else speaks them: vLLM, Ollama, OpenRouter, Azure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal

from .error_text import error_text
from .errors import CallFailed
from .messages import ContentPart, ImagePart, Message, Reply, Request, Stop, Tokens
from .provider import Provider, host_of
from .refusals import Body, Quirks

BASE_URL = "https://api.openai.com/v1"
REASONING = ("reasoning_content", "reasoning", "thinking")
"""Fields in which servers give a model's reasoning apart from its answer."""
CUT = ("length", "model_length", "max_tokens")
"""Why an answer ends that was not finished: `length` is OpenAI's word, the others are Mistral's and Cohere's."""
BROKEN_OFF = ("error", "insufficient_system_resource")
"""Why an answer ends that the server could not go on with, in the words of OpenRouter, Mistral and DeepSeek."""
ENDED = ("completed", "failed", "expired", "cancelled")
FULL = ("token_limit_exceeded", "request_limit_exceeded")
"""Why a batch is refused that may be sent again once others have ended."""


class OpenAIProvider(Provider):
    """A model behind OpenAI's protocol."""

    kind = "openai"
    own_base_url = BASE_URL
    fields = ("choices", "output")

    def open_client(self, **options: Any) -> Any:
        """The SDK's client."""
        import openai

        return openai.AsyncOpenAI(**options)

    def api_error(self) -> type[Exception]:
        """The SDK's exception."""
        import openai

        return openai.APIError

    def timeout(self, seconds: float, *, connect: float) -> Any:
        """The SDK's limits of time."""
        import openai

        return openai.Timeout(seconds, connect=connect)

    def path(self, quirks: Quirks) -> str:
        """`/responses` where the model wants it, else `/chat/completions`."""
        return "/responses" if "responses" in quirks else "/chat/completions"

    def body(self, request: Request, quirks: Quirks) -> Body:
        """The body for `path`; what the quirks name is left out."""
        body: Body = {"model": self.model}
        if request.temperature is not None and "no temperature" not in quirks:
            body["temperature"] = request.temperature
        if host_of(self.base_url) == host_of(BASE_URL) and "no cache key" not in quirks:
            body["prompt_cache_key"] = _cache_key(request)
        fill = _fill_responses if "responses" in quirks else _fill_chat
        fill(body, request, quirks)
        return body

    def read(self, answer: Mapping[str, Any]) -> Reply:
        """The answer of either protocol. Raises CallFailed where it has no choice or output."""
        try:
            return _read_responses(answer) if answer.get("object") == "response" else _read_chat(answer)
        except (KeyError, IndexError, TypeError, AttributeError, ValueError):
            said = error_text(answer.get("error")) if isinstance(answer, Mapping) else None
            raise CallFailed(
                f"an answer without content{f': {said}' if said else ''}"[:300], "server", maybe_billed=True
            ) from None


def _fill_chat(body: Body, request: Request, quirks: Quirks) -> None:
    words, messages = request.opened(by_user="no system" in quirks)
    system = [{"role": "system", "content": words}] if words else []
    body["messages"] = [*system, *({"role": m.role, "content": _content_of(m, "chat")} for m in messages)]
    old_name = "max_tokens" in quirks and "max_completion_tokens" not in quirks
    body["max_tokens" if old_name else "max_completion_tokens"] = request.max_tokens
    if request.effort is not None and "no effort" not in quirks:
        body["reasoning_effort"] = request.effort
    if request.answer is not None and "no schema" not in quirks:
        schema = {"name": "answer", "strict": True, "schema": request.answer}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}


def _fill_responses(body: Body, request: Request, quirks: Quirks) -> None:
    words, messages = request.opened(by_user="no system" in quirks)
    if words:
        body["instructions"] = words
    body["input"] = [{"role": m.role, "content": _content_of(m, "responses")} for m in messages]
    body["max_output_tokens"] = request.max_tokens
    if "no store" not in quirks:
        body["store"] = False
    if request.effort is not None and "no effort" not in quirks:
        body["reasoning"] = {"effort": request.effort}
    if request.answer is not None and "no schema" not in quirks:
        body["text"] = {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": request.answer}}


def _content_of(message: Message, protocol: Literal["chat", "responses"]) -> str | list[Body]:
    """The message's text; with images, its parts in a list."""
    if not message.images:
        return message.text
    return [_part(part, protocol) for part in message.parts]


def _part(part: ContentPart | ImagePart, protocol: Literal["chat", "responses"]) -> Body:
    if isinstance(part, ContentPart):
        return {"type": "text" if protocol == "chat" else "input_text", "text": part.text}
    if protocol == "chat":
        return {"type": "image_url", "image_url": {"url": part.url, "detail": "high"}}
    return {"type": "input_image", "image_url": part.url, "detail": "high"}


def _cache_key(request: Request) -> str:
    """Requests with one shared prefix are sent to one machine of the provider."""
    shared = [part.text for message in request.messages for part in message.parts if part.shared][:1]
    return hashlib.sha256(json.dumps([request.system, shared]).encode()).hexdigest()[:32]


def _read_chat(answer: Mapping[str, Any]) -> Reply:
    choice = answer["choices"][0]
    message = choice.get("message") or ({} if choice.get("finish_reason") else choice["message"])
    usage = answer.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    refusal, reason = message.get("refusal"), choice.get("finish_reason")
    if reason in BROKEN_OFF:
        said = error_text(choice.get("error")) or reason
        raise CallFailed(f"an answer that was broken off: {said}"[:300], "server", maybe_billed=True)
    stop: Stop = "refusal" if refusal or reason == "content_filter" else "length" if reason in CUT else "end"
    text, reasoned = _content(message.get("content"))
    return Reply(
        text=refusal or text or _called(message),
        stop=stop,
        reasoned=reasoned or any(message.get(name) for name in REASONING),
        model=answer.get("model") or "",
        tokens=_tokens(usage.get("prompt_tokens"), details, _chat_output(usage)),
    )


def _chat_output(usage: Mapping[str, Any]) -> int:
    """Tokens of the output; some providers (xAI, Gemini) count the reasoning in the total alone."""
    said, prompt, total = (usage.get(f"{name}_tokens") or 0 for name in ("completion", "prompt", "total"))
    return max(said, total - prompt)


def _called(message: Mapping[str, Any]) -> str:
    """The answer where a server has taken it for the call of a tool."""
    calls = message.get("tool_calls") or []
    arguments = calls[0]["function"]["arguments"] if len(calls) == 1 else ""
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


def _content(content: str | list[Mapping[str, Any]] | None) -> tuple[str, bool]:
    """The text of a message's content, which some servers give in parts, and whether a part was reasoning."""
    if not isinstance(content, list):
        return content or "", False
    texts = [part for part in content if part.get("type") in ("text", "output_text")]
    return "".join(part["text"] for part in texts), len(texts) < len(content)


def _read_responses(answer: Mapping[str, Any]) -> Reply:
    pieces = [piece for item in answer["output"] if item.get("type") == "message" for piece in item["content"]]
    refusal = "".join(piece["refusal"] for piece in pieces if piece["type"] == "refusal")
    text = "".join(piece["text"] for piece in pieces if piece["type"] == "output_text")
    if answer.get("status") == "failed":
        raise ValueError(answer)
    usage = answer.get("usage") or {}
    details = usage.get("input_tokens_details") or {}
    reason = (answer.get("incomplete_details") or {}).get("reason")
    stop: Stop = "refusal" if refusal or reason == "content_filter" else "length" if reason else "end"
    return Reply(
        text=refusal or text,
        stop=stop,
        reasoned=any(item.get("type") == "reasoning" for item in answer["output"]),
        model=answer.get("model") or "",
        tokens=_tokens(usage.get("input_tokens"), details, usage.get("output_tokens")),
    )


def _tokens(prompt: int | None, details: Mapping[str, Any], output: int | None) -> Tokens:
    """The counts; `details` says how much of the prompt was read from the provider's cache, and written to it."""
    cached = details.get("cached_tokens") or 0
    fresh = max((prompt or 0) - cached, 0)
    written = min(details.get("cache_write_tokens") or 0, fresh)
    return Tokens(uncached=fresh - written, cached=cached, written=written, output=output or 0)
