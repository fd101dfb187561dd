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
from .comparisons import RunComparison, RunComparisons, compare_runs
from .latex.words import inside
from .nodes import BASELINE, Node
from .search_steps import CONFIRMATION
from .template import Metric

UNRESOLVED = ("no difference resolved", "not tested")


@dataclass(frozen=True)
class Evidence:
    """The runs with results, the baseline first, those without, and how the former compare with the baseline.

    `confirmation` compares repetitions under other seeds, which no family of tests counts.
    """

    nodes: tuple[Node, ...]
    failed: tuple[Node, ...]
    metrics: tuple[Metric, ...]
    comparisons: RunComparisons
    confirmation: RunComparisons

    @classmethod
    def of(cls, nodes: Sequence[Node], metrics: Sequence[Metric]) -> Evidence:
        """The evidence of a journal's nodes, judged by these metrics."""
        finished = tuple(node for node in nodes if node.status == "ok")
        return Evidence(
            nodes=finished,
            failed=tuple(node for node in nodes if node.status == "failed"),
            metrics=tuple(metrics),
            comparisons=compare_runs([node for node in finished if not repeats(node)], metrics),
            confirmation=compare_runs([node for node in finished if node.run == BASELINE or repeats(node)], metrics),
        )

    def write_statistics(self, path: Path) -> None:
        """Write statistics.json, from which the audit takes what was computed."""
        write_json(path, {**self.comparisons.named_values(), **self.confirmation.named_values()})

    @cached_property
    def primary(self) -> tuple[Metric, ...]:
        """The metrics that the paper is judged by."""
        return tuple(metric for metric in self.metrics if metric.primary) or self.metrics[:1]

    @cached_property
    def datasets(self) -> tuple[str, ...]:
        """The datasets of the baseline, in the order of its results."""
        return tuple(self.nodes[0].results)

    def tests_in_words(self, primary: Collection[str]) -> list[str]:
        """The comparisons with the baseline, a line each; in metrics that are not primary, those that are resolved."""
        items = (*self.comparisons.items, *self.confirmation.items)
        told = [item for item in items if item.metric.name in primary or item.effect not in UNRESOLVED]
        left = sorted({item.metric.name for item in items if item not in told})
        lines = [_test_in_words(item) for item in told]
        return [*lines, f"Not listed, none of them resolved: all others in {', '.join(left)}."] if left else lines


def repeats(node: Node) -> bool:
    """Whether a run repeats another one under other seeds, as the tree search does in the end."""
    return node.label.endswith(f", {CONFIRMATION}")


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


def _test_in_words(item: RunComparison) -> str:
    change = f" ({item.percent:+.3g}%)" if item.percent is not None else ""
    difference = f"{item.run} | {item.dataset} | {item.metric.name}: difference {item.difference:+.4g}{change}"
    if item.low is None or item.high is None or item.p is None or item.p_holm is None:
        return f"{difference}; not tested: {item.reason}"
    test = f"95% [{item.low:.4g}, {item.high:.4g}], p {item.p:.3g}, corrected {item.p_holm:.3g}"
    return f"{difference}, {test}: {item.effect}"
