"""The online sources of literature: Semantic Scholar, OpenAlex and arXiv.

Keys come from the environment, and answers are kept in the user's cache.
"""

from __future__ import annotations

import json
import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from ...data.http_client import RateLimitedClient, RequestPolicy
from .arxiv import ArXiv, arxiv_id_among
from .record import Work
from .source import AnswerCache, LiteratureSource, plain_query, readable, without_markup

MOST = 100
"""Works that one search of an index may ask for."""


class _Index(LiteratureSource):
    """A search by relevance that takes the query as it is and answers in JSON."""

    client: RateLimitedClient

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works (100), best first. Raises RequestFailed or CircuitOpen."""
        words = plain_query(query)
        if not words:
            return []
        return (await self.client.ask(self._parameters(" ".join(words), str(min(limit, MOST))), self._works_in))[:limit]

    @abstractmethod
    def _parameters(self, words: str, limit: str) -> dict[str, str]:
        """What is asked of the server."""

    @abstractmethod
    def _works_in(self, answer: str) -> list[Work]:
        """The works in an answer. Raises ValueError, KeyError or TypeError for anything else."""


class SemanticScholar(_Index):
    """Its Academic Graph, https://api.semanticscholar.org/api-docs/graph (paper relevance search).

    Those without a key share 100 requests in 5 minutes; a key has one per second to itself.
    """

    name = "semantic scholar"

    def __init__(
        self,
        key: str = "",
        *,
        cache: AnswerCache | None = None,
        base_url: str = "https://api.semanticscholar.org",
        policy: RequestPolicy | None = None,
    ) -> None:
        self.client = RateLimitedClient(
            self.name,
            f"{base_url}/graph/v1/paper/search",
            policy or RequestPolicy(interval=1.1 if key else 3.0),
            cache,
            headers={"x-api-key": key} if key else {},
            key_hint="SEMANTIC_SCHOLAR_API_KEY" if key else "",
        )

    def _parameters(self, words: str, limit: str) -> dict[str, str]:
        fields = "title,abstract,authors,year,venue,externalIds,url,citationCount"
        return {"query": words, "limit": limit, "fields": fields}

    def _works_in(self, answer: str) -> list[Work]:
        found = json.loads(answer)
        return readable(self._work, found["data"] if found["total"] else [])

    def _work(self, paper: dict[str, Any]) -> Work:
        ids = paper.get("externalIds") or {}
        return Work(
            title=paper["title"],
            authors=tuple(author["name"] for author in paper.get("authors") or ()),
            year=paper.get("year"),
            venue=paper.get("venue") or "",
            abstract=paper.get("abstract") or "",
            doi=ids.get("DOI") or "",
            arxiv_id=ids.get("ArXiv") or "",
            url=paper.get("url") or "",
            citations=paper.get("citationCount"),
            source="semantic scholar",
        )


class OpenAlex(_Index):
    """https://developers.openalex.org (search in works). Without a key the day's allowance is about ten searches."""

    name = "openalex"

    def __init__(
        self,
        key: str = "",
        email: str = "",
        *,
        cache: AnswerCache | None = None,
        base_url: str = "https://api.openalex.org",
        policy: RequestPolicy | None = None,
    ) -> None:
        self.client = RateLimitedClient(
            self.name,
            f"{base_url}/works",
            policy or RequestPolicy(interval=0.2),
            cache,
            secrets={name: value for name, value in (("api_key", key), ("mailto", email)) if value},
            key_hint="OPENALEX_API_KEY",
        )

    def _parameters(self, words: str, limit: str) -> dict[str, str]:
        fields = (
            "display_name,authorships,publication_year,primary_location,locations,abstract_inverted_index,doi,id,"
            "cited_by_count"
        )
        return {"search": words, "per-page": limit, "select": fields}

    def _works_in(self, answer: str) -> list[Work]:
        return readable(self._work, json.loads(answer)["results"])

    def _work(self, record: Mapping[str, Any]) -> Work:
        place = record.get("primary_location") or {}
        return Work(
            title=without_markup(record["display_name"]),
            authors=tuple(entry["author"]["display_name"] for entry in record.get("authorships") or ()),
            year=record.get("publication_year"),
            venue=without_markup((place.get("source") or {}).get("display_name")),
            abstract=without_markup(text_of(record.get("abstract_inverted_index") or {})),
            doi=record.get("doi") or "",
            arxiv_id=arxiv_id_among([place, *(record.get("locations") or ())]),
            url=place.get("landing_page_url") or record.get("id") or "",
            citations=record.get("cited_by_count"),
            source="openalex",
        )


def text_of(inverted: Mapping[str, Iterable[int]]) -> str:
    """The text behind an inverted index, which maps each word to the places where it stands."""
    placed = sorted((place, word) for word, places in inverted.items() for place in places)
    return " ".join(word for _, word in placed)


def online_sources(cache: AnswerCache | None = None) -> list[LiteratureSource]:
    """Semantic Scholar, OpenAlex and arXiv, with the user's own keys where there are any.

    Keys are SEMANTIC_SCHOLAR_API_KEY or S2_API_KEY, and OPENALEX_API_KEY with OPENALEX_EMAIL. Raises InputError where
    the cache file cannot be used.
    """
    cache = cache or AnswerCache()
    environment = os.environ
    key = environment.get("SEMANTIC_SCHOLAR_API_KEY") or environment.get("S2_API_KEY") or ""
    return [
        SemanticScholar(key.strip(), cache=cache),
        OpenAlex(
            environment.get("OPENALEX_API_KEY", "").strip(), environment.get("OPENALEX_EMAIL", "").strip(), cache=cache
        ),
        ArXiv(cache=cache),
    ]
