"""The dialect of Anthropic's /v1/messages, and its errors."""

from __future__ import annotations

import json
from typing import Any

from .calls import Answer, ApiError, Errors, ModelCall, Wire, pieces, sse
from .images import seen
from .schema_rules import anthropic_problem

MOST_MARKS = 4
STOPS = {"end": "end_turn", "length": "max_tokens", "refusal": "refusal", "filtered": "refusal"}


def error_body(error: ApiError) -> dict[str, Any]:
    """The error as Anthropic sends it."""
    return {"type": "error", "error": {"type": error.kind, "message": error.message}, "request_id": "req_loopback"}


def invalid(message: str) -> ApiError:
    """A 400."""
    return ApiError(400, "invalid_request_error", message)


def unauthorized(key: str | None) -> ApiError:
    """The 401 for a missing or a wrong key."""
    return ApiError(401, "authentication_error", "invalid x-api-key" if key else "x-api-key header is required")


def rate_limited(retry_after: float) -> ApiError:
    """The 429."""
    message = "This request would exceed your organization's rate limit of requests per minute."
    return ApiError(429, "rate_limit_error", message, retry_after=retry_after)


def broken() -> ApiError:
    """The 500."""
    return ApiError(500, "api_error", "Internal server error")


def busy() -> ApiError:
    """The 529."""
    return ApiError(529, "overloaded_error", "Overloaded")


def check_model(body: dict[str, Any]) -> str:
    """The model's name. Raises ApiError for a model that nothing can be asked of."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise invalid("model: Field required")
    if model == "missing-model":
        raise ApiError(404, "not_found_error", f"model: {model}")
    if "no-quota" in model:
        raise invalid("Your credit balance is too low to access the Anthropic API.")
    if body.get("temperature") is not None and "no-temperature" in model:
        raise invalid("temperature: not supported by this model")
    return model


def blocks_of(content: Any, where: str) -> list[tuple[str, bool]]:
    """Text and cache mark of each block of content. Raises ApiError for content of another type."""
    if isinstance(content, str):
        return [(content, False)]
    if not isinstance(content, list) or not all(isinstance(block, dict) for block in content):
        raise invalid(f"{where}: Input should be a valid list or string")
    return [(block_text(block), bool(block.get("cache_control"))) for block in content]


def block_text(block: dict[str, Any]) -> str:
    """What the model reads of a block."""
    if block.get("type") == "tool_use":
        return json.dumps(block.get("input"), ensure_ascii=False)
    if block.get("type") == "tool_result":
        content = block.get("content") or ""
        return content if isinstance(content, str) else "".join(part.get("text") or "" for part in content)
    if block.get("type") == "image":
        source = block.get("source") or {}
        try:
            return seen(source.get("media_type", ""), source.get("data", ""))
        except ValueError as error:
            raise invalid(str(error)) from None
    return block.get("text") or ""


def output_schema(body: dict[str, Any], model: str) -> dict[str, Any] | None:
    """The schema of `output_config.format`. Raises ApiError for one that is refused."""
    wanted = (body.get("output_config") or {}).get("format")
    if not wanted:
        return None
    if "no-schema" in model:
        raise invalid("output_config.format: not supported by this model")
    problem = anthropic_problem(wanted.get("schema") or {})
    if problem:
        raise invalid(f"output_config.format.schema: {problem}")
    return wanted.get("schema")


def forced_tool(body: dict[str, Any]) -> dict[str, Any] | None:
    """The tool that the model has to use. Raises ApiError for one that is not among the tools."""
    choice, tools = body.get("tool_choice") or {}, body.get("tools") or []
    if choice.get("type") == "any" and tools:
        return tools[0]
    if choice.get("type") != "tool":
        return None
    for tool in tools:
        if tool.get("name") == choice.get("name"):
            return tool
    raise invalid(f"tool_choice: Tool '{choice.get('name')}' not found in provided tools")


def read(body: dict[str, Any]) -> ModelCall:
    """The request. Raises ApiError as Anthropic would refuse it."""
    model = check_model(body)
    if not isinstance(body.get("max_tokens"), int):
        raise invalid("max_tokens: Field required")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("messages: Field required" if messages is None else "messages: at least one message is required")
    if body.get("system") and "no-system" in model:
        raise invalid("system: System prompts are not supported by this model")
    if "no-vision" in model and any(_has_image(turn.get("content")) for turn in messages):
        raise invalid("messages.0.content.1: Image input is not supported by this model")
    if "no-cache-control" in model and marks_in([blocks_of(turn.get("content"), "messages") for turn in messages]):
        raise invalid("messages.0.content.0.cache_control: Extra inputs are not permitted")
    if "drops-images" in model:
        messages = [turn | {"content": _without_images(turn.get("content"))} for turn in messages]
    groups = [blocks_of(body["system"], "system")] if body.get("system") else []
    groups += [blocks_of(turn.get("content"), f"messages.{index}.content") for index, turn in enumerate(messages)]
    marks = marks_in(groups)
    if len(marks) > MOST_MARKS:
        raise invalid(f"A maximum of {MOST_MARKS} blocks with cache_control may be provided. Found {len(marks)}.")
    texts = tuple("".join(text for text, _ in group) for group in groups)
    if body.get("cache_control"):
        marks.append(len("\n".join(texts)))
    tool = forced_tool(body)
    return ModelCall(
        endpoint="messages",
        model=model,
        body=body,
        texts=texts,
        user_turns=sum(turn.get("role") == "user" for turn in messages),
        max_tokens=body["max_tokens"],
        schema=tool.get("input_schema") if tool else output_schema(body, model),
        tool=tool.get("name") if tool else None,
        marks=tuple(marks),
        stream=bool(body.get("stream")),
    )


def _without_images(content: Any) -> Any:
    return [block for block in content if block.get("type") != "image"] if isinstance(content, list) else content


def _has_image(content: Any) -> bool:
    return isinstance(content, list) and any(block.get("type") == "image" for block in content)


def marks_in(groups: list[list[tuple[str, bool]]]) -> list[int]:
    """Where in the prompt (the groups' texts, with a line end between groups) the marked blocks end."""
    marks, position = [], 0
    for group in groups:
        for text, marked in group:
            position += len(text)
            if marked:
                marks.append(position)
        position += 1
    return marks


def usage(answer: Answer) -> dict[str, Any]:
    """Tokens as Anthropic reports them: the three counts of input do not overlap."""
    tokens = answer.tokens
    return {
        "input_tokens": tokens.uncached,
        "cache_creation_input_tokens": tokens.written,
        "cache_read_input_tokens": tokens.cached,
        "cache_creation": {"ephemeral_5m_input_tokens": tokens.written, "ephemeral_1h_input_tokens": 0},
        "output_tokens": tokens.output,
        "service_tier": "standard",
    }


def content_of(call: ModelCall, answer: Answer) -> tuple[list[dict[str, Any]], str]:
    """The blocks of the answer and why it stopped. A forced tool's input that is no JSON object comes as text."""
    stop = STOPS[answer.stop]
    if call.tool and answer.stop in ("end", "length"):
        try:
            fields = json.loads(answer.text)
        except ValueError:
            fields = {} if answer.stop == "length" else None
        if isinstance(fields, dict):
            block = {"type": "tool_use", "id": f"toolu_{answer.number:024x}", "name": call.tool, "input": fields}
            return [block], "tool_use" if answer.stop == "end" else stop
    return [{"type": "text", "text": answer.text}] if answer.text else [], stop


def answer_body(call: ModelCall, answer: Answer) -> dict[str, Any]:
    """The message in one piece."""
    content, stop = content_of(call, answer)
    return {
        "id": f"msg_{answer.number:024x}",
        "type": "message",
        "role": "assistant",
        "model": call.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage(answer),
    }


def events(call: ModelCall, answer: Answer) -> list[bytes]:
    """The message as a stream."""
    whole = answer_body(call, answer)
    begun = {**whole, "content": [], "stop_reason": None, "usage": {**whole["usage"], "output_tokens": 1}}
    stream: list[dict[str, Any]] = [{"type": "message_start", "message": begun}, {"type": "ping"}]
    for index, block in enumerate(whole["content"]):
        if block["type"] == "tool_use":
            start, text, delta, field = (
                {**block, "input": {}},
                json.dumps(block["input"]),
                "input_json_delta",
                "partial_json",
            )
        else:
            start, text, delta, field = {**block, "text": ""}, block["text"], "text_delta", "text"
        stream.append({"type": "content_block_start", "index": index, "content_block": start})
        stream += (
            {"type": "content_block_delta", "index": index, "delta": {"type": delta, field: piece}}
            for piece in pieces(text)
        )
        stream.append({"type": "content_block_stop", "index": index})
    stopped = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    stream.append({"type": "message_delta", "delta": stopped, "usage": {"output_tokens": answer.tokens.output}})
    stream.append({"type": "message_stop"})
    return [sse(event, event["type"]) for event in stream]


def model_record(model: str) -> dict[str, Any]:
    """A model as Anthropic lists it. Raises ApiError for the one that is missing."""
    if model == "missing-model":
        raise ApiError(404, "not_found_error", f"model: {model}")
    return {
        "type": "model",
        "id": model,
        "display_name": model,
        "created_at": "2025-01-01T00:00:00Z",
        "lifecycle": "active",
    }


ERRORS = Errors(error_body, unauthorized, rate_limited, broken, busy, invalid)
MESSAGES = Wire("messages", ERRORS, read, answer_body, events)
