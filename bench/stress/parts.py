"""The parts of a paper's text that manipulations work on: spans in characters, and texts with spans replaced."""

from __future__ import annotations

import functools
import math
import random
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, TypeVar

from ...data.papers.front import abstract_span, find_abstract
from ...data.papers.sections import REFERENCES, find_sections, is_abstract
from ...data.records import Paper, Section

Item = TypeVar("Item")
PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*(?:\n[^\n]*\S[^\n]*)*")
SENTENCE_END = re.compile(
    r"""(?<!\b[A-Z])(?<!\bal)(?<!\be\.g)(?<!\bi\.e)(?<!\bFig)(?<!\bEq)(?<!\bSec)(?<!\bTab)(?<!\bvs)(?<!\bcf)
        [.!?][)\]"”*_]{0,2}(?=\s+["“(\[*_]?[^\W\d_a-z]|\s+\d|\s*\Z)\s*""",
    re.VERBOSE,
)
PROSE_WORDS = 6
"""Words of a sentence at least; shorter ones are headings, labels and rests of formulae."""
PROSE_SHARE = 0.5
"""Of its words that are nothing but letters, at least."""


class Edit(NamedTuple):
    """What stands at a span of the text, and what shall stand there."""

    start: int
    end: int
    text: str = ""


def sections_of(paper: Paper) -> tuple[Section, ...]:
    """The paper's sections, found in its text where the record has none."""
    return paper.sections or _found(paper.text)


@functools.lru_cache(maxsize=16)
def _found(text: str) -> tuple[Section, ...]:
    return find_sections(text)


def references_of(paper: Paper) -> Section | None:
    """The list of references with its heading, up to the next heading; None without one."""
    found = [s for s in sections_of(paper) if REFERENCES.fullmatch(s.title) and s.start > len(paper.text) // 10]
    return found[0] if found else None


def body_of(paper: Paper) -> tuple[int, int]:
    """From the first section behind the abstract to the references."""
    sections = sections_of(paper)
    listed = references_of(paper)
    abstract = abstract_of(paper)
    behind = abstract[1] if abstract else 0
    first = next((s.start for s in sections if s.start >= behind and not is_abstract(s.title)), behind)
    return first, listed.start if listed else len(paper.text)


def abstract_of(paper: Paper) -> tuple[int, int] | None:
    """Where the text's abstract stands, without its heading; None without one."""
    return abstract_span(paper.text, sections_of(paper))


def spans(pattern: re.Pattern[str], text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Where the pattern is found within `start` and `end`."""
    return [m.span() for m in pattern.finditer(text, start, len(text) if end is None else end)]


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of running text: no headings, rows of tables, labels of figures or page marks."""
    found: list[tuple[int, int]] = []
    for a, b in spans(PARAGRAPH, text, start, end):
        if text[a] in "|#" or not any(c.isalpha() for c in text[a:b]):
            continue
        ends = [a, *(m.end() for m in SENTENCE_END.finditer(text[:b], a)), b]
        stripped = [
            (start, end - len(text[start:end]) + len(text[start:end].rstrip())) for start, end in pairwise(ends)
        ]
        found += [s for s in stripped if _is_prose(text[slice(*s)])]
    return found


def prose_of(paper: Paper) -> list[tuple[int, int]]:
    """The sentences from the abstract to the references, headings left out."""
    abstract, (start, end) = abstract_of(paper), body_of(paper)
    first = min(abstract[0], start) if abstract else start
    heads = [s.start for s in sections_of(paper) if first < s.start < end]
    below = [paper.text.find("\n", head) + 1 or len(paper.text) for head in heads]
    parts = zip([first, *below], [*heads, end], strict=True)
    return [sentence for a, b in parts for sentence in sentences(paper.text, a, max(a, b))]


def _is_prose(words: str) -> bool:
    tokens = words.split()
    plain = sum(t.strip('()[],.;:*_"“”').isalpha() for t in tokens)
    return len(tokens) >= PROSE_WORDS and plain >= PROSE_SHARE * len(tokens)


def nested(items: Sequence[Item], strength: float, rng: random.Random) -> list[Item]:
    """A share of the items drawn at random, at least one, in their order; a higher share holds all of a lower one."""
    order = list(range(len(items)))
    rng.shuffle(order)
    return [items[i] for i in sorted(order[: math.ceil(strength * len(items) - 1e-9)])]


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after edits of spans that do not overlap; of two that do, the first in the text counts, and what a
    second one only takes out goes too."""
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits):
        if edit.start >= done:
            pieces += [text[done : edit.start], edit.text]
            done = edit.end
        elif not edit.text:
            done = max(done, edit.end)
    return "".join([*pieces, text[done:]])


def removal(text: str, start: int, end: int) -> Edit:
    """The span taken out with one of the spaces around it, so that none is left double or at a line's end."""
    after = len(text) - len(text[end:].lstrip(" \t"))
    if text[after : after + 1] in ("", "\n"):
        return Edit(len(text[:start].rstrip(" \t")), after)
    return Edit(start, after)


def with_text(paper: Paper, text: str) -> Paper:
    """The paper with another text; an abstract follows that of the text where it changed, sections are found anew."""
    sections = _found(text)
    abstract, before = find_abstract(text, sections), find_abstract(paper.text, sections_of(paper))
    return paper.model_copy(
        update={
            "text": text,
            "abstract": paper.abstract if not paper.abstract or abstract == before else abstract,
            "sections": sections if paper.sections else (),
        }
    )
