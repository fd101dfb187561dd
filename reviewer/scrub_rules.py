"""What a camera-ready text reveals: each rule yields the (start, end) spans of a body that are to be removed.

Rules look for cheap key words first and then widen the find to its line or sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from .scrub_patterns import (
    ABSTRACT,
    AFFILIATION,
    APPENDIX,
    APPENDIX_MENTION,
    AUTHOR_NOTE,
    CITATION_YEAR,
    CODE,
    CREDITS,
    EMAIL,
    FIRST_NUMBER,
    FOOTNOTE,
    FOOTNOTE_MARK,
    HEADING_BELOW,
    INSTITUTION,
    INTRODUCTION,
    LAST_NUMBER,
    LINE,
    LINK,
    MACHINE,
    NUMBERED,
    PAGE_NUMBER,
    REFERENCES,
    REPRODUCIBILITY,
    SECTION,
    SHORT_LINES,
    STATUS,
    SUPPLEMENT,
    SUPPORT,
    TITLE,
    URL,
)
from .scrub_sentences import sentence_around

Rule = Callable[[str, str], Iterator[tuple[int, int]]]
"""Takes the body and its lower-case copy of the same length."""

FIRST_PAGES = 9000
"""Characters in which authors' footnotes stand."""
LINKS = frozenset(
    ["and", "of", "the", "for", "at", "in", "de", "van", "von", "et", "der", "den", "del", "di", "da", "la", "le", "el"]
)
USUAL_PAGE, SHORTEST_PAGE, FEWEST_PAGES = 4000, 1000, 3
"""Characters of a page, and how many pages a number or a line must be seen on."""
RULED = " \t#*_|-"
"""What converters put around a line."""
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
    """Lines of names right below the abstract's heading, where parsers put the authors of a second column."""
    heading = ABSTRACT.search(body, 0, 6000)
    below = SHORT_LINES.match(body, heading.end()) if heading else None
    if not below:
        return None
    end = below.start(1)
    for line in below[1].splitlines(keepends=True):
        if line.strip() and not _names(line):
            break
        end += len(line)
    return (below.start(1), end) if body[below.start(1) : end].strip() else None


def _names(line: str) -> bool:
    """Whether a line may be of names, places and addresses: no sentence, hardly a word in lower case but links."""
    words = [word for word in re.findall(r"[^\W\d_]{2,}", line) if word not in LINKS]
    lower = sum(word[0].islower() for word in words)
    if "@" in line or (len(words) <= 8 and not lower and INSTITUTION.search(line)):
        return True
    ends = (".", ";", "-") if not lower else (".", ",", ";", "-")
    return not line.rstrip().endswith(ends) and lower <= len(words) // 4


def footnotes(body: str, _: str) -> Iterator[tuple[int, int]]:
    """Footnotes under a symbol on the first pages, where authors have theirs."""
    return (found.span() for found in FOOTNOTE.finditer(body, 0, FIRST_PAGES))


def links(body: str, lowered: str) -> Iterator[tuple[int, int]]:
    """Addresses, with the brackets around them, or the line where there is a number before them at most.

    Of links in Markdown the brackets and the target, and what is shown where that is a piece of the target.
    """
    for found in LINK.finditer(lowered):
        yield found.start(), found.start(1)
        yield found.span(2)
        yield from (_moved(piece, found.start(1)) for piece in _pieces(found[1], found[3]))
    for found in URL.finditer(lowered):
        start, end = found.span()
        if body[start - 1 : start] + body[end : end + 1] in ("()", "[]", "<>"):
            start, end = start - 1, end + 1
        line = body.rfind("\n", 0, start) + 1
        yield (line if re.fullmatch(r"[ \t_*\[\]\d]{1,8}", body[line:start]) else start), end


def _pieces(shown: str, target: str) -> Iterator[tuple[int, int]]:
    """The words at the ends of what a link shows, or all of them, that are a piece of the address it leads to."""
    words = [(word[0].rstrip(".,;:"), word.span()) for word in re.finditer(r"\S+", shown)]
    if len(shown) > 5 and any(re.sub(r"\W+", mark, shown.strip(" .")) in target for mark in "_-"):
        yield 0, len(shown)
        return
    for word, (start, end) in (words[0], words[-1]):
        if len(word) > 5 and re.search(r"[/._-]", word) and word in target:
            yield start, end


def _moved(span: tuple[int, int], by: int) -> tuple[int, int]:
    return span[0] + by, span[1] + by


def page_numbers(body: str, lowered: str) -> Iterator[tuple[int, int]]:
    """Numbers alone on a line that count the pages: the longest run that goes up by one or two, a page apart."""
    found = [match for match in PAGE_NUMBER.finditer(lowered) if not HEADING_BELOW.match(body, match.end())]
    best: dict[int, list[re.Match[str]]] = {}
    for match in found:
        number = int(match[0])
        before = [
            best[n] for n in (number - 1, number - 2) if n in best and match.start() - best[n][-1].end() > SHORTEST_PAGE
        ]
        chain = [*max(before, key=len, default=[]), match]
        if len(chain) > len(best.get(number, ())):
            best[number] = chain
    chain = max(best.values(), key=len, default=[])
    return (match.span() for match in chain if len(chain) >= FEWEST_PAGES)


def running_lines(body: str) -> list[str]:
    """Lines that stand once on nearly every page, the page's number aside: watermarks and running heads."""
    return list(_running(body))


def running(body: str, _: str) -> Iterator[tuple[int, int]]:
    """The places of lines that repeat on nearly every page."""
    return (match.span() for matches in _running(body).values() for match in matches)


def _running(body: str) -> dict[str, list[re.Match[str]]]:
    alike: dict[str, list[re.Match[str]]] = {}
    for match in LINE.finditer(body):
        alike.setdefault(_without_page_number(match[0])[0], []).append(match)
    return {line: found for line, found in alike.items() if _once_a_page(found, len(body)) and _counts_up(found)}


def _once_a_page(found: list[re.Match[str]], length: int) -> bool:
    """Whether they stand a page apart, from the first pages to the last: names in tables and legends do not."""
    starts = [match.start() for match in found]
    if len(starts) < max(FEWEST_PAGES, length / USUAL_PAGE / 2):
        return False
    gaps = sorted(b - a for a, b in pairwise(starts))
    page = gaps[(len(gaps) - 1) // 2]
    margin = max(starts[0], length - starts[-1])
    return page > SHORTEST_PAGE and gaps[0] >= page / 2 and margin <= 2 * page


def _counts_up(found: list[re.Match[str]]) -> bool:
    """Whether the numbers set aside are one and the same or may be those of pages, which no heading carries."""
    numbers = [_without_page_number(match[0])[1] for match in found]
    if len(set(numbers)) == 1:
        return True
    marked = any(match[0].lstrip().startswith("#") for match in found)
    return not marked and None not in numbers and all(a < b for a, b in pairwise(map(int, filter(None, numbers))))


def _without_page_number(line: str) -> tuple[str, str | None]:
    """A line of several words without the number at its end or beginning, and the number; others belong to the line."""
    line = line.strip(RULED)
    found = LAST_NUMBER.fullmatch(line) or FIRST_NUMBER.fullmatch(line)
    if not found or not (found["rest"].lower() == "page" or re.search(r"[^\W\d]\W+[^\W\d]", found["rest"])):
        return line, None
    return found["rest"], found["number"]


def emptied(body: str, taken: Callable[[int, int], bool]) -> Iterator[tuple[int, int]]:
    """Headings of a statement on reproducibility of which nothing is left; `taken` says whether a span is all gone."""
    for heading in REPRODUCIBILITY.finditer(body):
        following = SECTION.search(body, heading.end())
        if taken(heading.end(), following.start() if following else len(body)):
            yield heading.span()


def credits(body: str, _: str) -> Iterator[tuple[int, int]]:
    """Acknowledgements, author contributions, funding, use of AI: from the heading to the next one."""
    for heading in CREDITS.finditer(body):
        following = (pattern.search(body, heading.end()) for pattern in (SECTION, NUMBERED))
        yield heading.start(), min((found.start() for found in following if found), default=len(body))


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
            yield (start, stop) if stop - start <= LONGEST_LINE else sentence_around(body, *found.span())

    return find


def sentences(pattern: re.Pattern[str]) -> Rule:
    """A rule that removes the sentences in which the pattern matches."""
    return lambda body, lowered: (sentence_around(body, *found.span()) for found in pattern.finditer(lowered))


def machine_notes(body: str, lowered: str) -> Iterator[tuple[int, int]]:
    """Sentences that say that a machine wrote the paper; of a watermark in capitals just its words."""
    for found in MACHINE.finditer(lowered):
        yield found.span() if body[slice(*found.span())].isupper() else sentence_around(body, *found.span())


RULES: dict[str, Rule] = {
    "author block": author_block,
    "acknowledgements": credits,
    "status line": lines(STATUS),
    "running line": running,
    "author note": lines(AUTHOR_NOTE),
    "footnote mark": spans(FOOTNOTE_MARK),
    "affiliation": spans(AFFILIATION),
    "footnote of the first pages": footnotes,
    "e-mail": spans(EMAIL),
    "machine note": machine_notes,
    "funding": sentences(SUPPORT),
    "code availability": sentences(CODE),
    "URL": links,
    "supplement": spans(SUPPLEMENT),
    "citation year": spans(CITATION_YEAR),
    "page number": page_numbers,
    "appendix": lambda body, _: (found.span() for found in APPENDIX_MENTION.finditer(body)),
}
REPLACED = {"supplement": "the appendix", "appendix": "the appendix"}
"""What stands in the place of what these rules take out; all others leave the layout as if it had never been there."""
