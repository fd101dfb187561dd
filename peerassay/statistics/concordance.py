"""Concordant less discordant pairs of papers, in many weighted samples at once and without a matrix of all pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arrays import Floats, Levels

Numbers = NDArray[np.int64]


class _Step(NamedTuple):
    """The pairs whose levels differ first in one binary digit, and are alike in those before it.

    `left` are the papers with 0 there, ordered by what is alike and then by the other variable; `right` those with 1.
    For each of these, the papers of `left` that it pairs with are those from `first` to `last`; the ones before `low`
    are below it in the other variable, the ones from `high` on above.
    """

    left: Numbers
    right: Numbers
    first: Numbers
    low: Numbers
    high: Numbers
    last: Numbers


def pair_excess(x: Levels, y: Levels) -> Callable[[Floats], Floats]:
    """What counts, in samples of weights (n, block), the concordant pairs less the discordant ones, (block,).

    A pair that ties in either variable counts 0. The variable with fewer levels is halved again and again, as in
    merge sort (Knight 1966): n log k steps for k levels. Exact for whole weights.
    """
    few, many = sorted((x, y), key=lambda levels: levels.count)
    steps = [_step(few.of_paper, many.of_paper, many.count, bit) for bit in range((few.count - 1).bit_length())]

    def excess(w: Floats) -> Floats:
        total = np.zeros(w.shape[1])
        for step in steps:
            before = np.zeros((len(step.left) + 1, w.shape[1]))
            np.cumsum(w[step.left], axis=0, out=before[1:])
            ordered = before[step.low]
            ordered += before[step.high]
            ordered -= before[step.first]
            ordered -= before[step.last]
            total += np.einsum("nb,nb->b", w[step.right], ordered)
        return total

    return excess


def _step(few: Numbers, many: Numbers, count: int, bit: int) -> _Step:
    alike, right = few >> (bit + 1), (few >> bit) & 1 == 1
    place = alike * count + many
    left_papers, right_papers = np.flatnonzero(~right), np.flatnonzero(right)
    left_papers = left_papers[np.argsort(place[left_papers], kind="stable")]
    there, start = place[left_papers], alike[right_papers] * count
    return _Step(
        left_papers,
        right_papers,
        np.searchsorted(there, start),
        np.searchsorted(there, place[right_papers]),
        np.searchsorted(there, place[right_papers], side="right"),
        np.searchsorted(there, start + count),
    )
