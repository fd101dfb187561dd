"""The batches of an endpoint that were sent: kept in the cache's file, waited for, and read to the last result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from ..data.errors import InputError
from .batch_api import BatchApi, BatchGone, BatchResult, Fail
from .batch_calls import Account, BatchedCall, BatchStore, OpenBatch, StoredBatch, StoredCall
from .cache import ReplyCache
from .errors import CallFailed, ModelUnusable
from .ledger_file import Outcome
from .messages import Reply, Request, Tokens
from .model import Metering, RetryPolicy
from .prices import Price
from .provider import Provider
from .refusals import NeedsQuirk
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
    metering: Metering
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    pace: Pace = field(default_factory=Pace)
    on_state: Callable[[str], None] = lambda _: None

    @property
    def identity(self) -> dict[str, str]:
        """What tells this model at this endpoint from others."""
        provider = self.provider
        return {"provider": provider.kind, "model": provider.model, "base_url": provider.base_url}

    @property
    def cache(self) -> ReplyCache:
        """The cache, whose file keeps the open batches. Raises InputError where there is none."""
        if self.metering.cache is None:
            raise InputError("--batch needs the cache, which keeps the batches that were sent; leave --no-cache out")
        return self.metering.cache

    def bound(self, request: Request) -> float | None:
        """The most that the request can cost in a batch, in US dollars; None where the price is unknown."""
        if self.price is None:
            return None
        most = most_tokens(request, self.provider.model)
        return self.price.upper_bound(most, request.max_tokens, batch=True)

    async def retried(self, ask: Callable[[], Awaitable[Answer]], *, though_maybe_billed: bool = True) -> Answer:
        """The answer, after a few more tries where one fails that may succeed later. Raises what the last raises."""
        for attempt in range(self.retry.attempts):
            try:
                return await ask()
            except CallFailed as failure:
                last = attempt + 1 == self.retry.attempts
                if last or not failure.worth_retrying or (failure.maybe_billed and not though_maybe_billed):
                    raise
                await asyncio.sleep(self.retry.wait(attempt, failure.retry_after))
        raise AssertionError("unreachable: the last attempt returns or raises")


class OpenBatches:
    """The open batches of an endpoint, those of earlier starts and of other processes too.

    `calls` holds every call that is under way, by its key, those that are not sent yet included.
    """

    def __init__(self, endpoint: BatchEndpoint) -> None:
        self.endpoint = endpoint
        self.calls: dict[str, BatchedCall] = {}
        self._store = BatchStore(endpoint.cache, endpoint.identity)
        self._batches: dict[str, OpenBatch] = {}
        self._following: dict[str, asyncio.Task[None]] = {}

    def missing(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys that no process has sent or got answered."""
        return set(self._store.missing(keys))

    def keep(self, batch: OpenBatch, calls: list[BatchedCall]) -> None:
        """A batch of these calls was sent."""
        stored = [StoredCall(c.key, c.account.call, c.account.bound) for c in calls if c.account is not None]
        self._store.add(StoredBatch(batch.id, batch.quirks, batch.sent, tuple(stored)))
        self._batches[batch.id] = batch
        for call in calls:
            call.body, call.batch, batch.calls[call.key] = {}, batch, call

    def resumed(self, key: str) -> BatchedCall | None:
        """The request in a batch that is kept as open; None where it is in none."""
        stored = self._store.find(key)
        if stored is None:
            return None
        batch = self._batches.get(stored.id) or self._take_up(stored)
        call = batch.calls.get(key)
        if call is not None:
            self.calls[key] = call
        return call

    def _take_up(self, stored: StoredBatch) -> OpenBatch:
        batch = self._batches[stored.id] = OpenBatch(stored.id, stored.quirks, stored.sent)
        for each in stored.calls:
            account = Account.taken_over(self.endpoint.metering, each.call)
            call = batch.calls[each.key] = BatchedCall(each.key, account, batch=batch)
            self.calls.setdefault(each.key, call)
        self.endpoint.on_state(f"batch {batch.id}: {len(batch.calls)} requests sent earlier")
        return batch

    def follow(self, batch: OpenBatch) -> None:
        """See to it that somebody waits for the batch's end."""
        loop, task = asyncio.get_running_loop(), self._following.get(batch.id)
        if batch.id in self._batches and (task is None or task.done() or task.get_loop() is not loop):
            self._following[batch.id] = loop.create_task(self._attend(batch))

    async def _attend(self, batch: OpenBatch) -> None:
        """Wait for the batch's end and read it. Where that fails, those who wait are told, and the batch stays open."""
        try:
            problem, results = await self._outcome(batch)
            for result in results:
                if (call := batch.calls.get(result.key)) is not None:
                    self._settle(batch, call, result)
            for call in list(batch.calls.values()):
                self._conclude(batch, call, problem)
            self._store.drop(batch.id)
            del self._batches[batch.id], self._following[batch.id]
        except Exception as error:
            for call in batch.calls.values():
                call.resolve(error)

    async def _outcome(self, batch: OpenBatch) -> tuple[Exception, list[BatchResult]]:
        """The results, and what to tell those whose request is not among them."""
        endpoint = self.endpoint
        try:
            refusal = await self._until_ended(batch)
            if refusal is not None:
                return refusal, []
            return _left_out("no result"), await endpoint.retried(lambda: endpoint.api.results(batch.id))
        except BatchGone as gone:
            return gone, []

    async def _until_ended(self, batch: OpenBatch) -> CallFailed | None:
        """Look at the batch, more and more rarely, until it has ended; why all of it was refused, if it was."""
        endpoint, pace = self.endpoint, self.endpoint.pace
        wait, shown = pace.first_poll, ""
        while True:
            state = await endpoint.retried(lambda: endpoint.api.poll(batch.id))
            line = f"batch {batch.id}: {state.done} of {state.total} done"
            if line != shown:
                endpoint.on_state(line)
                shown = line
            if state.ended:
                return CallFailed(state.failure, state.failure_kind) if state.failure is not None else None
            await asyncio.sleep(wait)
            wait = min(wait * pace.growth, pace.longest_poll)

    def _settle(self, batch: OpenBatch, call: BatchedCall, result: BatchResult) -> None:
        """Keep and book the result of one request, and tell those who wait."""
        try:
            reply = self._reply(batch, call, result)
        except (CallFailed, ModelUnusable, NeedsQuirk) as error:
            self._conclude(batch, call, error)
            return
        self.endpoint.cache.put(call.key, reply)
        self.end(call, "ok", reply.usd, reply.tokens)
        call.resolve(reply)

    def _reply(self, batch: OpenBatch, call: BatchedCall, result: BatchResult) -> Reply:
        """The priced reply. Raises what the answer to a call of its own would raise."""
        endpoint = self.endpoint
        if result.problem is not None:
            sent = endpoint.provider.body(call.request, batch.quirks) if call.request else {}
            endpoint.fail(result.problem, quirks=batch.quirks, sent=sent)
        if result.answer is None:
            raise _left_out(result.left_out)
        reply = endpoint.provider.read(result.answer)
        usd = endpoint.price.charged(reply.tokens, batch=True) if endpoint.price else None
        return reply.model_copy(update={"usd": usd, "seconds": _since(batch)})

    def _conclude(self, batch: OpenBatch, call: BatchedCall, error: Exception) -> None:
        """Book a request that got no reply, and tell those who wait; if it is asked for again, it is sent anew."""
        uncertain = isinstance(error, BatchGone) or (isinstance(error, CallFailed) and error.maybe_billed)
        self._store.drop_call(batch.id, call.key)
        self.end(call, "uncertain" if uncertain else "refused" if isinstance(error, NeedsQuirk) else "failed")
        call.resolve(error)

    def end(self, call: BatchedCall, outcome: Outcome, usd: float | None = 0.0, tokens: Tokens | None = None) -> None:
        """Book how the call ended; it is no longer under way. An uncertain one counts at its bound."""
        if call.account is not None:
            cost = call.account.bound if outcome == "uncertain" and call.account.call else usd
            seconds = _since(call.batch) if call.batch else 0.0
            call.account.end(outcome, cost, tokens=tokens, seconds=seconds)
            call.account = None
        if call.batch is not None:
            call.batch.calls.pop(call.key, None)
        if self.calls.get(call.key) is call:
            del self.calls[call.key]


def _left_out(why: str) -> CallFailed:
    return CallFailed(f"the batch ended without an answer to this request ({why})", "server")


def _since(batch: OpenBatch) -> float:
    """Seconds since the batch was sent, by the clock of the day: another process may have sent it."""
    return max(time.time() - batch.sent, 0.0)
