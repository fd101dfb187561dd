"""Calls in the providers' batches: half the price, for hours of waiting.

Requests are gathered until none comes for a while, and sent together. A batch that was sent is kept in the cache's
file: a process that starts after a kill waits for it and pays nothing again. Only in the moment between the provider's
taking a batch and its being kept can a kill lose it; the ledger then counts its calls at the most they can cost.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress

from .batch_api import BatchGone
from .batch_calls import Account, BatchedCall, OpenBatch
from .batch_open import BatchEndpoint, OpenBatches
from .errors import CallFailed, ModelUnusable
from .messages import Reply, Request
from .refusals import Quirks

LINE = 200
"""Bytes that a request's line in a batch has besides its body."""


class BatchNotTaken(CallFailed):
    """No batch could be sent, after all the tries that there are."""

    @property
    def worth_retrying(self) -> bool:
        """No: that has been done."""
        return False


class BatchQueue:
    """The requests of one model at one endpoint that go out in batches.

    A request reserves the most it can cost at the batch price before it is gathered; one that fits only when others
    have cost less goes into a later batch. All results of a batch are kept and booked, whoever still waits for them.
    Several event loops in turn are fine. Raises InputError where there is no cache.
    """

    def __init__(self, endpoint: BatchEndpoint) -> None:
        self.endpoint = endpoint
        self.open = OpenBatches(endpoint)
        self._gathered: dict[str, BatchedCall] = {}
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def answer(self, key: str, request: Request) -> Reply:
        """The answer once its batch is done. Raises CallFailed, BudgetReached, ModelUnusable or NeedsQuirk."""
        endpoint = self.endpoint
        while True:
            if (kept := endpoint.cache.get(key)) is not None:
                endpoint.metering.ledger.reused(request.stage, endpoint.provider.name, kept.tokens, kept.usd)
                return kept
            call = self.open.calls.get(key) or self.open.resumed(key)
            if call is None:
                await self._gather(key, request)
            elif call.account is None:
                await self._claim(call, request)
            else:
                with suppress(BatchGone):
                    return await self._result(call, request)

    async def _result(self, call: BatchedCall, request: Request) -> Reply:
        """What comes of the call. Raises BatchGone where it has to be looked for or sent anew."""
        call.request = call.request or request
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        first = not call.waiting
        call.waiting.append(future)
        if call.batch is not None:
            self.open.follow(call.batch)
        try:
            reply = await future
            return reply if first else reply.model_copy(update={"reused": True})
        finally:
            if future in call.waiting:
                call.waiting.remove(future)
            if not call.waiting and self._gathered.get(call.key) is call:
                del self._gathered[call.key]
                self._size -= call.size
                self.open.end(call, "failed")

    async def _claim(self, call: BatchedCall, request: Request) -> None:
        """Book here what a batch of another run has, since this run is asking for it."""
        account = await Account.reserve(self.endpoint.metering, self.endpoint.bound(request))
        if self.open.calls.get(call.key) is not call or call.account is not None:
            account.end("failed", 0.0)
            return
        account.begin(request.stage, self.endpoint.provider.name)
        call.account = account

    async def _gather(self, key: str, request: Request) -> None:
        """Put the request into the next batch, unless somebody else has done so while it waited for its money."""
        endpoint, pace = self.endpoint, self.endpoint.pace
        account = await Account.reserve(endpoint.metering, endpoint.bound(request))
        if key in self.open.calls:
            account.end("failed", 0.0)
            return
        quirks = endpoint.cache.quirks(endpoint.identity)
        body = endpoint.provider.body(request, quirks)
        call = BatchedCall(key, account, request, body, size=len(json.dumps(body)) + LINE, quirks=quirks)
        if self._size + call.size > pace.most_bytes:
            self._send_gathered()
        self.open.calls[key] = self._gathered[key] = call
        self._size += call.size
        if self._timer is not None:
            self._timer.cancel()
        if len(self._gathered) >= pace.most:
            self._send_gathered()
        else:
            self._timer = asyncio.get_running_loop().call_later(pace.quiet, self._send_gathered)

    def _send_gathered(self) -> None:
        """Send what was gathered; requests of one form go together."""
        by_form: dict[Quirks, list[BatchedCall]] = {}
        for call in self._gathered.values():
            by_form.setdefault(call.quirks, []).append(call)
        self._gathered.clear()
        self._size = 0
        for quirks, calls in by_form.items():
            task = asyncio.get_running_loop().create_task(self._send(calls, quirks))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, calls: list[BatchedCall], quirks: Quirks) -> None:
        """Send one batch and keep it; where that fails, all who wait are told."""
        try:
            calls = self._without_those_of_others(calls)
            if not calls:
                return
            for call in calls:
                if call.account is not None and call.request is not None:
                    call.account.begin(call.request.stage, self.endpoint.provider.name)
            batch = OpenBatch(await self._submit(calls, quirks), quirks, time.time())
            self.open.keep(batch, calls)
        except BaseException as error:
            free = isinstance(error, ModelUnusable) or (isinstance(error, CallFailed) and not error.maybe_billed)
            for call in calls:
                call.resolve(error)
            for call in calls:
                self.open.end(call, "failed" if free else "uncertain")
            if not isinstance(error, Exception):
                raise
            return
        self.endpoint.on_state(f"batch {batch.id}: {len(calls)} requests sent")
        self.open.follow(batch)

    def _without_those_of_others(self, calls: list[BatchedCall]) -> list[BatchedCall]:
        """Leave out what another process has sent or got answered while this one was gathering."""
        missing = self.open.missing(call.key for call in calls)
        for call in calls:
            if call.key not in missing:
                self.open.end(call, "failed")
                call.resolve(BatchGone())
        return [call for call in calls if call.key in missing]

    async def _submit(self, calls: list[BatchedCall], quirks: Quirks) -> str:
        """Send the batch; its id. A try that the provider may have taken is not repeated here."""
        endpoint = self.endpoint
        bodies = {call.key: call.body for call in calls}
        path = endpoint.provider.path(quirks)
        try:
            return await endpoint.retried(lambda: endpoint.api.submit(path, bodies), though_maybe_billed=False)
        except CallFailed as failure:
            if failure.maybe_billed or not failure.worth_retrying:
                raise
            raise BatchNotTaken(f"no batch could be sent: {failure}", failure.kind) from None
