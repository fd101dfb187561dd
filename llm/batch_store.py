"""Which batches are open, kept in the cache's file, so that a later start waits for them and does not pay again.

No words of a request stand there: the provider has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .cache import ReplyCache
from .refusals import Quirks

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
