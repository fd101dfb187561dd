"""Plain text as people copy it, made regular: characters, line numbers, numbers of headings, missing line breaks.

Numbers count as line numbers only where they stand at most lines of the whole text, or at each fifth or tenth, and go
up by one step; or where many lines of nothing but numbers follow on one another. So lists and references are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from .sections import NUMBERED, Numbering, find_sections

FEWEST_SECTIONS = 2
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
SPACED = re.compile(r"(?<!\S)[A-Z](?: [A-Z]){3,}(?!\S)(?:[ ]{2,}[A-Z](?: [A-Z])+(?!\S))*")
"""Words of four capitals or more that are printed with a space between their letters: "A B S T R A C T"."""
LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})
NUMBER = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5})\.?")
LONGEST_TITLE = 80
UNBROKEN, UNBROKEN_SHARE = 1000, 0.6
"""Characters of a line that is a whole paper, or much of one, and its share of the text."""
NAMES = (
    "Introduction|Related Works?|Background|Preliminaries|Problem (?:Setting|Statement)|Methods?|Methodology|Approach"
    "|Materials and Methods|Theory|Experiments?|Experimental (?:Setup|Settings?|Results)|Results|Evaluation|Analysis"
    "|Results and Discussion|Ablations?|Ablation Stud(?:y|ies)|Discussion|Limitations|Conclusions?|Future Work"
    "|Conclusions? and Future Work|Acknowledge?ments?|Appendix"
)
KNOWN = f"{NAMES}|{NAMES.upper()}".replace(" ", "[ ]")
NAMED = re.compile(rf"^(?:(?P<below>(?<=\n\n)(?:{KNOWN}))|[^\n]+)$", re.MULTILINE)
ADDRESS = re.compile(r"\s+(?=(?:Universit|Institut|Department|School|College|Laborator)\w*|\S+@\S)")
BREAKS = re.compile(
    rf"""(?P<head>(?<!\S)(?:Abstract|ABSTRACT)[.:—–-]?)(?=\s+["“(]?[A-Z])
      | (?<=[.!?\])”"’'])\s+(?P<section>(?:(?P<number>\d{{1,2}})\.?\s+)?(?:{KNOWN}))(?=\s+["“(]?[A-Z])
      | (?<=[.!?\])”"’'])\s+(?P<list>References|REFERENCES|Bibliography|Works\ Cited)(?=\s+(?:\[|[A-Z]))
      | (?<=\S)\s+(?P<entry>\[\d{{1,3}}\])(?=\s+[A-Z])""",
    re.VERBOSE,
)
LEFT = re.compile(r"[ \t]*(\d{1,4})(?:[.:|][ \t]*|[ \t]+|$)")
RIGHT = re.compile(r"(?:(?<=\S)[ \t]+|^[ \t]*)(\d{1,4})[ \t]*$")
ALONE = re.compile(r"[ \t]*(\d{1,4})[ \t]*")
STEPS = (1, 5, 10, 2)
FEWEST_NUMBERS, SHORTEST_RUN = 8, 3
"""Numbers in all (half as many where not every line has one), and of a run of them."""
AT_MOST_LINES = 0.6
"""Share of the lines that are beside runs of numbers."""
STEADY = 0.8
"""Share of the numbers of a run that are as many lines apart as they say."""
LINES_APART = 3
"""Lines from one number to the next, where each is on a line of its own."""
LONG_BLOCK, LONG_PADDED_BLOCK = 20, 8
"""Lines of numbers one after the other, the latter where they begin with a zero."""


def regular_characters(text: str) -> str:
    """The text with plain spaces, and letters for ligatures."""
    return SPACES.sub(" ", text).translate(LIGATURES)


def regular_text(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with one heading a line and without line numbers, and notes on what was done."""
    text, numbers = without_line_numbers(text)
    notes = [f"{numbers} line numbers left out"] if numbers else []
    if max(map(len, text.split("\n"))) >= max(UNBROKEN, UNBROKEN_SHARE * len(text)):
        text, found = _broken_up(text)
        notes += [f"no line breaks; {found} headings found by their well-known names"] if found else []
    return _named(headings_joined(_closed_up(text))), tuple(notes)


def _named(text: str) -> str:
    """The text; where no section has a number, lines that are a well-known name below a blank line are marked."""
    sections = find_sections(text)
    if len(sections) < FEWEST_SECTIONS or any(
        NUMBERED.match(s.title) or text.startswith("#", s.start) for s in sections
    ):
        return text
    names = {text[section.start :].split("\n", 1)[0] for section in sections}
    return NAMED.sub(lambda line: f"## {line[0]}" if line[0] in names or line["below"] else line[0], text)


def headings_joined(text: str) -> str:
    """The text with section numbers that stand on a line of their own before their titles."""
    lines = text.split("\n")
    numbering = Numbering(NUMBERED)
    joined: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        following = next((n for n in range(index + 1, min(index + 4, len(lines))) if lines[n].strip()), None)
        if NUMBER.fullmatch(line.strip()) and following is not None and len(lines[following]) <= LONGEST_TITLE:
            heading = f"{line.strip()} {lines[following].strip()}"
            if numbering.level(heading):
                joined.append(heading)
                index = following + 1
                continue
        numbering.level(line.strip())
        joined.append(line)
        index += 1
    return "\n".join(joined)


def _closed_up(text: str) -> str:
    """The text with spaced-out words closed up; two spaces part two words."""
    return SPACED.sub(lambda found: " ".join(word.replace(" ", "") for word in re.split(" {2,}", found[0])), text)


def _broken_up(text: str) -> tuple[str, int]:
    """The text with a line for each heading that is known by name, numbered ones in their order, and for references."""
    pieces: list[str] = []
    done = found = last = 0
    listed = False
    for match in BREAKS.finditer(text):
        number = int(match["number"] or 0)
        early = (match["entry"] and not listed) or (match["head"] and found)
        if early or (number and not last < number <= last + 2):
            continue
        last = number or last
        listed = listed or bool(match["list"])
        word = match["head"] or match["section"] or match["list"] or match["entry"]
        before = text[done : match.start()].rstrip()
        pieces += [before if found else ADDRESS.sub("\n", before, count=1), "\n" if match["entry"] else "\n\n", word]
        pieces += [] if match["entry"] else ["\n"]
        done = match.end()
        found += not match["entry"]
    return "".join(pieces) + text[done:], found


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


def _blocks(lines: Sequence[str]) -> set[int]:
    """The lines of long runs of nothing but numbers that go up by one, blank lines between them left out of account."""
    found: set[int] = set()
    run: list[int] = []
    last = -1

    def end_run() -> None:
        padded = bool(run) and lines[run[0]].strip().startswith("0")
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
