"""Differences between two entries of a board, each with its interval, for whoever wants to look at just these two."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..bench.pair_tests import delong
from ..statistics.estimate import ordered
from ..statistics.permutation import mean_difference
from .boards import GeneratorEntry, ReviewerBoard
from .recompute import board_humans, machine_from_scores

MOST = 10_000_000
"""Pairs times papers of a board: beyond, only the first entries are compared."""


@dataclass(frozen=True)
class PairDifference:
    """Of entry `a` less entry `b` of a board, by their places in its order from 0."""

    a: int
    b: int
    difference: float
    low: float | None
    high: float | None
    """95%, for this pair alone; None where there are too few papers."""


def reviewer_pairs(board: ReviewerBoard) -> list[PairDifference]:
    """The difference in AUC of all entries with scores, by DeLong's test, as `peerassay compare` gives it."""
    humans = board_humans(board.dataset)
    if not 1 < humans.accepted.sum() < len(humans) - 1:
        return []
    scored = [i for i, e in enumerate(board.entries) if "auc" in e.result.figures.scores]
    first = scored[: compared(len(humans))]
    machines = {}
    for i in first:
        result = board.entries[i].result
        machines[i] = machine_from_scores(result.id, result.traits, result.papers, humans)
    known = [i for i in first if machines[i].score is not None]
    return [
        _pair(a, b, found.difference, found.interval)
        for a, b in combinations(known, 2)
        for found in [delong(humans, machines[a], machines[b])]
    ]


def generator_pairs(entries: Sequence[GeneratorEntry]) -> Iterator[PairDifference]:
    """The difference in mean score of all configurations on a template, with Welch's interval."""
    scores = [ordered([i.score for i in e.result.ideas if i.score is not None]) for e in entries]
    for a, b in combinations(range(len(entries)), 2):
        if len(scores[a]) and len(scores[b]):
            yield _pair(a, b, *mean_difference([(scores[a], scores[b])]))


def compared(papers: int) -> int:
    """How many of the first entries are compared on so many papers."""
    return int(math.sqrt(2 * MOST / papers))


def _pair(a: int, b: int, difference: float, interval: tuple[float, float]) -> PairDifference:
    low, high = (None if math.isnan(end) else end for end in interval)
    return PairDifference(a, b, difference, low, high)
