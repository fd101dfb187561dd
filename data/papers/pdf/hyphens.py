"""Words that a line's end has cut, put together where the paper itself writes them whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .words import Line

LETTERS_ONLY = re.compile(r"[^\W\d_]+")


COMPOUND = re.compile(r"(?=\b([^\W\d_]+)-([^\W\d_]+))")

LAST_PART = re.compile(r"[^\W\d_]+$")

SHORTEST_PART = 3
"""Letters of each part of a compound, where nothing else speaks for one."""

CLOSED = re.compile(
    r"anything|background|baseline|benchmark|breakdown|breakthrough|broadcast|checkpoint|codebase|database|dataset|"
    r"deadline|download|everyone|everything|feedback|foreground|framework|furthermore|guideline|handbook|handwritten|"
    r"however|input|inside|into|keyword|landmark|lifetime|moreover|network|nevertheless|nothing|offline|offset|online|"
    r"otherwise|outcome|outlier|outline|outperform|output|outside|overall|overcome|overfit|overhead|overlap|overview|"
    r"pipeline|runtime|setup|shortcoming|sidestep|somehow|something|sometimes|somewhat|standalone|straightforward|"
    r"subset|throughout|throughput|timestep|toward|trademark|tradeoff|underlying|understand|update|upper|whenever|"
    r"whereas|wherever|widespread|within|without|workflow|workload|workshop|worldwide|worthwhile"
)
"""Words that are written in one although both parts are words."""

LEADS = re.compile(
    r"self|low|lower|high|higher|large|larger|small|long|longer|short|fine|coarse|well|real|one|two|three|first|second|end"
    r"|cross|zero|few|single|open|full|off|hard|best|worst|mean|high|mid|user|task|time|state|data|model|domain|human"
)
"""First parts of compounds; TeX breaks words by syllables, and few words begin with one of these."""

ENDING = re.compile(
    r"ish|is[tm].*|i[sz].*|ity|ing|ness|ling.*|en.*|ment.*|light.*|way.*|wise|base.*|set.*|bal.*|ual.*|man.*|fold.*"
)

LINKS = re.compile(r"of|in|to|the|by|on|and|as|up|out|off|at|for|a")


class Vocabulary:
    """The words of a document that no line's end breaks, which tell how its broken ones are written."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.whole: set[str] = set()
        self.compounds: set[str] = set()
        first_is_rest = False
        for line in lines:
            words = line.words[1 if first_is_rest else 0 : -1 if line.broken else None]
            first_is_rest = line.broken
            for word in words:
                parts = LETTERS_ONLY.findall(word.text.lower())
                self.whole.update(parts)
                self.compounds.update("-".join(pair) for pair in COMPOUND.findall(word.text.lower()))

    def joint(self, before: str, after: str) -> str:
        """What stands between the two parts of a broken word: a hyphen or nothing."""
        left, right = LAST_PART.search(before.lower()), LETTERS_ONLY.match(after.lower())
        if not left or not right:
            return "-"
        one, other = left[0], right[0]
        if one + other in self.whole or CLOSED.fullmatch(one + other):
            return ""
        if f"{one}-{other}" in self.compounds:
            return "-"
        goes_on = after[right.end() :].startswith("-")
        if goes_on and LINKS.fullmatch(other):
            return "-"
        if LEADS.fullmatch(one) and len(other) > SHORTEST_PART and not ENDING.fullmatch(other):
            return "-"
        long = min(len(one), len(other)) >= SHORTEST_PART or goes_on or before[: left.start()].endswith("-")
        return "-" if long and one in self.whole and other in self.whole else ""


def dehyphenated(lines: Sequence[Line], vocabulary: Vocabulary) -> str:
    """The text of the lines, one below the other; a broken word takes the line it goes on in with it."""
    pieces: list[str] = []
    for number, line in enumerate(lines):
        if not line.broken or number + 1 == len(lines):
            pieces.append(f"{line.text}{'-' * line.broken}\n")
        else:
            pieces.append(line.text + vocabulary.joint(line.words[-1].text, lines[number + 1].words[0].text))
    return "".join(pieces).rstrip("\n")
