"""Bootstrap draws of many papers: dealt anew, block by block, whenever they are read, so that none of them is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data.parallel import in_threads

BLOCK = 16
"""Draws that are dealt at once."""
_KEPT = 8
_AT_ONCE = 64
_FEWEST = 2000
"""Papers below which it is not worth while to look for those that are alike."""
_CELLS = 2**25
"""Draws times kinds of papers that are held at most, 128 MB."""


class Draws:
    """How often each of n papers is drawn, (draws, n), read as an array is: `np.asarray` of a few rows deals them.

    `deal` gives the block of a number, (BLOCK, n) of uint8, the same one whenever it is asked. Slices are Draws.
    """

    ndim = 2
    dtype = np.dtype(np.uint8)

    def __init__(self, deal: Callable[[int], NDArray[np.uint8]], rows: range, papers: NDArray[np.intp]) -> None:
        self._deal, self._rows, self._papers = deal, rows, papers

    @classmethod
    def dealt(cls, deal: Callable[[int], NDArray[np.uint8]], draws: int, papers: int) -> Draws:
        """All draws of all papers; the last few blocks are kept."""
        return cls(lru_cache(_KEPT)(deal), range(draws), np.arange(papers))

    @property
    def shape(self) -> tuple[int, int]:
        """Draws and papers."""
        return len(self._rows), len(self._papers)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: slice | tuple[slice, NDArray[np.bool_]]) -> Draws:
        rows, papers = key if isinstance(key, tuple) else (key, slice(None))
        return Draws(self._deal, self._rows[rows], self._papers[papers])

    def with_sample(self) -> Draws:
        """The sample itself in front, every paper once."""
        return Draws(self._deal, range(self._rows.start - 1, self._rows.stop), self._papers)

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> NDArray[Any]:
        first, last = self._rows.start, self._rows.stop
        blocks = range(first // BLOCK, (last - 1) // BLOCK + 1)
        parts = [self._block(b)[max(first - b * BLOCK, 0) : last - b * BLOCK] for b in blocks]
        return np.concatenate(parts or [np.empty(self.shape, np.uint8)]).astype(dtype or np.uint8, copy=False)

    def _block(self, number: int) -> NDArray[np.uint8]:
        return self._deal(number)[:, self._papers] if number >= 0 else np.ones((BLOCK, len(self._papers)), np.uint8)


Counts: TypeAlias = NDArray[np.uint8] | Draws
"""How often each paper is drawn, (draws, n)."""


def drawn(metric: Callable[..., Any], counts: Counts, *columns: ArrayLike) -> NDArray[np.float64]:
    """The metric of columns (n,) in each draw of `counts` (draws, n), (draws,) or what else it gives of a draw.

    Papers that are alike in all columns count as one that is drawn as often as they are together, which is the same
    for any metric of weighted papers: 100,000 papers with scores from 1 to 10 are some hundred.
    """
    arrays = [np.asarray(column) for column in columns]
    n = len(arrays[0])
    if n >= _FEWEST:
        kinds, first, of_paper = _kinds(arrays)
        if kinds <= min(n // 4, _CELLS // len(counts)):
            return metric(*(array[first] for array in arrays), sample_weight=_together(counts, of_paper))
    return metric(*arrays, sample_weight=counts)


def _kinds(columns: Sequence[NDArray[Any]]) -> tuple[int, NDArray[np.intp], NDArray[np.intp]]:
    """How many different papers there are, the first of each kind, and the kind of each paper (n,)."""
    place = np.zeros(len(columns[0]), dtype=np.intp)
    first = place[:1]
    for column in columns:
        values, value = np.unique(column, return_inverse=True)
        first, place = np.unique(place * len(values) + value, return_index=True, return_inverse=True)[1:]
    return len(first), first, place


def _together(counts: Counts, kind: NDArray[np.intp]) -> NDArray[np.uint32]:
    """How often the papers of each kind are drawn, (draws, kinds)."""
    order = np.argsort(kind, kind="stable")
    starts = np.flatnonzero(np.diff(kind[order], prepend=-1))
    whole = np.uint16 if len(kind) <= np.iinfo(np.uint16).max else np.uint32

    def of_block(start: int) -> NDArray[np.uint32]:
        papers = np.asarray(counts[start : start + _AT_ONCE]).T.astype(whole, order="C")
        return np.add.reduceat(papers[order], starts, axis=0).T.astype(np.uint32)

    return np.concatenate(in_threads(of_block, range(0, len(counts), _AT_ONCE)))
