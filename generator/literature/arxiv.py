"""arXiv's query interface: https://info.arxiv.org/help/api/user-manual.html (an Atom feed)."""

from __future__ import annotations

from xml.etree import ElementTree

from ...data.polite import Manners, PoliteClient
from .answers import AnswerCache
from .record import Work, plain_arxiv_id
from .source import plain_query, readable

BASE_URL = "https://export.arxiv.org"
SPACES = {"atom": "http://www.w3.org/2005/Atom", "arxiv": "http://arxiv.org/schemas/atom"}


class ArXiv:
    """Preprints by relevance; one request in three seconds, as the terms of use ask."""

    name = "arxiv"

    def __init__(
        self, *, cache: AnswerCache | None = None, base_url: str = BASE_URL, manners: Manners | None = None
    ) -> None:
        self.client = PoliteClient(self.name, f"{base_url}/api/query", manners or Manners(interval=3.0), cache)

    async def search(self, query: str, limit: int = 10) -> list[Work]:
        """At most `limit` works, best first: those with all words of the query, or else with any.

        Raises SourceFailed or SourceResting.
        """
        words = plain_query(query)
        for operator in (" AND ", " OR ") if len(words) > 1 else ("",) if words else ():
            asked = operator.join(f"all:{word}" for word in words)
            works = await self.client.ask({"search_query": asked, "max_results": str(limit)}, works_in)
            if works:
                return works[:limit]
        return []


def works_in(feed: str) -> list[Work]:
    """The works in an Atom feed. Raises ValueError for anything else, arXiv's own error messages among them."""
    if "<!DOCTYPE" in feed:  # what entity bombs and the login pages of hotels begin with
        raise ValueError("no feed")
    try:
        root = ElementTree.fromstring(feed)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from None
    entries = root.findall("atom:entry", SPACES)
    if root.tag != f"{{{SPACES['atom']}}}feed" or any("/api/errors" in _text(entry, "atom:id") for entry in entries):
        raise ValueError("no feed of works")
    return readable(_work, entries)


def _work(entry: ElementTree.Element) -> Work:
    address = _text(entry, "atom:id")
    published = _text(entry, "atom:published")[:4]
    arxiv_id = plain_arxiv_id(address)
    return Work(
        title=_text(entry, "atom:title"),
        authors=tuple(name.text or "" for name in entry.findall("atom:author/atom:name", SPACES)),
        year=int(published) if published.isdecimal() else None,
        abstract=_text(entry, "atom:summary"),
        doi=_text(entry, "arxiv:doi"),
        arxiv_id=arxiv_id,
        url=f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else address,
        source="arxiv",
    )


def _text(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(name, "", SPACES)
