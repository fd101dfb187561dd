"""Means of a table's own rows or columns: a row "Mean" below traced values, a column "Avg." beside them."""

from __future__ import annotations

import re
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from .match import TracedNumber

MEAN = re.compile(r"(?:\A|[|(]\s*)(?:means?|averages?|avg\.?)(?![\w-])", re.IGNORECASE)
FEWEST = 2


def with_table_means(findings: Sequence[TracedNumber]) -> list[TracedNumber]:
    """The findings; what is the mean of the traced values of its row or column, and is called so, as supported."""
    lines: dict[tuple[str, ...], list[TracedNumber]] = defaultdict(list)
    found: list[TracedNumber] = []
    for finding in findings:
        if finding.passage.kind != "cell" or finding.number.role != "value":
            found.append(finding)
            continue
        table = (finding.passage.section, *finding.passage.around)
        row, _, column = finding.passage.names.rpartition(" | ")
        rows, columns = lines["row", *table, row], lines["column", *table, column]
        means = [line for line, name in ((columns, row), (rows, column)) if MEAN.search(name)]
        if finding.status == "unsupported" and (values := next((v for v in means if _is_mean(finding, v)), None)):
            how = f"mean of {', '.join(value.number.text for value in values)} in the same table"
            finding = replace(finding, status="supported", kind="derived", how=how, nearest=None)
        elif finding.status == "supported" and not means:
            rows.append(finding)
            columns.append(finding)
        found.append(finding)
    return found


def _is_mean(finding: TracedNumber, values: Sequence[TracedNumber]) -> bool:
    """Whether the number is the mean of printed ones, as near as their digits tell."""
    number = finding.number
    if len(values) < FEWEST or any(value.number.unit != number.unit for value in values):
        return False
    slack = statistics.fmean(value.number.step for value in values) / 2
    return number.low - slack <= statistics.fmean(value.number.value for value in values) <= number.high + slack
