"""Failures that are alike: told once with their count, and a reason to stop where nothing else comes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable

from ..data.errors import NothingButFailures
from .protocol import Reviewer, traits_of
from .review import Review

FIRST = 5
"""So many reviews at the start that all fail alike stop a run."""
EVERY = 0.02
"""Seconds between two looks at those under way."""
SHOWN = 3
"""Kinds of failures that are told apart."""


def kind_of(reason: str, paper_id: str = "") -> str:
    """The reason without what differs from paper to paper."""
    return re.sub(r"\d+(?:\.\d+)?", "#", reason.replace(paper_id, "") if paper_id else reason)[:160]


def told_once(failures: Iterable[Review]) -> str:
    """The reasons of failed reviews, each kind once and with its count: "no key (12); timeout"."""
    kinds: dict[str, list[str]] = {}
    for review in failures:
        kinds.setdefault(kind_of(review.reason, review.paper_id), []).append(review.reason)
    ordered = sorted(kinds.values(), key=len, reverse=True)
    words = [f"{reasons[0]}{f' ({len(reasons)} times)' if len(reasons) > 1 else ''}" for reasons in ordered[:SHOWN]]
    others = sum(map(len, ordered[SHOWN:]))
    return "; ".join([*words, *([f"{others} others"] if others else [])])


class FirstReviews:
    """Watches whether the first reviews of a reviewer all fail in the same way.

    Quick failures do not outrun slow successes: where `FIRST` have failed, nothing is begun until those under way have
    ended.
    """

    def __init__(self, reviewer: Reviewer, *, watched: bool = True) -> None:
        self._name = reviewer.name
        self._watched = watched and traits_of(reviewer).kind not in ("floor", "learned", "replay")
        self._failed: list[Review] = []
        self._under_way = 0

    async def begin(self) -> None:
        """A review is to begin; `end` follows. Raises NothingButFailures where all so far have failed alike."""
        while self._suspect and self._under_way:
            await asyncio.sleep(EVERY)
        self._under_way += 1
        if self._suspect:
            raise self.error()

    def end(self, review: Review | None) -> None:
        """It has ended; None: without a review."""
        self._under_way -= 1
        if not self._watched or review is None:
            return
        first = self._failed[0] if self._failed else review
        alike = kind_of(review.reason, review.paper_id) == kind_of(first.reason, first.paper_id)
        if review.status == "ok" or not alike:
            self._watched = False
        self._failed.append(review)

    @property
    def _suspect(self) -> bool:
        return self._watched and len(self._failed) >= FIRST

    def error(self) -> NothingButFailures:
        """What to say of them."""
        return NothingButFailures(
            f"{self._name} fails in the same way on each of the first {len(self._failed)} papers: "
            f"{self._failed[0].reason}; "
            f"the run was stopped. Mend it and start again with --retry-failed; as it is, the same command goes on "
            f"with the other papers"
        )
