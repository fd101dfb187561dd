"""What a provider's batches are to the queue, and how their errors are read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NoReturn, Protocol, TypeVar

from .errors import CallFailed, ErrorResponse, Kind, ModelUnusable
from .refusals import Body

Answer = TypeVar("Answer")
P = TypeVar("P")
Fail = Callable[..., NoReturn]
"""`endpoint_errors.raise_for` with `model`, `where`, `key_name` and `key` filled in."""


class BatchGone(Exception):
    """The provider does not know the batch, or does not have its results any more."""


@dataclass(frozen=True)
class BatchState:
    """How far a batch is. `done` and `total` count requests; `failure` says why all of it was refused."""

    ended: bool
    done: int
    total: int
    failure: str | None = None
    failure_kind: Kind = "request"


@dataclass(frozen=True)
class BatchResult:
    """What became of one request: an answer, a problem, or why the batch ended without doing it."""

    key: str
    answer: Mapping[str, Any] | None = None
    problem: ErrorResponse | None = None
    left_out: str = ""


@dataclass
class ProviderBatches(Generic[P]):
    """Of which provider the batches are, how its errors are raised, and the seconds that a call of its API has."""

    provider: P
    fail: Fail
    timeout: float


class BatchApi(Protocol):
    """The batches of one endpoint. Everything raises CallFailed or ModelUnusable; what is gone raises BatchGone."""

    async def submit(self, path: str, bodies: Mapping[str, Body]) -> str:
        """Begin a batch of bodies (by key) for the endpoint's `path`; its id."""
        ...

    async def poll(self, batch: str) -> BatchState:
        """How far it is."""
        ...

    async def results(self, batch: str) -> list[BatchResult]:
        """The results of a batch that has ended, in any order."""
        ...


async def answered(call: Awaitable[Answer], api_error: type[Exception], fail: Fail) -> Answer:
    """The answer of an SDK, whose exceptions are an `api_error`. Raises CallFailed, ModelUnusable or BatchGone."""
    try:
        return await call
    except api_error as error:
        if getattr(error, "status_code", None) == 404:
            raise BatchGone(str(error)) from None
        fail(error, quirks=frozenset(), sent={})


async def accepted(call: Awaitable[Answer], api_error: type[Exception], fail: Fail) -> Answer:
    """As `answered`, for the start of a batch: an endpoint without batches raises ModelUnusable."""
    try:
        return await answered(call, api_error, fail)
    except BatchGone:
        raise ModelUnusable("--batch: the endpoint does not take batches (404); leave the option out") from None


def json_lines(text: str) -> list[Any]:
    """The values of a file with results. Raises CallFailed where it is something else."""
    try:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        raise CallFailed("the batch's results are not JSON lines", "server") from None


def mapping(value: Any) -> dict[str, Any]:
    """The object of JSON; an empty one in the place of anything else."""
    return value if isinstance(value, dict) else {}
