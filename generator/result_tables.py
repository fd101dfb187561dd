r"""The tables of a paper: each metric by setting and dataset, and how each setting compares with the baseline.

What is bold in the one and what is resolved in the other is the same corrected decision.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ..presentation.latex import escape
from .comparisons import RunComparison
from .decision_table import DECIDED, decisions
from .evidence import Evidence, comparison_decimals, metric_name, p_value, signed
from .latex import tables
from .latex.floats import HIGHEST, Float, arranged, caption_height
from .latex.words import code
from .nodes import Node
from .template import Metric

RESULTS, COMPARED, SECONDARY = "tab:results", "tab:comparisons", "tab:secondary"
SIZE = tables.Size(r"\small", 0.92, 5.0, 104.0)
LINE = tables.LINE * SIZE.share
EMPTY = LINE + tables.RULES
"""Points of a table of comparisons without rows."""
HEADS = r"Setting & Difference & 95\% interval & Change & Corrected & Resolved \\"


def floats_of_paper(evidence: Evidence, figures: Sequence[Float], *, pages: int) -> dict[str, str]:
    """All tables and figures by label, as LaTeX, for a paper of so many pages.

    The means of the primary metrics, the decisions over all pairs, the first figure, the comparisons by dataset, and
    the other figures, in this order as far as there is room among the text; the rest, and the means of the other
    metrics, are written for the appendix.
    """
    primary = list(enumerate(evidence.primary))
    groups = [
        *(means(evidence, metric, numbered(RESULTS, number)) for number, metric in primary),
        *(decisions(evidence, metric, numbered(DECIDED, number)) for number, metric in primary),
        *([item] for item in figures[:1]),
        *(comparisons(evidence, metric, numbered(COMPARED, number)) for number, metric in primary),
        *([item] for item in figures[1:]),
    ]
    rest = [metric for metric in evidence.metrics if metric not in evidence.primary]
    further: list[Float] = []
    for number, metric in enumerate(metric for metric in rest if is_written(evidence, metric)):
        further += means(evidence, metric, f"{SECONDARY}-{number + 1}")
    floats = [*arranged(groups, pages=pages), *(item.in_appendix for item in further)]
    return {item.label: item.tex for item in floats}


def numbered(label: str, number: int) -> str:
    """The label, with a number behind from the second on."""
    return f"{label}-{number + 1}" if number else label


def is_written(evidence: Evidence, metric: Metric) -> bool:
    """Whether any run has values of the metric."""
    return any(metric.name in values for node in evidence.nodes for values in node.results.values())


def means(evidence: Evidence, metric: Metric, label: str) -> list[Float]:
    """Mean and standard error of a metric by setting and dataset; none where no run has values of it."""
    if not is_written(evidence, metric):
        return []
    better = {(item.label, item.dataset) for item in evidence.comparisons.of(metric=metric.name, effect="better")}
    bold = "; bold: better than the baseline by the corrected test" if better else ""
    spread = r": mean $\pm$ standard error over seeds" if _has_spread(evidence, metric) else ""
    return tables.results_tables(
        [tables.ResultRow(label=node.label, values=_values(node, metric)) for node in evidence.nodes],
        evidence.datasets,
        caption=(
            f"{escape(metric.label)} by setting and dataset{spread}. "
            f"{metric.better.capitalize()} values are better{bold}."
        ),
        label=label,
        decimals=metric.digits,
        bold=better,
    )


def _has_spread(evidence: Evidence, metric: Metric) -> bool:
    return any(value.stderr is not None for node in evidence.nodes for value in _values(node, metric).values())


def _values(node: Node, metric: Metric) -> dict[str, tables.CellValue]:
    found = {name: values[metric.name] for name, values in node.results.items() if metric.name in values}
    return {
        name: tables.CellValue(mean=value.mean, stderr=value.stderr if len(value.seeds) != 1 else None)
        for name, value in found.items()
    }


def comparisons(evidence: Evidence, metric: Metric, label: str) -> list[Float]:
    """A row for each comparison in one metric, grouped by dataset: difference, interval, change, test, verdict.

    None where nothing was tested.
    """
    items = evidence.comparisons.of(metric=metric.name)
    if all(item.p is None for item in items):
        return []
    caption = (
        f"Each setting against the baseline in {metric_name(metric)}: difference of the means (setting minus "
        r"baseline), its 95\% interval, the change relative to the baseline, Student's paired test after Holm's "
        f"correction, and what that resolves. {metric.better.capitalize()} values are better."
    )
    most = HIGHEST - caption_height(caption)
    return tables.floats_of(_parts(items, most), SIZE, caption, label)


def _parts(items: Sequence[RunComparison], most: float) -> Iterator[tuple[str, float]]:
    """The datasets in tables with their heights, none higher than `most`; a dataset is not parted where that can be."""
    rows: list[str] = []
    height = EMPTY
    for name in dict.fromkeys(item.dataset for item in items):
        for group in _fitting([item for item in items if item.dataset == name], most - EMPTY - 2 * LINE):
            added = sum(map(_height, group)) + 2 * LINE
            if rows and height + added > most:
                yield _tabular([item.label for item in items], rows), height
                rows, height = [], EMPTY
            rows += [r"\addlinespace"] if rows else []
            rows += [rf"\multicolumn{{6}}{{l}}{{{code(name)}}} \\", *map(_row, group)]
            height += added
    yield _tabular([item.label for item in items], rows), height


def _fitting(items: Sequence[RunComparison], most: float) -> Iterator[list[RunComparison]]:
    """The comparisons in groups whose rows are no higher than `most`."""
    group: list[RunComparison] = []
    for item in items:
        if group and sum(map(_height, [*group, item])) > most:
            yield group
            group = []
        group.append(item)
    yield group


def _height(item: RunComparison) -> float:
    return LINE * SIZE.lines(item.label)


def _tabular(labels: Sequence[str], rows: Sequence[str]) -> str:
    return "\n".join([f"\\begin{{tabular}}{{{SIZE.opening(labels)}rrrrl}}", r"\toprule", HEADS, r"\midrule", *rows,
                      r"\bottomrule", r"\end{tabular}"])  # fmt: skip


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


def percent(value: float) -> str:
    """A relative change with its sign and three digits, at least one and at most three decimals, as LaTeX."""
    decimals = min(max(2 - math.floor(math.log10(abs(value))), 1), 3) if value else 1
    return rf"${signed(value, decimals)}$\%"
