"""How the runs of an idea differ from the baseline: differences with intervals, tests, and what they resolve.

Every run is compared with `run_0` for each dataset and metric by Welch's test (Welch 1947, Biometrika 34), which does
not take the variances for equal, on the values of single seeds. p-values are corrected by Holm's method (Holm 1979,
Scandinavian Journal of Statistics 6) within two families: all tests of primary metrics, and all tests of the others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ..statistics.multiple_testing import LEVEL, holm
from ..statistics.significance import welch_test
from .nodes import BASELINE, Node, Value
from .template import Metric

Effect = Literal["better", "worse", "no difference resolved", "not tested"]


class RunComparison(BaseModel):
    """One run against the baseline, on one dataset and metric. Differences are run minus baseline."""

    model_config = ConfigDict(frozen=True)

    run: str
    label: str
    dataset: str
    metric: Metric
    baseline: FiniteFloat
    mean: FiniteFloat
    difference: FiniteFloat
    percent: FiniteFloat | None = Field(default=None, description="of the baseline's mean; None where that is 0")
    low: FiniteFloat | None = Field(default=None, description="lower end of the 95% interval of the difference")
    high: FiniteFloat | None = None
    p: float | None = Field(default=None, ge=0, le=1, description="two-sided, not corrected")
    p_holm: float | None = Field(default=None, ge=0, le=1, description="corrected within its family")
    effect: Effect = "not tested"
    reason: str = Field(default="", description="why there is no test")


class RunComparisons(BaseModel):
    """All comparisons, in the order of metrics, datasets and runs."""

    model_config = ConfigDict(frozen=True)

    items: tuple[RunComparison, ...] = ()
    seeds: tuple[int, ...] = Field(default=(), description="the different numbers of values per seed, ascending")

    def of(
        self, *, primary: bool | None = None, dataset: str | None = None, run: str | None = None,
        metric: str | None = None, effect: Effect | None = None,
    ) -> list[RunComparison]:  # fmt: skip
        """Those with all of the given properties."""
        return [
            item
            for item in self.items
            if (primary is None or item.metric.primary == primary)
            and (dataset is None or item.dataset == dataset)
            and (run is None or item.run == run)
            and (metric is None or item.metric.name == metric)
            and (effect is None or item.effect == effect)
        ]

    def named_values(self) -> dict[str, float]:
        """The values under names such as "difference/circle/kl_divergence/run_1", as the audit reads them."""
        values: dict[str, float] = {}
        for item in self.items:
            place = f"{item.dataset}/{item.metric.name}/{item.run}"
            for name in ("difference", "percent", "low", "high", "p", "p_holm"):
                if (value := getattr(item, name)) is not None:
                    values[f"{name}/{place}"] = value
        return values


def compare_runs(nodes: Sequence[Node], metrics: Sequence[Metric]) -> RunComparisons:
    """Every finished run against the baseline; without a finished baseline there are no comparisons.

    A metric or dataset that one of the two lacks is passed over. With fewer than two values per seed on a side, or with
    values that do not vary on either, nothing is tested, and `reason` says so.
    """
    finished = [node for node in nodes if node.status == "ok"]
    baseline = next((node for node in finished if node.run == BASELINE), None)
    if baseline is None:
        return RunComparisons()
    found = [
        _compared(node, dataset, metric, before, after)
        for metric in metrics
        for dataset, values in baseline.results.items()
        for node in finished
        if node is not baseline
        and (before := values.get(metric.name)) is not None
        and (after := node.results.get(dataset, {}).get(metric.name)) is not None
    ]
    counts = {len(value.seeds) for node in finished for _, value in _values(node, metrics)}
    return RunComparisons(items=tuple(_corrected(found)), seeds=tuple(sorted(counts)))


def _values(node: Node, metrics: Sequence[Metric]) -> Iterator[tuple[str, Value]]:
    names = {metric.name for metric in metrics}
    return ((name, value) for dataset in node.results.values() for name, value in dataset.items() if name in names)


def _compared(node: Node, dataset: str, metric: Metric, before: Value, after: Value) -> RunComparison:
    difference = after.mean - before.mean
    few = min(len(before.seeds), len(after.seeds)) < 2
    tested = None if few else welch_test(before.seeds, after.seeds)
    constant = tested is not None and math.isnan(tested.p_value)
    low, high, p = (None, None, None) if tested is None or constant else (*tested.interval, tested.p_value)
    return RunComparison(
        run=node.run,
        label=node.label,
        dataset=dataset,
        metric=metric,
        baseline=before.mean,
        mean=after.mean,
        difference=difference,
        percent=100 * difference / abs(before.mean) if before.mean else None,
        low=low,
        high=high,
        p=p,
        reason="fewer than two seeds" if few else "the values do not vary between seeds" if constant else "",
    )


def _corrected(items: Sequence[RunComparison]) -> list[RunComparison]:
    """The comparisons with p-values corrected in their family, and what each resolves."""
    done = list(items)
    for primary in (True, False):
        family = [(i, item.p) for i, item in enumerate(items) if item.metric.primary == primary and item.p is not None]
        for (index, _), p_holm in zip(family, holm([p for _, p in family]), strict=True):
            item = items[index]
            done[index] = item.model_copy(update={"p_holm": p_holm, "effect": _effect(item, p_holm)})
    return done


def _effect(item: RunComparison, p_holm: float) -> Effect:
    if p_holm >= LEVEL or item.difference == 0:
        return "no difference resolved"
    return "better" if (item.difference < 0) == (item.metric.better == "lower") else "worse"
