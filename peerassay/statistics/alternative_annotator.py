"""The alternative-annotator test: could a machine stand in for one of a paper's reviewers?

Calderon, Reichart & Dror (2025), arXiv 2501.10970. Each annotator is left out in turn; the machine wins on an item
where it lies at least as close to the remaining annotators as the one left out (root mean squared distance). The
machine may replace an annotator where it wins less often by no more than epsilon, by a one-sided t-test; the winning
rate omega is the share of annotators for whom that holds, at a false discovery rate of .05 (Benjamini & Yekutieli
2001). It passes at omega >= .5.

Adaptation: reviewers of papers are anonymous and differ from paper to paper, so that they are exchangeable. Each
paper's reviews are put in random order, and the seats of that order stand for annotators; omega is a mean over random
orders.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, Field

from .agreement import Ratings, padded
from .arrays import Floats, over_draws, ratio
from .bootstrap import with_sample
from .draws import Counts
from .estimate import Estimate

SEATS = 3
"""Annotators of the test, and the reviews that a paper needs."""
FEWEST = 30
"""Papers, below which the test's authors advise against it."""
EPSILONS = (0.2, 0.1)
"""What a machine may win less often: the authors' value for experts, and that for crowd workers."""
FALSE_DISCOVERIES = 0.05


class AltTestRow(BaseModel):
    """A machine, or a constant, in the place of a reviewer."""

    name: str
    floor: bool
    advantage: Estimate = Field(description="share of reviews whose place it takes as well or better")
    winning_rate: dict[str, float] = Field(description="omega in [0, 1] by epsilon; .5 and more at .2 passes")


def alternative_annotator_test(
    ratings: Ratings,
    scores: Mapping[str, ArrayLike],
    counts: Counts,
    groups: Sequence[str],
    *,
    constants: Sequence[float] = (),
    orders: int = 20,
    seed: int = 0,
) -> list[AltTestRow]:
    """The test for scores (n,) on the scale of the ratings, and for the best of the constants.

    `ratings` has the human ratings of each of n papers, those with fewer than three are left out; infinite scores are
    failed reviews and lose; `counts` (draws, n) are for the interval; papers of one of `groups` (n,) are one cluster of
    the t-test. The constant that does best on these papers is the floor: it has been chosen on them.

    Raises ValueError where fewer than 30 papers have three ratings.
    """
    enough = np.array([len(r) >= SEATS for r in ratings])
    if enough.sum() < FEWEST:
        raise ValueError(f"{enough.sum()} papers have {SEATS} human ratings or more; {FEWEST} are needed")
    rated = padded([r for r, keep in zip(ratings, enough, strict=True) if keep])
    clusters = np.unique(np.array(groups)[enough], return_inverse=True)[1]
    weights, n = with_sample(counts[:, enough]), int(enough.sum())
    tested = {name: np.asarray(score, dtype=np.float64)[enough] for name, score in scores.items()}
    if constants:
        best = max(constants, key=lambda value: np.nanmean(_share_won(_wins(rated, np.full(n, value))[0])))
        tested[f"constant {best:g} (best on these papers)"] = np.full(n, best)
    seats = _seats(rated, orders, np.random.default_rng(seed))
    rows: list[AltTestRow] = []
    for name, score in tested.items():
        machine, human = _wins(rated, score)
        won = _share_won(machine)
        drawn = over_draws(lambda w, won=won: won @ w / w.sum(axis=0), weights, n)
        rate = {f"{epsilon:g}": _winning_rate(human - machine, seats, clusters, epsilon) for epsilon in EPSILONS}
        advantage = Estimate.of(drawn[0], drawn[1:], n)
        rows.append(AltTestRow(name=name, floor=name not in scores, advantage=advantage, winning_rate=rate))
    return rows


def _wins(ratings: Floats, score: Floats) -> tuple[Floats, Floats]:
    """(n, most) 1 where machine, and where human, is at least as close to the others; both at a tie, NaN: no review.

    The root mean squared distance from the others orders as the distance from their mean does.
    """
    there = ~np.isnan(ratings)
    others = (np.nansum(ratings, axis=1, keepdims=True) - ratings) / (there.sum(axis=1, keepdims=True) - 1)
    of_machine = np.where(np.isfinite(score[:, None]), np.abs(score[:, None] - others), np.inf)
    of_human = np.abs(ratings - others)
    closer = np.round(of_human - of_machine, 9)
    return np.where(there, closer >= 0, np.nan), np.where(there, closer <= 0, np.nan)


def _share_won(machine: Floats) -> Floats:
    """(n,) share of a paper's reviewers against whom the machine wins."""
    return np.nanmean(machine, axis=1)


def _seats(ratings: Floats, orders: int, rng: np.random.Generator) -> list[NDArray[np.unsignedinteger]]:
    """Of each order (n, 3), which review of each paper sits where."""
    there, small = np.isnan(ratings), np.min_scalar_type(ratings.shape[1])
    keys = (np.where(there, np.inf, rng.random(ratings.shape)) for _ in range(orders))
    return [order.argsort(axis=1)[:, :SEATS].astype(small) for order in keys]


def _winning_rate(
    behind: Floats, seats: Sequence[NDArray[np.unsignedinteger]], clusters: NDArray[np.intp], epsilon: float
) -> float:
    """Share of the seats where the machine may replace the reviewer, a mean over orders."""
    return float(np.mean([_replaced(behind, order, clusters, epsilon) for order in seats]))


def _replaced(
    behind: Floats, order: NDArray[np.unsignedinteger], clusters: NDArray[np.intp], epsilon: float
) -> NDArray[np.bool_]:
    """(3,) in which of the seats the machine may replace the reviewer."""
    from scipy import stats

    of_seats = np.take_along_axis(behind, order.astype(np.intp), axis=1)
    mean, n, size = of_seats.mean(axis=0), len(behind), int(clusters.max()) + 1
    sums = np.stack([np.bincount(clusters, seat, size) for seat in (of_seats - mean).T], axis=1)
    se = np.sqrt((sums**2).sum(axis=0) * size / (size - 1)) / n
    t = ratio(mean - epsilon, se, np.inf) * np.where(se > 0, 1, np.sign(mean - epsilon))
    return stats.false_discovery_control(stats.t.cdf(t, size - 1), method="by") < FALSE_DISCOVERIES
