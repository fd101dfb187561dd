"""The write-up: works to cite, sections one by one, title and abstract, then passes over the whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from ...data.errors import InputError
from ...data.files import read_json, validated
from ...llm.structured import UnusableAnswer
from ..lab import Lab
from ..latex.document import Draft
from ..latex.placement import placed
from ..literature.bibtex import read_bib
from ..literature.novelty import NoveltyVerdict
from ..literature.record import Work, WorkPool
from ..literature.search import Literature
from ..result_tables import RESULTS, floats_of_paper
from .calls import LATEX, NOT_EMPTY, ONE_LINE, AnswerForm, Conversation, StructuredModel, names_among, rendered
from .experiments import stage
from .foreign import evidence_of, figures_of
from .section_text import bodies, with_body
from .sections import SectionWriter, section_writer, study_conversation

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
"""The sections in the paper's order, with the words that they should have."""
ORDER = (
    "Method",
    "Experimental Setup",
    "Results",
    "Discussion and Limitations",
    "Background",
    "Related Work",
    "Introduction",
    "Conclusion",
)
"""The order in which they are written: what was done before what it means."""
WORKS_ASKED = 10


class TitleAndAbstract(AnswerForm):
    """Title and abstract."""

    title: Annotated[str, NOT_EMPTY, ONE_LINE] = Field(description="plain text")
    abstract: Annotated[str, NOT_EMPTY, ONE_LINE, LATEX] = Field(description="LaTeX, one paragraph")


async def write_paper(model: StructuredModel, lab: Lab, literature: Literature, name: str) -> Draft:
    """The paper on the lab's runs; statistics.json is written on the way.

    Raises InputError where no run beside the baseline has results, and UnusableAnswer where a section, the title or the
    metrics cannot be had.
    """
    evidence = await evidence_of(model, lab)
    if len(evidence.nodes) < 2:
        raise InputError(f"{lab.folder}: no run beside the baseline has results, so there is nothing to write about")
    floats = floats_of_paper(evidence, await figures_of(model, lab), pages=lab.page_limit)
    conversation = study_conversation(lab, evidence, floats)
    works = await collect(model, conversation, lab, literature)
    writer = section_writer(model, lab, conversation, works, list(floats))
    draft = await _headed(writer, await _sections(writer, name))
    for number in range(1, model.settings.refinements + 1):
        refined = await _refined(writer, draft, number)
        if refined == draft:
            break
        draft = refined
    return placed(draft, floats, always=RESULTS)


async def _sections(writer: SectionWriter, by: str) -> Draft:
    """The first draft, without title and abstract."""
    written: dict[str, str] = {}
    for name in ORDER:
        task = rendered("section", name=name, words=SECTIONS[name], written=written, rules=writer.rules)
        written[name] = await writer.body(task, "write")
        writer.lab.tell(f"wrote {name}")
    return Draft(
        title="",
        abstract="",
        sections={name: written[name] for name in SECTIONS},
        writer=by,
        date=datetime.now(UTC).strftime("%-d %B %Y"),
    )


async def _headed(writer: SectionWriter, draft: Draft) -> Draft:
    """The draft with title and abstract, new ones or the old ones mended. Raises UnusableAnswer."""
    task = rendered("title", written=draft.sections, title=draft.title, abstract=draft.abstract, rules=writer.rules)
    said = await writer.model.ask(TitleAndAbstract, writer.conversation, task, stage(writer.lab, "title"))
    return draft.model_copy(update={"title": said.title, "abstract": writer.tidy(said.abstract)})


async def _refined(writer: SectionWriter, draft: Draft, number: int) -> Draft:
    """The draft after a pass over all sections, and then over title and abstract."""
    rounds = writer.model.settings.refinements
    for name, before in draft.sections.items():
        task = rendered("refine", name=name, written=bodies(draft), round=number, rounds=rounds, rules=writer.rules)
        draft = with_body(draft, name, await writer.better(before, task, "refine"))
    try:
        return await _headed(writer, draft)
    except UnusableAnswer as problem:
        writer.lab.tell(f"title and abstract stay as they were: {problem}")
        return draft


class CitationChoice(AnswerForm):
    """One round: what to take of the works found, and what to look for next."""

    chosen: list[str] = Field(description="keys of the works above that the paper needs")
    done: bool = Field(description="whether nothing important is missing")
    query: str = Field(description="the next search, a few words; empty where done")


async def collect(model: StructuredModel, conversation: Conversation, lab: Lab, literature: Literature) -> list[Work]:
    """The works that may be cited, kept among the lab's fetched works.

    What is asked depends on what earlier stages have left alone, so that a write-up that was stopped asks the same.
    """
    pool = WorkPool(at_hand(lab))
    chosen = list(pool.by_key)
    found: list[Work] = []
    queries: list[str] = []
    rounds = model.settings.citation_rounds
    for number in range(rounds + 1 if rounds else 0):
        query = queries[-1] if queries else ""
        task = rendered(
            "cite", works=found, query=query, chosen=chosen, queries=queries, round=number + 1, rounds=rounds + 1
        )
        try:
            choice = await model.ask(CitationChoice, conversation, task, stage(lab, "cite"))
        except UnusableAnswer as problem:
            lab.tell(f"the search for works ends: {problem}")
            break
        chosen += [key for key in names_among(choice.chosen, [work.key for work in found]) if key not in chosen]
        wanted = " ".join(choice.query.split())
        if choice.done or not wanted or wanted in queries or number == rounds:
            break
        queries.append(wanted)
        answer = await literature.search(wanted, WORKS_ASKED)
        if not answer.answered:
            break
        found = [work for work in pool.add(answer.works) if work.citable]
    return [work for work in lab.add_works(pool.by_key[key] for key in chosen) if work.citable]


def at_hand(lab: Lab) -> Iterator[Work]:
    """The citable works that are there without a search."""
    verdict = lab.folder / "novelty.json"
    nearest = validated(NoveltyVerdict, read_json(verdict), str(verdict)).nearest if verdict.exists() else ()
    own = lab.template.folder / "latex" / "references.bib"
    for work in (*nearest, *(read_bib(own).works if own.is_file() else ())):
        if work.citable:
            yield work
