"""The one door to a language model: cache, budget, retries, concurrency and the ledger around an endpoint."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Protocol

from .budget import Budget
from .cache import ReplyCache, request_key
from .errors import CallFailed, ModelUnusable
from .health import Health
from .ledger import Ledger
from .ledger_file import Outcome
from .limiter import AdaptiveLimiter
from .messages import Reply, Request, Tokens
from .prices import Price
from .provider import Provider
from .refusals import CHANGES, NeedsQuirk, Quirk, Quirks
from .sight import STAGE as SIGHT
from .sight import prove
from .tokens import most_tokens, unread


class ChatModel(Protocol):
    """Whatever answers requests."""

    name: str

    async def complete(self, request: Request) -> Reply:
        """The answer. Raises CallFailed, BudgetReached or ModelUnusable."""
        ...


@dataclass(frozen=True)
class RetryPolicy:
    """How long a call is tried."""

    attempts: int = 8
    seconds: float = 900.0
    """From the first failure on (waiting for a free slot before it does not count); no attempt is planned for later."""
    timeout: float = 300.0
    """Of one attempt, in seconds."""
    first_wait: float = 0.5
    longest_wait: float = 60.0

    def wait(self, attempt: int, retry_after: float | None) -> float:
        """Seconds before the next attempt: what the provider asked for, else doubling, each with jitter."""
        planned = min(self.first_wait * 2**attempt, self.longest_wait)
        return max(planned * random.uniform(0.5, 1.0), retry_after or 0.0)


class Batches(Protocol):
    """Whatever sends requests in batches, see `batch_queue`."""

    async def answer(self, key: str, request: Request) -> Reply:
        """The answer once its batch is done, paid, booked and kept. Raises as `ChatModel.complete` and NeedsQuirk."""
        ...


@dataclass
class Metering:
    """What all models of one start share: the kept replies, what may be spent, what was spent."""

    cache: ReplyCache | None
    budget: Budget
    ledger: Ledger


@dataclass
class MeteredModel:
    """A model at an endpoint, with everything that has to happen around a call.

    `complete` asks the cache first; equal requests that are under way at once are one call. A call is begun only when
    the most it could cost fits into the budget. What may have been charged without an answer counts at that most.
    """

    provider: Provider
    price: Price | None
    metering: Metering
    health: Health
    retry: RetryPolicy = RetryPolicy()
    batched: bool = False
    """Whether calls go out in batches, so that each has to wait for the slowest of its batch."""
    batches: Batches | None = None
    _under_way: dict[str, asyncio.Future[Reply]] = field(default_factory=dict)
    _quirks: Quirks | None = None
    _noted: set[str] = field(default_factory=set)

    @property
    def limiter(self) -> AdaptiveLimiter:
        """How many calls run at once."""
        return self.health.limiter

    @property
    def timeout(self) -> float:
        """Seconds that an attempt has."""
        return self.retry.timeout * self.health.stretch

    @property
    def identity(self) -> dict[str, str]:
        """What tells this model at this endpoint from others."""
        return {
            "provider": self.provider.kind,
            "model": self.provider.model,
            "base_url": self.provider.base_url,
        }

    @property
    def quirks(self) -> Quirks:
        """What is known of the endpoint so far, by earlier runs too."""
        if self._quirks is None:
            self._quirks = self.metering.cache.quirks(self.identity) if self.metering.cache else frozenset()
        return self._quirks

    def key(self, request: Request) -> str:
        """The request's place in the cache."""
        return request_key(self.identity, request)

    async def complete(self, request: Request) -> Reply:
        """The answer, from the cache where it is there. Raises CallFailed, BudgetReached or ModelUnusable.

        An answer to a part of the request alone is none: CallFailed too. Before the first image, see `prove_sight`.
        """
        if request.has_images:
            await self.prove_sight()
        reply = await self._kept_or_paid(request)
        if problem := unread(request, reply):
            self.forget(request)
            raise CallFailed(problem, "request", usd=reply.usd, seconds=reply.seconds)
        return reply

    async def prove_sight(self) -> None:
        """Ask, once, whether the model gets the images that it is sent. Raises as `complete`, ModelUnusable if not.

        The answer is kept as others are; the question is never batched, since everything else waits for it.
        """
        if self.health.blind:
            raise ModelUnusable(self.health.blind)
        if self.health.sees:
            return
        try:
            await prove(self._kept_or_paid, self.forget, self.identity)
        except ModelUnusable as refusal:
            self.health.blind = str(refusal)
            raise
        self.health.sees = True

    async def _kept_or_paid(self, request: Request) -> Reply:
        key = self.key(request)
        if (kept := self.metering.cache.get(key) if self.metering.cache else None) is not None:
            self.metering.ledger.reused(request.stage, self.provider.name, kept.tokens, kept.usd)
            return kept
        while (twin := self._under_way.get(key)) is not None:
            try:
                return (await asyncio.shield(twin)).model_copy(update={"reused": True})
            except asyncio.CancelledError:
                if not twin.cancelled() or _is_cancelled():
                    raise
        return await self._once(key, self._pay(key, request))

    async def _once(self, key: str, call: Awaitable[Reply]) -> Reply:
        future = self._under_way[key] = asyncio.ensure_future(call)
        try:
            return await future
        finally:
            del self._under_way[key]

    def forget(self, request: Request) -> None:
        """Drop the kept answer of a request, because it turned out to be of no use."""
        if self.metering.cache:
            self.metering.cache.drop(self.key(request))

    async def aclose(self) -> None:
        """Close the connections."""
        await self.provider.aclose()

    def bound(self, request: Request, *, batch: bool = False) -> float | None:
        """The most that one attempt can cost, in US dollars; None where the price is unknown."""
        if self.price is None:
            return None
        return self.price.upper_bound(most_tokens(request, self.provider.model), request.max_tokens, batch=batch)

    async def _pay(self, key: str, request: Request) -> Reply:
        deadline, usd, seconds = math.inf, 0.0, 0.0
        heard_before = self.health.heard
        batches = None if request.stage == SIGHT else self.batches
        for attempt in range(self.retry.attempts):
            try:
                if batches is not None:
                    return await self._batched(batches, key, request)
                return await self._attempt(key, request)
            except CallFailed as failure:
                if attempt == 0 and not self.batched:  # batches take hours
                    deadline = time.monotonic() + self.retry.seconds
                charged = self.bound(request, batch=batches is not None) if failure.maybe_billed else 0.0
                usd = None if usd is None or charged is None else usd + charged
                seconds += failure.seconds
                wait = self.retry.wait(attempt, failure.retry_after)
                last = attempt + 1 == self.retry.attempts or time.monotonic() + wait > deadline
                if not self.batched:
                    self.health.judge(failure, attempt + 1, heard_before, failure.timeout, last=last)
                if last or not failure.worth_retrying:
                    words = f"{failure} (attempt {attempt + 1})"
                    raise CallFailed(words, failure.kind, usd=usd, seconds=seconds) from None
                await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _batched(self, batches: Batches, key: str, request: Request) -> Reply:
        while True:
            try:
                return await batches.answer(key, request)
            except NeedsQuirk as refusal:
                self._learn(refusal)

    async def _attempt(self, key: str, request: Request) -> Reply:
        """One attempt, a few more where the endpoint wants the request in another form. It is booked what it cost."""
        bound = self.bound(request)
        self._note_left_out(request)
        while True:
            async with self.limiter.slot():
                self.health.check()
                await self.metering.budget.reserve(bound)
                call = self.metering.ledger.begin(request.stage, self.provider.name, bound)
                start, timeout = time.perf_counter(), self.timeout
                tokens, usd = Tokens(), 0.0
                seconds: float | None = None
                outcome: Outcome = "failed"
                try:
                    reply = await self.provider.send(request, self.quirks, timeout=timeout)
                    seconds = time.perf_counter() - start
                    tokens, usd = reply.tokens, self._cost(reply.tokens)
                    reply = reply.model_copy(update={"usd": usd, "seconds": seconds})
                    if self.metering.cache:
                        self.metering.cache.put(key, reply)
                    outcome = "ok"
                    self.health.succeeded()
                    return reply
                except NeedsQuirk as refusal:
                    self._learn(refusal)
                    outcome = "refused"
                except CallFailed as failure:
                    self.health.failed(failure, start, timeout)
                    if failure.maybe_billed:
                        usd, outcome = bound, "uncertain"
                    failure.seconds = seconds = time.perf_counter() - start
                    failure.timeout = timeout
                    raise
                except ModelUnusable as unusable:
                    self.health.down = self.health.down or str(unusable)
                    raise
                except asyncio.CancelledError:
                    usd, outcome = bound, "uncertain"
                    raise
                finally:
                    self.metering.budget.settle(bound, usd)
                    took = time.perf_counter() - start if seconds is None else seconds
                    self.metering.ledger.end(call, tokens=tokens, usd=usd, outcome=outcome, seconds=took)

    def _note_left_out(self, request: Request) -> None:
        """Say once what was asked for and is left out because an earlier run was refused it."""
        asked: dict[Quirk, object] = {"no temperature": request.temperature, "no effort": request.effort}
        for quirk, value in asked.items():
            if value is not None and quirk in self.quirks and quirk not in self._noted:
                self._noted.add(quirk)
                self.health.note(f"{self.provider.name}: {CHANGES[quirk]}, as the endpoint wanted it earlier")

    def _learn(self, refusal: NeedsQuirk) -> None:
        self._noted.add(refusal.quirk)
        if refusal.quirk not in self.quirks:
            said = f" ({refusal.words[:150]})" if refusal.words else ""
            self.health.note(f"{self.provider.name}: {CHANGES[refusal.quirk]}, as the endpoint wants it{said}")
        self._quirks = self.quirks | {refusal.quirk}
        if self.metering.cache:
            self.metering.cache.add_quirk(self.identity, refusal.quirk)

    def _cost(self, tokens: Tokens) -> float | None:
        return self.price.charged(tokens) if self.price else None


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
