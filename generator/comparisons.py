"""What the tests of an idea's runs against the baseline have found; `compare` makes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from .plan import AnalysisPlan
from .template import Metric

Effect = Literal["better", "worse", "no difference resolved", "not tested"]
ALL = "all datasets"


class Tested(BaseModel):
    """What a test of one run against the baseline says in one metric."""

    model_config = ConfigDict(frozen=True)

    run: str
    label: str
    metric: Metric
    pairs: int = Field(ge=1, description="pairs of values under the same seed, failed and tied ones too")
    failed: int = Field(default=0, ge=0, description="pairs of which a side failed; they count for the other side")
    p: float | None = Field(default=None, ge=0, le=1, description="two-sided, over all looks, not corrected")
    p_holm: float | None = Field(default=None, ge=0, le=1, description="corrected within its family")
    effect: Effect = "not tested"
    reason: str = Field(default="", description="why there is no test")


class RunComparison(Tested):
    """One run against the baseline on one dataset. Differences are run minus baseline, over the pairs with both."""

    dataset: str
    baseline: FiniteFloat = Field(description="the baseline's mean over these seeds")
    mean: FiniteFloat
    difference: FiniteFloat
    percent: FiniteFloat | None = Field(default=None, description="of the baseline's mean; None where that is 0")
    low: FiniteFloat | None = Field(default=None, description="lower end of the 95% interval of the difference")
    high: FiniteFloat | None = None


class PooledComparison(Tested):
    """One run against the baseline over all pairs of dataset and seed; `effect` is the decision that counts."""

    datasets: tuple[str, ...] = Field(default=(), description="those in the test")
    statistic: float = Field(default=0.0, description="standardised; above 0 where the run's values are higher")
    lower: int = Field(default=0, ge=0, description="pairs in which the run's value is lower")
    higher: int = Field(default=0, ge=0)
    looks: int = Field(default=1, ge=1, description="looks at the data that were made")

    @property
    def for_better(self) -> int:
        """Pairs in which the run does better."""
        return self.lower if self.metric.better == "lower" else self.higher


class RunComparisons(BaseModel):
    """All comparisons, in the order of metrics, datasets and runs, and the plan that they follow."""

    model_config = ConfigDict(frozen=True)

    items: tuple[RunComparison, ...] = ()
    pooled: tuple[PooledComparison, ...] = ()
    plan: AnalysisPlan | None = None
    seeds: tuple[int, ...] = Field(default=(), description="the different numbers of values per seed, ascending")

    def of(
        self, *, primary: bool | None = None, dataset: str | None = None, run: str | None = None,
        metric: str | None = None, effect: Effect | None = None,
    ) -> list[RunComparison]:  # fmt: skip
        """The comparisons on single datasets with all of the given properties."""
        return [
            item
            for item in self.items
            if (primary is None or item.metric.primary == primary)
            and (dataset is None or item.dataset == dataset)
            and (run is None or item.run == run)
            and (metric is None or item.metric.name == metric)
            and (effect is None or item.effect == effect)
        ]

    def decision(self, run: str, metric: str, dataset: str | None = None) -> Effect:
        """What the corrected test says of a run in a metric: on one dataset, or over all pairs without one."""
        found: Sequence[Tested] = self.of(run=run, metric=metric, dataset=dataset) if dataset else self.pooled
        effects: list[Effect] = [item.effect for item in found if (item.run, item.metric.name) == (run, metric)]
        return effects[0] if effects else "not tested"

    def named_values(self) -> dict[str, float]:
        """The values under names such as "difference/circle/kl_divergence/run_1", as the audit reads them."""
        values: dict[str, float] = {}
        by_dataset = ("difference", "percent", "low", "high", "p", "p_holm", "baseline", "mean")
        over_all = ("pairs", "lower", "higher", "p", "p_holm")
        for names, items in ((by_dataset, self.items), (over_all, self.pooled)):
            for item in items:
                place = f"{getattr(item, 'dataset', ALL)}/{item.metric.name}/{item.run}"
                found = {f"{name}/{place}": getattr(item, name) for name in names}
                values |= {name: value for name, value in found.items() if value is not None}
        return values
