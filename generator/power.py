"""What the planned tests can resolve, for whoever plans experiments, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import stdev

from ..statistics.sign_flip import detectable_shift, least_p
from .lab import Lab
from .metrics import settled_metrics
from .nodes import BASELINE, Node, Value
from .plan import AnalysisPlan, read_plan
from .template import Metric

WANTED = 0.8


def power_in_words(lab: Lab) -> str:
    """Pairs, family, and the difference that is resolved with 80% power; empty before the plan is written."""
    plan, baseline = read_plan(lab.folder), lab.journal().find(BASELINE)
    if plan is None or baseline is None:
        return ""
    metrics = [metric for metric in settled_metrics(lab) if metric.name in plan.metrics]
    return "\n".join([*_of_plan(plan, metrics), *_of_spread(plan, baseline, metrics)])


def _of_plan(plan: AnalysisPlan, metrics: Sequence[Metric]) -> Iterator[str]:
    names = ", ".join(metric.name for metric in metrics) or "not settled yet"
    if plan.confirmation is not None:
        yield from _of_search(plan, names)
        return
    also = f", and so do {plan.seen} that were run before a note" if plan.seen else ""
    yield (
        f"Decided before the runs: primary metric {names}; at most {plan.comparisons} runs are compared with run_0, "
        f"all of which count in the correction{also}. The test is the exact sign-flip test over all pairs of dataset "
        "and seed."
    )
    for number, look in enumerate(plan.looks, 1):
        level = plan.level_at(number - 1)
        what = f"resolves p <= {level:.2g}" if look.share else "only decides which runs get further seeds"
        yield f"Look {number}: {look.pairs} pairs, whose smallest p is {least_p(look.pairs):.2g}; it {what}."
    if not plan.can_resolve:
        yield "So few pairs can resolve nothing: the results will be reported without a decision."
    elif len(plan.looks) > 1:
        yield "Runs that are promising and not resolved at look 1 get the further seeds of look 2 by themselves."


def _of_search(plan: AnalysisPlan, names: str) -> Iterator[str]:
    decided = plan.deciding
    pairs = decided.looks[0].pairs
    yield (
        f"Decided before the runs: primary metric {names}. Runs are compared with run_0 on the seeds that all have, to "
        f"choose one; this one and the baseline are then run on {pairs} pairs of fresh seeds and dataset, which alone "
        f"decide, by the exact sign-flip test: p <= {decided.level_at(0):.2g} is resolved, and the smallest that "
        f"{pairs} pairs of fresh seeds can give is {least_p(pairs):.2g}."
    )
    if not plan.can_resolve:
        yield "So few pairs can resolve nothing: the results will be reported without a decision."


def _of_spread(plan: AnalysisPlan, baseline: Node, metrics: Sequence[Metric]) -> Iterator[str]:
    """The shift that is resolved, on each dataset in units of the metric, from the baseline's spread over seeds."""
    plan = plan.deciding
    last = plan.looks[-1]
    shift = detectable_shift(last.pairs, plan.level_at(len(plan.looks) - 1), WANTED) if last.share else None
    if shift is None:
        return
    yield (
        f"With all looks a change is resolved in {WANTED:.0%} of cases if it moves every dataset the same way by "
        f"{shift:.2g} standard deviations of a pair's difference. If runs under one seed are unrelated, that is about:"
    )
    for metric in metrics:
        for dataset, values in baseline.results.items():
            spread = _spread(values.get(metric.name))
            if spread is not None:
                difference, mean = shift * math.sqrt(2) * spread, values[metric.name].mean
                yield f"  {dataset} | {metric.name}: {difference:.3g} (run_0 has {mean:.4g})"


def _spread(value: Value | None) -> float | None:
    """The standard deviation over seeds; None for fewer than two."""
    known = [seed for seed in value.seeds if seed is not None] if value else []
    return stdev(known) if len(known) > 1 else None
