"""Line numbers that were copied with a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

LEFT = re.compile(r"[ \t]*(\d{1,4})(?:[.:|][ \t]*|[ \t]+|$)")
RIGHT = re.compile(r"(?:(?<=\S)[ \t]+|^[ \t]*)(\d{1,4})[ \t]*$")
PADDED = re.compile(r"[ \t]*0\d")
ALONE = re.compile(r"[ \t]*(\d{1,4})[ \t]*")
LONG_BLOCK, LONG_PADDED_BLOCK = 20, 8
"""Lines of numbers one after the other, the latter where they begin with a zero."""
FEWEST_NUMBERS, SHORTEST_RUN = 8, 3
"""Numbers in all (half as many where not every line has one), and of a run of them."""
STEPS = (1, 5, 10, 2)
AT_MOST_LINES = 0.6
"""Share of the lines that are beside runs of numbers."""
STEADY = 0.8
"""Share of the numbers of a run that are as many lines apart as they say."""
LINES_APART = 3
"""Lines from one number to the next, where each is on a line of its own."""


def _blocks(lines: Sequence[str]) -> set[int]:
    """The lines of long runs of nothing but numbers that go up by one, blank lines between them left out of account."""
    found: set[int] = set()
    run: list[int] = []
    last = -1

    def end_run() -> None:
        padded = bool(run) and PADDED.match(lines[run[0]]) is not None
        if len(run) >= (LONG_PADDED_BLOCK if padded else LONG_BLOCK):
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


def without_line_numbers(text: str) -> tuple[str, int]:
    """The text without line numbers, and how many there were."""
    lines = text.split("\n")
    alone = _blocks(lines) or _between(lines)
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
    matches = {n: int(found[1]) for n, line in enumerate(lines) if line.strip() and (found := search(line))}
    full = [index for index, line in enumerate(lines) if line.strip()]
    place = {index: n for n, index in enumerate(full)}
    for step in STEPS:
        runs = [run for run in _runs(matches, step) if _even(run, step, place)]
        members = {index for run in runs for index in run}
        beside = {n for run in runs for n in range(place[run[0]], place[run[-1]] + 1)}
        usual = len(beside) / step
        many = len(members) >= (FEWEST_NUMBERS if step == 1 else FEWEST_NUMBERS // 2) and len(
            beside
        ) >= AT_MOST_LINES * len(full)
        if many and STEADY * usual <= len(members) <= usual / STEADY + len(runs):
            return members
    return set()


def _runs(matches: Mapping[int, int], step: int) -> Iterator[list[int]]:
    """Runs of lines, each number of which is one step above the last one, of some length; a page may begin anew."""
    last: dict[int, int] = {}
    before: dict[int, int] = {}
    for index, value in matches.items():
        if value - step in last:
            before[index] = last[value - step]
        last[value] = index
    for end in matches.keys() - set(before.values()):
        run = [end]
        while run[-1] in before:
            run.append(before[run[-1]])
        if len(run) >= SHORTEST_RUN:
            yield run[::-1]


def _even(run: Sequence[int], step: int, place: Mapping[int, int]) -> bool:
    """Whether most of its numbers are as many lines apart as the step says, blank ones counted or not."""
    apart = [step in (b - a, place.get(b, b) - place.get(a, a)) for a, b in pairwise(run)]
    return sum(apart) >= STEADY * len(apart)


def _between(lines: Sequence[str]) -> set[int]:
    """The lines of nothing but a number between most lines of the text."""
    matches = {n: int(found[1]) for n, line in enumerate(lines) if (found := ALONE.fullmatch(line))}
    text = [n for n, line in enumerate(lines) if line.strip() and n not in matches]
    runs = [run for run in _runs(matches, 1) if all(b - a <= LINES_APART for a, b in pairwise(run))]
    members = {index for run in runs for index in run}
    return members if len(members) >= max(LONG_BLOCK, AT_MOST_LINES * len(text)) else set()
