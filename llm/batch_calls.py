"""The calls in batches: who waits for each, what is set aside for it, where it is booked, and which are open.

The open batches are kept in the cache's file, so that a later start waits for them and does not pay again. No words of
a request stand there: the provider has them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .budget import Budget
from .cache import ReplyCache
from .ledger import Ledger
from .ledger_file import Outcome
from .messages import Reply, Request, Tokens
from .model import Metering
from .refusals import Body, Quirks


@dataclass(eq=False)
class Account:
    """What a call has reserved in a budget, and, once it is begun, its line in a ledger."""

    ledger: Ledger
    budget: Budget
    bound: float | None
    call: str = ""

    @classmethod
    async def reserve(cls, metering: Metering, bound: float | None) -> Account:
        """Set the bound aside, waiting for it where the budget does. Raises BudgetReached."""
        account = cls(metering.ledger, metering.budget, bound)
        await account.budget.reserve(bound)
        return account

    @classmethod
    def taken_over(cls, metering: Metering, call: str) -> Account | None:
        """The account of a call that a killed start of the same run left; None where it is no such call.

        Ledger and budget count its bound as spent; from now on the budget counts it as reserved.
        """
        bound = metering.ledger.killed(call)
        if bound is None:
            return None
        metering.budget.reopen(bound)
        return cls(metering.ledger, metering.budget, bound, call)

    def begin(self, stage: str, model: str) -> None:
        """Book that the call is about to be sent."""
        self.call = self.ledger.begin(stage, model, self.bound)

    def end(self, outcome: Outcome, usd: float | None, *, tokens: Tokens | None = None, seconds: float = 0.0) -> None:
        """Book how it ended, and settle; a call that was not begun is only settled."""
        if self.call:
            self.ledger.end(self.call, tokens=tokens or Tokens(), usd=usd, outcome=outcome, seconds=seconds)
        self.budget.settle(self.bound, usd)


@dataclass(eq=False)
class BatchedCall:
    """A request that waits to be sent or is in a batch.

    `account` is None while a batch of another run has it and nobody has asked for it here, `request` is None while
    nobody has asked for it in this start.
    """

    key: str
    account: Account | None
    request: Request | None = None
    body: Body = field(default_factory=dict)
    size: int = 0
    quirks: Quirks = frozenset()
    batch: OpenBatch | None = None
    waiting: list[asyncio.Future[Reply]] = field(default_factory=list)

    def resolve(self, outcome: Reply | BaseException) -> None:
        """Tell those who wait: a reply, or an exception for them to raise."""
        waiting, self.waiting = self.waiting, []
        for future in waiting:
            if future.done() or future.get_loop().is_closed():
                continue
            if isinstance(outcome, Reply):
                future.set_result(outcome)
            elif isinstance(outcome, asyncio.CancelledError):
                future.cancel()
            else:
                future.set_exception(outcome)


@dataclass(eq=False)
class OpenBatch:
    """A batch that was sent at `sent` (Unix seconds), with those of its calls that have no result yet."""

    id: str
    quirks: Quirks
    sent: float
    calls: dict[str, BatchedCall] = field(default_factory=dict)


TABLES = (
    "CREATE TABLE IF NOT EXISTS open_batches"
    " (batch TEXT, endpoint TEXT, quirks TEXT NOT NULL, sent REAL NOT NULL, PRIMARY KEY (batch, endpoint))",
    "CREATE TABLE IF NOT EXISTS batch_calls"
    " (key TEXT, batch TEXT, endpoint TEXT, call TEXT NOT NULL, bound REAL, PRIMARY KEY (key, batch)) WITHOUT ROWID",
)


@dataclass(frozen=True)
class StoredCall:
    """A request in a batch: its place in the cache, its id in the ledger, the most it can cost in US dollars."""

    key: str
    call: str
    bound: float | None


@dataclass(frozen=True)
class StoredBatch:
    """A batch that was sent at `sent` (Unix seconds), with what was known of the endpoint then."""

    id: str
    quirks: Quirks
    sent: float
    calls: tuple[StoredCall, ...]


class BatchStore:
    """The open batches of one endpoint (its `identity`). Raises InputError as the cache does."""

    def __init__(self, cache: ReplyCache, identity: Mapping[str, str]) -> None:
        self.cache = cache
        self.endpoint = json.dumps(dict(identity), sort_keys=True)
        for table in TABLES:
            cache.execute(table)

    def add(self, batch: StoredBatch) -> None:
        """Keep the batch; it is in the file when this returns."""
        quirks = json.dumps(sorted(batch.quirks))
        with self.cache.transaction():
            self.cache.execute(
                "INSERT OR REPLACE INTO open_batches VALUES (?, ?, ?, ?)", (batch.id, self.endpoint, quirks, batch.sent)
            )
            for stored in batch.calls:
                row = (stored.key, batch.id, self.endpoint, stored.call, stored.bound)
                self.cache.execute("INSERT OR REPLACE INTO batch_calls VALUES (?, ?, ?, ?, ?)", row)

    def find(self, key: str) -> StoredBatch | None:
        """The open batch that has the request, the latest where several have it."""
        rows = self.cache.execute(
            "SELECT batch, quirks, sent FROM open_batches JOIN batch_calls USING (batch, endpoint)"
            " WHERE key = ? AND endpoint = ? ORDER BY sent DESC LIMIT 1",
            (key, self.endpoint),
        )
        if not rows:
            return None
        batch, quirks, sent = rows[0]
        calls = self.cache.execute(
            "SELECT key, call, bound FROM batch_calls WHERE batch = ? AND endpoint = ?", (batch, self.endpoint)
        )
        return StoredBatch(batch, frozenset(json.loads(quirks)), sent, tuple(StoredCall(*row) for row in calls))

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that are in no open batch and have no reply."""
        sql = "SELECT 1 FROM replies WHERE key = ? UNION ALL SELECT 1 FROM batch_calls WHERE key = ? AND endpoint = ?"
        return [key for key in keys if not self.cache.execute(sql, (key, key, self.endpoint))]

    def drop_call(self, batch: str, key: str) -> None:
        """Forget one request of the batch."""
        self.cache.execute(
            "DELETE FROM batch_calls WHERE batch = ? AND key = ? AND endpoint = ?", (batch, key, self.endpoint)
        )

    def drop(self, batch: str) -> None:
        """Forget the batch."""
        with self.cache.transaction():
            for table in ("batch_calls", "open_batches"):
                self.cache.execute(f"DELETE FROM {table} WHERE batch = ? AND endpoint = ?", (batch, self.endpoint))
