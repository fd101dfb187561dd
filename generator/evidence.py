r"""What the runs have shown, for whoever writes the paper: comparisons, tables, and the results in words.

All numbers of a paper come from here, whether rules write it or a language model.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..data.files import write_json
from ..presentation.latex import escape
from .comparisons import RunComparison, RunComparisons, compare_runs
from .latex import tables
from .latex.words import code, inside
from .nodes import BASELINE, Node, Value
from .search_steps import CONFIRMATION
from .template import Metric

RESULTS, SECONDARY = "tab:results", "tab:secondary"
MEAN = re.compile(r"\$(-?[\d.]+)")


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

    def tables(self) -> dict[str, str]:
        """The tables by their labels: primary metrics, the other metrics, each primary metric compared."""
        other = [metric for metric in self.metrics if metric not in self.primary]
        rows = [
            tables.ResultRow(
                label=node.label, values={name: _estimates(values) for name, values in node.results.items()}
            )
            for node in self.nodes
        ]
        written = {name for node in self.nodes for values in node.results.values() for name in values}
        made: dict[str, str] = {}
        for label, metrics, what in ((RESULTS, self.primary, "Results"), (SECONDARY, other, "Further measures")):
            if written & {metric.name for metric in metrics}:
                caption = f"{what} by setting and dataset: mean $\\pm$ standard error over seeds."
                columns = [
                    tables.ResultColumn(name=m.name, title=m.label, better=m.better, decimals=m.digits) for m in metrics
                ]
                made[label] = tables.results_table(rows, columns, caption=caption, label=label)
        for metric in self.primary:
            items = [item for item in self.comparisons.of(metric=metric.name) if item.p is not None]
            if items:
                label = f"tab:compared-{metric.name.replace('_', '-')}"
                made[label] = comparison_table(items, metric, label)
        return made

    def table_by_dataset(self, metric: Metric, caption: str, label: str) -> str:
        """Mean and standard error of a metric: a row for each setting, a column for each dataset.

        Bold are the means that the corrected test finds better than the baseline's.
        """
        rows = [
            tables.ResultRow(label=node.label, values={metric.name: _by_dataset(node, metric)}) for node in self.nodes
        ]
        columns = [tables.ResultColumn(name=name, title=name, decimals=metric.digits) for name in self.datasets]
        better = self.comparisons.of(metric=metric.name, effect="better")
        bold = "; bold: resolved as better" if better else ""
        full = f"{caption} {metric.better.capitalize()} values are better{bold}."
        table = tables.results_table(rows, columns, caption=full, label=label)
        return "\n".join(self._emphasised(line, better) for line in table.split("\n"))

    def _emphasised(self, line: str, better: Sequence[RunComparison]) -> str:
        """A row of the table with the means of these comparisons in bold; other lines as they are."""
        head, *cells = line.removesuffix(r" \\").split(" & ")
        if len(cells) != len(self.datasets):
            return line
        for item in better:
            if head == escape(item.label):
                place = self.datasets.index(item.dataset)
                cells[place] = MEAN.sub(r"$\\mathbf{\1}", cells[place], count=1)
        return " & ".join([head, *cells]) + r" \\"

    def tests_in_words(self) -> list[str]:
        """Every comparison with the baseline in a line."""
        return [_test_in_words(item) for item in (*self.comparisons.items, *self.confirmation.items)]


def repeats(node: Node) -> bool:
    """Whether a run repeats another one under other seeds, as the tree search does in the end."""
    return node.label.endswith(f", {CONFIRMATION}")


def metric_name(metric: Metric) -> str:
    """The metric inside a sentence, without its unit, as LaTeX."""
    return escape(inside(metric.label.partition(" (")[0]))


def _estimates(values: dict[str, Value]) -> dict[str, tables.CellValue]:
    return {name: _estimate(value) for name, value in values.items()}


def _by_dataset(node: Node, metric: Metric) -> dict[str, tables.CellValue]:
    found = {dataset: values[metric.name] for dataset, values in node.results.items() if metric.name in values}
    return _estimates(found)


def _estimate(value: Value) -> tables.CellValue:
    seeds = len(value.seeds) or None
    return tables.CellValue(mean=value.mean, stderr=value.stderr if seeds != 1 else None, seeds=seeds)


def comparison_table(items: Sequence[RunComparison], metric: Metric, label: str) -> str:
    """A row for each comparison in one metric, grouped by dataset: difference, interval, change, test, verdict."""
    caption = (
        f"Each setting against the baseline in {metric_name(metric)}: difference of the means (setting minus "
        r"baseline), its 95\% interval, the change relative to the baseline, the result of Welch's test after Holm's "
        f"correction, and what that resolves. {metric.better.capitalize()} values are better."
    )
    lines = [
        r"\begin{table}[tbp]", r"\centering", rf"\caption{{{caption}}}", rf"\label{{{label}}}", r"\small",
        r"\begin{tabular}{lrrrrl}", r"\toprule",
        r"Setting & Difference & 95\% interval & Change & Corrected & Resolved \\", r"\midrule",
    ]  # fmt: skip
    for number, dataset in enumerate(dict.fromkeys(item.dataset for item in items)):
        lines += [r"\addlinespace"] if number else []
        lines.append(rf"\multicolumn{{6}}{{l}}{{{code(dataset)}}} \\")
        lines += [_comparison_row(item) for item in items if item.dataset == dataset]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""])


def _comparison_row(item: RunComparison) -> str:
    decimals = comparison_decimals(item)
    change = "--" if not item.percent else percent(item.percent)
    ends = "--"
    if item.low is not None and item.high is not None:
        ends = rf"$[{item.low:.{decimals}f}, {item.high:.{decimals}f}]$"
    test = "--" if item.p_holm is None else f"${p_value(item.p_holm)}$"
    verdict = {"no difference resolved": "--", "not tested": "not tested"}.get(item.effect, item.effect)
    shown = f"${signed(item.difference, decimals)}$" if item.difference else "none"
    cells = [rf"\quad {escape(item.label)}", shown, ends, change, test, verdict]
    return " & ".join(cells) + r" \\"


def comparison_decimals(item: RunComparison) -> int:
    """Decimals for a difference and its interval: three digits of the smallest, at most one more than the metric's."""
    least = item.metric.digits
    sizes = [abs(value) for value in (item.difference, item.low, item.high) if value]
    wanted = 2 - math.floor(math.log10(min(sizes))) if sizes else least
    return min(max(wanted, least), least + 1)


def signed(value: float, decimals: int) -> str:
    """A difference with its sign, as LaTeX without the dollars."""
    return f"{value:+.{decimals}f}" if round(value, decimals) else f"{abs(value):.{decimals}f}"


def percent(value: float) -> str:
    """A relative change with its sign and three digits, at least one and at most three decimals, as LaTeX."""
    decimals = min(max(2 - math.floor(math.log10(abs(value))), 1), 3) if value else 1
    return rf"${signed(value, decimals)}$\%"


def p_value(value: float) -> str:
    """A p-value with its relation, as LaTeX without the dollars."""
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"


def runs_in_words(nodes: Sequence[Node]) -> str:
    """All runs with label, description, and results or the reason why there are none."""
    return "\n\n".join("\n".join(_run_in_words(node)) for node in nodes)


def _run_in_words(node: Node) -> Iterator[str]:
    yield f'{node.run} "{node.label}"{f", made from {node.parent}" if node.parent else ""}: {node.description}'
    if node.status == "failed":
        yield f"  failed after {node.tries} tries, no results: {node.reason}"
    for dataset, metrics in node.results.items():
        for name, value in metrics.items():
            yield f'  {node.run} "{node.label}" | {dataset} | {name} = {_value_in_words(value)}'
    for violation in node.violations:
        yield f"  this run changed a protected file, so that its results do not count: {violation}"


def _value_in_words(value: Value) -> str:
    spread = f" +- {value.stderr:.3g}" if value.stderr is not None else ""
    seeds = len(value.seeds)
    return f"{value.mean:.6g}{spread}" + (f" ({seeds} seed{'s' * (seeds != 1)})" if seeds else "")


def _test_in_words(item: RunComparison) -> str:
    place = f'{item.run} "{item.label}" against run_0 | {item.dataset} | {item.metric.name}'
    change = f" ({item.percent:+.3g}%)" if item.percent is not None else ""
    difference = f"{place}: difference {item.difference:+.4g}{change}"
    if item.low is None or item.high is None or item.p is None or item.p_holm is None:
        return f"{difference}; not tested: {item.reason}"
    return (
        f"{difference}, 95% interval [{item.low:.4g}, {item.high:.4g}], p = {item.p:.3g}, "
        f"after Holm's correction {item.p_holm:.3g}: {item.effect}"
    )
