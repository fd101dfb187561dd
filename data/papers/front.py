"""The title and the abstract of a paper's text."""

from __future__ import annotations

import re
from itertools import dropwhile, takewhile

from ..records import Section
from .sections import is_abstract, is_banner, is_heading

LONGEST_ABSTRACT = 6000
HEAD = 6000
"""Characters at the beginning in which title and abstract are looked for."""
TITLE_LINES = 5
LONGEST_TITLE = 300
USUAL_ABSTRACT = 3000
"""Characters; one that is longer ends with a paragraph before."""
PROSE_WORDS = 30
"""Of a paragraph that can be an abstract without a heading."""
STRAY_LETTERS = 3
"""A heading of so few letters at the head of a text is a piece of a figure."""

RUN_IN = re.compile(r"^[*_# \t]*abstract[*_]*[ \t]*[-–—.:]+[*_]*[ \t]*(?=\S)", re.IGNORECASE | re.MULTILINE)
UNMARKED_RUN_IN = re.compile(r"^[*_# \t]*(?:Abstract|ABSTRACT)[*_]*[ \t]+(?=[A-Z][\w’'-]*[ \t]+[a-z])", re.MULTILINE)
FIRST = re.compile(
    r"tl;?dr|(?:executive )?summary|synopsis|overview|motivation|highlights|authors?|keywords|(?:table of )?contents",
    re.IGNORECASE,
)
SUMMARY = re.compile(r"(?:executive |plain[- ]language )?summary|synopsis", re.IGNORECASE)
KEYWORDS = re.compile(r"^[*_# \t]*(?:key ?words|index terms|ccs concepts|subject classification)\b", re.I | re.M)
PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")


def find_title(text: str) -> str:
    """The title at the head of a text: the first marked lines, else the first line that is no banner nor a heading."""
    lines = [line.strip() for line in text[:HEAD].lstrip().split("\n")]
    rest = list(dropwhile(lambda line: not line or is_banner(line), lines))
    if rest and rest[0].startswith("#"):
        marks = takewhile(lambda line: not line or (line.startswith("#") and not _begins(line)), rest)
        title = " ".join(" ".join(line.replace("## ", "").replace("# ", "").strip("# ") for line in marks).split())
        if sum(c.isalpha() for c in title) > STRAY_LETTERS:
            return title.strip("*_ ")
    rest = [line for line in rest if line and not line.startswith("#") and not is_banner(line)]
    if not rest or is_heading(rest[0]):
        return ""
    title = rest[:1]
    for line in rest[1:TITLE_LINES]:
        if not title[0].isupper() or not line.isupper() or is_heading(line):
            break
        title.append(line)
    return " ".join(" ".join(title).split())[:LONGEST_TITLE].strip("*_ ")


def _begins(line: str) -> bool:
    """Whether a marked line below a title begins the paper."""
    return is_heading(line) or bool(FIRST.fullmatch(line.strip("#*_:. ")))


BLIND = re.compile(r"^.*(?:Anonymous [Aa]uthors?|[Dd]ouble-blind review).*\n", re.MULTILINE)
"""Lines of a blinded paper where its authors would stand."""


def find_abstract(text: str, sections: tuple[Section, ...]) -> str:
    """The abstract as one paragraph (see `abstract_span`); empty without one."""
    span = abstract_span(text, sections)
    return " ".join(text[span[0] : span[1]].split()) if span else ""


def abstract_span(text: str, sections: tuple[Section, ...]) -> tuple[int, int] | None:
    """Where the abstract stands: below its heading, behind the word in its line, below "Summary", or else the sentences
    between the head of the paper and its first section."""
    head = next((s for s in sections if s.start < HEAD and is_abstract(s.title)), None)
    head = head or next((s for s in sections[:1] if s.start < HEAD and SUMMARY.fullmatch(s.title)), None)
    if head is not None:
        below = text.find("\n", head.start, head.end)
        return _trimmed(text, below if below >= 0 else head.end, head.end)
    run_in = RUN_IN.search(text[:HEAD]) or UNMARKED_RUN_IN.search(text[:HEAD])
    if run_in is not None:
        following = next((s.start for s in sections if s.start > run_in.end()), None)
        paragraph = text.find("\n\n", run_in.end())
        end = following if following is not None else paragraph if paragraph >= 0 else len(text)
        return _trimmed(text, run_in.end(), end)
    return _unnamed(text, sections[0].start) if sections and sections[0].start <= HEAD else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without keywords below it, and of usual length."""
    keywords = KEYWORDS.search(text, start, end)
    end = min(keywords.start() if keywords else end, start + LONGEST_ABSTRACT)
    if end - start > USUAL_ABSTRACT:
        paragraph = text.rfind("\n\n", start + USUAL_ABSTRACT // 10, start + USUAL_ABSTRACT)
        end = paragraph if paragraph >= 0 else end
    return start, end


def _unnamed(text: str, end: int) -> tuple[int, int] | None:
    """The last paragraph of sentences above the first section, behind the lines of title and authors that it has."""
    found = [m for m in PARAGRAPH.finditer(text, 0, end) if _is_prose(m[0])]
    if not found:
        return None
    start, stop = found[-1].span()
    blind = list(BLIND.finditer(text, start, start + (stop - start) // 2))
    return (blind[-1].end() if blind else start), stop


def _is_prose(paragraph: str) -> bool:
    words = re.findall(r"[^\W\d_]+", paragraph)
    return len(words) >= PROSE_WORDS and sum(w[0].islower() for w in words) >= 0.6 * len(words) and "." in paragraph
