"""Mending a draft: after the compiler, after the audit, and after a review."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...presentation.latex import escape
from ...reviewer.review import Review
from ..lab import Lab
from ..latex.document import ABSTRACT, Draft, render, sections_of
from ..latex.log import Problem
from ..latex.repair import auto_repair
from ..latex.words import count
from ..provenance.passages import sentences
from ..provenance.records import Audit, Unsupported

LIMITATIONS = "Limitations"
HEAD = r"\paragraph{Points of a review.}"
MOST_POINTS = 4
LONGEST_POINT = 220


def mended(lab: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
    """The draft with what rules can mend in its source; None where they can mend nothing."""
    before = render(draft).splitlines()
    if not auto_repair(lab.latex, problems):
        return None
    tex = (lab.latex / "paper.tex").read_text(encoding="utf-8")
    bodies = sections_of(tex)
    head = tex.partition("\\begin{document}")[0]
    added = [line for line in head.splitlines() if line not in before]
    return draft.model_copy(
        update={
            "abstract": bodies.get(ABSTRACT, draft.abstract),
            "sections": {name: bodies.get(name, body) for name, body in draft.sections.items()},
            "appendix": {name: bodies.get(name, body) for name, body in draft.appendix.items()},
            "preamble": "\n".join(part for part in (draft.preamble, *added) if part),
        }
    )


def improved(draft: Draft, review: Review, audit: Audit) -> Draft | None:
    """The draft without sentences whose numbers do not trace, and with the review's points named as open.

    None where there is nothing to do. Rules cannot answer a reviewer; what they can do is not to hide the points.
    """
    better = without_unsupported(draft, audit.unsupported)
    points = review_points(review)
    limits = better.sections.get(LIMITATIONS, "")
    if points and HEAD not in limits:
        better = better.model_copy(
            update={"sections": {**better.sections, LIMITATIONS: f"{limits}\n\n{_raised(points)}"}}
        )
    return better if better != draft else None


def review_points(review: Review) -> list[str]:
    """Weaknesses and questions of a review, each on one line.

    Points with digits are left out: their numbers are none that a run has logged.
    """
    points: list[str] = []
    for name in ("weaknesses", "questions"):
        value = review.fields.get(name)
        found = value if isinstance(value, list) else [value] if isinstance(value, str) else []
        points += [" ".join(str(point).split()) for point in found]
    return [point for point in points if len(point) > 10 and not re.search(r"\d", point)]


def _raised(points: Sequence[str]) -> str:
    items = "\n".join(rf"\item ``{escape(_shortened(point))}''" for point in points[:MOST_POINTS])
    left = len(points) - MOST_POINTS
    more = f" {count(left, 'further point').capitalize()} {'is' if left == 1 else 'are'} left out." if left > 0 else ""
    return (
        f"{HEAD} An automatic review of an earlier version raised the points below, in its own words. The program "
        f"that wrote this paper cannot act on them, and names them so that a reader knows.{more}\n"
        f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_POINT else f"{text[:LONGEST_POINT].rpartition(' ')[0]} …"


def without_unsupported(draft: Draft, unsupported: Sequence[Unsupported]) -> Draft:
    """The draft without the sentences in which these numbers stand; tables and captions stay as they are."""
    abstract, sections = draft.abstract, dict(draft.sections)
    for lost in unsupported:
        name = lost.section.partition(" / ")[0]
        if name == ABSTRACT:
            abstract = _without(abstract, lost)
        elif name in sections:
            sections[name] = _without(sections[name], lost)
    return draft.model_copy(update={"abstract": abstract, "sections": sections})


def _without(body: str, lost: Unsupported) -> str:
    """The text without the sentence that has the number and shares its context."""
    number = lost.text.rstrip(" %×")
    context = _letters(lost.context)
    paragraphs = body.split("\n\n")
    for index, paragraph in enumerate(paragraphs):
        if paragraph.lstrip().startswith("\\begin"):
            continue
        for start, end in sentences(paragraph):
            words = paragraph[start:end]
            if re.search(r"\\(?:begin|end|item)\b", words):
                continue
            if number in words and _shares(_letters(words), context):
                paragraphs[index] = f"{paragraph[:start]}{paragraph[end:]}".strip()
                return "\n\n".join(part for part in paragraphs if part)
    return body


def _letters(text: str) -> list[str]:
    """The words of a text, without commands of LaTeX."""
    return re.findall(r"[a-z]{3,}", re.sub(r"\\[A-Za-z]+", " ", text).lower())


def _shares(words: Sequence[str], context: Sequence[str]) -> bool:
    """Whether most words of the shorter one occur in the other."""
    shorter, longer = sorted((words, context), key=len)
    return bool(shorter) and sum(word in longer for word in shorter) >= 0.8 * len(shorter)
