"""The works to cite: searches of the model's own, by the idea."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from ...data.files import read_validated
from ...llm.structured import UnusableAnswer
from ..lab import Lab
from ..literature.bibtex import read_bib
from ..literature.novelty import NoveltyVerdict
from ..literature.record import Work, WorkPool
from ..literature.search import Literature
from .calls import AnswerForm, StructuredModel, names_among, rendered
from .experiments import stage, start_of

WORKS_ASKED = 10


class CitationChoice(AnswerForm):
    """One round: what to take of the works found, and what to look for next."""

    chosen: list[str] = Field(description="keys of the works above that the paper needs")
    done: bool = Field(description="whether nothing important is missing")
    query: str = Field(description="the next search, a few words; empty where done")


async def collect(model: StructuredModel, lab: Lab, literature: Literature) -> list[Work]:
    """The works that may be cited, kept among the lab's fetched works. They are chosen by the idea alone.

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
            choice = await model.ask(CitationChoice, start_of(lab), task, stage(lab, "cite"))
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
    nearest = read_validated(NoveltyVerdict, verdict).nearest if verdict.exists() else ()
    own = lab.template.folder / "latex" / "references.bib"
    for work in (*nearest, *(read_bib(own).works if own.is_file() else ())):
        if work.citable:
            yield work
