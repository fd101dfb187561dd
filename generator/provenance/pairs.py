"""Differences said to be those of two runs, held against the runs that the traced difference is of.

"Wide beats Deep by 0.1" and "the difference between Wide and Deep is 0.1" are of these two, and not of one of them and
the baseline. "The mean of Wide and Deep" is no single value.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .direction import is_reference
from .logged import BASELINE
from .match import TracedNumber
from .names import Names, words_of

MEAN_OF = re.compile(r"\b(?:mean|average)\s+of\s+(?:the\s+|our\s+)?\Z", re.IGNORECASE)
BETWEEN = re.compile(r"\bbetween\s+(?:the\s+|our\s+|those\s+of\s+)?\Z", re.IGNORECASE)
SIZE = re.compile(r"\b(?:difference|gap|margin|by)\b", re.IGNORECASE)


def with_wrong_pairs(findings: Sequence[TracedNumber], names: Names) -> list[TracedNumber]:
    """The findings; differences that are of other runs than the two of their sentence as unsupported ones."""
    return [
        _unsupported(f) if _is_of_others(f, findings, names) or _is_one_of_a_mean(f, names) else f for f in findings
    ]


def _is_one_of_a_mean(finding: TracedNumber, names: Names) -> bool:
    """Whether a number is a single value, and the sentence has it for the mean of two runs."""
    text = finding.passage.text
    places = [place for place in names.run_places(text) if place.end <= finding.number.start]
    single = finding.status == "supported" and finding.kind == "logged" and finding.passage.kind in ("text", "caption")
    return bool(single and len(places) == 2 and MEAN_OF.search(text[: places[0].start]))


def _unsupported(finding: TracedNumber) -> TracedNumber:
    reason = f"is {finding.how}, but the text speaks of two runs together"
    return replace(finding, status="unsupported", reason=reason, looked_for="differences of the two runs")


def _is_of_others(finding: TracedNumber, findings: Sequence[TracedNumber], names: Names) -> bool:
    text = finding.passage.text
    if finding.status != "supported" or finding.passage.kind not in ("text", "caption") or not SIZE.search(text):
        return False
    told = _runs(finding, names)
    places = names.run_places(text)
    if not told or len(places) != 2 or len({place.name for place in places}) != 2:
        return False
    first, second = places
    compared = BETWEEN.search(text[: first.start]) or is_reference(text, second) or is_reference(text, first)
    others = [f for f in findings if f.passage is finding.passage and f is not finding and _runs(f, names)]
    return bool(compared) and not others and {first.name, second.name} not in told


def _runs(finding: TracedNumber, names: Names) -> list[set[str]]:
    """The pairs of runs whose difference the number is; none where it is no difference of two runs on one data set."""
    if finding.kind == "statistic" and "difference" in words_of(finding.how):
        runs = names.named(finding.how.replace("/", " ")).runs
        return [{BASELINE, *runs}] if len(runs - {BASELINE}) == 1 else []
    return [{cell[0] for cell in cells} for cells in finding.cells if len(cells) == 2]
