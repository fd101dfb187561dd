"""Answers that have to be of a given form: read, checked, asked for once more, or given up with what was said kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from .errors import CallFailed
from .labelled_text import labelled_values
from .messages import ContentPart, Message, Reply, Request
from .near_json import FoundObjects, find_objects
from .reasoning import NAMES, ReasoningOnly, final_answer
from .tokens import ADVICE, ended_early

Answer = TypeVar("Answer")
REFUSAL = re.compile(
    r"""\W*(?:unfortunately,?\ |i(?:['’]m|\ am)\ (?:very\ |truly\ )?sorry|sorry|i\ apologi[sz]e|as\ an\ ai\b
      |i(?:['’]m|\ am)\ (?:unable|not\ (?:able|comfortable|allowed))
      |i\ (?:can(?:not|['’]t|\ not)|won['’]t|must\ decline)\b
      |(?:my|the)\ (?:guidelines|policy|policies)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""How a refusal in prose begins."""


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


class _Final(ValueError):
    """An answer after which asking again is of no use."""


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
    `repair(what is wrong)`, once. Every reply is appended to `replies`, so that it is paid for in the ledger whatever
    becomes of it.

    Raises UnusableAnswer for a refusal, for tokens used up by reasoning and for a second answer of no use (all are
    dropped from the cache, so that a later try is a new one), and what the model raises.
    """
    problem = ""
    raw: list[str] = []
    asked: list[Request] = []
    current = request
    for _ in range(2):
        try:
            reply = await model.complete(current)
        except CallFailed as failure:
            if not problem or failure.worth_retrying:
                raise
            problem = f"{problem}; asked again: {failure}"
            break
        replies.append(reply)
        asked.append(current)
        raw.append(reply.text)
        try:
            return read_answer(reply, request.max_tokens, parse, names=_names(request))
        except _Final as error:
            problem = str(error)
            break
        except ValueError as error:
            problem = str(error)
        current = _again(request, reply.text, repair(problem))
    for useless in asked:
        model.forget(useless)
    raise UnusableAnswer(_with_advice(problem, replies[-1], request.max_tokens), raw)


def _with_advice(problem: str, reply: Reply, max_tokens: int) -> str:
    """The problem, with what the user can do where the last answer had no end."""
    if reply.stop != "length" or "?max_tokens" in problem:
        return problem
    if not ended_early(reply, max_tokens):
        return f"{problem} (?max_tokens=... allows more)"
    return (
        f"{problem} (allowed were {max_tokens}; a prompt of {reply.tokens.input:,} tokens has left no room in the "
        f"context, or the rest went into hidden reasoning: {ADVICE})"
    )


def _names(request: Request) -> tuple[str, ...]:
    """The fields that an answer has to have."""
    return tuple((request.answer or {}).get("properties", ()))


def read_answer(reply: Reply, max_tokens: int, parse: Callable[[Any], Answer], *, names: Sequence[str] = ()) -> Answer:
    """What `parse` makes of the object in the answer that fits, whatever stands around it; reasoning is no answer.

    Where there is no object, lines, a table or tags with all of the `names` are read as one.

    Raises ValueError that says what is wrong: nothing fits, an object behind the fitting one was meant to (it has most
    of its names), or several fit and differ.
    """
    if reply.stop == "refusal":
        raise _Final(f"the model refused: {_brief(reply.text) or 'without a word'}")
    try:
        text = final_answer(reply, max_tokens, quoted=find_objects(reply.text).spans)
    except ReasoningOnly as error:
        raise (_Final if error.used_up else ValueError)(str(error)) from None
    found = find_objects(text)
    if reply.stop == "length" and (found.unfinished or (text.strip() and not found.objects)):
        raise ValueError(_cut_off(reply, max_tokens))
    if not found.objects:
        if not found.broken and (values := labelled_values(text, names)):
            return parse(values)
        raise _nothing(text, found)
    fitting: list[tuple[dict[str, Any], Answer]] = []
    problem = ""
    for value in found.objects:
        try:
            fitting.append((value, _parsed(value, parse)))
            problem = ""
        except ValueError as error:
            if not fitting or _alike(value, fitting[-1][0]):
                problem = str(error)
    if problem or not fitting:
        raise ValueError(problem)
    if any(answer != fitting[-1][1] for _, answer in fitting):
        raise ValueError(f"{len(fitting)} objects fit, and they differ; give the final answer alone")
    return fitting[-1][1]


def _parsed(value: dict[str, Any], parse: Callable[[Any], Answer]) -> Answer:
    """What `parse` makes of the object or, where that does not fit, of the one object within it that does."""
    try:
        return parse(value)
    except ValueError as error:
        problem = error
    inner: list[Answer] = []
    level = [value]
    while level and not inner:
        level = [
            found for one in level for key, within in one.items() if not _thought(key) for found in _objects_in(within)
        ]
        for wrapped in level:
            with suppress(ValueError):
                inner.append(parse(wrapped))
    if not inner or any(answer != inner[0] for answer in inner):
        raise problem
    return inner[0]


def _thought(key: str) -> bool:
    """Whether what stands under the name is reasoning, where an object holds both."""
    return re.fullmatch(NAMES, key.strip(), re.IGNORECASE) is not None


def _objects_in(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value]
    if isinstance(value, str):
        return list(find_objects(value).objects) if value.lstrip().startswith("{") else []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _alike(value: dict[str, Any], fitting: dict[str, Any]) -> bool:
    """Whether the object has most of the names, and was meant as an answer."""
    return 2 * len({*map(str.lower, value)} & {*map(str.lower, fitting)}) > len(fitting)


def _cut_off(reply: Reply, max_tokens: int) -> str:
    """What to say to the model of an answer without an end."""
    if ended_early(reply, max_tokens):
        return f"the answer was cut off after {reply.tokens.output} tokens; answer more briefly"
    return f"the answer was cut off at the limit of {max_tokens} tokens; answer more briefly"


def _nothing(text: str, found: FoundObjects) -> ValueError:
    """What to say of an answer that holds no object."""
    if not text.strip():
        return ValueError("the answer is empty")
    if found.broken:
        return ValueError(f"the answer is no JSON: {found.broken}")
    if REFUSAL.match(text):
        return _Final(f"the model refused: {_brief(text)}")
    return ValueError("the answer holds no JSON object")


def _brief(text: str) -> str:
    return " ".join(text.split())[:200]


def _again(request: Request, answer: str, repair: str) -> Request:
    said = ContentPart(text=answer if answer.strip() else "(an empty answer)")
    turns = (Message(role="assistant", parts=(said,)), Message(role="user", parts=(ContentPart(text=repair),)))
    return request.model_copy(update={"messages": (*request.messages, *turns)})
