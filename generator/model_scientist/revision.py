"""Mending a paper after the compiler and the checks, and improving it after a review and an audit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...data.files import read_text
from ...reviewer.review import Review
from ..lab import Lab
from ..latex.document import Draft
from ..latex.log import Problem, source_lines
from ..latex.mended_draft import MAIN, TextPlace, mended, text_places
from ..latex.placement import bare, placed
from ..provenance.records import Audit, Unsupported
from ..result_tables import RESULTS
from ..viewing import Finding, in_words
from .calls import Conversation, StructuredModel, rendered
from .caption_edits import CAPTION_OF, with_captions, without_captions
from .experiments import system_of
from .foreign import evidence_of
from .results_text import contradiction_in_words, number_in_words
from .section_text import bodies
from .sections import SectionWriter, section_writer, study_conversation
from .text_edits import TITLE

SHORTENED = 15
"""Percent of the words that go where a paper has too many pages."""
LONG = 120
"""Words from which on a section can be shortened."""


async def revise(model: StructuredModel, lab: Lab, draft: Draft, problems: Sequence[Problem]) -> Draft | None:
    """The draft mended by rule where rules can mend anything, else by the model, all sections concerned in one call.

    The model sees the text alone. None where neither changes anything.
    """
    excerpt = excerpt_for_repair(problems, lab.latex)
    concerned = sections_concerned(draft, problems, text_places(draft, read_text(lab.latex / MAIN), lab.style))
    by_rule = mended(lab.latex, draft, problems, lab.style)
    if by_rule is not None and by_rule != draft:
        return by_rule
    if not concerned:
        return None
    plain, floats = bare(draft)
    texts = {name: body for name, body in bodies(plain).items() if name in concerned}
    words = sum(len(body.split()) for body in texts.values())
    task = rendered(
        "revise",
        written=texts,
        problems=excerpt,
        shorten=next((problem.message for problem in problems if problem.kind == "pages"), ""),
        words=words * SHORTENED // 100,
        labels=list(floats),
    )
    works = [work for work in lab.works() if work.citable]
    writer = SectionWriter(model, lab, Conversation(system_of(lab), ()), tuple(works), tuple(floats))
    revised = await writer.better(plain, task, "revise")
    return placed(revised, floats, always=RESULTS) if revised != plain else None


def excerpt_for_repair(problems: Sequence[Problem], folder: Path, *, most: int = 20, around: int = 2) -> str:
    """The problems, errors first, at most `most`, each with `around` source lines before and behind it."""
    order = {"error": 0, "warning": 1, "note": 2}
    chosen = sorted(problems, key=lambda problem: order[problem.severity])
    parts = [_excerpt(problem, folder, around) for problem in chosen[:most]]
    if len(chosen) > most:
        parts.append(f"({len(chosen) - most} more problems)")
    return "\n\n".join(parts)


def _excerpt(problem: Problem, folder: Path, around: int) -> str:
    lines = source_lines(folder, problem.file) if problem.line else []
    at = (problem.line or 0) - 1
    if not 0 <= at < len(lines):
        return str(problem)
    shown = [f"{'>' if n == at else ' '} {n + 1:4} {lines[n][:200]}"
             for n in range(max(0, at - around), min(len(lines), at + around + 1))]  # fmt: skip
    return "\n".join([str(problem), *shown])


def sections_concerned(draft: Draft, problems: Sequence[Problem], places: Sequence[TextPlace]) -> list[str]:
    """The sections in which the problems are: by line or subject, and for too many pages the long ones.

    `places` are those of the draft's texts in its file.
    """
    names = bodies(draft)
    found: set[str] = set()
    for problem in problems:
        if problem.line and problem.file in ("", MAIN):
            found |= {x.name for x in places if x.part != "appendix" and x.start <= problem.line <= x.end}
        elif problem.kind == "pages":
            found |= {name for name, body in draft.sections.items() if len(body.split()) >= LONG}
        elif problem.subject:
            found |= {name for name, body in names.items() if problem.subject in body}
    return [name for name in names if name in found]


async def improve(
    model: StructuredModel, lab: Lab, draft: Draft, review: Review, audit: Audit, seen: Sequence[Finding]
) -> Draft | None:
    """The draft with what the review, the audit and the look at its pages call for changed, in one call.

    Where something was seen, captions of figures may be changed too. None where nothing is changed.
    """
    bare_draft, floats = bare(draft)
    plain = with_captions(bare_draft, floats) if seen else bare_draft
    written = {TITLE: plain.title, **bodies(plain)}
    lost = [number for number in audit.unsupported if number.stands_in(written.get(_top(number), ""))]
    writer = await _writer(model, lab, floats)
    task = rendered(
        "improve",
        written=written,
        review=review_in_words(review),
        lost=[number_in_words(number) for number in lost],
        contradicted=[contradiction_in_words(claim) for claim in audit.contradicted],
        seen=in_words(seen),
        captions=CAPTION_OF,
        rules=writer.rules,
    )
    improved = await writer.better(plain, task, "improve")
    if improved == plain:
        return None
    changed, floats = without_captions(improved, floats)
    return placed(changed, floats, always=RESULTS)


async def _writer(model: StructuredModel, lab: Lab, floats: dict[str, str]) -> SectionWriter:
    """The writer as it was for the write-up, with the works that were fetched then."""
    evidence = await evidence_of(model, lab)
    works = [work for work in lab.works() if work.citable]
    return section_writer(model, lab, study_conversation(lab, evidence, floats), works, list(floats))


def review_in_words(review: Review) -> str:
    """The texts of a review's form, by field."""
    lines = [f"overall: {review.overall}", f"decision: {review.decision}"]
    for name in review.fields:
        lines += [f"{name}: {text}" for text in review.texts(name) if re.search(r"\w", text)]
    return "\n".join(lines)


def _top(number: Unsupported) -> str:
    """The section of a number, without its subsections."""
    return number.section.partition(" / ")[0]
