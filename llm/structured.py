"""Answers that have to be of a given form: read, checked, asked for once more, or given up with what was said kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from .errors import CallFailed
from .messages import Message, Part, Reply, Request

Answer = TypeVar("Answer")


class Forgetful(Protocol):
    """A model whose useless answers can be dropped from its cache."""

    async def complete(self, request: Request) -> Reply:
        """The answer."""
        ...

    def forget(self, request: Request) -> None:
        """Drop the kept answer."""
        ...


class UnusableAnswer(CallFailed):
    """No answer of the form asked for, even after a repair. `raw` holds what the model said, first to last."""

    def __init__(self, message: str, raw: list[str]) -> None:
        super().__init__(message, "answer")
        self.raw = raw


async def ask(
    model: Forgetful,
    request: Request,
    parse: Callable[[Any], Answer],
    repair: Callable[[str], str],
    *,
    replies: list[Reply],
) -> Answer:
    """The model's answer as `parse` makes it from the JSON.

    `parse` raises ValueError for an answer of the wrong form; the model is then shown its answer and
    `repair(what is wrong)`, once. Every reply is appended to `replies`, so that it is paid for in the books whatever
    becomes of it.

    Raises UnusableAnswer for a refusal and for a second answer of no use (both are dropped from the cache, so that a
    later try is a new one), and what the model raises.
    """
    problem = ""
    raw: list[str] = []
    asked: list[Request] = []
    current = request
    for _ in range(2):
        reply = await model.complete(current)
        replies.append(reply)
        asked.append(current)
        raw.append(reply.text)
        try:
            if reply.stop == "refusal":
                raise ValueError(f"the model refused: {' '.join(reply.text.split())[:200] or 'without a word'}")
            return parse(read_json(reply.text, cut=reply.stop == "length"))
        except ValueError as error:
            problem = str(error)
        if reply.stop == "refusal":
            break
        current = _again(request, reply.text, repair(problem))
    for useless in asked:
        model.forget(useless)
    raise UnusableAnswer(problem, raw)


def read_json(text: str, *, cut: bool = False) -> Any:
    """The JSON object in a model's answer, whatever stands around it.

    Raises ValueError that says what is wrong; `cut`: the answer ended at the limit of tokens.
    """
    decoder = json.JSONDecoder()
    start = text.find("{")
    while start >= 0:
        try:
            value, _ = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            start = text.find("{", start + 1) if not cut else -1
            continue
        return value
    if not text.strip():
        raise ValueError("the answer is empty")
    if cut:
        raise ValueError("the answer was cut off at the limit of tokens; answer more briefly")
    raise ValueError("the answer holds no JSON object")


def _again(request: Request, answer: str, repair: str) -> Request:
    said = Part(text=answer if answer.strip() else "(an empty answer)")
    turns = (Message(role="assistant", parts=(said,)), Message(role="user", parts=(Part(text=repair),)))
    return request.model_copy(update={"messages": (*request.messages, *turns)})
