"""The discussion of one paper by a panel: reviews of its members, an area chair, reflections.

The panel reads the paper without hidden characters and orders to reviewers, within a length. The first call of a paper
goes alone, so that the provider has the paper in its prompt cache for the others. The overall of an ensemble is the
members' mean (or the chair's, with score=meta) and never overwritten. A review stands where at least half of the
members gave an answer of use; what failed is in its notes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Any, TypeVar

from ...data.papers.invisible import HiddenText, clean
from ...data.papers.tokens import Cut, truncate
from ...data.records import Paper
from ...llm.errors import CallFailed
from ...llm.messages import ContentPart, ImagePart, Message, Reply, Tokens
from ...llm.model import MeteredModel
from ...llm.structured import UnusableAnswer, ask
from ..forms.form import Form
from ..injections import Injection, find_injections, remove_injections
from ..prompts.builder import Prompts, as_json
from ..review import Review, Usage, failed
from .aggregation import Stopping, mean_review
from .settings import MOST_MEMBERS, PanelSettings


@dataclass(frozen=True)
class Reading:
    """The paper as the panel reads it, and what was taken out of it."""

    paper: Paper
    hidden: tuple[HiddenText, ...]
    injections: tuple[Injection, ...]
    cut: tuple[Cut, ...]

    def findings(self) -> dict[str, list[dict[str, object]]]:
        """What was found, for the record of the review; kinds of which there is nothing are left out."""
        found: dict[str, list[dict[str, object]]] = {
            "hidden": [h.model_dump() for h in self.hidden],
            "injections": [{"rule": i.rule, "excerpt": i.excerpt} for i in self.injections],
            "cut": [c.model_dump() for c in self.cut],
        }
        return {kind: items for kind, items in found.items() if items}


def prepare(paper: Paper, settings: PanelSettings) -> Reading:
    """The reading that a panel with these settings gets of a paper. Raises ValueError where no text is left."""
    text, hidden = clean(paper.text)
    if settings.injections == "remove":
        text, injections = remove_injections(text)
    else:
        injections = find_injections(text)
    if not text.strip():
        raise ValueError("the paper has no text")
    shortened, cut = truncate(paper.model_copy(update={"text": text, "sections": ()}), settings.max_paper_tokens)
    return Reading(shortened, hidden, injections, cut)


Answer = dict[str, Any]
Result = TypeVar("Result")


@dataclass
class Discussion:
    """The calls about one paper, and what they cost. For one `review`."""

    model: MeteredModel
    settings: PanelSettings
    form: Form
    prompts: Prompts
    stopping: Stopping
    reading: Reading
    replies: list[Reply] = field(default_factory=list)
    lost: list[CallFailed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    saved: int = 0
    repeat: int = 0
    """Which of several reviews of the same paper this is: each is asked for by calls of its own."""
    images: Sequence[ContentPart | ImagePart] = ()

    def __post_init__(self) -> None:
        paper = (ContentPart(text=self.prompts.paper(self.reading.paper)), *self.images)
        shared = self.settings.most_calls > 1
        self._paper = (*paper[:-1], paper[-1].model_copy(update={"shared": shared}))

    async def review(self) -> Review:
        """The panel's review of the paper, a failed one where fewer than half of the members answered."""
        members = await self._members()
        if len(members) < max(len(self.notes), 1):
            review = self._failed()
        else:
            review = await self._conclude(members)
        return review.model_copy(update={"usage": usage_of(self.replies, self.lost)})

    async def _conclude(self, members: list[list[Answer]]) -> Review:
        overall = self.form.overall
        if self.settings.meta:
            chair = await self._chair([rounds[-1] for rounds in members])
        else:
            chair = None
            opening = self._opening(self.prompts.review())
            await _together(*(self._reflect(opening, rounds, sample) for sample, rounds in enumerate(members)))
        mean = mean_review(self.form, [rounds[-1] for rounds in members])
        spoken = chair[-1] if chair else mean
        counted = spoken if self.settings.score == "meta" else mean
        texts = {name: value for name, value in spoken.items() if isinstance(value, (str, list))}
        record = {
            "members": [rounds[-1] for rounds in members],
            "overall_by_round": [[answer[overall] for answer in rounds] for rounds in members],
            "chair": chair[-1] if chair else None,
            "chair_by_round": [answer[overall] for answer in chair] if chair else None,
            "mean": mean[overall],
            "calls_saved": self.saved,
        }
        return Review(
            paper_id=self.reading.paper.id,
            overall=counted[overall],
            decision=spoken["decision"],
            p_accept=counted.get(self.form.chance),
            fields={**counted, **texts, "panel": record, **self._remarks()},
        )

    def _failed(self) -> Review:
        reason = "; ".join(self.notes) or "no member was asked"
        return failed(self.reading.paper.id, reason).model_copy(update={"fields": {"raw": self.raw, **self._remarks()}})

    def _remarks(self) -> dict[str, Any]:
        findings = self.reading.findings()
        return {**({"findings": findings} if findings else {}), **({"notes": self.notes} if self.notes else {})}

    async def _members(self) -> list[list[Answer]]:
        """The first answers of the members, in waves until the decision is settled; the very first goes alone."""
        members: list[list[Answer]] = []
        asked, total = 0, self.settings.ensemble
        while asked < total:
            scores = [rounds[-1][self.form.overall] for rounds in members]
            if self.stopping.settled(scores, total - asked):
                self.saved += (total - asked) * (1 if self.settings.meta else 1 + self.settings.reflections)
                break
            alone = asked == 0 and not self.model.batched
            wave = 1 if alone else self.stopping.wave(scores, total - asked)
            opening = self._opening(self.prompts.review())
            found = await _together(*(self._ask("review", opening, sample) for sample in range(asked, asked + wave)))
            members += [[answer] for answer in found if answer is not None]
            asked += wave
        return members

    async def _chair(self, answers: list[Answer]) -> list[Answer] | None:
        """The chair's review after each round of reflection; None, with a note, where it failed."""
        opening = self._opening(self.prompts.meta(answers), shared=self.settings.reflections > 0)
        answer = await self._ask("meta", opening, 0)
        if answer is None:
            return None
        rounds = [answer]
        await self._reflect(opening, rounds, 0)
        return rounds

    async def _reflect(self, opening: tuple[Message, ...], rounds: list[Answer], sample: int) -> None:
        """Add rounds of looking again, each on the opening and the last answer, until one changes nothing or fails."""
        planned = self.settings.reflections
        for number in range(1, planned + 1):
            before = rounds[-1]
            said = Message(role="assistant", parts=(ContentPart(text=as_json(before)),))
            again = Message(role="user", parts=(ContentPart(text=self.prompts.reflect(number, planned)),))
            answer = await self._ask("reflect", (*opening, said, again), sample)
            if answer is None:
                return
            rounds.append(answer)
            if self.stopping.nothing_changed(before, answer):
                self.saved += planned - number
                return

    def _opening(self, task: str, *, shared: bool = False) -> tuple[Message, ...]:
        return (Message(role="user", parts=(*self._paper, ContentPart(text=f"\n\n{task}", shared=shared))),)

    async def _ask(self, stage: str, messages: tuple[Message, ...], sample: int) -> Answer | None:
        """An answer to the form; None, with a note and the raw answers kept, where there is none of use."""
        request = self.prompts.request(messages).model_copy(
            update={
                "temperature": self.settings.temperature,
                "effort": self.settings.effort,
                "max_tokens": self.settings.max_tokens,
                "sample": self.repeat * MOST_MEMBERS + sample,
                "stage": stage,
            }
        )
        try:
            return await ask(self.model, request, self.form.parse, self.prompts.repair, replies=self.replies)
        except UnusableAnswer as unusable:
            self.raw += unusable.raw
            self.notes.append(f"{stage} {sample + 1}: {unusable}")
        except CallFailed as failure:
            self.lost.append(failure)
            self.notes.append(f"{stage} {sample + 1}: {failure.kind}: {failure}")
        return None


async def _together(*tasks: Coroutine[Any, Any, Result]) -> list[Result]:
    """All results; where one raises, the others still come to their end first, since they are paid for."""
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


def usage_of(replies: Sequence[Reply], lost: Sequence[CallFailed] = ()) -> Usage:
    """What the calls of a review took: those answered, and those lost, at the most that may have been charged.

    Seconds are those inside the calls, added up although calls overlap; waiting for a free slot is none of them. A kept
    answer counts with the cost and the seconds of the call that it was made by.
    """
    tokens = sum((reply.tokens for reply in replies), Tokens())
    costs = [call.usd for call in (*replies, *lost)]
    return Usage(
        calls=len(replies),
        tokens_in=tokens.input,
        tokens_cached=tokens.cached,
        tokens_out=tokens.output,
        usd=None if None in costs else fsum(cost or 0.0 for cost in costs),
        seconds=fsum(call.seconds for call in (*replies, *lost)),
    )
