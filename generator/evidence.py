r"""What the runs have shown, for whoever writes the paper: comparisons and the results in words.

All numbers of a paper come from here, whether rules write it or a language model.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..data.files import write_json
from ..presentation.latex import escape
from .compare import compare_runs
from .comparisons import ALL, PooledComparison, RunComparison, RunComparisons
from .latex.words import inside
from .nodes import BASELINE, Choice, Node
from .plan import AnalysisPlan
from .template import Metric, primary_metrics
from .tree_choice import confirmed_pair

UNRESOLVED = ("no difference resolved", "not tested")
DECIDING = "On fresh seeds, which no choice has seen, the chosen setting against the baseline. These tests decide:"
EXPLORATORY = (
    "On the seeds by which the search chose, all settings against the baseline. These tests are exploratory: they are "
    "too favourable to what was chosen, and to what was made from it:"
)
UNCONFIRMED = (
    "Nothing was confirmed on fresh seeds. The search has chosen by the seeds of these tests, so that they are too "
    "favourable to what was chosen, and to what was made from it:"
)


@dataclass(frozen=True)
class Evidence:
    """The runs with results, the baseline first, those without, and how the former compare with the baseline.

    `comparisons` are the tests that decide. Where a search has confirmed what it chose, these are of that setting on
    the fresh seeds, and `selection` has those of all settings on the seeds by which the search chose.
    """

    nodes: tuple[Node, ...]
    failed: tuple[Node, ...]
    metrics: tuple[Metric, ...]
    comparisons: RunComparisons
    selection: RunComparisons
    choice: Choice | None = None

    @classmethod
    def of(
        cls,
        nodes: Sequence[Node],
        metrics: Sequence[Metric],
        plan: AnalysisPlan | None = None,
        choice: Choice | None = None,
    ) -> Evidence:
        """The evidence of a journal's nodes, judged by the plan's metrics, else by those that are primary or the first.

        What failed and was mended counts as what it became.
        """
        chosen = plan.metrics if plan and plan.metrics else [metric.name for metric in primary_metrics(metrics)]
        metrics = [metric.model_copy(update={"primary": metric.name in chosen}) for metric in metrics]
        searched = compare_runs([node for node in nodes if node.kind != "confirm"], metrics, plan)
        decided, pair = searched, confirmed_pair(nodes)
        if pair and plan:
            decided = compare_runs([pair[0].model_copy(update={"run": BASELINE}), pair[1]], metrics, plan.deciding)
        mended = {(node.parent, node.label) for node in nodes if node.kind == "debug"}
        return Evidence(
            nodes=tuple(node for node in nodes if node.status == "ok"),
            failed=tuple(node for node in nodes if node.status == "failed" and (node.run, node.label) not in mended),
            metrics=tuple(metrics),
            comparisons=decided,
            selection=RunComparisons() if decided is searched else searched,
            choice=choice,
        )

    def write_statistics(self, path: Path) -> None:
        """Write statistics.json, from which the audit takes what was computed."""
        write_json(path, {**self.selection.named_values(), **self.comparisons.named_values()})

    @cached_property
    def searched(self) -> bool:
        """Whether the settings come from a search that went on from the better ones."""
        return any(node.kind for node in (*self.nodes, *self.failed))

    @cached_property
    def confirmed(self) -> Node | None:
        """The setting that a search has chosen, on the fresh seeds; None where nothing was confirmed."""
        pair = confirmed_pair(self.nodes)
        return pair[1] if pair else None

    @cached_property
    def primary(self) -> tuple[Metric, ...]:
        """The metrics that the paper is judged by."""
        return tuple(metric for metric in self.metrics if metric.primary)

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The datasets of the baseline, in the order of its results."""
        return tuple(self.nodes[0].results)

    def tests_in_words(self, primary: Collection[str]) -> list[str]:
        """The comparisons with the baseline, a line each; in metrics that are not primary, those that are resolved.

        Those over all pairs of dataset and seed, which decide, come first.
        """
        if not self.selection.pooled:
            return [*([UNCONFIRMED] if self.searched else []), *_told(self.comparisons, primary)]
        return [DECIDING, *_told(self.comparisons, primary), EXPLORATORY, *_told(self.selection, primary)]


def _told(found: RunComparisons, primary: Collection[str]) -> list[str]:
    items = [*found.pooled, *found.items]
    told = [item for item in items if item.metric.name in primary or item.effect not in UNRESOLVED]
    left = sorted({item.metric.name for item in items if item not in told})
    lines = [test_in_words(item) for item in told]
    return [*lines, f"Not listed, none of them resolved: all others in {', '.join(left)}."] if left else lines


def metric_name(metric: Metric) -> str:
    """The metric inside a sentence, without its unit, as LaTeX."""
    return escape(inside(metric.label.partition(" (")[0]))


def comparison_decimals(item: RunComparison) -> int:
    """Decimals for a difference and its interval, at least the metric's.

    Three digits of the smallest as long as that is at most one decimal more, else two digits, at most two more.
    """
    least = item.metric.digits
    sizes = [abs(value) for value in (item.difference, item.low, item.high) if value]
    if not sizes:
        return least
    first = -math.floor(math.log10(min(sizes)))
    return max(least, min(first + 2, least + 1), min(first + 1, least + 2))


def signed(value: float, decimals: int) -> str:
    """A difference with its sign, as LaTeX without the dollars."""
    return f"{value:+.{decimals}f}" if round(value, decimals) else f"{abs(value):.{decimals}f}"


def p_value(value: float) -> str:
    """A p-value with its relation, as LaTeX without the dollars."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def test_in_words(item: PooledComparison | RunComparison) -> str:
    """A comparison in a line."""
    return _pooled_in_words(item) if isinstance(item, PooledComparison) else _single_in_words(item)


def _pooled_in_words(item: PooledComparison) -> str:
    place = f"{item.run} | {ALL} | {item.metric.name}"
    if item.p is None or item.p_holm is None:
        return f"{place}: not tested: {item.reason}"
    tied = item.pairs - item.lower - item.higher
    counts = f"lower in {item.lower}, higher in {item.higher}, equal in {tied} of {item.pairs} pairs"
    failed = f", {item.failed} with a failed seed" if item.failed else ""
    return f"{place}: {counts}{failed}; p {item.p:.3g}, corrected {item.p_holm:.3g}: {item.effect}"


def _single_in_words(item: RunComparison) -> str:
    change = f" ({item.percent:+.3g}%)" if item.percent is not None else ""
    difference = f"{item.run} | {item.dataset} | {item.metric.name}: difference {item.difference:+.4g}{change}"
    if item.low is None or item.high is None or item.p is None or item.p_holm is None:
        return f"{difference}; not tested: {item.reason}"
    test = f"95% [{item.low:.4g}, {item.high:.4g}], p {item.p:.3g}, corrected {item.p_holm:.3g}"
    return f"{difference}, {test}: {item.effect}"
