"""All differences within a set of scores or metrics at once: half widths of their intervals as matrices."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arrays import Bools, Floats, binary, cluster_numbers
from .delong import FEW, covariance, delong_test, fewest, placements

_NONE = 1e-16
"""A variance below this is what rounding leaves of 0."""
_UNSURE = 1e-12
"""A variance below this is computed from the difference itself, not from the sum of both variances."""


def delong_margins(
    y_true: ArrayLike, scores: Floats, *, groups: Sequence[Hashable] | None = None, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Areas under the ROC curve (k,), and half widths (k, k) of the intervals of their differences as `delong_test`.

    `y_true` is (n,), 1 for accept; `scores` (k, n). NaN where that test gives no interval, 0 where two scores order
    the papers alike.

    Raises ValueError for labels other than 0 and 1, or fewer than two papers of either class.
    """
    from scipy.special import stdtrit

    accepted = binary(np.asarray(y_true), "y_true")
    if min(accepted.sum(), (~accepted).sum()) < 2:
        raise ValueError("an interval of areas needs at least two accepted and two rejected papers")
    cluster = cluster_numbers(groups, len(accepted))
    placed = np.stack([placements(accepted, score) for score in scores])
    areas = placed[:, accepted].mean(axis=1)
    if fewest(accepted, cluster) < FEW:
        return areas, np.where(_alike(placed), 0.0, np.nan)
    variance = _of_differences(covariance(accepted, placed, cluster))
    quantile = stdtrit(_freedom(accepted, placed, cluster), (1 + level) / 2)
    return areas, _margins(variance, quantile, areas)


def delong_p_values(y_true: ArrayLike, scores: Floats, *, groups: Sequence[Hashable] | None = None) -> Floats:
    """Two-sided p-values (k, k) of all differences of areas under the ROC curve, as `delong_test` has them.

    `y_true` is (n,), 1 for accept; `scores` (k, n). Pairs that need a permutation are tested one after the other.

    Raises ValueError for labels other than 0 and 1, or fewer than two papers of either class.
    """
    from scipy.special import stdtr

    accepted = binary(np.asarray(y_true), "y_true")
    cluster = cluster_numbers(groups, len(accepted))
    found = np.ones((len(scores), len(scores)))
    singly = ~np.eye(len(scores), dtype=bool)
    if fewest(accepted, cluster) >= FEW:
        placed = np.stack([placements(accepted, score) for score in scores])
        areas = placed[:, accepted].mean(axis=1)
        variance = _of_differences(covariance(accepted, placed, cluster))
        t = abs(areas[:, None] - areas) / np.sqrt(np.maximum(variance, _UNSURE))
        found = 2 * stdtr(_freedom(accepted, placed, cluster), -t)
        singly &= variance < _UNSURE
    for a, b in np.argwhere(np.triu(singly)):
        found[a, b] = found[b, a] = delong_test(accepted, scores[a], scores[b], groups=groups).p_value
    np.fill_diagonal(found, 1.0)
    return found


def bootstrap_margins(values: Floats, draws: Floats, *, freedom: float, level: float = 0.95) -> Floats:
    """Half widths (k, k) of the intervals of the differences of a metric, as `paired_t_test` has them.

    `values` (k,) are those of the sample, `draws` (k, draws) those of the same draws for all, without NaN. NaN where a
    difference does not vary, 0 where there is none in any draw.
    """
    from scipy.special import stdtrit

    variance = _of_differences(np.cov(draws, ddof=0).reshape(len(values), len(values)))
    return _margins(variance, float(stdtrit(freedom, (1 + level) / 2)), values)


def differing_groups(decisions: Bools, cluster: NDArray[np.int64]) -> NDArray[np.int64]:
    """(k, k): on how many groups of papers two of the decisions (k, n) differ; `cluster` (n,) by `cluster_numbers`."""
    order = np.argsort(cluster, kind="stable")
    starts = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    sorted_ones = decisions[:, order]
    return np.stack([np.logical_or.reduceat(sorted_ones != one, starts, axis=1).sum(axis=1) for one in sorted_ones])


def _of_differences(covariances: Floats) -> Floats:
    variances = np.diag(covariances)
    return np.maximum(variances[:, None] + variances - 2 * covariances, 0.0)


def _margins(variance: Floats, quantile: Floats | float, values: Floats) -> Floats:
    same = np.abs(values[:, None] - values) < math.sqrt(_NONE)
    return np.where(variance < _NONE, np.where(same, 0.0, np.nan), quantile * np.sqrt(variance))


def _alike(placed: Floats) -> Bools:
    return np.stack([(np.abs(placed - one) < math.sqrt(_NONE)).all(axis=1) for one in placed])


def _freedom(accepted: Bools, placed: Floats, cluster: NDArray[np.int64]) -> Floats:
    """(k, k): Satterthwaite's degrees of freedom of each difference, see `delong_test`."""
    classes = [len(np.unique(cluster[members])) for members in (accepted, ~accepted)]
    clusters, shape = int(cluster.max()) + 1, (len(placed), len(placed))
    if clusters < sum(classes):
        return np.full(shape, clusters - 1.0)
    parts = [
        _of_differences(np.cov(placed[:, members]).reshape(shape)) / members.sum() for members in (accepted, ~accepted)
    ]
    below = sum(part**2 / (size - 1) for part, size in zip(parts, classes, strict=True))
    return np.divide(sum(parts) ** 2, below, out=np.full(shape, clusters - 2.0), where=np.asarray(below) > 0)
