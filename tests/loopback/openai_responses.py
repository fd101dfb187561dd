"""The dialect of /v1/responses."""

from __future__ import annotations

import time
from typing import Any

from .calls import Answer, ModelCall, Wire, pieces, sse
from .openai_wire import ERRORS, check_model, check_parameters, content_text, invalid, schema_of

REASONS = {"length": "max_output_tokens", "filtered": "content_filter"}


def read(body: dict[str, Any]) -> ModelCall:
    """The request. Raises ApiError as OpenAI would refuse it."""
    model = check_model(body)
    wanted = (body.get("text") or {}).get("format") or {}
    by_schema = wanted.get("type") == "json_schema"
    check_parameters(body, model, schema_param="text.format", has_schema=by_schema)
    turns = body.get("input")
    if isinstance(turns, str):
        turns = [{"role": "user", "content": turns}]
    if not isinstance(turns, list) or not turns:
        raise invalid("Missing required parameter: 'input'.", "input", "missing_required_parameter")
    texts = [
        content_text(turn.get("content") or "", f"input[{index}].content", model)
        for index, turn in enumerate(turns)
        if turn.get("type", "message") == "message"
    ]
    limit = body.get("max_output_tokens")
    if limit is not None and limit < 16:
        message = "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16."
        raise invalid(message, "max_output_tokens", "integer_below_min_value")
    instructions = body.get("instructions")
    return ModelCall(
        endpoint="responses",
        model=model,
        body=body,
        texts=tuple([instructions, *texts] if instructions else texts),
        user_turns=sum(turn.get("role") == "user" for turn in turns),
        max_tokens=limit,
        schema=schema_of(wanted, "text.format") if by_schema else None,
        json_object=wanted.get("type") == "json_object",
        stream=bool(body.get("stream")),
    )


def message_item(answer: Answer) -> dict[str, Any]:
    """The one item of the output."""
    if answer.stop == "refusal":
        content: dict[str, Any] = {"type": "refusal", "refusal": answer.text}
    else:
        content = {"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}
    return {
        "id": f"msg_{answer.number:032x}",
        "type": "message",
        "status": "incomplete" if answer.stop in REASONS else "completed",
        "role": "assistant",
        "content": [content],
    }


def answer_body(call: ModelCall, answer: Answer) -> dict[str, Any]:
    """The response in one piece."""
    reason = REASONS.get(answer.stop)
    tokens, body = answer.tokens, call.body
    return {
        "id": f"resp_{answer.number:032x}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "incomplete" if reason else "completed",
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": call.max_tokens,
        "model": call.model,
        "output": [message_item(answer)],
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "reasoning": {"effort": (body.get("reasoning") or {}).get("effort"), "summary": None},
        "store": body.get("store", True),
        "temperature": body.get("temperature", 1.0),
        "text": body.get("text") or {"format": {"type": "text"}},
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "truncation": "disabled",
        "usage": {
            "input_tokens": tokens.input,
            "input_tokens_details": {"cached_tokens": tokens.cached, "cache_write_tokens": 0},
            "output_tokens": tokens.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": tokens.input + tokens.output,
        },
        "metadata": {},
    }


def events(call: ModelCall, answer: Answer) -> list[bytes]:
    """The response as a stream."""
    whole = answer_body(call, answer)
    item = whole["output"][0]
    part = item["content"][0]
    kind, field = ("refusal", "refusal") if answer.stop == "refusal" else ("output_text", "text")
    begun = {**whole, "status": "in_progress", "output": [], "usage": None, "incomplete_details": None}
    where = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    logprobs = {} if kind == "refusal" else {"logprobs": []}
    stream: list[dict[str, Any]] = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": {**item, "status": "in_progress", "content": []},
        },
        {"type": "response.content_part.added", **where, "part": {**part, field: ""}},
        *({"type": f"response.{kind}.delta", **where, "delta": piece, **logprobs} for piece in pieces(answer.text)),
        {"type": f"response.{kind}.done", **where, field: answer.text, **logprobs},
        {"type": "response.content_part.done", **where, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": f"response.{whole['status']}", "response": whole},
    ]
    return [sse({**event, "sequence_number": number}, event["type"]) for number, event in enumerate(stream)]


RESPONSES = Wire("responses", ERRORS, read, answer_body, events)
