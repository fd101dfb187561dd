"""What a queue and its open batches share: the endpoint, the books, and how patient to be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from ..data.errors import InputError
from .batch_wire import BatchApi, Fail
from .cache import ReplyCache
from .errors import CallFailed
from .messages import Request
from .model import Books, Patience
from .prices import Price
from .provider import Provider
from .tokens import most_tokens

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Pace:
    """When batches are sent and how often they are looked at. Times in seconds."""

    quiet: float = 1.0
    """A batch is sent when no request has come for so long."""
    most: int = 10_000
    """Requests in a batch."""
    most_bytes: int = 90_000_000
    first_poll: float = 1.0
    growth: float = 1.5
    """Of the time between two looks at a batch."""
    longest_poll: float = 60.0


@dataclass
class BatchEndpoint:
    """One model at one endpoint that takes batches.

    `on_state` is called with a line whenever something happens to a batch.
    """

    provider: Provider
    api: BatchApi
    fail: Fail
    price: Price | None
    books: Books
    patience: Patience = field(default_factory=Patience)
    pace: Pace = field(default_factory=Pace)
    on_state: Callable[[str], None] = lambda _: None

    @property
    def name(self) -> str:
        """`provider/model`."""
        return f"{self.provider.kind}/{self.provider.model}"

    @property
    def identity(self) -> dict[str, str]:
        """What tells this model at this endpoint from others."""
        provider = self.provider
        return {"provider": provider.kind, "model": provider.model, "base_url": provider.base_url}

    @property
    def cache(self) -> ReplyCache:
        """The cache, whose file keeps the open batches. Raises InputError where there is none."""
        if self.books.cache is None:
            raise InputError("--batch needs the cache, which keeps the batches that were sent; leave --no-cache out")
        return self.books.cache

    def bound(self, request: Request) -> float | None:
        """The most that the request can cost in a batch, in US dollars; None where the price is unknown."""
        if self.price is None:
            return None
        return self.price.upper_bound(most_tokens(request), request.max_tokens, batch=True)

    async def patiently(self, ask: Callable[[], Awaitable[Answer]], *, though_maybe_billed: bool = True) -> Answer:
        """The answer, after a few more tries where one fails that may succeed later. Raises what the last raises."""
        for attempt in range(self.patience.attempts):
            try:
                return await ask()
            except CallFailed as failure:
                last = attempt + 1 == self.patience.attempts
                if last or not failure.worth_retrying or (failure.maybe_billed and not though_maybe_billed):
                    raise
                await asyncio.sleep(self.patience.wait(attempt, failure.retry_after))
        raise AssertionError("unreachable: the last attempt returns or raises")
