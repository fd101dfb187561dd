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
_ROWS = 256


class Sums:
    """Sums over the papers of each kind; `of_paper` (n,) has the kinds' numbers from 0, of which none is missing."""

    def __init__(self, of_paper: NDArray[np.intp]) -> None:
        self._order = np.argsort(of_paper, kind="stable")
        self._starts = np.flatnonzero(np.diff(of_paper[self._order], prepend=-1))

    def __len__(self) -> int:
        return len(self._starts)

    def of(self, values: NDArray[Any]) -> NDArray[Any]:
        """(n, m) values, (k, m)."""
        ordered = values[self._order]
        return ordered if len(self) == len(ordered) else np.add.reduceat(ordered, self._starts, axis=0)

    def across(self, table: NDArray[Any]) -> NDArray[Any]:
        """(m, n) values, (m, k), some rows at a time; the values themselves where paper i is of kind i."""
        if len(self) == len(self._order) and (self._order == np.arange(len(self))).all():
            return table
        found = np.empty((len(table), len(self)), table.dtype)
        for start in range(0, len(table), _ROWS):
            found[start : start + _ROWS] = self.of(table[start : start + _ROWS].T).T
        return found


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
                return Sums(kinds.of_paper[known.first]).across(table)
        finest = kinds
        if self._beside is not None:
            both = Kinds.of([kinds.of_paper, self._beside.of_paper])
            finest = both if len(both) <= min(self._most // 2, len(both.of_paper) // 4) else kinds
        table = self._tally(finest)
        self._kept.insert(0, (finest, table))
        while len(self._kept) > 1 and sum(len(known) for known, _ in self._kept) > self._most:
            self._kept.pop()
        return Sums(kinds.of_paper[finest.first]).across(table)
