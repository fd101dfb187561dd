"""The online sources of literature: Semantic Scholar, OpenAlex and arXiv.

Keys come from the environment, and answers are kept in the user's cache.
"""

from __future__ import annotations

import json
import os
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from ...data.http_client import RateLimitedClient, RequestPolicy
from .record import Work, plain_arxiv_id
from .source import AnswerCache, LiteratureSource, plain_query, readable, without_markup

MOST = 100
"""Works that one search of an index may ask for."""
ATOM = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}


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


class ArXiv(LiteratureSource):
    """Preprints, https://info.arxiv.org/help/api/user-manual.html (an Atom feed).

    One request in three seconds, as the terms of use ask.
    """

    name = "arxiv"

    def __init__(
        self,
        *,
        cache: AnswerCache | None = None,
        base_url: str = "https://export.arxiv.org",
        policy: RequestPolicy | None = None,
    ) -> None:
        policy = policy or RequestPolicy(interval=3.0)
        self.client = RateLimitedClient(self.name, f"{base_url}/api/query", policy, cache)

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works, best first: those with all words of the query, or else with any.

        Raises RequestFailed or CircuitOpen.
        """
        words = plain_query(query)
        for operator in (" AND ", " OR ") if len(words) > 1 else ("",) if words else ():
            asked = operator.join(f"all:{word}" for word in words)
            works = await self.client.ask({"search_query": asked, "max_results": str(limit)}, _works_in_feed)
            if works:
                return works[:limit]
        return []


def _works_in_feed(feed: str) -> list[Work]:
    """The works in an Atom feed. Raises ValueError for anything else, arXiv's own error messages among them."""
    if "<!DOCTYPE" in feed:  # what entity bombs and the login pages of hotels begin with
        raise ValueError("no feed")
    try:
        root = ElementTree.fromstring(feed)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    entries = root.findall("atom:entry", ATOM)
    if root.tag != f"{{{ATOM['atom']}}}feed" or any("/api/errors" in _text(entry, "atom:id") for entry in entries):
        raise ValueError("no feed of works")
    return readable(_work_of_entry, entries)


def _work_of_entry(entry: ElementTree.Element) -> Work:
    address = _text(entry, "atom:id")
    published = _text(entry, "atom:published")[:4]
    arxiv_id = plain_arxiv_id(address)
    return Work(
        title=_text(entry, "atom:title"),
        authors=tuple(name.text or "" for name in entry.findall("atom:author/atom:name", ATOM)),
        year=int(published) if published.isdecimal() else None,
        abstract=_text(entry, "atom:summary"),
        doi=_text(entry, "arxiv:doi"),
        arxiv_id=arxiv_id,
        url=f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else address,
        source="arxiv",
    )


def _text(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(name, "", ATOM)


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
