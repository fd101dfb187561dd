"""The sections and the number of references of a paper's text, found by its layout.

Headings are lines marked by "#"; numbered lines ("2 RELATED WORK", "3.1 Setup") whose numbers follow on one another;
lettered ones behind the references ("A.2 Proofs"); "I. INTRODUCTION" and what follows on it; and well-known names alone
on their line ("Abstract").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..records import Section

LONGEST_HEADING = 100

MARKED = re.compile(r"(#{1,6})[ \t]+(\S.*)")
NUMBERED = re.compile(r"(\d{1,2})((?:\.\d{1,2}){0,3})(\.?)[ \t]+([A-ZÀ-Þ\[(ℓ].*)")
LETTERED = re.compile(r"([A-Z])((?:\.\d{1,2}){0,3})(\.?)[ \t]+([A-ZÀ-Þ].*)")
KNOWN = re.compile(
    r"""(?:a\ ?b\ ?s\ ?t\ ?r\ ?a\ ?c\ ?t | introduction | related\ works? | background | conclusions? | discussion
      | acknowledge?ments? | references | bibliography | (?:works|literature)\ cited
      | appendix | appendices | supplementary\ materials?
      | (?:ethics|reproducibility|broader\ impact|impact)(?:\ statement)?)[.:]?""",
    re.VERBOSE | re.IGNORECASE,
)
ROMAN = re.compile(r"([IVX]{1,5})()(\.)[ \t]+([A-ZÀ-Þ].*)")
REFERENCES = re.compile(
    r"(?:\d+\.?\s+|[A-Z]\.?\s+)?(?:references|bibliography|(?:literature|works) cited)\b.{0,12}", re.IGNORECASE
)
APPENDIX = re.compile(r"(?:[A-Z]\.?\s+)?(?:appendix|appendices|supplementary|supplemental)\b.*", re.IGNORECASE)
ENTRY = re.compile(r"^[ \t]*(?:\[[\w+-]{1,20}\]|\d{1,3}\.|[-*•])[ \t]+\S", re.MULTILINE)
ROMANS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
AUTHOR_YEAR = re.compile(r"^[ \t]*[^\W\d_][^\n()]{3,300}\((?:19|20)\d\d[a-z]?\)[.,:]", re.MULTILINE)
YEAR_END = re.compile(r"\b(?:19|20)\d\d[a-z]?\)?\.?(?:\s+(?:url|doi)?:?\s*(?:https?|doi)\S*)?[ \t]*\.?$", re.I | re.M)
AFFILIATION = re.compile(r"^\d\s*(?=anonymous)", re.IGNORECASE)
BANNER = re.compile(
    r"""(?:manuscript\s|paper\s|currently\s)*(?:under|submitted\s(?:for|to))\s(?:double[- ]blind\s)?(?:peer\s)?review\b
      | (?:published|accepted|submitted|presented|appeared|to\sappear)\s(?:as|at|to|in|for|by)\s
      | preprint(?:\W*$|\W+(?:under|not|submitted|work|version)\b) | (?:[\w-]+\s){1,6}generated\spreprint$
      | arxiv:\s?\S | anonym(?:ous|ized|ised)(?:\s(?:authors?|submission|version|institution|affiliation)\b|\W*$)
      | workshop\strack | (?:in\s)?proceedings\sof\s
      | \d+(?:st|nd|rd|th)\s(?:\w+\s){0,3}(?:conference|workshop|symposium)
      | (?:[\w&,-]+\s){0,8}(?:conference|workshop|symposium|journal|transactions)\s(?:on|of)\s.*\b(?:19|20)\d\d\b
      | confidential\b | .*do\snot\sdistribute | draft\b\W*(?:version|of|\d|$)
      | (?:tech\w*|working)\s(?:report|paper)\W*[\w/-]*$
      | (?:original\s|research\s|review\s|short\s|long\s)?(?:article|paper|letter|communication)$ | open\saccess$
      | © | copyright\b | https?:// | www\. | doi\b | issn\b | vol(?:\.|ume)\s?\d | \W*\d*\W*$""",
    re.IGNORECASE | re.VERBOSE,
)
"""From the beginning of a line on."""


class Numbering:
    """The numbered headings of one part of a paper: their numbers follow on one another, their style stays the same."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.last = [0]
        self.style: tuple[bool, bool] | None = None

    def first(self, number: str) -> int:
        """The number of the section, from 1."""
        if number.isdecimal():
            return int(number)
        return ROMANS.index(number) + 1 if self.pattern is ROMAN and number in ROMANS else ord(number[0]) - ord("A") + 1

    def _goes_on(self, title: str) -> bool:
        """Whether a Roman number is one of headings: the first of them has a well-known name."""
        return self.last != [0] or bool(KNOWN.fullmatch(title))

    def level(self, line: str) -> int:
        """The level of the next heading, 1 for a section; 0 where the line cannot be the next (one may be lost)."""
        found = self.pattern.fullmatch(line)
        if not found or not _heading_like(found[4]) or (self.pattern is ROMAN and not self._goes_on(found[4])):
            return 0
        first = self.first(found[1])
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


def is_heading(line: str) -> bool:
    """Whether the line is a heading by its well-known name, with or without a number."""
    words = line.strip().strip("#*_ ")
    found = NUMBERED.fullmatch(words) or ROMAN.fullmatch(words)
    name = found[4] if found else words
    return bool(KNOWN.fullmatch(name)) and name[0].isupper()


def find_sections(text: str) -> tuple[Section, ...]:
    """The sections in order; each reaches to the next heading, whatever its level. What is before the first is none."""
    heads = _levelled(list(_headings(text)))
    ends = [start for start, _, _ in heads[1:]] + [len(text)]
    highest = min((level for _, _, level in heads), default=1)
    return tuple(
        Section(title=title, level=level - highest + 1, start=start, end=end)
        for (start, title, level), end in zip(heads, ends, strict=False)
    )


def _levelled(heads: list[tuple[int, str, int]]) -> list[tuple[int, str, int]]:
    """The headings with "3.1" below "3" where both have the same mark, and the abstract on the highest level."""
    highest = min((level for _, title, level in heads if not is_abstract(title)), default=1)
    top = next((level for _, title, level in heads if NUMBERED.match(title) and _depth(title) == 1), 0)
    return [
        (start, title, highest if is_abstract(title) else level + (_depth(title) - 1 if level == top else 0))
        for start, title, level in heads
    ]


def _depth(title: str) -> int:
    """Of the number before a title: 2 for "3.1 Data", 1 without a number."""
    found = NUMBERED.match(title)
    return found[2].count(".") + 1 if found else 1


def _headings(text: str) -> Iterator[tuple[int, str, int]]:
    """Offset, title and level of each heading. The first well-known one decides whether headings are marked by "#"."""
    front, roman, back = Numbering(NUMBERED), Numbering(ROMAN), Numbering(LETTERED)
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
            level = 0 if marked else (back if in_back else front).level(title) or (0 if in_back else roman.level(title))
        if level:
            if marked is None and KNOWN.fullmatch(title):
                marked = sign is not None
            in_back = in_back or bool(REFERENCES.fullmatch(title))
            yield start, title, level


def _is_title(text: str, start: int, words: str) -> bool:
    """Whether a marked line belongs to the paper's title: above it are only marked lines and banners."""
    if KNOWN.fullmatch(words):
        return False
    above = text[:start].strip("\n").split("\n")
    return not start or all(line.startswith("#") or is_banner(line) for line in above)


def _heading_like(title: str) -> bool:
    """Whether the words can be a heading: no sentence, no row of a table, no entry of a list."""
    words = title.split()
    if words[0] == "Anonymous":
        return False
    if title[-1] in ".,;:=+" or "|" in title or len(words) > 14 or sum(c.isalpha() for c in title) < 0.6 * len(title):
        return False
    long = [word for word in words if len(word) > 3 and word[0].isalpha()]
    return bool(long) and sum(word[0].isupper() for word in long) >= 0.5 * len(long)


def is_abstract(title: str) -> bool:
    """Whether a heading is the abstract's, spaced out or not."""
    return "".join(title.split()).lower().rstrip(".:") == "abstract"


def count_references(text: str, sections: tuple[Section, ...]) -> int:
    """Entries of the bibliography: marked lines, or lines that end or begin an entry with its year. An estimate."""
    part = next((text[s.start : s.end] for s in reversed(sections) if REFERENCES.fullmatch(s.title)), "")
    return max(len(pattern.findall(part)) for pattern in (ENTRY, YEAR_END, AUTHOR_YEAR))


def is_banner(line: str) -> bool:
    """Whether the line is a status, a venue, an address or a number, none of which is a title."""
    words = line.strip().strip("#*_ ")
    return bool(BANNER.match(words) or BANNER.match(AFFILIATION.sub("", words)))
