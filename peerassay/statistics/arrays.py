"""What every metric shares: checked arrays, and frequency weights for one sample or for a batch of bootstrap draws."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..data.parallel import in_threads
from .draws import Draws
from .kinds import Sums

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Value: TypeAlias = Any  # a float for one sample, an array with one row per draw for a batch

_CELLS = 2**16  # papers times draws worked on at a time: half a MB, which stays in the cache
_FEWEST, _MOST = 16, 2**19  # draws at least, where papers times draws are not more than that: 4 MB
_SETTLED = 2000


def over_draws(statistic: Callable[[Floats], Floats], sample_weight: ArrayLike | Draws | None, n: int) -> Value:
    """Evaluate a statistic on one weighted sample, or on every draw of a batch, block by block.

    `statistic` maps weights of shape (n, block) to values of shape (block,) or (block, m). `sample_weight` holds
    frequency weights: None (all one), (n,), or (draws, n); a weight of k counts a paper k times, 0 leaves it out.

    Returns a float (or (m,)) for one sample and (draws,) (or (draws, m)) for a batch.

    Raises ValueError for weights of another shape, negative or not finite.
    """
    weights = _checked(sample_weight, n)
    if weights.ndim == 1:
        value = statistic(np.asarray(weights, dtype=np.float64)[:, None])[0]
        return float(value) if value.ndim == 0 else value
    rows = max(_CELLS // n, min(_FEWEST, _MOST // n), 1)

    def of_block(start: int) -> Floats:
        return statistic(np.asarray(weights[start : start + rows]).T.astype(np.float64, order="C"))

    return np.concatenate(in_threads(of_block, range(0, max(len(weights), 1), rows)))


def _checked(sample_weight: ArrayLike | Draws | None, n: int) -> NDArray[Any] | Draws:
    given = np.ones(n) if sample_weight is None else sample_weight
    weights = given if isinstance(given, Draws) else np.asarray(given)
    if weights.ndim not in (1, 2) or weights.shape[-1] != n:
        raise ValueError(f"sample_weight must have shape ({n},) or (draws, {n}), not {weights.shape}")
    if isinstance(weights, Draws) or weights.dtype.kind in "bu":
        return weights
    if not ((weights >= 0) & np.isfinite(weights)).all():
        raise ValueError("sample_weight must be finite and not negative")
    return weights


def midranks(values: Floats) -> Floats:
    """The ranks 1 to n of (n,) values, ties at the mean of their places; scipy.stats takes long to load for them."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - (count - 1) / 2)[place]


def paired(first: ArrayLike, second: ArrayLike, names: tuple[str, str]) -> tuple[Floats, Floats]:
    """Two arrays of one value per paper, as floats of shape (n,). Raises ValueError where they are not, or hold NaN."""
    arrays = []
    for values, name in zip((first, second), names, strict=True):
        array = np.asarray(values, dtype=np.float64)
        if array.ndim != 1 or not array.size:
            raise ValueError(f"{name} must have one value per paper, shape (n,) with n > 0, not {array.shape}")
        if np.isnan(array).any():
            raise ValueError(f"{name} holds NaN: impute or leave out papers without a value first")
        arrays.append(array)
    if len(arrays[0]) != len(arrays[1]):
        raise ValueError(f"{names[0]} and {names[1]} differ in length: {len(arrays[0])} and {len(arrays[1])}")
    return arrays[0], arrays[1]


def binary(values: Floats, name: str) -> Bools:
    """The labels as booleans. Raises ValueError for labels other than 0 and 1."""
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError(f"{name} must hold only 0 (reject) and 1 (accept)")
    return values == 1.0


def cluster_numbers(groups: Sequence[Hashable] | None, n: int) -> NDArray[np.int64]:
    """The groups (n,) as numbers from 0; a number of its own for each paper where there are none."""
    if groups is None:
        return np.arange(n)
    number = {group: i for i, group in enumerate(dict.fromkeys(groups))}
    return np.array([number[group] for group in groups])


def settling_repeats(most: int, n: int) -> int:
    """How many repeats of a random choice in each of n papers to take the mean over: `most` of up to 2,000 papers.

    The choice's noise falls with papers times repeats: of more papers, fewer settle the mean as well.
    """
    return min(most, -(-most * _SETTLED // n))


def ratio(numerator: Floats, denominator: Floats, undefined: float = np.nan) -> Floats:
    """Quotients, `undefined` where the denominator is 0; without warnings."""
    out = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), undefined)
    return np.divide(numerator, denominator, out=out, where=denominator != 0)


class Levels:
    """The distinct values of n papers in ascending order, k of them: ties share a level."""

    def __init__(self, values: Floats) -> None:
        self.of_paper = np.unique(values, return_inverse=True)[1]
        self._sums = Sums(self.of_paper)
        self.count = len(self._sums)

    def weights(self, w: Floats) -> Floats:
        """(n, block) weights of papers summed by level, (k, block)."""
        return self._sums.of(w)

    def cumulative(self, w: Floats) -> Floats:
        """Weight of all papers below each level, and of all, (k + 1, block)."""
        below = np.zeros((self.count + 1, w.shape[1]))
        np.cumsum(self.weights(w), axis=0, out=below[1:])
        return below
