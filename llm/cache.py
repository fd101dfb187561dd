"""Replies kept on this machine, so that the same call is never paid twice.

One SQLite file, shared by all processes of a user; what was put is there after a kill -9.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..data.errors import InputError, NotRecorded
from ..data.files import cache_home, make_folder
from .messages import Reply, Request

BUSY_SECONDS = 30.0
"""How long to wait for another process that is writing."""
APPLICATION = 0x70616C6D
"""Marks the file as ours, in the place that SQLite has for that."""
TABLES = (
    "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS quirks (endpoint TEXT, quirk TEXT, PRIMARY KEY (endpoint, quirk)) WITHOUT ROWID",
)
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
UNUSABLE = (
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
)


def request_key(identity: Mapping[str, str], request: Request) -> str:
    """64 hex digits that stand for a call: SHA-256 over the endpoint (`identity`) and the request without its stage.

    The order of an answer schema's fields counts, since models answer in that order.
    """
    words = request.model_dump_json(exclude={"stage"})
    return hashlib.sha256(f"{_canonical(identity)}\n{words}".encode()).hexdigest()


def _canonical(identity: Mapping[str, str]) -> str:
    return json.dumps(dict(identity), sort_keys=True)


class ReplyCache:
    """The cache file, opened; safe to use from several threads and processes.

    `path` is by default replies.sqlite in the user's cache folder. Everything raises NotRecorded where the file cannot
    be used: no access, a full disk, a damaged file or one of another program, another process that holds it too long.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = cache_home() / "replies.sqlite" if path is None else path
        self._lock = threading.RLock()
        make_folder(self.path.parent)
        with self._one_line_errors():
            self._connection = sqlite3.connect(
                self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    def get(self, key: str) -> Reply | None:
        """The reply under the key, marked as reused; its `usd` stays what it cost when it was made."""
        rows = self.execute("SELECT CAST(reply AS BLOB) FROM replies WHERE key = ?", (key,))
        if not rows:
            return None
        try:
            reply = Reply.model_validate_json(rows[0][0])
        except ValidationError:
            self.drop(key)
            return None
        return reply.model_copy(update={"reused": True})

    def put(self, key: str, reply: Reply) -> None:
        """Keep the reply; it is in the file when this returns. A key that has a reply keeps that one."""
        made = reply.model_copy(update={"reused": False})
        self.execute("INSERT OR IGNORE INTO replies VALUES (?, ?)", (key, made.model_dump_json()))

    def drop(self, key: str) -> None:
        """Forget the reply under the key, if there is one."""
        self.execute("DELETE FROM replies WHERE key = ?", (key,))

    def quirks(self, identity: Mapping[str, str]) -> frozenset[str]:
        """What was learnt about an endpoint, such as "no temperature"."""
        rows = self.execute("SELECT quirk FROM quirks WHERE endpoint = ?", (_canonical(identity),))
        return frozenset(quirk for (quirk,) in rows)

    def add_quirk(self, identity: Mapping[str, str], quirk: str) -> None:
        """Remember something about an endpoint."""
        self.execute("INSERT OR IGNORE INTO quirks VALUES (?, ?)", (_canonical(identity), quirk))

    def execute(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows; what it changed is in the file when this returns.

        For other modules too, which may keep tables of their own in the file.
        """
        with self._lock, self._one_line_errors():
            return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Let the calls of `execute` within take effect together, or not at all where one raises."""
        with self._lock:
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        self.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            application = self.execute("PRAGMA application_id")[0][0]
            others = self.execute("SELECT count(*) FROM sqlite_master")[0][0]
            if application != APPLICATION:
                if application or others:
                    raise InputError(f"{self.path}: another program's database, no reply cache; move it away")
                self.execute(f"PRAGMA application_id = {APPLICATION}")
            for table in TABLES:
                self.execute(table)
        with suppress(InputError):  # a matter of speed: where it cannot be had, the cache works without
            self.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def _one_line_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in BUSY:
                raise NotRecorded(
                    f"{self.path}: another process has held the reply cache for {BUSY_SECONDS:g} s; end it, or wait"
                ) from None
            if code in DAMAGED:
                raise NotRecorded(f"{self.path}: damaged, or no reply cache ({error}); move it away") from None
            if code in UNUSABLE:
                raise NotRecorded(
                    f"{self.path}: the reply cache cannot be used ({error}); "
                    f"free it, or name another folder in PEERASSAY_CACHE"
                ) from None
            raise
