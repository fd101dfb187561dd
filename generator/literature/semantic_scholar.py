"""Semantic Scholar's Academic Graph: https://api.semanticscholar.org/api-docs/graph (paper relevance search)."""

from __future__ import annotations

import json
from typing import Any

from ...data.polite import Manners, PoliteClient
from .answers import AnswerCache
from .record import Work
from .source import plain_query, readable

BASE_URL = "https://api.semanticscholar.org"
FIELDS = "title,abstract,authors,year,venue,externalIds,url,citationCount"
WITHOUT_KEY = Manners(interval=3.0)
"""Those without a key share 100 requests in 5 minutes; a key has one per second to itself."""


class SemanticScholar:
    """Works by relevance. `key` comes in the environment's SEMANTIC_SCHOLAR_API_KEY or S2_API_KEY."""

    name = "semantic scholar"

    def __init__(
        self,
        key: str = "",
        *,
        cache: AnswerCache | None = None,
        base_url: str = BASE_URL,
        manners: Manners | None = None,
    ) -> None:
        self.client = PoliteClient(
            self.name,
            f"{base_url}/graph/v1/paper/search",
            manners or (Manners(interval=1.1) if key else WITHOUT_KEY),
            cache,
            headers={"x-api-key": key} if key else {},
            key_hint="SEMANTIC_SCHOLAR_API_KEY" if key else "",
        )

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works (100), best first. Raises SourceFailed or SourceResting."""
        words = plain_query(query)
        if not words:
            return []
        parameters = {"query": " ".join(words), "limit": str(min(limit, 100)), "fields": FIELDS}
        return (await self.client.ask(parameters, works_in))[:limit]


def works_in(answer: str) -> list[Work]:
    """The works in an answer of the search. Raises ValueError, KeyError or TypeError for anything else."""
    found = json.loads(answer)
    return readable(_work, found["data"] if found["total"] else [])


def _work(paper: dict[str, Any]) -> Work:
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
