"""What an online source is, and what all of them need: a plain query, kept answers, tolerance for a broken record."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol, runtime_checkable

from pydantic import ValidationError

from ...llm.cache import ReplyCache
from .record import SMALL_WORDS, Work, words_of

MOST_WORDS = 12
MARKUP = re.compile(
    r"</?(?:i|b|u|p|em|strong|sub|sup|sc|scp|span|br|jats:[\w-]+|mml:[\w-]+)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
KEEP_SECONDS = 30 * 24 * 3600.0
"""How long a kept answer serves."""
TABLE = (
    "CREATE TABLE IF NOT EXISTS literature "
    "(source TEXT, question TEXT, answer TEXT NOT NULL, fetched REAL NOT NULL, PRIMARY KEY (source, question))"
)


@runtime_checkable
class LiteratureSource(Protocol):
    """Anything that finds works for a query."""

    name: str

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works, best first. Raises RequestFailed or CircuitOpen where there is no answer."""
        ...


def plain_query(query: str) -> list[str]:
    """The query's first dozen words of weight: no operators, hyphens or quotes, which every service reads otherwise."""
    return list(dict.fromkeys(word for word in words_of(query) if word not in SMALL_WORDS))[:MOST_WORDS]


def readable(make: Callable[[Any], Work], records: Iterable[Any]) -> list[Work]:
    """The works that `make` can build; a record that lacks what a work needs is passed over."""
    works = []
    for record in records:
        try:
            works.append(make(record))
        except (ValidationError, KeyError, TypeError, AttributeError):
            continue
    return works


def without_markup(text: str | None) -> str:
    """The text without HTML tags and entities, which publishers leave in titles and abstracts."""
    return html.unescape(MARKUP.sub("", text or ""))


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
