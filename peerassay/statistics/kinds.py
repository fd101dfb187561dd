"""Kinds of papers: those that are alike in everything that a metric reads, counted together in every draw.

100,000 papers with decisions, mean ratings and scores from 1 to 10 are some hundred kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELLS = 2**25
"""Draws times kinds of papers that are held at most, 128 MB."""


@dataclass(frozen=True)
class Kinds:
    """A division of n papers into k kinds."""

    of_paper: NDArray[np.intp]
    """(n,) the number of each paper's kind, from 0."""
    first: NDArray[np.intp]
    """(k,) a paper of each kind."""

    @classmethod
    def of(cls, columns: Sequence[NDArray[Any]]) -> Kinds:
        """Papers are of a kind where they are equal in all columns (n,); NaN is equal to NaN."""
        place = np.zeros(len(columns[0]), dtype=np.intp)
        first = place[:1]
        for column in columns:
            values, value = np.unique(column, return_inverse=True)
            first, place = np.unique(place * len(values) + value, return_index=True, return_inverse=True)[1:]
        return cls(place, first)

    def __len__(self) -> int:
        return len(self.first)

    def refine(self, other: Kinds) -> bool:
        """Whether papers of one kind here are always of one kind there."""
        return bool((other.of_paper[self.first][self.of_paper] == other.of_paper).all())


class Tables:
    """How often papers of each kind are drawn, in all draws; what was counted is kept for kinds that it refines."""

    def __init__(self, tally: Callable[[Kinds], NDArray[Any]], draws: int, beside: Sequence[NDArray[Any]] = ()) -> None:
        """`tally` counts the draws of each kind, (draws, k); `beside` (n,) are columns that metrics often read too."""
        self._tally, self._most = tally, CELLS // draws
        self._beside = Kinds.of(beside) if beside else None
        self._kept: list[tuple[Kinds, NDArray[Any]]] = []

    def of(self, kinds: Kinds) -> NDArray[Any]:
        """(draws, k)."""
        for known, table in self._kept:
            if known.refine(kinds):
                return _merged(table, kinds.of_paper[known.first], len(kinds))
        finest = kinds
        if self._beside is not None:
            both = Kinds.of([kinds.of_paper, self._beside.of_paper])
            finest = both if len(both) <= min(self._most // 2, len(both.of_paper) // 4) else kinds
        table = self._tally(finest)
        self._kept.insert(0, (finest, table))
        while len(self._kept) > 1 and sum(len(known) for known, _ in self._kept) > self._most:
            self._kept.pop()
        return _merged(table, kinds.of_paper[finest.first], len(kinds))


def _merged(table: NDArray[Any], coarse: NDArray[np.intp], count: int) -> NDArray[Any]:
    """The columns of (draws, k) added up by the coarser kind of each, (draws, count)."""
    if count == len(coarse) and (coarse == np.arange(count)).all():
        return table
    order = np.argsort(coarse, kind="stable")
    return np.add.reduceat(table[:, order], np.searchsorted(coarse[order], np.arange(count)), axis=1)
