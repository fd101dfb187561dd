"""Like for like: machines and humans against the same target, on the same papers and the same draws.

A human stands against the mean of the *other* reviewers of a paper, and against a committee of two others. So does
every machine here: neither has a part in what it is measured against.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, Field

from .agreement import Ratings, accept_top, in_random_order, mean_over_repeats, padded
from .arrays import Floats, Levels, over_draws, ratio, settling_repeats
from .bootstrap import with_sample
from .draws import Counts
from .estimate import Estimate
from .rank_metrics import centred_midranks

REPEATS = 50
SPLITS = 200
FEWEST = 20
"""Papers with enough ratings, below which there are no figures."""
_CELLS = 2**21  # papers times draws at a time, 8 MB
_LEVELS, _PAPERS = 2000, 4096  # splits times levels, and papers, at a time: 32 MB
_REPEATS_AT_ONCE = 10
ONE_HUMAN, TWO_HUMANS = "one human", "two humans"


class LikeForLikeRow(BaseModel):
    """A reviewer, or humans, against the two targets; differences are paired, less one human."""

    name: str
    human: bool = False
    spearman: Estimate | None = Field(default=None, description="with the mean of a paper's other human reviewers")
    spearman_difference: Estimate | None = None
    auc: Estimate | None = Field(default=None, description="against the acceptances of committees of two others")
    auc_difference: Estimate | None = None


class Against(NamedTuple):
    """A figure by name, one human among them, and each one's difference from one human."""

    values: dict[str, Estimate]
    differences: dict[str, Estimate]


def against_others(
    ratings: Ratings,
    scores: Mapping[str, ArrayLike],
    counts: Counts,
    *,
    repeats: int = REPEATS,
    seed: int = 0,
) -> Against:
    """Spearman correlation with the mean of a paper's other reviewers, when one reviewer is left out at random.

    `ratings` has the human ratings of each of n papers, those with fewer than two are left out; `scores` the (n,)
    scores of each machine, infinite for a failed review; `counts` (draws, n) how often each paper is drawn. The human
    is the reviewer left out, and the machines face the same mean of the rest. Values are means over `repeats` choices,
    fewer of many papers (see `settling_repeats`).

    Raises ValueError where fewer than 20 papers have two ratings.
    """
    enough = _enough(ratings, 2)
    weights, n = with_sample(counts[:, enough]), int(enough.sum())
    table, rng = padded([r for r, keep in zip(ratings, enough, strict=True) if keep]), np.random.default_rng(seed)
    machines = [Levels(np.asarray(score, dtype=np.float64)[enough]) for score in scores.values()]
    total = np.zeros((len(weights), 1 + len(machines)))
    repeats = settling_repeats(repeats, n)
    for start in range(0, repeats, _REPEATS_AT_ONCE):
        choices = [_left_out(table, rng) for _ in range(start, min(start + _REPEATS_AT_ONCE, repeats))]
        total += over_draws(partial(_facing_others, choices, machines), weights, n)
    return _against({name: [mean] for name, mean in zip((ONE_HUMAN, *scores), total.T / repeats, strict=True)}, n)


def _left_out(table: Floats, rng: np.random.Generator) -> tuple[Levels, Levels]:
    """The rating of a reviewer of each paper, chosen at random, and the mean of the paper's others."""
    shuffled = in_random_order(table, rng)
    return Levels(shuffled[:, 0]), Levels(np.nanmean(shuffled[:, 1:], axis=1))


def _facing_others(choices: Sequence[tuple[Levels, Levels]], machines: Sequence[Levels], w: Floats) -> Floats:
    """Of weights (n, block), correlations (block, 1 + machines) of one human and each machine, summed over choices."""
    ranked = [centred_midranks(levels, w) for levels in machines]
    total = np.zeros((1 + len(machines), w.shape[1]))
    for one, others in choices:
        facing, spread_of_others = centred_midranks(others, w)
        facing *= w
        for row, (ranks, spread) in zip(total, [centred_midranks(one, w), *ranked], strict=True):
            row += ratio(np.einsum("nb,nb->b", ranks, facing), np.sqrt(spread) * np.sqrt(spread_of_others))
    return total.T


def against_committees(
    ratings: Ratings,
    accepted: ArrayLike,
    scores: Mapping[str, ArrayLike],
    counts: Counts,
    *,
    splits: int = SPLITS,
    seed: int = 0,
) -> Against:
    """AUC against the acceptances of a committee of two reviewers, for machines, one human and two humans.

    Arguments as in `against_others`, `accepted` is (n,); papers with fewer than four ratings are left out. Four
    reviewers are split at random into halves; one half accepts as many papers as the venue did, by its mean rating,
    ties at the cut broken at random. One and both reviewers of the other half, and the machines, are measured against
    that. A failed review loses every pair. Values are means over `splits`, fewer of many papers;
    the acceptances of a split are kept in every draw.

    Raises ValueError where fewer than 20 papers have four ratings, or all or none of those were accepted.
    """
    enough = _enough(ratings, 4)
    count = int(np.asarray(accepted)[enough].sum())
    if not 0 < count < enough.sum():
        raise ValueError("the papers with four ratings are all accepted or all rejected: no committee to compare with")
    table = padded([r for r, keep in zip(ratings, enough, strict=True) if keep])
    labels, one, two = _committees(table, count, settling_repeats(splits, len(table)), seed)
    weights, rows = with_sample(counts[:, enough]), max(_CELLS // len(table), 1)
    found: dict[str, list[Floats]] = {name: [] for name in (ONE_HUMAN, TWO_HUMANS, *scores)}
    for start in range(0, len(weights), rows):
        drawn = np.asarray(weights[start : start + rows]).astype(np.float32)
        found[ONE_HUMAN].append(_mean_auc_of_ratings(labels, one, drawn))
        found[TWO_HUMANS].append(_mean_auc_of_ratings(labels, two, drawn))
        for name, score in scores.items():
            found[name].append(mean_auc(labels, np.asarray(score, dtype=np.float64)[enough], drawn))
    return _against({name: [np.concatenate(areas)] for name, areas in found.items()}, len(table))


def _committees(
    table: Floats, count: int, splits: int, seed: int
) -> tuple[NDArray[np.bool_], NDArray[np.unsignedinteger], NDArray[np.unsignedinteger]]:
    """What one half of each split accepts, and where one and both of the other half place a paper; (splits, n) each.

    Places are numbers from 0, in the order of the ratings. The order of reviewers and the ties at the cut come from
    one stream of random numbers, all orders first.
    """
    shuffling, cutting = np.random.default_rng(seed), np.random.default_rng(seed)
    cast(np.random.PCG64, cutting.bit_generator).advance(splits * table.size)
    levels = np.unique(table[~np.isnan(table)])
    means, place_of_pair = np.unique(np.add.outer(levels, levels) / 2, return_inverse=True)
    place_of_pair = place_of_pair.reshape(len(levels), -1).astype(np.min_scalar_type(len(means)))
    labels = np.empty((splits, len(table)), dtype=bool)
    one = np.empty(labels.shape, dtype=np.min_scalar_type(len(levels)))
    two = np.empty(labels.shape, dtype=place_of_pair.dtype)
    for split in range(splits):
        four = in_random_order(table, shuffling)[:, :4]
        labels[split] = accept_top(four[:, :2].mean(axis=1), count, cutting)
        third, fourth = np.searchsorted(levels, four[:, 2:]).T
        one[split], two[split] = third, place_of_pair[third, fourth]
    return labels, one, two


def mean_auc(labels: NDArray[np.bool_], score: Floats, weights: ArrayLike) -> Floats:
    """Mean over label vectors (splits, n) of the AUC of one score (n,), in every draw of `weights` (draws, n).

    Infinite scores are failed reviews and lose every pair. Returns (draws,), NaN where a class is absent.
    """
    w, y = np.asarray(weights, dtype=np.float32), labels.astype(np.float32)
    concordant = np.zeros((len(w), len(y)), dtype=np.float32)
    below = np.zeros_like(concordant)
    for level in np.unique(score[np.isfinite(score)]):
        at = score == level
        positive = w[:, at] @ y[:, at].T
        negative = w[:, at].sum(axis=1, keepdims=True) - positive
        concordant += positive * (below + negative / 2)
        below += negative
    positives = w @ y.T
    pairs = positives * (w.sum(axis=1, keepdims=True) - positives)
    with np.errstate(invalid="ignore"):
        return (concordant / pairs).mean(axis=1, dtype=np.float64)


def _mean_auc_of_ratings(
    labels: NDArray[np.bool_], places: NDArray[np.unsignedinteger], weights: NDArray[np.float32]
) -> Floats:
    """The same for places (splits, n) of their own for each label vector: quick where few values differ."""
    levels = np.unique(places)
    blocks = max(1, len(labels) * len(levels) // _LEVELS)
    areas: list[Floats] = []
    for y, place in zip(np.array_split(labels, blocks), np.array_split(places, blocks), strict=True):
        positive, negative = _drawn_by_level(y, place, levels, weights)
        concordant = (positive * (negative.cumsum(axis=2) - negative / 2)).sum(axis=2, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            areas.append(concordant / (positive.sum(axis=2) * negative.sum(axis=2)))
    return np.concatenate(areas, axis=1).mean(axis=1)


def _drawn_by_level(
    labels: NDArray[np.bool_],
    places: NDArray[np.unsignedinteger],
    levels: NDArray[np.unsignedinteger],
    weights: NDArray[np.float32],
) -> NDArray[np.float32]:
    """How many accepted and rejected papers of each level a draw has, (2, draws, splits, levels)."""
    found = np.zeros((2, len(weights), len(labels), len(levels)), dtype=np.float32)
    for start in range(0, labels.shape[1], _PAPERS):
        part = slice(start, start + _PAPERS)
        at, y = places[:, part].T[:, :, None] == levels, labels[:, part].T[:, :, None]
        for side, total in zip((y, ~y), found, strict=True):
            chosen = (at & side).reshape(len(at), -1).astype(np.float32)
            total += (weights[:, part] @ chosen).reshape(total.shape)
    return found


def _enough(ratings: Ratings, most: int) -> NDArray[np.bool_]:
    enough = np.array([len(r) >= most for r in ratings])
    if enough.sum() < FEWEST:
        raise ValueError(f"{enough.sum()} papers have {most} human ratings or more; {FEWEST} are needed")
    return enough


def _against(found: Mapping[str, list[Floats]], n: int) -> Against:
    means = {name: np.mean(values, axis=0) for name, values in found.items()}
    values = {name: mean_over_repeats([mean], n) for name, mean in means.items()}
    differences = {
        name: mean_over_repeats([mean - means[ONE_HUMAN]], n) for name, mean in means.items() if name != ONE_HUMAN
    }
    return Against(values, differences)
