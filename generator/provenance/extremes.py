"""Single values said to be the highest, the median or the mean over the runs: "the lowest loss on A is 0.31".

A sentence that names no run says it of all runs, on the data set of the value that the number is a rounding of. Two
numbers between which something is said to range are the least and the greatest. Sentences of variants,
others or seeds are left alone.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from .direction import way_of
from .logged import LoggedResults
from .match import TracedNumber
from .names import Names

WORD = re.compile(
    r"(?<!third )(?<!third-)(?<!next )(?<!among )(?P<second>\bsecond[\s-])?"
    r"\b(?:(?P<up>highest|largest|greatest|maximum|maximal)"
    r"|(?P<down>lowest|smallest|minimum|minimal)|(?P<best>best)|(?P<worst>worst)|(?P<median>median)"
    r"|(?P<mean>mean|average)(?=[^.;\d]{0,80}\b(?:over|across|of)\s+(?:all\s+|the\s+|\w+\s+){0,3}(?:runs|variants|settings|models|configurations)\b))"
    r"\b[^.;\d]{0,120}\Z",
    re.IGNORECASE,
)
RANGES = re.compile(r"\brang(?:es?|ed|ing)\b[^.;\d]{0,60}\b(?:from|between)\s*\Z", re.IGNORECASE)
LINK = re.compile(r"[\s$]*(?:to|and)[\s$]*")
SOME = re.compile(
    r"\b(?:variants?|others?|remaining|rest|modifi\w+|seeds?|among|without|except|but|steps?|epochs?)\b", re.IGNORECASE
)


def with_wrong_extremes(findings: Sequence[TracedNumber], names: Names, results: LoggedResults) -> list[TracedNumber]:
    """The findings; values that are not what the sentence says of them among all runs as unsupported ones."""
    wrong: dict[int, str] = {}
    for index, finding in enumerate(findings):
        if _is_open(finding, names) and (why := _of_word(finding, names, results)):
            wrong[index] = why
    for index, (one, other) in enumerate(pairwise(findings)):
        if one.passage is other.passage and _is_open(one, names) and _is_open(other, names):
            wrong |= {index + i: why for i, why in _of_range(one, other, results).items()}
    return [_unsupported(f, wrong[i]) if i in wrong else f for i, f in enumerate(findings)]


def _unsupported(finding: TracedNumber, reason: str) -> TracedNumber:
    return replace(finding, status="unsupported", reason=reason, looked_for="the values of all runs")


def _is_open(finding: TracedNumber, names: Names) -> bool:
    """Whether a number is the mean of one run in a sentence that names none."""
    single = finding.kind == "logged" and finding.cells and all(len(cells) == 1 for cells in finding.cells)
    told = finding.status == "supported" and finding.passage.kind in ("text", "caption") and single
    return bool(told) and not names.named(finding.passage.text).runs


def _of_word(finding: TracedNumber, names: Names, results: LoggedResults) -> str:
    """Why a value is not the extreme, the median or the mean that it is said to be; empty where it is, or may be."""
    text = names.masked(finding.passage.text)[: finding.number.start]
    word = WORD.search(text)
    if word is None or SOME.search(finding.passage.text):
        return ""
    wanted: set[float] = set()
    for (cell,) in finding.cells:
        values = list(_over_runs(cell[1], cell[2], results).values())
        up = word["up"] or (word["best"] and way_of(cell[2], results.better) == "higher")
        up = up or (word["worst"] and way_of(cell[2], results.better) == "lower")
        if (word["best"] or word["worst"]) and not way_of(cell[2], results.better):
            return ""
        if len(values) < 2:
            return ""
        middle = statistics.median(values) if word["median"] else statistics.fmean(values)
        ranked = sorted(values, reverse=bool(up))
        wanted.add(middle if word["median"] or word["mean"] else ranked[bool(word["second"])])
    return _why(finding, wanted, " ".join(group.strip() for group in word.groupdict().values() if group))


def _of_range(one: TracedNumber, other: TracedNumber, results: LoggedResults) -> dict[int, str]:
    text = one.passage.text
    if not RANGES.search(text[: one.number.start].rstrip("$ ")) or SOME.search(text):
        return {}
    if not LINK.fullmatch(text[one.number.end : other.number.start]):
        return {}
    common = {cells[0][1:] for cells in one.cells} & {cells[0][1:] for cells in other.cells}
    values = [value for dataset, metric in common for value in _over_runs(dataset, metric, results).values()]
    if len(common) != 1 or len(values) < 2:
        return {}
    ends = {min(values), max(values)}
    faults = {0: _why(one, ends, "end of the range"), 1: _why(other, ends, "end of the range")}
    return {index: why for index, why in faults.items() if why}


def _why(finding: TracedNumber, wanted: set[float], what: str) -> str:
    number = finding.number
    if any(number.low <= value / scale <= number.high for value in wanted for scale in number.scales):
        return ""
    return f"is {finding.how}, and not the {what.lower()} of all runs, {', '.join(f'{v:.6g}' for v in sorted(wanted))}"


def _over_runs(dataset: str, metric: str, results: LoggedResults) -> dict[str, float]:
    return {x.run: x.value for x in results.logged if x.kind == "mean" and (x.dataset, x.metric) == (dataset, metric)}
