"""Of which run and data set a number in a sentence is, as far as the sentence leaves no doubt.

A name takes the number that stands beside it: "0.3 for A", "A's 0.3", "A (0.3)". "A and B reach 0.3 and 0.2"
is read in order. What is left is read in order where names and numbers take turns: "A reaches 0.3 and B
0.2". A sentence with one run gives it all of its numbers, except those behind a word of comparison ("against 0.3",
"than 0.3") and those that stand with others ("the rest stays at 0.5"); and none where the run itself stands behind such
a word alone ("0.3, less than the baseline").
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from .names import Place
from .numbers import Printed

BESIDE = re.compile(
    r"\s*(?:±[^A-Za-z,;]*?)?\s*%?\s*(?:(?!(?:than|against|versus|vs|compared|from|over|relative)\b)[A-Za-z][\w'-]*\s+){0,4}?"
    r"(?:for|of|with|by|under|in|on|at)\s+(?:the\s+|our\s+)?[\"'(]?\Z"
)
"""What stands between a number and the name behind it that it belongs to."""
BRACKET = re.compile(r"\s*(?:±[^A-Za-z]*?)?%?\s*\(\s*(?:the\s+|our\s+)?\Z")
COLON = re.compile(r"\s*[:=]\s*\$?")
"""What gives a name the number behind it, whatever stands in front of the name."""
OWNED = re.compile(r"(?:['\u2019]s\s+(?:[A-Za-z][\w-]*\s+){0,4}?|\s*[(:=]\s*)(?:about\s+|≈\s*)?\Z")
"""What stands between a name and the number behind it that is its own."""
REFERENCE = re.compile(
    r"(?:\b(?:than|against|versus|vs\.?|compared\s+(?:to|with)|relative\s+to|over|unlike|like|as|above|below|beyond|beats?"
    r"|outperforms?|match\w*|exceeds?|surpass\w*|from|improv\w*\s+(?:up)?on))\s+(?:(?:that|those)\s+of\s+)?(?:with\s+|for\s+)?"
    r"(?:the\s+|our\s+)?\Z",
    re.IGNORECASE,
)
COMPARED_WITH = re.compile(
    r"\b(?:from|against|versus|vs\.?|compared\s+(?:to|with)|than|instead\s+of|rather\s+than|relative\s+to|not)"
    r"\s+(?:about\s+|only\s+|a\s+|an\s+|the\s+)*\Z",
    re.IGNORECASE,
)
LISTED = re.compile(r"[\s$%]*(?:,|and|,\s*and)[\s$]*(?:on\s+|the\s+)?")
OTHERS = re.compile(
    r"\b(?:others?|rest|remaining|(?:second|next|third)[\s-]best|runner-up|best|worst|settings|runs|models|variants"
    r"|range[sd]?|differ\w*|median|bound|budget|chance|random|reference|target|limit|ours|while|whereas)\b"
    r"|(?:\b(?:and|but|with)|;)\s+(?:[\w-]+\s+){1,4}?(?:reach|ha[sd]|have|is|are|was|were|get|obtain|attain|achiev|end|stay)",
    re.IGNORECASE,
)


def attributed(text: str, numbers: Sequence[Printed], places: Sequence[Place]) -> dict[int, str]:
    """For each number that is surely of one of the names, by the position at which it starts, that name."""
    if "respectively" in text.lower() or _are_lists(text, numbers, places):
        return _in_turn(numbers, places)
    found, taken = _beside(text, numbers, places)
    left = [number for number in numbers if number.start not in found]
    return found | _alternating(text, left, [place for place in places if place not in taken])


def of_the_only_run(
    text: str, number: Printed, numbers: Sequence[Printed], places: Sequence[Place], beside: dict[int, str]
) -> bool:
    """Whether a number of a sentence that names one run alone, at these places, is of that run."""
    if number.start in beside:
        return True
    subjects = [place for place in places if not REFERENCE.search(text[: place.start])]
    if beside or not subjects or COMPARED_WITH.search(text[: number.start]):
        return False
    return stands_with(text, number, numbers, subjects)


def stands_with(text: str, number: Printed, numbers: Sequence[Printed], places: Sequence[Place]) -> bool:
    """Whether nothing stands between a number and the nearest of these places that gives the number to something else.

    A place behind the number counts where it has no number of its own behind it.
    """
    nearest = max((place.end for place in places if place.end <= number.start), default=None)
    if nearest is None:
        return not any(other.start > places[0].end for other in numbers)
    return not OTHERS.search(text[nearest : number.start])


def _in_turn(numbers: Sequence[Printed], places: Sequence[Place]) -> dict[int, str]:
    """The first number is of the first name, and so on, where there are as many and all stand on one side."""
    if len(numbers) != len(places) or len(places) < 2 or len({place.name for place in places}) != len(places):
        return {}
    apart = places[-1].end <= numbers[0].start or numbers[-1].end <= places[0].start
    return {number.start: place.name for number, place in zip(numbers, places, strict=True)} if apart else {}


def _are_lists(text: str, numbers: Sequence[Printed], places: Sequence[Place]) -> bool:
    """Whether the names are one list, "A and B", and the numbers behind them another."""
    if len(numbers) != len(places) or len(places) < 2 or places[-1].end > numbers[0].start:
        return False
    gaps = [text[one.end : other.start] for items in (places, numbers) for one, other in pairwise(items)]
    return all(LISTED.fullmatch(gap) for gap in gaps)


def _beside(text: str, numbers: Sequence[Printed], places: Sequence[Place]) -> tuple[dict[int, str], list[Place]]:
    """The numbers that stand right beside a name, and the places of these names."""
    found: dict[int, str] = {}
    taken: list[Place] = []
    for place in places:
        before = max((n for n in numbers if n.end <= place.start), key=lambda n: n.end, default=None)
        after = min((n for n in numbers if n.start >= place.end), key=lambda n: n.start, default=None)
        if after is not None and COLON.fullmatch(text[place.end : after.start]):
            found[after.start] = place.name
            taken.append(place)
            continue
        if before is not None and before.start not in found:
            between = text[before.end : place.start]
            if BESIDE.match(between) or BRACKET.match(between):
                found[before.start] = place.name
                taken.append(place)
                continue
        if after is not None and OWNED.match(text[place.end : after.start]):
            found[after.start] = place.name
            taken.append(place)
    return found, taken


def _alternating(text: str, numbers: Sequence[Printed], places: Sequence[Place]) -> dict[int, str]:
    """The numbers behind each name where all names have as many of them and none stands before the first.

    Where one name is left whose numbers stand beside no other, they are its own.
    """
    subjects = [place for place in places if not REFERENCE.search(text[: place.start])]
    if len(subjects) == 1:
        (subject,) = subjects
        behind = [n for n in numbers if n.start >= subject.end and not COMPARED_WITH.search(text[: n.start])]
        return {n.start: subject.name for n in behind if not OTHERS.search(text[subject.end : n.start])}
    if not subjects or len(subjects) != len(places):
        return {}
    stops = [*(place.start for place in subjects[1:]), math.inf]
    groups = [[n for n in numbers if place.end <= n.start < stop] for place, stop in zip(subjects, stops, strict=True)]
    if len({len(group) for group in groups}) != 1 or sum(map(len, groups)) != len(numbers):
        return {}
    return {n.start: place.name for place, group in zip(subjects, groups, strict=True) for n in group}
