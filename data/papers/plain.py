"""Plain text as people copy it, made regular: characters, line numbers, numbers of headings, missing line breaks.

Numbers count as line numbers only where they stand at most lines of the whole text, or at each fifth or tenth, and go
up by one step; or where many lines of nothing but numbers follow on one another. So lists and references are none.
"""

from __future__ import annotations

import re

from .line_numbers import without_line_numbers
from .sections import NUMBERED, Numbering, find_sections

FEWEST_SECTIONS = 2
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
SPACED = re.compile(r"(?<!\S)[A-Z](?: [A-Z]){3,}(?!\S)(?:[ ]{2,}[A-Z](?: [A-Z])+(?!\S))*")
"""Words of four capitals or more that are printed with a space between their letters: "A B S T R A C T"."""
SMALL_CAPITALS = re.compile(
    r"^((?:#+ )?(?:[\d.]{1,8}|[A-Z](?:\.\d)*\.?)? ?)((?:[A-Z] [A-Z]{2,}(?: |$))+)$", re.MULTILINE
)
"""A heading in small capitals as it is copied from a PDF: "1 I NTRODUCTION", "R ELATED W ORK"."""
HEADING_WORD = re.compile(
    r"A BSTRACT|I NTRO|R EFER|R ELATED|M ETHOD|E XPERIMENT|R ESULT|C ONCLU|D ISCUSS|A PPEND|A CKNOW|B ACKGR|L IMIT"
    r"|P RELIM|A NALYS|E VALUA|A BLAT|F UTURE|B IBLIO|E THIC|R EPROD"
)
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
    """The text with spaced-out words and small capitals of headings closed up; two spaces part two words."""
    text = whole_capitals(text)
    return SPACED.sub(lambda found: " ".join(word.replace(" ", "") for word in re.split(" {2,}", found[0])), text)


def whole_capitals(text: str) -> str:
    """The text with whole words in headings that were printed in small capitals."""
    return SMALL_CAPITALS.sub(_capitals, text)


def _capitals(heading: re.Match[str]) -> str:
    """A heading with whole words, where it has a number or is one of the well-known ones."""
    if not (re.search(r"\d", heading[1]) or HEADING_WORD.match(heading[2])):
        return heading[0]
    return heading[1] + re.sub(r"([A-Z]) ([A-Z]{2,})", r"\1\2", heading[2])


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
