"""Remove from a paper's text what tells the decision without being the science.

A venue swaps in the camera-ready on acceptance, so the latest PDF of an accepted paper has authors, e-mails,
acknowledgements, links to code and a page more, while that of a rejected paper says "Anonymous authors". What the
rules find is cut out; what remains is given to the reviewers, what was removed stays on record.

What authors changed in the science itself after the reviews cannot be removed and remains in a camera-ready text.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..data.papers.front import SUMMARY, abstract_span
from ..data.papers.sections import REFERENCES as LISTED
from ..data.parallel import in_processes
from ..data.records import Paper, Section
from . import scrub_patterns
from .scrub_rules import REPLACED, RULES, body_end, emptied, title_end
from .shorten import cuts

VERSION = 5
"""Raised when the rules' functions change what they remove; patterns and limits count by themselves."""
MAX_WORDS = 4000
"""Words kept at most: nearly every paper of nine pages has more, so that length tells nothing of a tenth page."""
FIRST_WORDS = 8
MANY = 200
"""Texts from which on several processes scrub them sooner than one."""
SPACE = re.compile(r"\s*")
BLANK_LINE = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Removed:
    """A span of the original text, in characters, and the rule that removed it."""

    start: int
    end: int
    rule: str


@dataclass(frozen=True)
class Scrubbed:
    """The text that is left, and what was taken out of which places of the original."""

    original: str
    text: str
    removed: tuple[Removed, ...]

    @property
    def kept_share(self) -> float:
        """Characters kept as a share of the original's, in [0, 1]."""
        return 1 - sum(span.end - span.start for span in self.removed) / max(1, len(self.original))

    def removed_shares(self) -> dict[str, float]:
        """Characters removed by each rule as shares of the original's, the largest first."""
        counts: Counter[str] = Counter()
        for span in self.removed:
            counts[span.rule] += span.end - span.start
        return {rule: n / len(self.original) for rule, n in counts.most_common()}


def scrub(text: str, *, max_words: int | None = MAX_WORDS, sections: Sequence[Section] = ()) -> Scrubbed:
    """Title, abstract and body up to the references, without what reveals the decision.

    `max_words` limits what is kept (None: no limit). Where a part is not recognised, it is kept. `sections` of a paper
    that was read from a file tell where its references begin, and its abstract, which never goes with the authors.
    """
    end = _references(text, sections) or body_end(text)
    abstract = _abstract(text, sections) if sections else None
    body = text[:end]
    lowered = _lower(body)
    names = [*RULES, "references and appendix", "length limit"]
    mark = bytearray(len(text))

    def take(start: int, stop: int, rule: str) -> None:
        mark[start:stop] = mark[start:stop].replace(b"\0", bytes([names.index(rule) + 1]))

    take(end, len(text), "references and appendix")
    for rule, find in RULES.items():
        for start, stop in find(body, lowered):
            for a, b in _around(start, stop, abstract) if rule == "author block" else [(start, stop)]:
                take(a, b, rule)
    for start, stop in emptied(body, lambda a, b: not any(body[i].isalnum() for i in range(a, b) if not mark[i])):
        take(start, stop, "code availability")
    if max_words is not None:
        words = [m.span() for m in re.finditer(r"\S+", body) if not mark[m.start()]]
        words += [span for m in _marked(mark, names, REPLACED) for span in ((m.start, m.end), (m.end, m.end))]
        for start, stop in cuts(body, sorted(words), max_words):
            take(start, stop, "length limit")
            mark[start:stop] = bytes([names.index("length limit") + 1]) * (stop - start)
    removed = tuple(_marked(mark, names, names))
    return Scrubbed(text, _tidy(_joined(text, removed)), removed)


def _references(text: str, sections: Sequence[Section]) -> int | None:
    """Where the list of references begins, behind a tenth of the text as in `body_end`; None without one."""
    listed = [section.start for section in sections if LISTED.fullmatch(section.title)]
    return next((start for start in listed if start > len(text) // 10), None)


def _abstract(text: str, sections: Sequence[Section]) -> tuple[int, int] | None:
    """The abstract with its heading; None without one."""
    span = abstract_span(text, tuple(sections))
    if span is None:
        return None
    heading = next((s.start for s in sections if s.start <= span[0] < s.end), span[0])
    return heading, span[1]


def _around(start: int, stop: int, kept: tuple[int, int] | None) -> list[tuple[int, int]]:
    """The span less what is kept of it."""
    if kept is None or kept[0] >= stop or kept[1] <= start:
        return [(start, stop)]
    return [(a, b) for a, b in ((start, kept[0]), (kept[1], stop)) if a < b]


def rules_fingerprint() -> str:
    """Eight hex digits over the patterns and limits: another value may give other texts."""
    patterns = {name: value.pattern for name, value in vars(scrub_patterns).items() if isinstance(value, re.Pattern)}
    stated = [(name, "".join(pattern.split())) for name, pattern in sorted(patterns.items())]
    return hashlib.sha256(repr((VERSION, MAX_WORDS, list(RULES), stated)).encode()).hexdigest()[:8]


def scrub_paper(paper: Paper, *, max_words: int | None = MAX_WORDS) -> Paper:
    """The paper with its text and abstract scrubbed, its title on the first line of the text where it is known."""
    scrubbed = scrub(paper.text, max_words=max_words, sections=paper.sections)
    text = titled(scrubbed.text, paper.title, abstract=paper.abstract if paper.sections else "")
    return paper.model_copy(update={"text": text, "abstract": scrub(paper.abstract).text.strip(), "sections": ()})


def scrub_papers(papers: Sequence[Paper]) -> list[Paper]:
    """`scrub_paper` of each, in their order, on all cores where they are many."""
    return in_processes(scrub_paper, papers, fewest=MANY)


def titled(text: str, title: str, *, abstract: str = "") -> str:
    """The text with "# TITLE" for all that stands before its abstract, or before the text without an abstract.

    An `abstract` without its heading is found by its first words.
    """
    title = " ".join(title.split())
    if not title:
        return text
    heading = (
        scrub_patterns.ABSTRACT.search(text, 0, 6000)
        or _beginning(text, abstract)
        or scrub_patterns.INTRODUCTION.search(text, 0, 6000)
    )
    head = text[: heading.start()] if heading else text[: title_end(text, 1000)]
    known = _letters(title) in _letters(head) or (heading and len(head.split()) <= 2 * len(title.split()) + 10)
    return f"# {title}\n\n{text[len(head) if known else 0 :].lstrip()}"


def _beginning(text: str, abstract: str) -> re.Match[str] | None:
    """The first words of the abstract in the text, with a heading right above them."""
    words = r"\s+".join(map(re.escape, abstract.split()[:FIRST_WORDS]))
    above = rf"(?:^[#*_ \t]*(?:{SUMMARY.pattern})[*_:. \t]*\n\s*)?"
    return re.compile(above + words, re.MULTILINE | re.IGNORECASE).search(text, 0, 6000) if words else None


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _marked(mark: bytearray, names: list[str], wanted: Collection[str]) -> Iterator[Removed]:
    """The spans of the wanted rules in the order of the text."""
    rules = np.frombuffer(bytes(mark), dtype=np.uint8).astype(np.int16)
    edges = np.flatnonzero(np.diff(rules, prepend=0, append=0)).tolist()
    for start, end in pairwise(edges):
        if mark[start] and names[mark[start] - 1] in wanted:
            yield Removed(start, end, names[mark[start] - 1])


def _joined(text: str, removed: tuple[Removed, ...]) -> str:
    """What is left: a blank line or a line's end stays where one was beside what is removed, else one space at most."""
    pieces: list[str] = []
    done = 0
    for start, end, word in _runs(removed):
        kept = text[done:start]
        found = SPACE.match(text, end)
        left, right = kept.rstrip(), found.end() if found else end
        gone = text[start:end]
        before = text[done + len(left) : start] + gone[: len(gone) - len(gone.lstrip())]
        after = ("" if not gone.strip() else gone[len(gone.rstrip()) :]) + text[end:right]
        between = _separated(before, after, word, text[right : right + 1])
        if not left and pieces and not pieces[-1].strip() and not word:
            between = max(pieces.pop(), between, key=lambda space: (space.count("\n"), len(space)))
        pieces += [left, between]
        done = right
    return "".join([*pieces, text[done:]])


def _separated(before: str, after: str, word: str, following: str) -> str:
    if word:
        return f"{before}{word}{after}"
    if BLANK_LINE.search(before) or BLANK_LINE.search(after):
        return "\n\n"
    if "\n" in before or "\n" in after:
        return "\n"
    return " " if (before or after) and following not in ".,;:)]" else ""


def _runs(removed: tuple[Removed, ...]) -> Iterator[tuple[int, int, str]]:
    """Start, end and replacement of spans; neighbours without a replacement are one."""
    run: tuple[int, int, str] | None = None
    for span in removed:
        word = REPLACED.get(span.rule, "")
        if run and not word and not run[2] and run[1] == span.start:
            run = (run[0], span.end, "")
            continue
        if run:
            yield run
        run = (span.start, span.end, word)
    if run:
        yield run


def _lower(text: str) -> str:
    """The text in lower case, character by character where the whole would change its length."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
