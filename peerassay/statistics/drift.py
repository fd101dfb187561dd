"""Whether scores of the same papers, made later, still come from where the earlier ones came from.

An exact test: where nothing has changed, a paper's earlier and later scores could have come in any order. Two
statistics are looked at together, the mean over papers of the later mean less the earlier one, for a shift, and the sum
of the squares of these differences, for anything else. The larger of the two, each standardised over the same orders,
is held against its distribution over random orders (Westfall & Young 1993; Phipson & Smyth 2010 for the p-value).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Floats

RESAMPLES = 19_999
_EQUAL = 1e-9
_TOGETHER = 20
"""Papers of which the orders are in memory at once."""


@dataclass(frozen=True)
class Drift:
    """What a comparison of earlier and later scores found."""

    papers: int
    shift: float
    """Mean over papers of the later mean less the earlier mean, in points."""
    p_value: float
    """In (0, 1]; the smallest is 1 / (resamples + 1)."""


def drift_test(
    before: Sequence[Floats], after: Sequence[Floats], *, resamples: int = RESAMPLES, seed: int = 0
) -> Drift:
    """Test later scores against earlier ones; `before` and `after` have one array of scores for each paper.

    Each array holds at least one score; papers may have different numbers of them. Raises ValueError without papers,
    or where the two have not the same number of papers.
    """
    if not before or len(before) != len(after):
        raise ValueError("earlier and later scores are of the same papers, at least one")
    rng = np.random.default_rng(seed)
    total, squares = np.zeros(resamples + 1), np.zeros(resamples + 1)
    shapes: dict[tuple[int, int], list[Floats]] = defaultdict(list)
    for earlier, later in zip(before, after, strict=True):
        shapes[len(later), len(earlier)].append(np.concatenate([later, earlier]).astype(np.float64))
    for (late, _), papers in shapes.items():
        for some in _batches(papers):
            orders = np.broadcast_to(np.stack(some), (resamples + 1, len(some), len(some[0]))).copy()
            orders[1:] = rng.permuted(orders[1:], axis=2)
            differences = orders[:, :, :late].mean(axis=2) - orders[:, :, late:].mean(axis=2)
            total += differences.sum(axis=1)
            squares += (differences**2).sum(axis=1)
    size = np.maximum(_standardised(np.abs(total)), _standardised(squares))
    hits = int((size[1:] >= size[0] - _EQUAL).sum())
    return Drift(len(before), float(total[0] / len(before)), (hits + 1) / (resamples + 1))


def _batches(papers: list[Floats]) -> Iterator[list[Floats]]:
    return (papers[start : start + _TOGETHER] for start in range(0, len(papers), _TOGETHER))


def _standardised(values: Floats) -> Floats:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > _EQUAL else np.zeros_like(values)


def power_of_shift(
    before: Sequence[Floats], shift: float, *, repeats: int = 1, level: float = 0.01, trials: int = 60, seed: int = 0
) -> float:
    """Share of later checks that would find a shift of all papers by so many points, in [0, 1], simulated.

    Later scores are drawn from a paper's earlier ones, `repeats` of each, and shifted. `level` is at least .004.
    """
    rng = np.random.default_rng(seed)
    found = 0
    for trial in range(trials):
        after = [rng.choice(scores, repeats) + shift for scores in before]
        found += drift_test(before, after, resamples=299, seed=trial).p_value <= level
    return found / trials
