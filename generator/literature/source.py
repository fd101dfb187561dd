"""What an online source is, and what all of them need: a plain query, and tolerance for a broken record."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol, runtime_checkable

from pydantic import ValidationError

from .record import SMALL_WORDS, Work, words_of

MOST_WORDS = 12
MARKUP = re.compile(
    r"</?(?:i|b|u|p|em|strong|sub|sup|sc|scp|span|br|jats:[\w-]+|mml:[\w-]+)(?:\s[^<>]*)?/?>", re.IGNORECASE
)


@runtime_checkable
class LiteratureSource(Protocol):
    """Anything that finds works for a query."""

    name: str

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works, best first. Raises SourceFailed or SourceResting where there is no answer."""
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
