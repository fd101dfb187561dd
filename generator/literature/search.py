"""One search over all sources: asked together, duplicates merged, ranks fused, failures noted."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from ...data.errors import InputError
from ...data.http_client import CircuitOpen, RequestFailed
from .local import LocalIndex
from .record import Work, identities, merged, unique_keys
from .source import LiteratureSource

RANK_OFFSET = 60
"""k of reciprocal rank fusion, as in the paper that introduced it."""
LOCAL = "local"


class SearchResult(BaseModel):
    """What a search brought: works with unique keys, best first.

    `answered` names the sources that answered; `notes` has one line for each that failed just now.
    """

    model_config = ConfigDict(frozen=True)

    works: tuple[Work, ...] = ()
    answered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Literature:
    """Online sources and a local index as one; either may be missing. An empty index counts as none."""

    def __init__(self, sources: Sequence[LiteratureSource] = (), local: LocalIndex | None = None) -> None:
        self.sources = tuple(sources)
        self.local = local

    async def search(self, query: str, limit: int = 10) -> SearchResult:
        """At most `limit` works. Never raises for what a source does: it returns what the others have, with notes."""
        answers = await asyncio.gather(*(_asked(source, query, limit) for source in self.sources))
        rankings = {source.name: answer for source, answer in zip(self.sources, answers, strict=True)}
        if self.local is not None and len(self.local):
            rankings[LOCAL] = [work for work, _ in self.local.search(query, limit)]
        lists = {name: answer for name, answer in rankings.items() if isinstance(answer, list)}
        return SearchResult(
            works=tuple(unique_keys(fused(list(lists.values()))[:limit])),
            answered=tuple(lists),
            notes=tuple(f"{name}: {answer}" for name, answer in rankings.items() if isinstance(answer, str) and answer),
        )


async def _asked(source: LiteratureSource, query: str, limit: int) -> list[Work] | str:
    """The source's works, or why it has none ("" where that was said before)."""
    try:
        return await source.search(query, limit)
    except CircuitOpen:
        return ""
    except (RequestFailed, InputError) as failure:
        return str(failure)


def fused(rankings: Sequence[Sequence[Work]]) -> list[Work]:
    """One ranking of several, each work once.

    Reciprocal rank fusion: a work scores the sum of 1 / (60 + rank) over the rankings that have it, rank from 1
    (Cormack, Clarke and Buettcher 2009, SIGIR). Equal scores keep the order in which the works came.
    """
    placed = sorted(
        ((rank, which, work) for which, ranking in enumerate(rankings) for rank, work in enumerate(ranking, start=1)),
        key=lambda place: place[:2],
    )
    groups = grouped([work for _, _, work in placed])
    best: dict[tuple[int, int], int] = {}
    for (rank, which, _), group in zip(placed, groups, strict=True):
        best.setdefault((group, which), rank)
    scores: dict[int, float] = {}
    for (group, _), rank in best.items():
        scores[group] = scores.get(group, 0.0) + 1 / (RANK_OFFSET + rank)
    members: dict[int, list[Work]] = {}
    for (_, _, work), group in zip(placed, groups, strict=True):
        members.setdefault(group, []).append(work)
    return [merged(members[group]) for group in sorted(members, key=lambda group: -scores[group])]


def grouped(works: Sequence[Work]) -> list[int]:
    """For each work the place of the first one that is the same, by a chain of shared DOI, arXiv id or title."""
    root = list(range(len(works)))

    def first(place: int) -> int:
        while root[place] != place:
            place = root[place]
        return place

    seen: dict[str, int] = {}
    for place, work in enumerate(works):
        for identity in sorted(identities(work)):
            one, other = first(seen.setdefault(identity, place)), first(place)
            root[max(one, other)] = min(one, other)
    return [first(place) for place in range(len(works))]
