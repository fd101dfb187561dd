"""The dialect of /v1/chat/completions."""

from __future__ import annotations

import time
from typing import Any

from .calls import Answer, ApiError, ModelCall, Wire, pieces, sse
from .openai_wire import ERRORS, INVALID, check_model, check_parameters, content_text, invalid, schema_of

FINISH = {"end": "stop", "length": "length", "refusal": "stop", "filtered": "content_filter"}


def read(body: dict[str, Any]) -> ModelCall:
    """The request. Raises ApiError as OpenAI would refuse it."""
    model = check_model(body)
    if "responses-only" in model:
        message = "This model is only supported in v1/responses and not in v1/chat/completions."
        raise ApiError(404, INVALID, message, param="model")
    wanted = body.get("response_format") or {}
    by_schema = wanted.get("type") == "json_schema" and "ignores-schema" not in model
    check_parameters(body, model, schema_param="response_format", has_schema=by_schema)
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
    if "no-system" in model and any(message.get("role") == "system" for message in messages):
        raise invalid("System role not supported")
    if body.get("n") not in (None, 1):
        raise invalid("This server supports n=1 only.", "n", "unsupported_value")
    texts = tuple(
        content_text(message.get("content") or "", f"messages[{index}].content", model)
        for index, message in enumerate(messages)
    )
    json_object = wanted.get("type") == "json_object"
    if json_object and not any("json" in text.lower() for text in texts):
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        )
        raise invalid(message, "messages")
    return ModelCall(
        endpoint="chat/completions",
        model=model,
        body=body,
        texts=texts,
        user_turns=sum(message.get("role") == "user" for message in messages),
        max_tokens=body.get("max_completion_tokens") or body.get("max_tokens"),
        schema=schema_of(wanted.get("json_schema") or {}, "response_format.json_schema") if by_schema else None,
        json_object=json_object,
        stream=bool(body.get("stream")),
    )


def usage(answer: Answer) -> dict[str, Any]:
    """Tokens as OpenAI's chat reports them."""
    tokens = answer.tokens
    return {
        "prompt_tokens": tokens.input,
        "completion_tokens": tokens.output,
        "total_tokens": tokens.input + tokens.output,
        "prompt_tokens_details": {"cached_tokens": tokens.cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def head(call: ModelCall, answer: Answer, kind: str) -> dict[str, Any]:
    """The fields that an answer and a chunk share."""
    return {
        "id": f"chatcmpl-{answer.number:024x}",
        "object": kind,
        "created": int(time.time()),
        "model": call.model,
        "service_tier": "default",
        "system_fingerprint": "fp_loopback",
    }


def answer_body(call: ModelCall, answer: Answer) -> dict[str, Any]:
    """The answer in one piece."""
    refused = answer.stop == "refusal"
    message = {
        "role": "assistant",
        "content": None if refused else answer.text,
        "refusal": answer.text if refused else None,
        "annotations": [],
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": FINISH[answer.stop]}
    return {**head(call, answer, "chat.completion"), "choices": [choice], "usage": usage(answer)}


def events(call: ModelCall, answer: Answer) -> list[bytes]:
    """The answer as a stream; the usage comes last where `stream_options.include_usage` asks for it."""
    start = head(call, answer, "chat.completion.chunk")
    wants_usage = bool((call.body.get("stream_options") or {}).get("include_usage"))
    field = "refusal" if answer.stop == "refusal" else "content"
    deltas = [{"role": "assistant", "content": "", "refusal": None}, *({field: piece} for piece in pieces(answer.text))]
    chunks = [
        *({"index": 0, "delta": delta, "logprobs": None, "finish_reason": None} for delta in deltas),
        {"index": 0, "delta": {}, "logprobs": None, "finish_reason": FINISH[answer.stop]},
    ]
    extra = {"usage": None} if wants_usage else {}
    written = [sse({**start, "choices": [chunk], **extra}) for chunk in chunks]
    if wants_usage:
        written.append(sse({**start, "choices": [], "usage": usage(answer)}))
    return [*written, sse("[DONE]")]


CHAT = Wire("chat/completions", ERRORS, read, answer_body, events)
