"""Line numbers of a text as copied from a numbered manuscript: before the lines, behind them, or on lines of their own.

Numbers count as line numbers only where they stand at most lines of the whole text, or at each fifth or tenth, and go
up by one step; or where many lines of nothing but numbers follow on one another. So lists and references are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

LEFT = re.compile(r"[ \t]*(\d{1,4})(?:[.:|][ \t]*|[ \t]+|$)")
RIGHT = re.compile(r"(?:(?<=\S)[ \t]+|^[ \t]*)(\d{1,4})[ \t]*$")
ALONE = re.compile(r"[ \t]*(\d{1,4})[ \t]*")
FEWEST, LONGEST_STEP = 8, 10
AT_MOST_LINES = 0.6
"""Share of the lines that have a number; of a step of five, that many of each fifth."""
STEADY = 0.8
"""Share of the numbers that are one step from the last one."""
BLOCK, PADDED_BLOCK = 20, 8
"""Lines of numbers one after the other, the latter where they begin with a zero."""


def without_line_numbers(text: str) -> tuple[str, int]:
    """The text without line numbers, and how many there were."""
    lines = text.split("\n")
    alone = _blocks(lines)
    kept = [line for index, line in enumerate(lines) if index not in alone]
    removed = len(alone)
    for side in (LEFT, RIGHT):
        found = _numbered(kept, side)
        kept = [side.sub("", line, count=1) if index in found else line for index, line in enumerate(kept)]
        removed += len(found)
    return ("\n".join(kept), removed) if removed else (text, 0)


def _numbered(lines: Sequence[str], side: re.Pattern[str]) -> set[int]:
    """The lines whose number at this side is a line number."""
    search = side.match if side is LEFT else side.search
    matches = {index: int(found[1]) for index, line in enumerate(lines) if (found := search(line))}
    if len(matches) < FEWEST:
        return set()
    rises = [(a, b, matches[b] - matches[a]) for a, b in pairwise(matches)]
    steps = Counter(rise for *_, rise in rises if rise > 0)
    step = steps.most_common(1)[0][0] if steps else 0
    members = {index for a, b, rise in rises if rise == step for index in (a, b)}
    full = sum(bool(line.strip()) for line in lines)
    if not 1 <= step <= LONGEST_STEP or len(members) < max(FEWEST, AT_MOST_LINES * full / step):
        return set()
    inside = sum(min(members) <= index <= max(members) for index in matches)
    return members if len(members) >= STEADY * inside else set()


def _blocks(lines: Sequence[str]) -> set[int]:
    """The lines of long runs of nothing but numbers that go up by one, blank lines between them left out of account."""
    found: set[int] = set()
    run: list[int] = []
    last = -1

    def end_run() -> None:
        padded = bool(run) and lines[run[0]].strip().startswith("0")
        if len(run) >= (PADDED_BLOCK if padded else BLOCK):
            found.update(run)
        run.clear()

    for index, line in enumerate(lines):
        number = ALONE.fullmatch(line)
        if number and run and int(number[1]) == last + 1:
            run.append(index)
        elif number:
            end_run()
            run.append(index)
        elif line.strip():
            end_run()
        last = int(number[1]) if number else last
    end_run()
    return found
