"""The reviews of a stress run in their order: intact papers, changed ones, then the rounds of attacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...llm.session import Session
from ..runner import Outcome, Progress, review_all
from .asking import FormReviewer, in_form, stand_ins
from .attacker import way_of, written
from .collect import reviews_of
from .forms import Forms
from .records import INTACT, AttackRecord
from .run import StressRun


@dataclass(frozen=True)
class Asked:
    """Who is asked, and for what beside the forms."""

    reviewers: Sequence[FormReviewer]
    recalling: Sequence[FormReviewer]
    """Those who say what is recalled of intact papers."""
    attacks: Sequence[AttackRecord]
    session: Session
    repeats: int = 1
    """Reviews of each intact paper."""
    retry_failed: bool = False


async def review_forms(asked: Asked, run: StressRun, forms: Forms, ids: Sequence[str], progress: Progress) -> Outcome:
    """Review what is not reviewed yet, within one budget; a reviewer that fails on every changed paper goes on.

    Raises InputError where a text is no longer that on record, ModelUnusable, and NothingButFailures where the first
    reviews of intact papers all fail in the same way.
    """
    intact = [form for form in ids if forms.known[form].name == INTACT]
    changed = [form for form in ids if forms.known[form].name != INTACT]
    work = _Work(asked, run, forms, progress, len(changed))
    await work.review(asked.recalling, intact)
    await work.review(asked.reviewers, intact, repeats=asked.repeats)
    work.before = len(intact)
    await work.review(asked.reviewers, changed, watched=False)
    for reviewer in asked.reviewers:
        for attack in asked.attacks:
            await work.attack(reviewer, attack)
    return work.outcome


class _Work:
    """One start's way through the forms; nothing more is begun once the budget is reached."""

    def __init__(self, asked: Asked, run: StressRun, forms: Forms, progress: Progress, changed: int) -> None:
        self.asked, self.run, self.forms, self.progress = asked, run, forms, progress
        self.outcome = Outcome()
        self.before, self._changed = 0, changed

    async def review(
        self, reviewers: Sequence[FormReviewer], ids: Sequence[str], *, repeats: int = 1, watched: bool = True
    ) -> None:
        """Review these forms with all of the reviewers."""
        if self.outcome.budget_reached or not reviewers:
            return
        session, total = self.asked.session, self._changed

        def progress(name: str, done: int, of: int) -> None:
            behind = total if not self.before and not name.startswith("recall:") else 0
            self.progress(name, self.before + done, self.before + of + behind)

        found = await review_all(
            self.run,
            reviewers,
            stand_ins(ids),
            concurrency=session.concurrency,
            budget=session.metering.budget,
            retry_failed=self.asked.retry_failed,
            repeats=repeats,
            progress=progress,
            prepare=lambda paper: in_form(self.forms, paper),
            watched=watched,
        )
        done = self.outcome
        self.outcome = Outcome(
            reviewed=done.reviewed + found.reviewed,
            reused=done.reused + found.reused,
            failed=done.failed + found.failed,
            usd=found.usd,
            budget_reached=found.budget_reached,
        )

    async def attack(self, reviewer: FormReviewer, attack: AttackRecord) -> None:
        """All rounds of an attack, each over all papers at once."""
        entry = next(e for e in self.run.record.reviewers if e.name == reviewer.name)
        form_of, record = written(self.forms, attack), self.run.stress
        while not self.outcome.budget_reached:
            reviews = reviews_of(self.run, entry).get(0, {})
            ways = [way_of(attack, paper, reviews, form_of, record.seed) for paper in record.attacked]
            todo = [way.next for way in ways if way.next]
            if not todo:
                return
            await self.review([reviewer], todo, watched=False)
