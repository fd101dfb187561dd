"""Answers of servers, kept for a while."""

from __future__ import annotations

import time

from ...llm.cache import ReplyCache

KEEP_SECONDS = 30 * 24 * 3600.0
"""How long a kept answer serves."""
TABLE = (
    "CREATE TABLE IF NOT EXISTS literature "
    "(source TEXT, question TEXT, answer TEXT NOT NULL, fetched REAL NOT NULL, PRIMARY KEY (source, question))"
)


class AnswerCache:
    """Answers of servers in the user's cache file, for 30 days. Raises InputError where the file cannot be used."""

    def __init__(self, file: ReplyCache | None = None) -> None:
        self._file = file or ReplyCache()
        self._file.execute(TABLE)

    def get(self, source: str, question: str) -> str | None:
        """The kept answer, None where there is none or it is too old."""
        oldest = time.time() - KEEP_SECONDS
        rows = self._file.execute(
            "SELECT answer FROM literature WHERE source = ? AND question = ? AND fetched >= ?",
            (source, question, oldest),
        )
        return rows[0][0] if rows else None

    def put(self, source: str, question: str, answer: str) -> None:
        """Keep the answer, in place of an older one."""
        self._file.execute(
            "INSERT OR REPLACE INTO literature VALUES (?, ?, ?, ?)", (source, question, answer, time.time())
        )
