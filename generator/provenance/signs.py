"""Signs of printed differences, held against the logged ones and against the interval beside them.

A column or row of differences with signs has one convention, later run less earlier or the other way round. Where
nearly all of its numbers keep to one, those that do not have the wrong sign. A number behind which an interval stands
that holds it only with the other sign has the wrong sign too, and so has one by which a sentence lets a run change a
measure ("Wide changes the loss by +0.1") that is lower. Of the two ends of an interval the lower one stands first.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from .logged import BASELINE
from .match import TracedNumber
from .names import Names
from .numbers import Printed, find_numbers
from .passages import PaperPassage
from .referents import REFERENCE as IS_REFERENCE
from .referents import attributed

FEWEST, NEARLY_ALL = 3, 2 / 3
"""Numbers of a column, and the share of them that shows its convention."""
MIDDLE, FAR = 0.02, 0.1
"""Distances from the middle of an interval, as shares of its width."""
SIZE = re.compile(r"\b(?:by|of)\s+(?:\w+\s+)?\W*\Z", re.IGNORECASE)
"""Before a number without a sign that says how large a difference is: "lower by", "a drop of"."""
INTERVAL = re.compile(r"[^.;\d\[]{0,40}\b(?:interval|CI)\b[^.;\d]{0,12}", re.IGNORECASE)
LEVEL = re.compile(r"\b9[059](?:\.9)?\s*\\?%")
BETWEEN = re.compile(r"\s*(?:,|to|and|–|;)\s*")
COMMA = re.compile(r"\s*,\s*")
CALLED = re.compile(r"\b(?:interval|CI)\s*(?:of|is|was)?\s*\Z")
FROM_TO = (
    re.compile(r"\bfrom\s*\Z"), re.compile(r"\s*to\s*"),
), (re.compile(r"\bbetween\s*\Z"), re.compile(r"\s*and\s*")), (
    re.compile(r"\b(?:interval|CI)\W*(?:of|is|was)?\s*\Z"), re.compile(r"\s*(?:to|–)\s*"),
)  # fmt: skip
"""What stands before and between the ends of an interval in words."""
SAID_BEFORE = re.compile(r"\b(?:interval|CI)s?\b(?P<between>[^.;]{0,120})\Z")
SAID_BEHIND = re.compile(r"\s*[(,]?[^.;\d]{0,20}(?:9[059](?:\.9)?\s*%\s*)?[^.;\d]{0,20}\b(?:interval|CI)\b")
MOVES = re.compile(
    r"\b(?:shr[aiu]nk|narrow|wid|mov|f[ae]ll|drop|r[io]s|grow|grew|decreas|increas|reduc|improv|chang|shift|tighten)",
    re.I,
)
"""Words that let something go from one value to another."""
TURNED = re.compile(
    r"\b(?:between|minus|without|instead|remov\w+|dropp\w+|gap|margin|improv\w+|gains?|gained|reduc\w+|advantage|benefit\w*|lead"
    r"|sav\w+|deficit|better|worse|lower\w*|higher|faster|slower|smaller|larger|z-?scores?|taking)\b",
    re.IGNORECASE,
)
"""Words that turn round which run is the reference, or which sign is meant."""
TO_REFERENCE = re.compile(
    r"\b(?:difference|change|shift|effect|respect|relation)\s+(?:[\w-]+\s+){0,4}?to\s+(?:that\s+of\s+)?(?:the\s+)?\Z",
    re.I,
)
SPOKEN = re.compile(r"\bintervals?\b|\bCIs?\b")
BRACKETS = re.compile(r"[\[(]\s*\Z"), re.compile(r"\s*[\])]")


def with_wrong_signs(findings: Sequence[TracedNumber], names: Names) -> list[TracedNumber]:
    """The findings, those whose sign is wrong as unsupported ones; in the order of the paper."""
    sign, end = "the sign of the logged difference", "the lower end of an interval"
    signs = {**_against_columns(findings), **_against_intervals(findings), **_against_runs(findings, names)}
    wrong = {**{i: (why, end) for i, why in _swapped_ends(findings).items()},
             **{i: (why, sign) for i, why in signs.items()}}  # fmt: skip
    return [_unsupported(f, *wrong[i]) if i in wrong else f for i, f in enumerate(findings)]


def _unsupported(finding: TracedNumber, reason: str, looked_for: str) -> TracedNumber:
    return replace(finding, status="unsupported", reason=reason, looked_for=looked_for)


def _against_runs(findings: Sequence[TracedNumber], names: Names) -> dict[int, str]:
    """Signed changes of a named run from the baseline ("a difference of +0.1 for Wide") that have the other sign."""
    wrong: dict[int, str] = {}
    for index, finding in enumerate(findings):
        number, passage = finding.number, finding.passage
        if finding.status != "supported" or passage.kind not in ("text", "caption") or number.text[:1] not in "+-":
            continue
        pairs = {tuple(cell[0] for cell in cells) for cells in finding.cells}
        run = _subject(passage.text, number, names)
        turned = any(TURNED.search(names.masked(text)) for text in (passage.text, *passage.around[:2]))
        if run and not turned and pairs == {(BASELINE, run)} and finding.sign * number.value < 0:
            wrong[index] = f"has the other sign than {finding.how}"
    return wrong


def _subject(text: str, number: Printed, names: Names) -> str:
    """The run of which a sentence states a difference: beside it, else in front of it, else the only one; or ""."""
    places = names.run_places(text)
    told = [p for p in places if not any(w.search(text[: p.start]) for w in (IS_REFERENCE, TO_REFERENCE))]
    beside = attributed(names.masked(text), find_numbers(text), told).get(number.start, "")
    before = [place.name for place in told if place.end <= number.start]
    only = told[0].name if len({place.name for place in told}) == 1 else ""
    return beside or (before[-1] if before else only)


def _swapped_ends(findings: Sequence[TracedNumber]) -> dict[int, str]:
    """The first ends of intervals, in brackets or in words, that are above the second."""
    wrong: dict[int, str] = {}
    for index, (one, other) in enumerate(pairwise(findings)):
        low, high, passage = one.number, other.number, one.passage
        if passage is not other.passage or low.value <= high.value or one.setup:
            continue
        before = findings[index - 1].number if index and findings[index - 1].passage is passage else None
        traced = one.status == other.status == "supported"
        if traced and (_in_brackets(passage, before, low, high) or _in_words(passage.text, low, high)):
            wrong[index] = f"stands as the lower end of an interval that ends at {high.text}"
    return wrong


def _in_brackets(passage: PaperPassage, before: Printed | None, low: Printed, high: Printed) -> bool:
    text = passage.text
    opening, closing = BRACKETS[0].search(text[: low.start]), BRACKETS[1].match(text, high.end)
    if not opening or not closing or not COMMA.fullmatch(text[low.end : high.start]):
        return False
    return _is_called_interval(passage, opening.start(), before, high.value, low.value)


def _in_words(text: str, low: Printed, high: Printed) -> bool:
    """Whether two numbers are said to be the ends of an interval: "the interval runs from 0.1 to 0.2"."""
    before, between = text[: low.start].rstrip("$ "), text[low.end : high.start].strip("$")
    said = SAID_BEFORE.search(before)
    if said is None and not SAID_BEHIND.match(text, high.end):
        return False
    stands = any(start.search(before) and link.fullmatch(between) for start, link in FROM_TO)
    return stands and not MOVES.search(said["between"] if said else before)


def _is_called_interval(passage: PaperPassage, opening: int, before: Printed | None, low: float, high: float) -> bool:
    """Whether brackets hold an interval: the word stands in front of them, or they hold the number in front."""
    if CALLED.search(passage.text[:opening]):
        return True
    spoken = any(SPOKEN.search(text) for text in (passage.text, passage.names, *passage.around[:1]))
    inside = before is not None and low <= before.value <= high and not passage.text[before.end : opening].strip()
    return spoken and (passage.kind == "cell" or inside)


def _against_columns(findings: Sequence[TracedNumber]) -> dict[int, str]:
    columns: dict[tuple[str, ...], list[int]] = defaultdict(list)
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, finding in enumerate(findings):
        if finding.status == "supported" and finding.sign and finding.passage.kind == "cell" and finding.number.value:
            columns[_column(finding)].append(index)
            rows[_row(finding)].append(index)
    wrong: dict[int, str] = {}
    for column in (*columns.values(), *rows.values()):
        printed = {index: 1 if findings[index].number.value > 0 else -1 for index in column}
        against = [index for index in column if printed[index] != findings[index].sign]
        for index in _minority(column, against) if -1 in printed.values() else ():
            wrong[index] = f"has the other sign than its column or row gives to {findings[index].how}"
    return wrong


def _column(finding: TracedNumber) -> tuple[str, ...]:
    """What the numbers of one convention share: section, caption, head and metric."""
    passage = finding.passage
    metrics = {cell[2] for cells in finding.cells for cell in cells}
    return (passage.section, *passage.around[:1], passage.names.rpartition(" | ")[2], *sorted(metrics))


def _row(finding: TracedNumber) -> tuple[str, ...]:
    """The same of a row."""
    passage = finding.passage
    metrics = {cell[2] for cells in finding.cells for cell in cells}
    return (passage.section, *passage.around[:1], passage.names.rpartition(" | ")[0], *sorted(metrics))


def _minority(column: Sequence[int], against: Sequence[int]) -> Iterable[int]:
    share = len(against) / len(column)
    if len(column) < FEWEST or 1 - NEARLY_ALL < share < NEARLY_ALL:
        return ()
    return against if share < NEARLY_ALL else set(column) - set(against)


def _against_intervals(findings: Sequence[TracedNumber]) -> dict[int, str]:
    wrong: dict[int, str] = {}
    checked = [index for index, finding in enumerate(findings) if finding.status != "exempt"]
    for index, *ends in zip(checked, checked[1:], checked[2:], strict=False):
        one, low, high = (findings[i] for i in (index, *ends))
        if one.number.role != "value" or one.status != "supported" or not _is_interval(one, low, high):
            continue
        if _has_other_sign(one.number.value, low.number.low, high.number.high) and not SIZE.search(_before(one)):
            wrong[index] = f"has the other sign than its interval, {low.number.text} to {high.number.text}"
    return wrong


def _has_other_sign(x: float, low: float, high: float) -> bool:
    """Whether an interval holds -x alone, or has -x in its middle and x far from it."""
    if low <= -x <= high and not low <= x <= high:
        return True
    middle, width = (low + high) / 2, high - low
    return abs(-x - middle) <= MIDDLE * width and abs(x - middle) > FAR * width


def _before(finding: TracedNumber) -> str:
    return finding.passage.text[: finding.number.start] if finding.number.text[:1] not in "+-" else ""


def _is_interval(one: TracedNumber, low: TracedNumber, high: TracedNumber) -> bool:
    """Whether the second and third number are the ends of an interval of the first, in its sentence or its row."""
    text = low.passage.text
    if low.passage is not high.passage or not BETWEEN.fullmatch(text[low.number.end : high.number.start]):
        return False
    if one.passage is low.passage:
        between = LEVEL.sub("", text[one.number.end : low.number.start])
        return bool(INTERVAL.fullmatch(between) or re.fullmatch(r"\s*[\[(]\s*", between))
    same_row = (
        one.passage.kind == "cell" and one.passage.shown.partition(": ")[2] == low.passage.shown.partition(": ")[2]
    )
    return same_row and text[: low.number.start].strip() in ("[", "(")
