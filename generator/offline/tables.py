r"""The tables: results by setting, and comparisons with the baseline."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..comparisons import RunComparison
from ..latex import tables
from ..latex.words import code, comparison_decimals, escape, p_value, percent, signed
from ..nodes import Node
from ..results import Value
from ..template import Metric
from .study import Study, metric_name

WHOLE = "tab:results"
COMPARED = "tab:comparisons"
OTHERS = "tab:secondary"
MEAN = re.compile(r"\$(-?[\d.]+)")


def results(study: Study, metric: Metric, caption: str, label: str) -> str:
    """Mean and standard error of a metric: a row for each setting, a column for each dataset.

    Bold are the means that the corrected test finds better than the baseline's.
    """
    rows = [tables.Row(label=node.label, values={metric.name: _by_dataset(node, metric)}) for node in study.nodes]
    columns = [tables.Metric(name=dataset, title=dataset, decimals=metric.digits) for dataset in study.datasets]
    better = study.comparisons.of(metric=metric.name, effect="better")
    full = f"{caption} {metric.better.capitalize()} values are better{'; bold: resolved as better' if better else ''}."
    table = tables.results_table(rows, columns, caption=full, label=label)
    return "\n".join(_emphasised(line, study, better) for line in table.split("\n"))


def _emphasised(line: str, study: Study, better: Sequence[RunComparison]) -> str:
    """A row of the table with the means of these comparisons in bold; other lines as they are."""
    head, *cells = line.removesuffix(r" \\").split(" & ")
    if len(cells) != len(study.datasets):
        return line
    for item in better:
        if head == escape(item.label):
            place = study.datasets.index(item.dataset)
            cells[place] = MEAN.sub(r"$\\mathbf{\1}", cells[place], count=1)
    return " & ".join([head, *cells]) + r" \\"


def _by_dataset(node: Node, metric: Metric) -> dict[str, tables.Value]:
    return {dataset: _value(values[metric.name]) for dataset, values in node.results.items() if metric.name in values}


def _value(value: Value) -> tables.Value:
    stderr = value.stderr if len(value.seeds) != 1 else None
    return tables.Value(mean=value.mean, stderr=stderr, seeds=len(value.seeds) or None)


def comparisons(items: Sequence[RunComparison], metric: Metric, label: str) -> str:
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
        lines += [_row(item) for item in items if item.dataset == dataset]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}", ""])


def _row(item: RunComparison) -> str:
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
