"""What a request and an answer are on the inside of the loopback server, in no provider's dialect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from peerassay.llm.messages import Tokens

Stop = Literal["end", "length", "refusal", "filtered"]


class ApiError(Exception):
    """An answer other than 200. `kind`, `code` and `param` as in the provider's error object."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.code = code
        self.param = param
        self.retry_after = retry_after


@dataclass(frozen=True)
class ModelCall:
    """One request of a model's answer.

    `texts` are the system text (where there is one) and the messages in order, `marks` the numbers of characters of
    `prompt` after which a cache mark stands, `tool` the name of the tool that has to be used.
    """

    endpoint: str
    model: str
    body: dict[str, Any]
    texts: tuple[str, ...]
    user_turns: int
    max_tokens: int | None = None
    schema: dict[str, Any] | None = None
    json_object: bool = False
    tool: str | None = None
    marks: tuple[int, ...] | None = None
    stream: bool = False
    sample: str | None = None

    @cached_property
    def prompt(self) -> str:
        """All texts in a row, with a line end between them."""
        return "\n".join(self.texts)

    @cached_property
    def body_key(self) -> bytes:
        """Sixteen bytes over the body, whatever the order of its fields."""
        return digest(json.dumps(self.body, sort_keys=True, separators=(",", ":")))

    @cached_property
    def key(self) -> bytes:
        """Sixteen bytes over the body and the sample that the client named, if it did."""
        return self.body_key if self.sample is None else digest(f"{self.body_key.hex()} {self.sample}")


@dataclass(frozen=True)
class Answer:
    """What the model said. `number` counts the answers of this server, for ids."""

    number: int
    text: str
    stop: Stop
    tokens: Tokens


@dataclass(frozen=True)
class Errors:
    """A provider's errors: how one is written, and those that any request can meet."""

    body: Callable[[ApiError], dict[str, Any]]
    unauthorized: Callable[[str | None], ApiError]
    rate_limited: Callable[[float], ApiError]
    broken: Callable[[], ApiError]
    busy: Callable[[], ApiError]
    invalid: Callable[[str], ApiError]


@dataclass(frozen=True)
class Wire:
    """One endpoint's dialect: reading a request (raises ApiError), and writing an answer, whole or as SSE events."""

    endpoint: str
    errors: Errors
    read: Callable[[dict[str, Any]], ModelCall]
    answer: Callable[[ModelCall, Answer], dict[str, Any]]
    events: Callable[[ModelCall, Answer], list[bytes]]


def digest(text: str) -> bytes:
    """Sixteen bytes that stand for the text."""
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:16]


def fraction(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but the parts, evenly spread."""
    joined = "\x1f".join(part.hex() if isinstance(part, bytes) else str(part) for part in parts)
    return int.from_bytes(digest(joined)[:7]) / 2**56


def tokens_of(characters: int) -> int:
    """Tokens of so many characters: a quarter, rounded up."""
    return -(-characters // 4)


def pieces(text: str, most: int = 24) -> list[str]:
    """The text in at most `most` pieces of equal length, for a stream."""
    size = max(16, -(-len(text) // most))
    return [text[start : start + size] for start in range(0, len(text), size)]


def sse(data: dict[str, Any] | str, event: str | None = None) -> bytes:
    """One server-sent event."""
    written = data if isinstance(data, str) else json.dumps(data)
    return f"{f'event: {event}{chr(10)}' if event else ''}data: {written}\n\n".encode()
