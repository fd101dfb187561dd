"""The write-up: works to cite, the text in three calls, an audit, a critique of the whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ...data.errors import InputError
from ..lab import Lab
from ..latex.document import Draft
from ..latex.placement import placed
from ..literature.search import Literature
from ..paper_source import audited_draft, compiled
from ..provenance.records import Audit
from ..result_tables import RESULTS, floats_of_paper
from .calls import LATEX, NOT_EMPTY, ONE_LINE, AnswerForm, StructuredModel, rendered
from .citing import collect
from .experiments import stage
from .foreign import evidence_of, figures_of
from .results_text import contradiction_in_words, number_in_words
from .section_text import bodies
from .sections import SectionWriter, section_writer, study_conversation
from .text_edits import TITLE

SECTIONS = {
    "Introduction": 450,
    "Related Work": 400,
    "Background": 300,
    "Method": 400,
    "Experimental Setup": 350,
    "Results": 650,
    "Discussion and Limitations": 400,
    "Conclusion": 150,
}
"""The sections in the paper's order, with the words that they should have where there is room for `PAGES` pages."""
PAGES = 8
PARTS = (
    ("Method", "Experimental Setup", "Background"),
    ("Results", "Discussion and Limitations"),
    ("Related Work", "Introduction", "Conclusion"),
)
"""What is written in one call, in the order of the calls: what was done before what it means."""


class NamedText(AnswerForm):
    """A section."""

    name: str
    body: Annotated[str, NOT_EMPTY, LATEX] = Field(description="LaTeX")


class Part(AnswerForm):
    """Sections of the paper."""

    sections: list[NamedText]


class LastPart(Part):
    """Sections of the paper, with its title and abstract."""

    title: Annotated[str, NOT_EMPTY, ONE_LINE] = Field(description="plain text")
    abstract: Annotated[str, NOT_EMPTY, ONE_LINE, LATEX] = Field(description="LaTeX, one paragraph")


async def write_paper(model: StructuredModel, lab: Lab, literature: Literature, name: str) -> Draft:
    """The paper on the lab's runs, audited and gone over as a whole; statistics.json is written on the way.

    Raises InputError where no run beside the baseline has results, and UnusableAnswer where a section, the title or the
    metrics cannot be had.
    """
    evidence = await evidence_of(model, lab)
    if len(evidence.nodes) < 2 and not lab.template.given:
        raise InputError(f"{lab.folder}: no run beside the baseline has results, so there is nothing to write about")
    floats = floats_of_paper(evidence, await figures_of(model, lab), pages=lab.page_limit)
    works = await collect(model, lab, literature)
    writer = section_writer(model, lab, study_conversation(lab, evidence, floats), works, list(floats))
    draft = await _first_draft(writer, name)
    for number in range(1, model.settings.refinements + 1):
        audit = audited_draft(lab, placed(draft, floats, always=RESULTS))
        _, check = await asyncio.to_thread(compiled, lab)
        refined = await _refined(writer, draft, number, audit, check.length if check else None)
        if refined == draft:
            break
        draft = refined
    return placed(draft, floats, always=RESULTS)


async def _first_draft(writer: SectionWriter, by: str) -> Draft:
    """All sections, then title and abstract with the last of them. Raises UnusableAnswer."""
    written: dict[str, str] = {}
    said: Part | None = None
    for names in PARTS:
        last = names == PARTS[-1]
        lengths = {name: round(SECTIONS[name] * min(1, writer.lab.page_limit / PAGES)) for name in names}
        task = rendered("part", lengths=lengths, written=written, rules=writer.rules, last=last)
        form, check = LastPart if last else Part, _has_all(names)
        said = await writer.model.ask(form, writer.conversation, task, stage(writer.lab, "write"), check=check)
        bodies_of = {_plain(section.name): section.body for section in said.sections}
        written |= {name: writer.tidy(bodies_of[_plain(name)]) for name in names}
        writer.lab.tell(f"wrote {', '.join(names)}")
    assert isinstance(said, LastPart)
    return Draft(
        title=said.title,
        abstract=writer.tidy(said.abstract),
        sections={name: written[name] for name in SECTIONS},
        writer=by,
        date=datetime.now(UTC).strftime("%-d %B %Y"),
    )


def _has_all(names: Sequence[str]) -> Callable[[Part], None]:
    def check(said: Part) -> None:
        given = {_plain(section.name) for section in said.sections}
        if absent := [name for name in names if _plain(name) not in given]:
            raise ValueError(f"the section {absent[0]} is missing; give {', '.join(names)} under these names")

    return check


def _plain(name: str) -> str:
    return " ".join(name.lower().split())


async def _refined(writer: SectionWriter, draft: Draft, number: int, audit: Audit, length: float | None) -> Draft:
    """The draft after one critique of the whole, told what an audit could not trace, and the pages, where known."""
    rounds = writer.model.settings.refinements
    shown = {TITLE: draft.title, **bodies(draft)}
    lost = [number_in_words(number) for number in audit.unsupported]
    pages = (length, writer.lab.page_limit) if length else None
    wrong = [contradiction_in_words(claim) for claim in audit.contradicted]
    task = rendered(
        "critique",
        written=shown,
        lost=lost,
        contradicted=wrong,
        pages=pages,
        round=number,
        rounds=rounds,
        rules=writer.rules,
    )
    return await writer.better(draft, task, "critique")
