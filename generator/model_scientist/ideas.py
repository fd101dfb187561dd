"""Having an idea, and looking at it again until nothing changes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pydantic import Field, field_validator

from ...llm.structured import UnusableAnswer
from ..ideas import Idea, Scored
from ..template import Template
from .calls import Answer, Asker, Talk
from .texts import rendered

STAGE = "ideas"
SCALE = (1.0, 10.0)


class Proposal(Answer):
    """An idea for a paper."""

    thought: str = Field(description="why this idea, in a few sentences; nobody else reads it")
    name: str = Field(description="a short name in lower case, words joined by _")
    title: str = Field(description="the paper's title")
    experiment: str = Field(description="what is changed in the code, what is compared with what, and what is measured")
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

    @field_validator("title", "experiment")
    @classmethod
    def _said(cls, text: str) -> str:
        if not text.strip():
            raise ValueError("must not be empty")
        return text.strip()

    @field_validator("interestingness", "feasibility", "novelty")
    @classmethod
    def _on_the_scale(cls, score: float) -> float:
        if not SCALE[0] <= score <= SCALE[1]:
            raise ValueError("a score is a number from 1 to 10")
        return score

    def idea(self) -> Idea:
        """The idea without the thoughts on it."""
        return Idea.model_validate(self.model_dump(exclude={"thought", "done"}))


async def have_idea(asker: Asker, talk: Talk, earlier: Sequence[Scored], *, repeats: int) -> Idea:
    """An idea after reflection.

    `repeats`: how many answers to this very question have repeated an earlier idea already. Raises UnusableAnswer.
    """
    task = rendered("propose", earlier=earlier, repeats=repeats)
    proposal = await asker.ask(Proposal, talk, task, f"{STAGE}/propose", sample=repeats)
    rounds = asker.settings.reflections
    for number in range(1, rounds + 1):
        before, talk = proposal, talk.after(task, proposal)
        task = rendered("reflect", round=number, rounds=rounds)
        try:
            proposal = await asker.ask(Proposal, talk, task, f"{STAGE}/reflect", sample=repeats)
        except UnusableAnswer:
            break
        if proposal.done or proposal.idea() == before.idea():
            break
    return proposal.idea()


def talk_of(template: Template) -> Talk:
    """The beginning of every talk about ideas on a template."""
    system = rendered("system", manner=template.system)
    seeds = [json.dumps(seed, indent=1, ensure_ascii=False) for seed in template.seed_ideas]
    return Talk(system, (rendered("template", task=template.task, code=template.code(), seeds=seeds),))
