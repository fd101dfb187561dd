"""Title, abstract, sections and number of references of a paper's text, found by its layout.

Headings are lines marked by "#"; numbered lines ("2 RELATED WORK", "3.1 Setup") whose numbers follow on one another;
lettered ones behind the references ("A.2 Proofs"); and well-known names alone on their line ("Abstract").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from ..records import Section

LONGEST_HEADING = 100
LONGEST_ABSTRACT = 6000
HEAD = 6000
"""Characters at the beginning in which title and abstract are looked for."""
TITLE_LINES = 5
STRAY_LETTERS = 3
"""A heading of so few letters at the head of a text is a piece of a figure."""

MARKED = re.compile(r"(#{1,6})[ \t]+(\S.*)")
NUMBERED = re.compile(r"(\d{1,2})((?:\.\d{1,2}){0,3})(\.?)[ \t]+([A-ZÀ-Þ\[(ℓ].*)")
LETTERED = re.compile(r"([A-Z])((?:\.\d{1,2}){0,3})(\.?)[ \t]+([A-ZÀ-Þ].*)")
KNOWN = re.compile(
    r"""(?:a\ ?b\ ?s\ ?t\ ?r\ ?a\ ?c\ ?t | introduction | related\ works? | background | conclusions? | discussion
      | acknowledge?ments? | references | bibliography | appendix | appendices | supplementary\ materials?
      | (?:ethics|reproducibility|broader\ impact|impact)(?:\ statement)?)[.:]?""",
    re.VERBOSE | re.IGNORECASE,
)
RUN_IN = re.compile(r"^[*_# \t]*abstract[*_]*[ \t]*[-–—.:]+[*_]*[ \t]*(?=\S)", re.IGNORECASE | re.MULTILINE)
REFERENCES = re.compile(
    r"(?:\d+\.?\s+|[A-Z]\.?\s+)?(?:references|bibliography|literature cited)\b.{0,12}", re.IGNORECASE
)
APPENDIX = re.compile(r"(?:[A-Z]\.?\s+)?(?:appendix|appendices|supplementary|supplemental)\b.*", re.IGNORECASE)
STATUS = re.compile(
    r"under (?:double[- ]blind )?review|published as|preprint|anonymous|accepted (?:at|to|as|by)|arxiv:|workshop"
    r"|conference|^\W*\d*\W*$",
    re.IGNORECASE,
)
ENTRY = re.compile(r"^[ \t]*(?:\[[\w+-]{1,20}\]|\d{1,3}\.|[-*•])[ \t]+\S", re.MULTILINE)
YEAR_END = re.compile(r"\b(?:19|20)\d\d[a-z]?\)?\.?(?:\s+(?:url|doi)?:?\s*(?:https?|doi)\S*)?[ \t]*\.?$", re.I | re.M)


class Numbering:
    """The numbered headings of one part of a paper: their numbers follow on one another, their style stays the same."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.last = [0]
        self.style: tuple[bool, bool] | None = None

    def level(self, line: str) -> int:
        """The level of the next heading, 1 for a section; 0 where the line cannot be the next (one may be lost)."""
        found = self.pattern.fullmatch(line)
        if not found or not _heading_like(found[4]):
            return 0
        first = int(found[1]) if found[1].isdecimal() else ord(found[1]) - ord("A") + 1
        number = [first, *(int(part) for part in found[2].split(".")[1:])]
        own = len(number) - 1
        known = self.last + [0] * len(number)
        if number[:own] != known[:own] or not 1 <= number[own] - known[own] <= 2:
            return 0
        style = (bool(found[3]), found[4].isupper())
        if own == 0 and self.style not in (None, style):
            return 0
        self.style = self.style or (style if own == 0 else None)
        self.last = number
        return len(number)


def find_sections(text: str) -> tuple[Section, ...]:
    """The sections in order; each reaches to the next heading, whatever its level. What is before the first is none."""
    heads = list(_headings(text))
    ends = [start for start, _, _ in heads[1:]] + [len(text)]
    highest = min((level for _, _, level in heads), default=1)
    return tuple(
        Section(title=title, level=level - highest + 1, start=start, end=end)
        for (start, title, level), end in zip(heads, ends, strict=False)
    )


def _headings(text: str) -> Iterator[tuple[int, str, int]]:
    """Offset, title and level of each heading. The first well-known one decides whether headings are marked by "#"."""
    front, back = Numbering(NUMBERED), Numbering(LETTERED)
    marked: bool | None = None
    in_back = False
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        title = line.strip().strip("*_").strip()
        if not title or len(title) > LONGEST_HEADING:
            continue
        sign = MARKED.fullmatch(title)
        if sign:
            title = sign[2].strip("#*_ ")
            level = 0 if marked is False or not title or _is_title(text, start, title) else len(sign[1])
        elif KNOWN.fullmatch(title) and title[0].isupper():
            title, level = title.rstrip(".:"), 1
        else:
            level = 0 if marked else (back if in_back else front).level(title)
        if level:
            if marked is None and KNOWN.fullmatch(title):
                marked = sign is not None
            in_back = in_back or bool(REFERENCES.fullmatch(title))
            yield start, title, level


def _is_title(text: str, start: int, words: str) -> bool:
    """Whether a marked line belongs to the paper's title: it is the first, or nothing but marked lines is above it."""
    return not KNOWN.fullmatch(words) and all(
        line.startswith("#") for line in text[:start].strip("\n").split("\n") if start
    )


def _heading_like(title: str) -> bool:
    """Whether the words can be a heading: no sentence, no row of a table, no entry of a list."""
    words = title.split()
    if title[-1] in ".,;:=+" or "|" in title or len(words) > 14 or sum(c.isalpha() for c in title) < 0.6 * len(title):
        return False
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return bool(long) and sum(word[0].isupper() for word in long) >= 0.5 * len(long)


def find_title(text: str) -> str:
    """The title at the head of a text: lines marked by "#", else the first lines that state no venue or status."""
    lines = [line.strip() for line in text[:HEAD].lstrip().split("\n")]
    if lines[0].startswith("#"):
        marks = (line.replace("## ", "").replace("# ", "").strip("# ") for line in takewhile(_blank_or_marked, lines))
        title = " ".join(" ".join(takewhile(lambda words: not _begins_the_paper(words), marks)).split())
        if sum(c.isalpha() for c in title) > STRAY_LETTERS:
            return title
    rest = [line for line in lines if line and not line.startswith("#") and not STATUS.search(line)]
    if not rest or KNOWN.fullmatch(rest[0]):
        return ""
    title = rest[:1]
    for line in rest[1:TITLE_LINES]:
        if not title[0].isupper() or not line.isupper() or KNOWN.fullmatch(line):
            break
        title.append(line)
    return " ".join(" ".join(title).split())[:300]


def _blank_or_marked(line: str) -> bool:
    return not line or line.startswith("#")


def _begins_the_paper(words: str) -> bool:
    """Whether the words of a marked line are a heading within the paper, and no part of its title."""
    return bool(KNOWN.fullmatch(words) or re.fullmatch(r"(?:1|I)\.?\s+(?:introduction|motivation)", words, re.I))


def find_abstract(text: str, sections: tuple[Section, ...]) -> str:
    """The abstract as one paragraph: what follows its heading or the words "Abstract." in a line; empty without one."""
    head = next((s for s in sections if s.start < HEAD and KNOWN.fullmatch(s.title) and _is_abstract(s.title)), None)
    if head is not None:
        body = text[head.start : head.end].partition("\n")[2]
    else:
        run_in = RUN_IN.search(text[:HEAD])
        if run_in is None:
            return ""
        following = next((s.start for s in sections if s.start > run_in.end()), len(text))
        body = text[run_in.end() : following]
        if following == len(text):
            body = body.partition("\n\n")[0]
    return " ".join(body[:LONGEST_ABSTRACT].split())


def _is_abstract(title: str) -> bool:
    return "".join(title.split()).lower().rstrip(".:") == "abstract"


def count_references(text: str, sections: tuple[Section, ...]) -> int:
    """Entries of the bibliography: marked lines, or lines that end an entry with its year. An estimate."""
    part = next((text[s.start : s.end] for s in reversed(sections) if REFERENCES.fullmatch(s.title)), "")
    return max(len(ENTRY.findall(part)), len(YEAR_END.findall(part)))
