"""What a section of a paper is about: told by its heading, and for the method by its place."""

from __future__ import annotations

import re
from typing import Literal

from ...data.papers.sections import APPENDIX, REFERENCES, is_abstract
from ...data.records import Paper, Section
from .parts import PARAGRAPH, abstract_of, body_of, sections_of, spans

Kind = Literal["introduction", "related", "method", "experiments", "conclusion", "other"]
NUMBER = re.compile(r"^(?:(?:\d+|[A-Z]|[IVX]+)(?:\.\d+)*\.?\s+)?[*_]*")
HEADINGS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("introduction", re.compile(r"introduction|motivation|overview", re.IGNORECASE)),
    (
        "related",
        re.compile(r"(?:background and )?(?:related|prior|previous) (?:works?|literature|research)|background$", re.I),
    ),
    (
        "experiments",
        re.compile(r".*\b(?:experiment\w*|evaluations?|results|empirical|ablations?|simulations?)\b", re.I),
    ),
    ("conclusion", re.compile(r"(?:conclusions?|concluding|discussions?|summary|limitations)\b", re.I)),
    (
        "method",
        re.compile(
            r".*\b(?:methods?|methodology|approach|algorithms?|models?|architecture|framework|formulation|theory)\b",
            re.I,
        ),
    ),
    ("other", re.compile(r"acknowledg|ethic|reproducib|broader impact|funding|contributions?$", re.I)),
)


def kind_of(title: str) -> Kind | None:
    """The kind that a heading names; None where it names none."""
    words = NUMBER.sub("", title.strip()).strip("*_ ")
    return next((kind for kind, pattern in HEADINGS if pattern.match(words)), None)


def top_sections(paper: Paper) -> list[Section]:
    """The sections of the body of its first one's level, each to the next; abstract and references are none."""
    start, end = body_of(paper)
    level = next((s.level for s in sections_of(paper) if start <= s.start < end), 1)
    heads = [s for s in sections_of(paper) if start <= s.start < end and s.level == level and not is_abstract(s.title)]
    heads = [s for s in heads if not REFERENCES.fullmatch(s.title) and not APPENDIX.fullmatch(s.title)]
    stops = [*(s.start for s in heads[1:]), end][: len(heads)]
    return [s.model_copy(update={"end": stop}) for s, stop in zip(heads, stops, strict=True)]


def spans_of(paper: Paper, wanted: Kind) -> list[tuple[int, int]]:
    """Where the sections of a kind stand in the text, below their headings.

    Where no heading names the method, it is what stands between introduction or related work and the experiments.
    """
    tops = top_sections(paper)
    kinds = [kind_of(s.title) for s in tops]
    if wanted == "method" and "method" not in kinds and "experiments" in kinds:
        last = kinds.index("experiments")
        kinds = [kind or "method" if n < last else kind for n, kind in enumerate(kinds)]
    return [(below_heading(paper.text, s), s.end) for s, kind in zip(tops, kinds, strict=True) if kind == wanted]


def closing_places(paper: Paper) -> list[int]:
    """Where a claim is read: the ends of the abstract's text and of the paragraphs of introduction and conclusion."""
    abstract = abstract_of(paper)
    places = [abstract[0] + len(paper.text[slice(*abstract)].rstrip())] if abstract else []
    for kind in ("introduction", "conclusion"):
        for start, end in spans_of(paper, kind):
            places += [stop for _, stop in prose_paragraphs(paper.text, start, end)]
    return sorted(set(places))


def prose_paragraphs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Paragraphs of running text that end with a sentence: no headings, lists, rows of tables or captions."""
    found = spans(PARAGRAPH, text, start, end)
    return [(a, b) for a, b in found if len(text[a:b].split()) >= 20 and text[a] not in "|#-*" and text[b - 1] in ".!?"]


def below_heading(text: str, section: Section) -> int:
    """Where the text of a section begins."""
    below = text.find("\n", section.start, section.end)
    return below if below >= 0 else section.end
