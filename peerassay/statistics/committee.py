"""A committee of three in which a machine takes one human's place, or breaks ties, beside another human doing so.

Each paper's human ratings are put in random order: the first three are the committee, the fourth is the human that
takes a place or is asked besides. The machine votes with its score, carried to the scale of human ratings rank by rank,
so that it is neither stricter nor milder than a human and no decision is used for it. Every committee accepts as many
papers as the venue did. Values are means over many orders; intervals are over papers (bootstrap, as drawn).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .agreement import Ratings, accept_top, in_random_order, padded
from .arrays import Bools, Floats, midranks, settling_repeats
from .bootstrap import chosen_groups, stratified_counts, with_sample
from .estimate import Estimate

HUMAN = "another human"
SEATS = 3
REPEATS = 200


@dataclass(frozen=True)
class Seat:
    """What became of a committee's decisions when one of its three places was taken by somebody else."""

    name: str
    flips: Estimate
    """Share of papers whose decision changes."""
    more_flips: Estimate | None
    """Less those by another human, paired; None for the human."""
    breaks: Estimate
    """Where two humans disagree: share of papers where this one's word agrees with a further human's."""


def committee_seats(
    ratings: Ratings,
    accepted: ArrayLike,
    scores: Mapping[str, ArrayLike],
    *,
    groups: Sequence[Hashable] | None = None,
    repeats: int = REPEATS,
    draws: int = 2000,
    seed: int = 0,
) -> list[Seat]:
    """A row for another human and one for each machine, on the papers with four ratings or more.

    `ratings` has the human ratings of n papers, `accepted` (n,) the venue's decisions, `scores` the (n,) scores of each
    machine, infinite for a failed review, which votes lowest or highest.

    Raises ValueError where no paper has four ratings, or all or none of those are accepted.
    """
    enough = np.array([len(r) > SEATS for r in ratings])
    decisions = np.asarray(accepted, dtype=bool)[enough]
    if not 0 < decisions.sum() < len(decisions):
        raise ValueError(
            "no committee of three and another human: too few papers have four ratings, or all one decision"
        )
    table = padded([r for r, some in zip(ratings, enough, strict=True) if some])
    places = int(decisions.sum())
    rng = np.random.default_rng(seed)
    drawn = stratified_counts(decisions, draws, seed, groups=groups and chosen_groups(groups, enough))
    weights = np.asarray(with_sample(drawn))
    ranked = {name: _ranks(np.asarray(score, dtype=np.float64)[enough]) for name, score in scores.items()}
    flips = {name: np.zeros(len(table)) for name in (HUMAN, *ranked)}
    agreed = {name: np.zeros(len(table)) for name in flips}
    split = np.zeros(len(table))
    repeats = settling_repeats(repeats, len(table))
    for _ in range(repeats):
        four = in_random_order(table, rng)[:, : SEATS + 1]
        before = accept_top(four[:, :SEATS].mean(axis=1), places, rng)
        votes = accept_each(four, places, rng)
        torn = votes[:, 0] != votes[:, 1]
        split += torn
        pool = np.sort(four[:, SEATS])
        for name in flips:
            seat = four[:, SEATS] if name == HUMAN else np.quantile(pool, ranked[name])
            after = accept_top((four[:, 0] + four[:, 1] + seat) / SEATS, places, rng)
            word = votes[:, 2] if name == HUMAN else accept_top(seat, places, rng)
            flips[name] += before != after
            agreed[name] += torn & (word == votes[:, 3])
    return [_seat(name, flips, agreed[name], split, weights, repeats) for name in flips]


def accept_each(ratings: Floats, places: int, rng: np.random.Generator) -> Bools:
    """Each column's own acceptances of so many papers, (n, k)."""
    return np.column_stack([accept_top(column, places, rng) for column in ratings.T])


def _ranks(score: Floats) -> Floats:
    """Ranks in (0, 1), ties shared."""
    return (midranks(score) - 0.5) / len(score)


def _seat(
    name: str,
    flips: Mapping[str, Floats],
    agreed: Floats,
    split: Floats,
    weights: NDArray[np.uint8],
    repeats: int,
) -> Seat:
    n = len(split)
    own, human = flips[name] / repeats, flips[HUMAN] / repeats
    drawn = weights.sum(axis=1)
    rate = weights @ own / drawn
    more = weights @ (own - human) / drawn
    breaks = weights @ agreed / np.maximum(weights @ split, 1e-9)
    return Seat(
        name,
        Estimate.of(float(rate[0]), rate[1:], n),
        None if name == HUMAN else Estimate.of(float(more[0]), more[1:], n),
        Estimate.of(float(breaks[0]), breaks[1:], n),
    )
