"""arXiv as an online source of literature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree

from ...data.http_client import RateLimitedClient, RequestPolicy
from .record import Work, plain_arxiv_id
from .source import AnswerCache, LiteratureSource, plain_query, readable

ATOM = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}


def arxiv_id_among(places: Iterable[Mapping[str, Any]]) -> str:
    """The arXiv number in the addresses of where a work can be read; empty where there is none."""
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
