"""Differences of correlated areas under the ROC curve: DeLong's covariance, papers of a group together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Floats, binary, cluster_numbers, midranks, paired
from .significance import Comparison

FEW = 8
"""Groups of papers that either class needs for the normal approximation."""
_EXACT = 20_000
_RELABELLINGS = 9_999

Hashables = Sequence[object]


def delong_test(
    y_true: ArrayLike, score_a: ArrayLike, score_b: ArrayLike, *, groups: Hashables | None = None, level: float = 0.95
) -> Comparison:
    """Test whether two scores have the same area under the ROC curve (DeLong et al. 1988; groups: Obuchowski 1997).

    `y_true` is (n,), 1 for accept; scores (n,) may be infinite, not NaN; papers of one of `groups` (n,) depend on
    each other, all are independent without. Interval and p-value are those of Student's t with Satterthwaite's degrees
    of freedom for the two classes, as Brunner & Munzel (2000) have them: with some hundred papers the normal ones.

    Where either class has fewer than 8 groups, or the estimated variance is 0 although the areas differ, there is no
    interval, and the p-value is that of a permutation of the decisions: exact up to 20,000 ways, else of 9,999 drawn
    ones. Scores that order the papers alike have p = 1.

    Raises ValueError for wrong shapes, labels or NaN, or fewer than two papers of either class.
    """
    from scipy.special import stdtr, stdtrit

    y, a = paired(y_true, score_a, ("y_true", "score_a"))
    b = paired(y_true, score_b, ("y_true", "score_b"))[1]
    accepted = binary(y, "y_true")
    if min(accepted.sum(), (~accepted).sum()) < 2:
        raise ValueError("the DeLong test needs at least two accepted and two rejected papers")
    cluster = cluster_numbers(groups, len(y))
    apart = placements(accepted, a) - placements(accepted, b)
    difference = float(apart[accepted].mean())
    se = math.sqrt(max(0.0, float(covariance(accepted, apart[None], cluster)[0, 0])))
    if not apart.any():
        return Comparison(0.0, 0.0, (0.0, 0.0), 1.0)
    if se < 1e-12 or fewest(accepted, cluster) < FEW:
        return Comparison(difference, se, (math.nan, math.nan), _permuted(accepted, a, b, cluster), "permutation")
    freedom = _freedom(accepted, apart, cluster)
    margin = float(stdtrit(freedom, (1 + level) / 2)) * se
    p_value = float(2 * stdtr(freedom, -abs(difference) / se))
    return Comparison(difference, se, (difference - margin, difference + margin), p_value)


def placements(accepted: NDArray[np.bool_], score: Floats) -> Floats:
    """(n,): of an accepted paper the share of rejected ones below it, of a rejected one that of accepted above it.

    Ties count half, so that the mean over either class is the area. By midranks (Sun & Xu 2014).
    """
    overall, placed = midranks(score), np.empty(len(score))
    accepted_count, rejected_count = accepted.sum(), (~accepted).sum()
    placed[accepted] = (overall[accepted] - midranks(score[accepted])) / rejected_count
    placed[~accepted] = 1 - (overall[~accepted] - midranks(score[~accepted])) / accepted_count
    return placed


def covariance(accepted: NDArray[np.bool_], placed: Floats, cluster: NDArray[np.int64]) -> Floats:
    """(k, k): the covariance of k areas, or of differences of areas, from their placements (k, n).

    `cluster` is (n,) from `cluster_numbers`. With every paper a cluster of its own this is DeLong's estimate.
    """
    parts: list[Floats] = []
    sizes: list[int] = []
    clusters = int(cluster.max()) + 1
    for members in (accepted, ~accepted):
        centred = placed[:, members] - placed[:, members].mean(axis=1, keepdims=True)
        sums = np.zeros((clusters, len(placed)))
        if clusters == len(accepted):
            sums[cluster[members]] = centred.T / members.sum()
        else:
            np.add.at(sums, cluster[members], centred.T / members.sum())
        parts.append(sums.T)
        sizes.append(len(np.unique(cluster[members])))
    of_accepted, of_rejected = parts
    both = of_accepted @ of_rejected.T
    within = sum(size / (size - 1) * part @ part.T for size, part in zip(sizes, parts, strict=True))
    return np.asarray(within + clusters / (clusters - 1) * (both + both.T))


def fewest(accepted: NDArray[np.bool_], cluster: NDArray[np.int64]) -> int:
    """Of how many groups the papers of the smaller class come."""
    return min(len(np.unique(cluster[members])) for members in (accepted, ~accepted))


def _freedom(accepted: NDArray[np.bool_], apart: Floats, cluster: NDArray[np.int64]) -> float:
    """Satterthwaite's degrees of freedom; those of the groups' number where some hold papers of both classes."""
    classes = [len(np.unique(cluster[members])) for members in (accepted, ~accepted)]
    clusters = int(cluster.max()) + 1
    if clusters < sum(classes):
        return clusters - 1
    variances = [float(np.var(apart[members], ddof=1)) / members.sum() for members in (accepted, ~accepted)]
    below = sum(variance**2 / (size - 1) for variance, size in zip(variances, classes, strict=True))
    return sum(variances) ** 2 / below if below else clusters - 2


def _permuted(accepted: NDArray[np.bool_], a: Floats, b: Floats, cluster: NDArray[np.int64]) -> float:
    """Two-sided p-value of the difference of areas when decisions are exchanged: within groups that hold both, else
    between groups of one size."""
    worth = midranks(a) - midranks(b)  # the difference of areas is linear in the ranks of the accepted papers
    worth -= worth.mean()
    count = int(accepted.sum())
    if cluster.max() + 1 == len(accepted) and math.comb(len(accepted), count) <= _EXACT:
        drawn = np.array([worth[list(chosen)].sum() for chosen in combinations(range(len(accepted)), count)])
        return float(np.mean(np.abs(drawn) >= abs(worth[accepted].sum()) - 1e-9))
    rng = np.random.default_rng(0)
    drawn = np.zeros(_RELABELLINGS)
    for values, labels in _exchangeable(accepted, worth, cluster):
        drawn += rng.permuted(np.tile(labels, (_RELABELLINGS, 1)), axis=1) @ values
    larger = int((np.abs(drawn) >= abs(worth[accepted].sum()) - 1e-9).sum())
    return (larger + 1) / (_RELABELLINGS + 1)


def _exchangeable(
    accepted: NDArray[np.bool_], worth: Floats, cluster: NDArray[np.int64]
) -> list[tuple[Floats, NDArray[np.bool_]]]:
    """Values and decisions of papers, or of whole groups of one class, whose decisions may be exchanged."""
    found: list[tuple[Floats, NDArray[np.bool_]]] = []
    pure: dict[int, list[tuple[float, bool]]] = {}
    for number in range(int(cluster.max()) + 1):
        members = cluster == number
        labels = accepted[members]
        if labels.any() and not labels.all():
            found.append((worth[members], labels))
        else:
            pure.setdefault(int(members.sum()), []).append((float(worth[members].sum()), bool(labels[0])))
    for units in pure.values():
        found.append((np.array([value for value, _ in units]), np.array([label for _, label in units])))
    return found
