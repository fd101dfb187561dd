"""Rows and columns of a table under a name that is no run's: the values in one have to be those of one run.

The name may be another word for a run. It is none where the values are several runs', or where the run whose they are
has a row of its own. Rows of means, changes and the like, and those of data sets and measures, are of several runs.
Cells count where the other of their two heads names a data set or a measure.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from .match import TracedNumber
from .names import Names, words_of

OF_SEVERAL = re.compile(
    r"\b(?:means?|average|avg|median|max\w*|min\w*|best|worst|std|deviation|overall|total|sum|all|any|range|spread|rank|top|winner"
    r"|differ\w*|diff|change\w*|delta|gap|improv\w*|gain|reduc\w*|ratio|factor|speed-?up|seeds?|error|interval|CI|p)\b|Δ",
    re.IGNORECASE,
)
"""In the names of rows that are of no single run."""
SAME_AGAIN = {
    "our",
    "ours",
    "full",
    "model",
    "method",
    "proposed",
    "final",
    "selected",
    "chosen",
    "default",
    "reference",
}
"""A name of these alone may repeat another row."""
FEWEST_DIGITS = 2
Line = tuple[str, ...]


def with_mixed_rows(findings: Sequence[TracedNumber], names: Names) -> list[TracedNumber]:
    """The findings; those of rows and columns that are no run's as unsupported ones."""
    lines: dict[Line, list[int]] = defaultdict(list)
    taken: dict[Line, frozenset[str]] = defaultdict(frozenset)
    for index, finding in enumerate(findings):
        if finding.passage.kind != "cell":
            continue
        table = (finding.passage.section, *finding.passage.around)
        row, _, column = finding.passage.names.rpartition(" | ")
        for side, name, other in (("row", row, column), ("column", column, row)):
            taken[side, *table] |= names.named(name).runs
            if _may_be_of_a_run(finding) and _is_unknown(name, names) and _is_known(other, names):
                lines[side, *table, name].append(index)
    wrong: dict[int, str] = {}
    for (*table, name), cells in lines.items():
        wrong |= _faults([(i, _runs(findings[i])) for i in cells], f"{table[0]} {name!r}", name, taken[tuple(table)])
    return [_unsupported(f, wrong[i]) if i in wrong else f for i, f in enumerate(findings)]


def _unsupported(finding: TracedNumber, reason: str) -> TracedNumber:
    return replace(finding, status="unsupported", reason=reason, looked_for="the values of one run")


def _may_be_of_a_run(finding: TracedNumber) -> bool:
    told = finding.status == "supported" and finding.kind == "logged" and not finding.setup
    return told and finding.number.role == "value" and finding.number.digits >= FEWEST_DIGITS and bool(_runs(finding))


def _runs(finding: TracedNumber) -> frozenset[str]:
    return frozenset(cells[0][0] for cells in finding.cells if len(cells) == 1)


def _is_unknown(name: str, names: Names) -> bool:
    """Whether the name of a row or column can be that of a run, and is none's."""
    known = names.named(name).runs or _is_known(name, names) or OF_SEVERAL.search(name)
    return not known and names.says_more(name) and any(sign.isalpha() for sign in name)


def _is_known(name: str, names: Names) -> bool:
    return bool(names.named(name).datasets or names.sure_metrics(name))


def _faults(
    cells: Sequence[tuple[int, frozenset[str]]], where: str, name: str, taken: frozenset[str]
) -> dict[int, str]:
    """The cells of one row or column that are wrong, with why."""
    common = frozenset.intersection(*(runs for _, runs in cells))
    if not common:
        run, count = Counter(run for _, runs in cells for run in runs).most_common(1)[0]
        several = ", ".join(sorted({min(runs) for _, runs in cells}))
        why = f"stands in the {where}, which is no run's name, among values of {several}"
        return {index: why for index, runs in cells if run not in runs or 2 * count <= len(cells)}
    if len(cells) > 1 and common <= taken and not set(words_of(name)) <= SAME_AGAIN:
        why = f"stands in the {where}, which is no run's name, and is of {min(common)}, which has its own"
        return {index: why for index, _ in cells}
    return {}
