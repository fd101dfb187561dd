"""An idea, looked at again until nothing changes, and whether it is new, by searches of the model's own."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, field_validator

from ...llm.structured import UnusableAnswer
from ..ideas import Idea, Scored
from ..lab import Lab
from ..literature.novelty import SHOWN_WORKS, Neighbourhood, NoveltyVerdict, nearest
from ..literature.record import Work, WorkPool
from ..literature.search import Literature
from .calls import NOT_EMPTY, STRIPPED, AnswerForm, Conversation, StructuredModel, names_among, rendered
from .conditions import conditions_text
from .experiments import system_of

STAGE = "ideas"
SCALE = (1.0, 10.0)
NOVELTY_STAGE = "ideas/novelty"
SHOWN = 10
"""Works of a search that are shown."""


class Proposal(AnswerForm):
    """An idea for a paper."""

    thought: str = Field(description="why this idea, in a few sentences; nobody else reads it")
    name: str = Field(description="a short name in lower case, words joined by _")
    title: Annotated[str, NOT_EMPTY, STRIPPED] = Field(description="the paper's title")
    experiment: Annotated[str, NOT_EMPTY, STRIPPED] = Field(
        description="what is changed in the code, what is compared with what, and what is measured"
    )
    interestingness: float = Field(description="from 1 to 10")
    feasibility: float = Field(description="from 1 to 10, with this code and the number of runs")
    novelty: float = Field(description="from 1 to 10")
    done: bool = Field(description="whether the idea needs no further look")

    @field_validator("name")
    @classmethod
    def _plain(cls, name: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:80]
        if not plain:
            raise ValueError("give a name of letters and digits")
        return plain

    @field_validator("interestingness", "feasibility", "novelty")
    @classmethod
    def _on_the_scale(cls, score: float) -> float:
        if not SCALE[0] <= score <= SCALE[1]:
            raise ValueError("a score is a number from 1 to 10")
        return score

    def idea(self) -> Idea:
        """The idea without the thoughts on it."""
        return Idea.model_validate(self.model_dump(exclude={"thought", "done"}))


async def have_idea(
    model: StructuredModel, conversation: Conversation, earlier: Sequence[Scored], *, repeats: int
) -> Idea:
    """An idea after reflection.

    `repeats`: how many answers to this very question have repeated an earlier idea already. Raises UnusableAnswer.
    """
    task = rendered("propose", earlier=earlier, repeats=repeats)
    proposal = await model.ask(Proposal, conversation, task, f"{STAGE}/propose", sample=repeats)
    rounds = model.settings.reflections
    for number in range(1, rounds + 1):
        before, conversation = proposal, conversation.after(task, proposal)
        task = rendered("reflect", round=number, rounds=rounds)
        try:
            proposal = await model.ask(Proposal, conversation, task, f"{STAGE}/reflect", sample=repeats)
        except UnusableAnswer:
            break
        if proposal.done or proposal.idea() == before.idea():
            break
    return proposal.idea()


def start_of(lab: Lab) -> Conversation:
    """The beginning of every conversation about ideas on a template: the code, the conditions, examples."""
    template = lab.template
    seeds = [json.dumps(seed, indent=1, ensure_ascii=False) for seed in template.seed_ideas]
    shared = rendered(
        "template", task=template.task, code=template.code(), conditions=conditions_text(lab), seeds=seeds
    )
    return Conversation(system_of(lab), (shared,))


class NoveltyRound(AnswerForm):
    """One round: a verdict, or what to search for next."""

    thought: str = Field(description="what the works found say about the idea; the reason, once there is a verdict")
    verdict: Literal["undecided", "novel", "not novel"]
    query: str = Field(description="while undecided: what to search for next, a few words; else empty")
    nearest: list[str] = Field(description="keys of the works that come nearest to the idea, the nearest first")


async def judge_novelty(model: StructuredModel, system: str, idea: Idea, literature: Literature) -> NoveltyVerdict:
    """The verdict; an idea on which the model comes to none is not novel.

    Where no source of literature answers, nothing is compared and the reason says so. Raises UnusableAnswer in the
    first round only.
    """
    near = await nearest(idea.title, idea.experiment, literature)
    if not near.answered:
        return _verdict(near, WorkPool(), True, "unchecked: no source of literature answered", ())
    pool = WorkPool(found.work for found in near.nearest[:SHOWN])
    conversation = Conversation(system, (rendered("idea", idea=idea),))
    shown, queries = list(pool.works), list[str]()
    named: Sequence[str] = ()
    for number in range(1, model.settings.novelty_rounds + 1):
        task = rendered(
            "novelty",
            round=number,
            rounds=model.settings.novelty_rounds,
            works=shown,
            query=queries[-1] if queries else "",
            similarity=f"{near.nearest[0].similarity:.2f}" if near.nearest else "",
        )
        try:
            said = await model.ask(NoveltyRound, conversation, task, NOVELTY_STAGE)
        except UnusableAnswer:
            if number == 1:
                raise
            break
        named = said.nearest
        if said.verdict != "undecided":
            return _verdict(near, pool, said.verdict == "novel", said.thought, named)
        conversation = conversation.after(task, said)
        queries.append(said.query.strip() or idea.title)
        shown = pool.add((await literature.search(queries[-1], SHOWN)).works)
    return _verdict(near, pool, False, f"no verdict after {len(queries)} searches, which counts as not novel", named)


def _verdict(near: Neighbourhood, pool: WorkPool, novel: bool, reason: str, named: Sequence[str]) -> NoveltyVerdict:
    """The model's word, with the similarity by rule beside it."""
    chosen: list[Work] = [pool.by_key[key] for key in names_among(named, list(pool.by_key))]
    by_rule = [found.work for found in near.nearest]
    return NoveltyVerdict(
        novel=novel,
        nearest=tuple((chosen or by_rule)[:SHOWN_WORKS]),
        similarity=near.nearest[0].similarity if near.nearest else 0.0,
        compared=len(pool.works),
        reason=" ".join(reason.split()) or "the model gave no reason",
        notes=near.notes,
    )
