"""OpenAlex: https://developers.openalex.org (search in works; a free key since February 2026)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...data.polite import Manners, PoliteClient
from .answers import AnswerCache
from .record import Work, plain_arxiv_id
from .source import plain_query, readable, without_markup

BASE_URL = "https://api.openalex.org"
FIELDS = (
    "display_name,authorships,publication_year,primary_location,locations,abstract_inverted_index,doi,id,cited_by_count"
)


class OpenAlex:
    """Works by relevance. `key` and `email` come in the environment's OPENALEX_API_KEY and OPENALEX_EMAIL.

    Without a key the day's allowance is about ten searches.
    """

    name = "openalex"

    def __init__(
        self,
        key: str = "",
        email: str = "",
        *,
        cache: AnswerCache | None = None,
        base_url: str = BASE_URL,
        manners: Manners | None = None,
    ) -> None:
        self.client = PoliteClient(
            self.name,
            f"{base_url}/works",
            manners or Manners(interval=0.2),
            cache,
            secrets={name: value for name, value in (("api_key", key), ("mailto", email)) if value},
            key_hint="OPENALEX_API_KEY",
        )

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works (100), best first. Raises SourceFailed or SourceResting."""
        words = plain_query(query)
        if not words:
            return []
        parameters = {"search": " ".join(words), "per-page": str(min(limit, 100)), "select": FIELDS}
        return (await self.client.ask(parameters, works_in))[:limit]


def works_in(answer: str) -> list[Work]:
    """The works in an answer of the search. Raises ValueError, KeyError or TypeError for anything else."""
    return readable(_work, json.loads(answer)["results"])


def _work(record: Mapping[str, Any]) -> Work:
    place = record.get("primary_location") or {}
    return Work(
        title=without_markup(record["display_name"]),
        authors=tuple(entry["author"]["display_name"] for entry in record.get("authorships") or ()),
        year=record.get("publication_year"),
        venue=without_markup((place.get("source") or {}).get("display_name")),
        abstract=without_markup(text_of(record.get("abstract_inverted_index") or {})),
        doi=record.get("doi") or "",
        arxiv_id=_arxiv_id([place, *(record.get("locations") or ())]),
        url=place.get("landing_page_url") or record.get("id") or "",
        citations=record.get("cited_by_count"),
        source="openalex",
    )


def text_of(inverted: Mapping[str, Iterable[int]]) -> str:
    """The text behind an inverted index, which maps each word to the places where it stands."""
    placed = sorted((place, word) for word, places in inverted.items() for place in places)
    return " ".join(word for _, word in placed)


def _arxiv_id(places: Iterable[Mapping[str, Any]]) -> str:
    addresses = (place.get("landing_page_url") or "" for place in places)
    return next((plain_arxiv_id(address) for address in addresses if "arxiv.org/" in address), "")
