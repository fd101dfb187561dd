"""Like for like: machines and humans against the same target, on the same papers and the same draws.

A human stands against the mean of the *other* reviewers of a paper, and against a committee of two others. So does
every machine here: neither has a part in what it is measured against.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, Field

from .agreement import Ratings, accept_top, in_random_order, mean_over_repeats
from .arrays import Floats
from .bootstrap import with_sample
from .estimate import Estimate
from .rank_metrics import standard_midranks

REPEATS = 50
SPLITS = 200
FEWEST = 20
"""Papers with enough ratings, below which there are no figures."""
_CELLS = 2**24  # papers times draws whose ranks are held at a time, 128 MB for each reviewer
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
    counts: NDArray[np.uint8],
    *,
    repeats: int = REPEATS,
    seed: int = 0,
) -> Against:
    """Spearman correlation with the mean of a paper's other reviewers, when one reviewer is left out at random.

    `ratings` has the human ratings of each of n papers, those with fewer than two are left out; `scores` the (n,)
    scores of each machine, infinite for a failed review; `counts` (draws, n) how often each paper is drawn. The human
    is the reviewer left out, and the machines face the same mean of the rest. Values are means over `repeats` choices.

    Raises ValueError where fewer than 20 papers have two ratings.
    """
    enough = _enough(ratings, 2)
    weights, n = with_sample(counts[:, enough]), int(enough.sum())
    chosen = [r for r, keep in zip(ratings, enough, strict=True) if keep]
    used = {name: np.asarray(score)[enough] for name, score in scores.items()}
    rows = max(_CELLS // n, 1)
    found: dict[str, list[Floats]] = {name: [] for name in (ONE_HUMAN, *used)}
    for start in range(0, len(weights), rows):
        drawn = _facing_others(chosen, used, weights[start : start + rows], repeats, np.random.default_rng(seed))
        for name, values in drawn.items():
            found[name].append(np.mean(values, axis=0))
    return _against({name: [np.concatenate(means)] for name, means in found.items()}, n)


def _facing_others(
    ratings: Ratings,
    scores: Mapping[str, Floats],
    weights: NDArray[np.uint8],
    repeats: int,
    rng: np.random.Generator,
) -> dict[str, list[Floats]]:
    """By name the correlations (draws,) of each repeat, with the mean of the other reviewers of that repeat."""
    machines = {name: standard_midranks(score, weights) for name, score in scores.items()}
    found: dict[str, list[Floats]] = {name: [] for name in (ONE_HUMAN, *machines)}
    for _ in range(repeats):
        shuffled = in_random_order(ratings, rng)
        others = standard_midranks(np.nanmean(shuffled[:, 1:], axis=1), weights)
        found[ONE_HUMAN].append(_dot(standard_midranks(shuffled[:, 0], weights), others))
        for name, ranks in machines.items():
            found[name].append(_dot(ranks, others))
    return found


def against_committees(
    ratings: Ratings,
    accepted: ArrayLike,
    scores: Mapping[str, ArrayLike],
    counts: NDArray[np.uint8],
    *,
    splits: int = SPLITS,
    seed: int = 0,
) -> Against:
    """AUC against the acceptances of a committee of two reviewers, for machines, one human and two humans.

    Arguments as in `against_others`, `accepted` is (n,); papers with fewer than four ratings are left out. Four
    reviewers are split at random into halves; one half accepts as many papers as the venue did, by its mean rating,
    ties at the cut broken at random. One and both reviewers of the other half, and the machines, are measured against
    that. A failed review loses every pair. Values are means over `splits`; the acceptances of a split are kept in every
    draw.

    Raises ValueError where fewer than 20 papers have four ratings, or all or none of those were accepted.
    """
    enough = _enough(ratings, 4)
    count = int(np.asarray(accepted)[enough].sum())
    if not 0 < count < enough.sum():
        raise ValueError("the papers with four ratings are all accepted or all rejected: no committee to compare with")
    rng = np.random.default_rng(seed)
    weights = with_sample(counts[:, enough]).astype(np.float32)
    chosen = [r for r, keep in zip(ratings, enough, strict=True) if keep]
    four = np.stack([in_random_order(chosen, rng)[:, :4] for _ in range(splits)])
    labels = np.stack([accept_top(mean, count, rng) for mean in four[:, :, :2].mean(axis=2)])
    found = {
        ONE_HUMAN: [_mean_auc_of_ratings(labels, four[:, :, 2], weights)],
        TWO_HUMANS: [_mean_auc_of_ratings(labels, four[:, :, 2:].mean(axis=2), weights)],
    }
    for name, score in scores.items():
        found[name] = [mean_auc(labels, np.asarray(score, dtype=np.float64)[enough], weights)]
    return _against(found, len(chosen))


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


def _mean_auc_of_ratings(labels: NDArray[np.bool_], ratings: Floats, weights: NDArray[np.float32]) -> Floats:
    """The same for scores (splits, n) of their own for each label vector: quick where few values differ."""
    levels = np.unique(ratings)
    areas: list[Floats] = []
    for y, score in zip(_blocks(labels, len(levels)), _blocks(ratings, len(levels)), strict=True):
        at = (score[:, :, None] == levels).transpose(1, 0, 2)
        positive, negative = (
            (weights @ (at & side.T[:, :, None]).reshape(len(at), -1).astype(np.float32)).reshape(-1, *at.shape[1:])
            for side in (y, ~y)
        )
        concordant = (positive * (negative.cumsum(axis=2) - negative / 2)).sum(axis=2, dtype=np.float64)
        with np.errstate(invalid="ignore"):
            areas.append(concordant / (positive.sum(axis=2) * negative.sum(axis=2)))
    return np.concatenate(areas, axis=1).mean(axis=1)


def _blocks(array: NDArray[Any], levels: int) -> list[NDArray[Any]]:
    """The splits in parts, each of some 2,000 levels."""
    return np.array_split(array, max(1, len(array) * levels // 2000))


def _enough(ratings: Ratings, most: int) -> NDArray[np.bool_]:
    enough = np.array([len(r) >= most for r in ratings])
    if enough.sum() < FEWEST:
        raise ValueError(f"{enough.sum()} papers have {most} human ratings or more; {FEWEST} are needed")
    return enough


def _dot(a: Floats, b: Floats) -> Floats:
    return np.einsum("dn,dn->d", a, b)


def _against(found: Mapping[str, list[Floats]], n: int) -> Against:
    means = {name: np.mean(values, axis=0) for name, values in found.items()}
    values = {name: mean_over_repeats([mean], n) for name, mean in means.items()}
    differences = {
        name: mean_over_repeats([mean - means[ONE_HUMAN]], n) for name, mean in means.items() if name != ONE_HUMAN
    }
    return Against(values, differences)
