"""How the runs of an idea differ from the baseline: tests over all pairs of dataset and seed, and on each dataset.

Each setting is compared with `run_0` by the exact sign-flip test over all its pairs (`statistics.sign_flip`): these
are the tests that decide. Beside them stand Student's paired tests on each dataset, which take differences for normal.
p-values count all looks at the data that the plan allows, and are corrected by Holm's method (Holm 1979, Scandinavian
Journal of Statistics 6) in families of the size that was planned: for primary metrics and for all others, over all
pairs and by dataset.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from ..statistics.multiple_testing import holm
from ..statistics.sign_flip import SignFlip, sign_flip_test
from ..statistics.significance import paired_mean_test
from .comparisons import Effect, PooledComparison, RunComparison, RunComparisons, Tested
from .nodes import BASELINE, Node
from .plan import AnalysisPlan, settings_in, undeclared
from .seed_pairs import CONSTANT, TIMED, TOO_FEW, SeedPairs, over_looks, untested
from .template import Metric

AnyTested = TypeVar("AnyTested", bound=Tested)


def compare_runs(nodes: Sequence[Node], metrics: Sequence[Metric], plan: AnalysisPlan | None = None) -> RunComparisons:
    """Every finished run against the baseline, by the plan; without a finished baseline there are no comparisons.

    On single datasets a metric that one of the two lacks is passed over; over all pairs its seeds have failed. What
    cannot be tested has a `reason`. Without a plan the families are as large as the runs make them. A setting whose
    results were taken over after a note counts once.
    """
    finished = [node for node in nodes if node.status == "ok"]
    baseline = next((node for node in finished if node.run == BASELINE), None)
    if baseline is None:
        return RunComparisons()
    plan = plan or undeclared(nodes, metrics)
    others = [node for node in finished if node is not baseline]
    taken = settings_in([node for node in others if node.taken])
    plan = plan.model_copy(update={"seen": max(0, plan.seen - taken)})
    single, pooled = [], []
    for metric in metrics:
        datasets = [name for name, values in baseline.results.items() if metric.name in values]
        pooled += [_over_datasets(baseline, node, metric, plan) for node in others if datasets]
        single += [
            found
            for dataset in datasets
            for node in others
            if (found := _on_dataset(baseline, node, dataset, metric, plan)) is not None
        ]
    return RunComparisons(
        items=tuple(_corrected(single, plan, metrics, len(baseline.results))),
        pooled=tuple(_corrected(pooled, plan, metrics, 1)),
        plan=plan,
        seeds=_numbers_of_seeds(finished, metrics),
    )


def pooled_test(
    baseline: Node, node: Node, metric: Metric, plan: AnalysisPlan, look: int
) -> tuple[SignFlip | None, dict[str, SeedPairs]]:
    """The sign-flip test over all pairs at a look (counted from 0), and the pairs by dataset.

    Datasets on which nothing varies are left out; there is no test where none is left, nor of times.
    """
    datasets = [name for name, values in baseline.results.items() if metric.name in values]
    pairs = {name: _pairs(baseline, node, name, metric, plan, look) for name in datasets}
    pairs = {name: found for name, found in pairs.items() if found.before and not found.constant}
    if metric.timed or not pairs:
        return None, pairs
    return sign_flip_test([found.differences(metric) for found in pairs.values()]), pairs


def _pairs(baseline: Node, node: Node, dataset: str, metric: Metric, plan: AnalysisPlan, look: int) -> SeedPairs:
    before = baseline.results[dataset][metric.name]
    count = plan.looks[look].seeds.get(dataset) or len(before.seeds) or 1
    return SeedPairs.of(before, node.results.get(dataset, {}).get(metric.name), count)


def _looks(node: Node, plan: AnalysisPlan) -> range:
    return range(min(node.looks, len(plan.looks)))


def _over_datasets(baseline: Node, node: Node, metric: Metric, plan: AnalysisPlan) -> PooledComparison:
    tests = [pooled_test(baseline, node, metric, plan, look) for look in _looks(node, plan)]
    last, pairs = tests[-1]
    found = PooledComparison(
        run=node.run,
        label=node.label,
        metric=metric,
        pairs=max(1, sum(len(seeds.before) for seeds in pairs.values())),
        failed=sum(seeds.failed for seeds in pairs.values()),
        datasets=tuple(pairs),
        looks=len(tests),
    )
    if last is None:
        return found.model_copy(update={"reason": TIMED if metric.timed else CONSTANT})
    return found.model_copy(
        update={
            "p": over_looks([1.0 if test is None else test.p_value for test, _ in tests], plan),
            "statistic": last.statistic,
            "lower": last.negative,
            "higher": last.positive,
        }
    )


def _on_dataset(baseline: Node, node: Node, dataset: str, metric: Metric, plan: AnalysisPlan) -> RunComparison | None:
    looks = [_pairs(baseline, node, dataset, metric, plan, look) for look in _looks(node, plan)]
    pairs = looks[-1]
    if not pairs.finite:
        return None
    differences = [after - before for before, after in pairs.finite]
    before = sum(before for before, _ in pairs.finite) / len(pairs.finite)
    difference = sum(differences) / len(differences)
    found = RunComparison(
        run=node.run,
        label=node.label,
        metric=metric,
        pairs=len(pairs.before),
        failed=pairs.failed,
        dataset=dataset,
        baseline=before,
        mean=before + difference,
        difference=difference,
        percent=100 * difference / abs(before) if before else None,
        reason=untested(pairs, metric),
    )
    if found.reason:
        return found
    low, high = paired_mean_test(differences).interval
    p = over_looks([_p_on_dataset(seeds, metric) for seeds in looks], plan)
    return found.model_copy(update={"low": low, "high": high, "p": p})


def _p_on_dataset(pairs: SeedPairs, metric: Metric) -> float:
    return 1.0 if untested(pairs, metric) else paired_mean_test([b - a for a, b in pairs.finite]).p_value


def _corrected(
    items: Sequence[AnyTested], plan: AnalysisPlan, metrics: Sequence[Metric], datasets: int
) -> list[AnyTested]:
    """The comparisons with p-values corrected in their family, and what each resolves.

    A family has a test for each comparison that the plan allows, metric and, on single datasets, dataset. Where the
    looks have too few pairs for a family of exact tests, nothing is tested.
    """
    done = list(items)
    for primary in (True, False):
        tests = plan.settings * datasets * sum(m.primary == primary and not m.timed for m in metrics)
        family = [(i, item.p) for i, item in enumerate(items) if item.metric.primary == primary and item.p is not None]
        if family and isinstance(items[0], PooledComparison) and not plan.reaches(tests):
            for index, _ in family:
                done[index] = items[index].model_copy(update={"p": None, "reason": TOO_FEW})
            continue
        corrected = holm([p for _, p in family], tests=tests)
        for (index, _), p_holm in zip(family, corrected, strict=True):
            item = items[index]
            done[index] = item.model_copy(update={"p_holm": p_holm, "effect": _effect(item, p_holm, plan.level)})
    return done


def _effect(item: Tested, p_holm: float, level: float) -> Effect:
    change = item.statistic if isinstance(item, PooledComparison) else getattr(item, "difference", 0.0)
    if p_holm > level or change == 0:
        return "no difference resolved"
    return "better" if (change < 0) == (item.metric.better == "lower") else "worse"


def _numbers_of_seeds(nodes: Sequence[Node], metrics: Sequence[Metric]) -> tuple[int, ...]:
    names = {metric.name for metric in metrics}
    results = [values for node in nodes for values in node.results.values()]
    return tuple(sorted({len(value.seeds) for values in results for name, value in values.items() if name in names}))
