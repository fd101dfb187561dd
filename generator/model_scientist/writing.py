"""The write-up: works to cite, sections one by one, title and abstract, then passes over the whole."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import Field, field_validator

from ...data.errors import InputError
from ...llm.structured import UnusableAnswer
from ..lab import Lab
from ..latex.document import Draft
from ..literature.search import Literature
from .calls import Answer, Asker, latex
from .citations import collect
from .desk import Desk, evidence_of, figures_of, open_desk, study_talk
from .experiments import stage
from .floats import bodies, placed, with_body
from .texts import rendered

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


class Head(Answer):
    """Title and abstract."""

    title: str = Field(description="plain text")
    abstract: str = Field(description="LaTeX, one paragraph")

    @field_validator("title")
    @classmethod
    def _one_line(cls, title: str) -> str:
        if not title.strip():
            raise ValueError("must not be empty")
        return " ".join(title.split())

    @field_validator("abstract")
    @classmethod
    def _whole(cls, abstract: str) -> str:
        if not abstract.strip():
            raise ValueError("must not be empty")
        return latex(" ".join(abstract.split()))


async def write_paper(asker: Asker, lab: Lab, literature: Literature, writer: str) -> Draft:
    """The paper on the lab's runs; statistics.json is written on the way.

    Raises InputError where no run beside the baseline has results, and UnusableAnswer where a section, the title or the
    metrics cannot be had.
    """
    evidence = await evidence_of(asker, lab)
    if len(evidence.nodes) < 2:
        raise InputError(f"{lab.folder}: no run beside the baseline has results, so there is nothing to write about")
    floats = {**evidence.tables(), **await figures_of(asker, lab)}
    talk = study_talk(lab, evidence, floats)
    works = await collect(asker, talk, lab, literature)
    desk = open_desk(asker, lab, talk, works, list(floats))
    draft = await _headed(desk, await _sections(desk, writer))
    for number in range(1, asker.settings.refinements + 1):
        refined = await _refined(desk, draft, number)
        if refined == draft:
            break
        draft = refined
    return placed(draft, floats)


async def _sections(desk: Desk, writer: str) -> Draft:
    """The first draft, without title and abstract."""
    written: dict[str, str] = {}
    for name in ORDER:
        task = rendered("section", name=name, words=SECTIONS[name], written=written, rules=desk.rules)
        written[name] = await desk.body(task, "write")
        desk.lab.tell(f"wrote {name}")
    return Draft(
        title="",
        abstract="",
        sections={name: written[name] for name in SECTIONS},
        writer=writer,
        date=datetime.now(UTC).strftime("%-d %B %Y"),
    )


async def _headed(desk: Desk, draft: Draft) -> Draft:
    """The draft with title and abstract, new ones or the old ones mended. Raises UnusableAnswer."""
    task = rendered("title", written=draft.sections, title=draft.title, abstract=draft.abstract, rules=desk.rules)
    said = await desk.asker.ask(Head, desk.talk, task, stage(desk.lab, "title"))
    return draft.model_copy(update={"title": said.title, "abstract": desk.tidy(said.abstract)})


async def _refined(desk: Desk, draft: Draft, number: int) -> Draft:
    """The draft after a pass over all sections, and then over title and abstract."""
    rounds = desk.asker.settings.refinements
    for name, before in draft.sections.items():
        task = rendered("refine", name=name, written=bodies(draft), round=number, rounds=rounds, rules=desk.rules)
        draft = with_body(draft, name, await desk.better(before, task, "refine"))
    try:
        return await _headed(desk, draft)
    except UnusableAnswer as problem:
        desk.lab.tell(f"title and abstract stay as they were: {problem}")
        return draft
