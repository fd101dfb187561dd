"""Bootstrap draws of many papers, which are read as an array is, and metrics over them by kinds of papers.

Draws of very many papers are dealt anew, block by block, whenever they are read, so that none of them is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data.parallel import in_threads
from .kinds import CELLS, Kinds, Sums, Tables

BLOCK = 16
"""Draws that are dealt at once."""
MANY = 2000
"""Papers below which it is not worth while to look for those that are alike."""
_KEPT = 8
_AT_ONCE, _CELLS = 64, 2**21
"""Draws, and draws times papers, that are counted at once."""


class Source(Protocol):
    """How often each of n papers is drawn."""

    shape: tuple[int, int]
    """Draws and papers."""

    def rows(self, start: int, stop: int) -> NDArray[np.uint8]:
        """Those draws, (stop - start, n): the same whenever they are asked for."""
        ...

    def tally(self, kinds: Kinds) -> NDArray[Any]:
        """How often papers of each kind are drawn, (draws, k), in integers that hold n."""
        ...


class KeptDraws:
    """Draws that are in memory."""

    def __init__(self, counts: NDArray[np.uint8]) -> None:
        self._counts, self.shape = counts, (len(counts), counts.shape[1])

    def rows(self, start: int, stop: int) -> NDArray[np.uint8]:
        """See `Source`."""
        return self._counts[start:stop]

    def tally(self, kinds: Kinds) -> NDArray[Any]:
        """See `Source`."""
        return tallied(self._counts, kinds)


class DealtDraws:
    """Draws that are dealt anew: `deal` gives the block of a number, (BLOCK, n), the same one whenever it is asked.

    `tally` gives how often the kinds are drawn in the block, (BLOCK, k), without dealing to papers, where that can be.
    """

    def __init__(
        self,
        deal: Callable[[int], NDArray[np.uint8]],
        shape: tuple[int, int],
        tally: Callable[[int, Kinds], NDArray[Any]] | None,
    ) -> None:
        self.shape = shape
        self._deal, self._tally = lru_cache(_KEPT)(deal), tally

    def rows(self, start: int, stop: int) -> NDArray[np.uint8]:
        """See `Source`."""
        blocks = range(start // BLOCK, (stop - 1) // BLOCK + 1)
        parts = [self._deal(b)[max(start - b * BLOCK, 0) : stop - b * BLOCK] for b in blocks]
        return np.concatenate(parts) if parts else np.empty((0, self.shape[1]), np.uint8)

    def tally(self, kinds: Kinds) -> NDArray[Any]:
        """See `Source`."""
        tally = self._tally
        if tally is None:
            return tallied(Draws(self), kinds)
        blocks = -(-self.shape[0] // BLOCK)
        table = np.empty((blocks, BLOCK, len(kinds)), np.uint32)

        def count(block: int) -> None:
            table[block] = tally(block, kinds)

        in_threads(count, range(blocks))
        return table.reshape(-1, len(kinds))[: self.shape[0]]


class Draws:
    """How often each of n papers is drawn, (draws, n), read as an array is: `np.asarray` of a few rows gives them.

    Slices are Draws. `beside` (n,) are columns that metrics often read beside what they are given.
    """

    ndim = 2
    dtype = np.dtype(np.uint8)

    def __init__(self, source: Source, beside: Sequence[NDArray[Any]] = ()) -> None:
        self._source, self._tables = source, Tables(source.tally, source.shape[0], beside)
        self._rows, self._papers = range(source.shape[0]), np.arange(source.shape[1])

    @property
    def shape(self) -> tuple[int, int]:
        """Draws and papers."""
        return len(self._rows), len(self._papers)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, key: slice | tuple[slice, NDArray[np.bool_]]) -> Draws:
        rows, papers = key if isinstance(key, tuple) else (key, slice(None))
        return self._part(self._rows[rows], self._papers[papers])

    def with_sample(self) -> Draws:
        """The sample itself in front, every paper once."""
        return self._part(range(self._rows.start - 1, self._rows.stop), self._papers)

    def _part(self, rows: range, papers: NDArray[np.intp]) -> Draws:
        part = object.__new__(Draws)
        part._source, part._tables, part._rows, part._papers = self._source, self._tables, rows, papers
        return part

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> NDArray[Any]:
        counts = self._source.rows(max(self._rows.start, 0), self._rows.stop)
        if len(self._papers) < counts.shape[1]:
            counts = counts[:, self._papers]
        if self._rows.start < 0 < len(self):
            counts = np.concatenate([np.ones((1, len(self._papers)), np.uint8), counts])
        return counts.astype(dtype or np.uint8, copy=bool(copy))

    def of_kinds(self, kinds: Kinds) -> NDArray[Any]:
        """How often papers of each kind are drawn, (draws, k); `kinds` are those of these papers."""
        whole, left_out = kinds, len(self._papers) < self._source.shape[1]
        if left_out:
            place = np.full(self._source.shape[1], -1)
            place[self._papers] = kinds.of_paper
            whole = Kinds.of([place])
        table = self._tables.of(whole)[max(self._rows.start, 0) : self._rows.stop, int(left_out) :]
        if self._rows.start < 0 < len(self):
            table = np.concatenate([np.bincount(kinds.of_paper).astype(table.dtype)[None], table])
        return table


Counts: TypeAlias = NDArray[np.uint8] | Draws
"""How often each paper is drawn, (draws, n)."""


def drawn(metric: Callable[..., Any], counts: Counts, *columns: ArrayLike) -> NDArray[np.float64]:
    """The metric of columns (n,) in each draw of `counts` (draws, n), (draws,) or what else it gives of a draw.

    Papers that are alike in all columns count as one that is drawn as often as they are together, which is the same
    for any metric of weighted papers.
    """
    arrays = [np.asarray(column) for column in columns]
    n = len(arrays[0])
    if n >= MANY:
        kinds = Kinds.of(arrays)
        if len(kinds) <= min(n // 4, CELLS // len(counts)):
            together = counts.of_kinds(kinds) if isinstance(counts, Draws) else tallied(counts, kinds)
            return metric(*(array[kinds.first] for array in arrays), sample_weight=together)
    return metric(*arrays, sample_weight=counts)


def tallied(counts: Counts, kinds: Kinds) -> NDArray[Any]:
    """How often papers of each kind are drawn, (draws, k)."""
    sums = Sums(kinds.of_paper)
    whole = np.uint16 if len(kinds.of_paper) <= np.iinfo(np.uint16).max else np.uint32

    rows = min(_AT_ONCE, max(_CELLS // max(len(kinds.of_paper), 1), 1))

    def of_block(start: int) -> NDArray[Any]:
        return sums.of(np.asarray(counts[start : start + rows]).T.astype(whole, order="C")).T

    return np.concatenate(in_threads(of_block, range(0, len(counts), rows)))
