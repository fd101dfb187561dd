"""Whether an idea is new: searches of the model's own, round by round, until it comes to a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from ...llm.structured import UnusableAnswer
from ..ideas import Idea
from ..literature.novelty import SHOWN_WORKS, Neighbourhood, Verdict, nearest
from ..literature.record import Work
from ..literature.search import Literature
from .calls import Answer, Asker, Talk, names_among
from .pool import Pool
from .texts import rendered

STAGE = "ideas/novelty"
ASKED = 10
"""Works of a search that are shown."""


class Judgement(Answer):
    """One round: a verdict, or what to search for next."""

    thought: str = Field(description="what the works found say about the idea; the reason, once there is a verdict")
    verdict: Literal["undecided", "novel", "not novel"]
    query: str = Field(description="while undecided: what to search for next, a few words; else empty")
    nearest: list[str] = Field(description="keys of the works that come nearest to the idea, the nearest first")


async def judge(asker: Asker, system: str, idea: Idea, literature: Literature) -> Verdict:
    """The verdict; an idea on which the model comes to none is not novel.

    Where no source of literature answers, nothing is compared and the reason says so. Raises UnusableAnswer in the
    first round only.
    """
    near = await nearest(idea.title, idea.experiment, literature)
    if not near.answered:
        return _verdict(near, Pool(), True, "unchecked: no source of literature answered", ())
    pool = Pool(found.work for found in near.nearest[:ASKED])
    talk = Talk(system, (rendered("idea", idea=idea),))
    shown, queries = list(pool.works), list[str]()
    named: Sequence[str] = ()
    for number in range(1, asker.settings.novelty_rounds + 1):
        task = rendered(
            "novelty",
            round=number,
            rounds=asker.settings.novelty_rounds,
            works=shown,
            query=queries[-1] if queries else "",
            similarity=f"{near.nearest[0].similarity:.2f}" if near.nearest else "",
        )
        try:
            said = await asker.ask(Judgement, talk, task, STAGE)
        except UnusableAnswer:
            if number == 1:
                raise
            break
        named = said.nearest
        if said.verdict != "undecided":
            return _verdict(near, pool, said.verdict == "novel", said.thought, named)
        talk = talk.after(task, said)
        queries.append(said.query.strip() or idea.title)
        shown = pool.add((await literature.search(queries[-1], ASKED)).works)
    return _verdict(near, pool, False, f"no verdict after {len(queries)} searches, which counts as not novel", named)


def _verdict(near: Neighbourhood, pool: Pool, novel: bool, reason: str, named: Sequence[str]) -> Verdict:
    """The model's word, with the similarity by rule beside it."""
    chosen: list[Work] = [pool.by_key[key] for key in names_among(named, list(pool.by_key))]
    by_rule = [found.work for found in near.nearest]
    return Verdict(
        novel=novel,
        nearest=tuple((chosen or by_rule)[:SHOWN_WORKS]),
        similarity=near.nearest[0].similarity if near.nearest else 0.0,
        compared=len(pool.works),
        reason=" ".join(reason.split()) or "the model gave no reason",
        notes=near.notes,
    )
