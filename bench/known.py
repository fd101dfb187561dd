"""Which reviews a run has already, without what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from sys import intern
from typing import Protocol

from ..reviewer.review import Review


class Signed(Protocol):
    """A reviewer, or its entry in a run's record."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def fingerprint(self) -> str: ...  # noqa: D102


class Known:
    """Of each reviewer and repeat, the papers with a review, and whether the last one stands or failed."""

    def __init__(self, reviews: Iterable[Review] = ()) -> None:
        self._stands: dict[tuple[str, str, int], dict[str, bool]] = defaultdict(dict)
        for review in reviews:
            place = review.reviewer, review.fingerprint, review.repeat
            self._stands[place][intern(review.paper_id)] = review.status == "ok"

    def of(self, reviewer: Signed, repeat: int = 0) -> Mapping[str, bool]:
        """By the id of each paper that it has reviewed, whether the review stands."""
        return self._stands.get((reviewer.name, reviewer.fingerprint, repeat), {})

    def stands(self, repeat: int, key: tuple[str, str, str]) -> bool | None:
        """Whether the review of (reviewer, fingerprint, paper) stands; None: there is none."""
        name, fingerprint, paper = key
        return self._stands.get((name, fingerprint, repeat), {}).get(paper)

    def counts(self) -> dict[str, int]:
        """How many papers each reviewer has reviewed, repeats added up, by its name."""
        found: dict[str, int] = defaultdict(int)
        for (name, _, _), papers in self._stands.items():
            found[name] += len(papers)
        return found
