"""What a camera-ready text reveals: each rule yields the (start, end) spans of a body that are to be removed.

Rules look for cheap key words first and then widen the find to its line or sentence. Most patterns are written for the
lower-case copy of the body, which is several times faster than a search that ignores case.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Rule = Callable[[str, str], Iterator[tuple[int, int]]]
"""Takes the body and its lower-case copy of the same length."""

FLAGS = re.IGNORECASE | re.MULTILINE | re.VERBOSE
LOWER = re.MULTILINE | re.VERBOSE
BEGIN = r"^[#*_ \t]*(?:(?:\d{1,3}|[A-Z]{1,2})(?:\.\d+)*\.?[ \t]+)?[*_]*"
END = r"[#*_:. \t]*$"

TITLE = re.compile(r"^(?:\#[^\n]*\n\s*)+", FLAGS)
ABSTRACT = re.compile(r"^[#*_ \t]*a\ ?b\ ?s\ ?t\ ?r\ ?a\ ?c\ ?t\b(?=[#*_ \t]*(?:$|[.:—–-]))", FLAGS)
SHORT_LINES = re.compile(r"[^\n]{0,20}\n((?:[^\n]{0,50}\n){0,20}?)(?=[^\n]{51})")
INTRODUCTION = re.compile(BEGIN + r"i\ ?ntroduction" + END, FLAGS)
REFERENCES = re.compile(BEGIN + r"(?:r\ ?eferences|b\ ?ibliography)(?:\ and\ notes)?" + END, FLAGS)
APPENDIX = re.compile(BEGIN + r"(?:a\ ?ppendix|a\ ?ppendices|s\ ?upplementary\ materials?)" + END, FLAGS)
SECTION = re.compile(
    BEGIN
    + r"(?:e\ ?thics?\b|code\ of\ ethics|r\ ?eproducib|broader\ impact|(?-i:[A-Z]\ ?[A-Z]{3,}[A-Z \t,:-]*$))"
    + r"|^\#+[ \t]*\S",
    FLAGS,
)
CREDITS = re.compile(
    BEGIN
    + r"""(?:
        a\ ?cknowled?ge?ments?(?:\ (?:and|&)\ [^\n]{3,40}?)?
      | author[s’']*\ contributions? | contributions?\ of\ authors
      | (?:disclosure\ of\ )?funding(?:\ (?:disclosure|transparency\ statement|statement|information))?
      | competing\ interests? | conflicts?\ of\ interests?
    )(?:[#*_ \t]*$ | [*_]*[.:])""",
    FLAGS,
)
STATUS = re.compile(
    r"""under\ (?:double[- ]blind\ )?review\b | published\ as\ an?\b | camera[- ]ready | preprint\b
      | accepted\ (?:as\ an?|at|to|for|by)\ (?:the\ )?
        (?:\d|conference|workshop|journal|publication|poster|oral|spotlight|international|iclr|icml|neurips|nips)
      | anonymous\ (?:authors?|submission|version)""",
    LOWER,
)
AUTHOR_NOTE = re.compile(
    r"""equal\ (?:contributions?|advising|supervision)(?![a-z]|\ to\ (?:the|a|each|its)\ (?!work|paper))
      | equally\ contribut
      | contributed\ equally
      | (?:joint|shared|co-)\ ?(?:first|senior|last)\ author
      | corresponding\ authors? | correspondence\ (?:should|may)\b | correspondence(?:\ to)?:
      | correspondence\ to\ [^.\n]{0,60}@ | ^[^a-z\n]{0,6}correspondence\ to\b
      | (?:work|research)\ (?:was\ |is\ )?(?:(?:partially|mainly|primarily|partly)\ )?
        (?:done|performed|conducted|completed)\ (?:while|during|when|as\ an?|at|in\ part)\b
      | internship\ at\b | research\ interns? | (?:is|are)\ (?:now|currently)\ (?:at|with)\b
      | authors?\b[^.\n]{0,40}\balphabetical | alphabetical\w*\ (?:author|order\ of\ (?:author|last|sur))""",
    LOWER,
)
AFFILIATION = re.compile(
    r"""^[^a-z\n]{0,8}+(?:department\ of|school\ of|faculty\ of|institute\ of|(?:[^\W\d]+,?\ ){0,3}university\b)
        [^\n]{0,80}$""",
    LOWER,
)
EMAIL = re.compile(r"\{[^{}\n]{1,200}\}\s?@[\w.-]+ | \b[\w.+-]{1,64}+\s?@\s?[\w-]+(?:\.[\w-]+)+", LOWER)
URL = re.compile(
    r"""(?:https?://|www\.)[^\s)\]]*(?:\n[^\s)\]]*[/.][^\s)\]]*)?
      | (?:github|gitlab|bitbucket|4open|huggingface|zenodo|sites\.google)\.(?:com|io|org|science|co)[^\s)\]]*""",
    LOWER,
)
CODE = re.compile(
    r"""\b(?:codes?|checkpoints?|demo|project\ page|website|repository|repo)\b[^.!?]{0,120}?
        \b(?:available|releas\w+|open[- ]?sourc\w+|published|provided?|submitted|attach\w*|upload\w*|accessible|hosted
          |found\s(?:at|on|in|here|online)|anonymi\w+|public\w*|https?|supplement\w*)\b
      | available\ (?:at:?\s+\[?https?|online\b|upon\ (?:acceptance|publication|request)|on\ github)
      | ^[^a-z\n]{0,6}(?:source\ )?code\b""",
    LOWER,
)
SUPPORT = re.compile(
    r"""\b(?:supported|funded|sponsored)\ (?:in\ part\ |partially\ |partly\ |jointly\ |financially\ )*
        (?:by|through|under)\b(?:[^.!?]|\.(?=\w)){0,240}?
        \b(?:grants?|awards?|foundation(?!\ model)|fellowships?|contract|council|scholarship|programme
          |darpa|nsf|nserc|erc)\b
      | \bwe(?:\ would(?:\ also)?\ like\ to|\ also|\ sincerely|\ gratefully)?[ ]
        (?:thank|acknowledge\ (?:the\ )?(?:support|help|funding))
      | \bgrateful\ to\b""",
    LOWER,
)
SUPPLEMENT = re.compile(r"supplement(?:ary|al)?\b(?:\ (?:materials?|files?|documents?))?", LOWER)
CITATION_YEAR = re.compile(
    r"""[ \t]?\((?:19|20)\d\d[a-z]?\)
      | (?<=\()(?:19|20)\d\d[a-z]?(?=[,;])
      | [,;][\s*_]+(?:19|20)\d\d[a-z]?(?:,\s(?:(?:19|20)\d\d)?[a-z]\b)*(?=[*_]*\s*[;,)\]])
      | (?<=al\.)[,\s]+(?:19|20)\d\d[a-z]?\b
      | [ \t](?:19|20)\d\d[a-z]?(?=[;)\]])""",
    LOWER,
)
PAGE_NUMBER = re.compile(r"^[ \t]*\d{1,3}[ \t]*$", LOWER)

SENTENCE_END = re.compile(r"[.!?][)\]\"'’*_]*(?=\s)|\n[ \t]*\n")
LONGEST_SENTENCE = 600
LONGEST_LINE = 200
"""Characters that a line of a laid-out page has at most; longer ones are whole paragraphs."""


def body_end(text: str) -> int:
    """Where the references (or else the appendix) begin; the text's length where neither is found."""
    floor = len(text) // 10
    for pattern in (REFERENCES, APPENDIX):
        found = next((m.start() for m in pattern.finditer(text) if m.start() > floor), None)
        if found is not None:
            return found
    return len(text)


def author_block(body: str, _: str) -> Iterator[tuple[int, int]]:
    """From the title to the abstract's heading (else the introduction's), and authors that stand below that heading."""
    heading = ABSTRACT.search(body, 0, 6000) or INTRODUCTION.search(body, 0, 6000)
    if heading:
        yield title_end(body, heading.start()), heading.start()
    misplaced = misplaced_authors(body)
    if misplaced:
        yield misplaced


def title_end(body: str, before: int) -> int:
    """Where the title ends: headings marked by "#", or else the first line that is no status line."""
    marked = TITLE.search(body, 0, before)
    if marked:
        return marked.end()
    titled = (m for m in re.compile(r"[^\n]*\S[^\n]*\n").finditer(body, 0, before) if not STATUS.search(m[0].lower()))
    first = next(titled, None)
    return first.end() if first else 0


def misplaced_authors(body: str) -> tuple[int, int] | None:
    """Short lines right below the abstract's heading, where parsers put the authors of a second column."""
    heading = ABSTRACT.search(body, 0, 6000)
    below = SHORT_LINES.match(body, heading.end()) if heading else None
    if not below or not below[1].strip():
        return None
    return below.span(1)


def credits(body: str, _: str) -> Iterator[tuple[int, int]]:
    """Acknowledgements, author contributions, funding: from the heading to the next one."""
    for heading in CREDITS.finditer(body):
        following = SECTION.search(body, heading.end())
        yield heading.start(), following.start() if following else len(body)


def spans(pattern: re.Pattern[str]) -> Rule:
    """A rule that removes just what the pattern matches."""
    return lambda _, lowered: (found.span() for found in pattern.finditer(lowered))


def lines(pattern: re.Pattern[str]) -> Rule:
    """A rule that removes the lines in which the pattern matches, of a paragraph on one line the sentence only."""

    def find(body: str, lowered: str) -> Iterator[tuple[int, int]]:
        for found in pattern.finditer(lowered):
            start = body.rfind("\n", 0, found.start() + 1) + 1
            stop = body.find("\n", found.end())
            stop = len(body) if stop < 0 else stop
            yield (start, stop) if stop - start <= LONGEST_LINE else _sentence(body, *found.span())

    return find


def sentences(pattern: re.Pattern[str]) -> Rule:
    """A rule that removes the sentences in which the pattern matches."""
    return lambda body, lowered: (_sentence(body, *found.span()) for found in pattern.finditer(lowered))


def _sentence(body: str, start: int, stop: int) -> tuple[int, int]:
    ends = [m.end() for m in SENTENCE_END.finditer(body, max(0, start - LONGEST_SENTENCE), start)]
    closing = SENTENCE_END.search(body, stop, stop + LONGEST_SENTENCE)
    return ends[-1] if ends else start, closing.end() if closing else stop


RULES: dict[str, Rule] = {
    "author block": author_block,
    "acknowledgements": credits,
    "status line": lines(STATUS),
    "author note": lines(AUTHOR_NOTE),
    "affiliation": spans(AFFILIATION),
    "e-mail": spans(EMAIL),
    "funding": sentences(SUPPORT),
    "code availability": sentences(CODE),
    "URL": spans(URL),
    "supplement": spans(SUPPLEMENT),
    "citation year": spans(CITATION_YEAR),
    "page number": spans(PAGE_NUMBER),
}
