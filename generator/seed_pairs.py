"""Two runs as pairs of values under the same seed, failed seeds among them, and the test on one dataset.

Values are paired by their place: templates list them in the order of their seeds. A seed whose value is missing or not
finite has failed; it stays in, as the worst that there is. Where seeds have names (results that somebody else has
brought), those that both runs have are paired, and without one the values by lot, since their order may come from
themselves: what a run was not given is no failure of its.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from ..statistics.significance import paired_mean_test
from .nodes import Value
from .plan import AnalysisPlan
from .template import Metric

ONE_SEED, CONSTANT = "fewer than two seeds", "the values do not vary between seeds"
FAILED, SAME = "a seed failed", "all seeds differ by the same"
TOO_FEW = "there are too few pairs of dataset and seed for an exact test to resolve anything"
TIMED = "a time, which other work on the machine moves for all seeds of a run alike"


@dataclass(frozen=True)
class SeedPairs:
    """The values of a metric on a dataset under n seeds: the baseline's and the other run's, None for failed ones."""

    before: tuple[float | None, ...]
    after: tuple[float | None, ...]

    @classmethod
    def of(cls, before: Value, after: Value | None, count: int) -> SeedPairs:
        """The pairs of the first `count` seeds; what a run has not written for a seed failed, where it has no name."""
        if before.names:
            return cls(*_named(before, after, count)) if after is not None else cls((), ())
        return cls(_first(before, count), (None,) * count if after is None else _first(after, count))

    @property
    def finite(self) -> list[tuple[float, float]]:
        """The pairs with both values."""
        pairs = zip(self.before, self.after, strict=True)
        return [(a, b) for a, b in pairs if a is not None and b is not None]

    @property
    def failed(self) -> int:
        """Pairs of which a side failed."""
        return len(self.before) - len(self.finite)

    @property
    def constant(self) -> bool:
        """Whether neither side varies over two seeds or more, so that the seeds say nothing about chance."""
        values = [{value for value in side if value is not None} for side in (self.before, self.after)]
        return len(self.before) > 1 and not self.failed and all(len(side) == 1 for side in values)

    def differences(self, metric: Metric) -> list[float]:
        """The other run's less the baseline's; infinite, for the worse, where one side failed, and 0 where both did."""
        worst = math.inf if metric.better == "lower" else -math.inf
        ranked = zip(self.before, self.after, strict=True)
        return [b - a if a is not None and b is not None else _failed(a, b, worst) for a, b in ranked]


def _failed(before: float | None, after: float | None, worst: float) -> float:
    return 0.0 if before is None and after is None else worst if after is None else -worst


def _named(before: Value, after: Value, count: int) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
    mine, theirs = (dict(zip(v.names, v.seeds or (v.mean,), strict=True)) for v in (before, after))
    shared = [name for name in mine if name in theirs][:count]
    if not shared:
        least = min(len(mine), len(theirs), count)
        sides = [list(side.values()) for side in (mine, theirs)]
        for number, side in enumerate(sides):
            random.Random(number).shuffle(side)
        return tuple(sides[0][:least]), tuple(sides[1][:least])
    return tuple(mine[name] for name in shared), tuple(theirs[name] for name in shared)


def _first(value: Value, count: int) -> tuple[float | None, ...]:
    known = value.seeds or (value.mean,)
    return (*known[:count], *(None,) * (count - len(known)))


def untested(pairs: SeedPairs, metric: Metric) -> str:
    """Why a metric cannot be tested on one dataset; empty where it can."""
    if metric.timed:
        return TIMED
    if len(pairs.before) < 2:
        return ONE_SEED
    if pairs.failed:
        return FAILED
    if pairs.constant:
        return CONSTANT
    return SAME if math.isnan(paired_mean_test([b - a for a, b in pairs.finite]).p_value) else ""


def over_looks(p_values: Sequence[float], plan: AnalysisPlan) -> float:
    """The p-value over all looks that were made: the smallest, each divided by the look's share of the level."""
    shared = [p / look.share for p, look in zip(p_values, plan.looks, strict=False) if look.share]
    return min(1.0, *shared) if shared else 1.0
