"""The reviews of a stress run in their order: intact papers, changed ones, then the rounds of attacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...llm.errors import BudgetReached
from ...llm.session import Session
from ..runner import Outcome, Progress, review_all
from .asking import FormReviewer, in_form, stand_ins
from .attacker import to_write, way_of
from .collect import reviews_of
from .forms import Forms
from .model_moves import REWRITE, job_of
from .records import INTACT, AttackRecord, FormRecord
from .rewriter import Job, Rewriter
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
    rewriter: Rewriter | None = None
    """Who writes the attackers' texts; None: rules do."""
    rewriting: bool = False
    """Whether it also launders the papers."""


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
    changed += await work.laundered()
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

    async def laundered(self) -> list[str]:
        """The forms that a model has rewritten, of papers whose texts are all there."""
        if not (self.asked.rewriter and self.asked.rewriting) or self.outcome.budget_reached:
            return []
        await self._write(self.asked.rewriter, [job_of(paper, REWRITE) for paper in self.forms.papers.values()])
        if self.outcome.budget_reached:
            return []
        found = self.forms.plan({REWRITE: (1.0,)}, without=self.asked.rewriter.failures)
        return [form for form in found if self.forms.known[form].name != INTACT]

    async def attack(self, reviewer: FormReviewer, attack: AttackRecord) -> None:
        """All rounds of an attack, each over all papers at once."""
        entry = next(e for e in self.run.record.reviewers if e.name == reviewer.name)
        form_of, record = to_write(self.forms.known, attack), self.run.stress
        while not self.outcome.budget_reached:
            reviews = reviews_of(self.run, entry).get(0, {})
            ways = [way_of(attack, paper, reviews, form_of, record.seed) for paper in record.attacked]
            left = self.asked.rewriter.failures if self.asked.rewriter else {}
            todo = [way.next for way in ways if way.next and way.next.paper not in left]
            if not todo:
                return
            written = await self._written(todo)
            await self.review([reviewer], [form.id for form in written if not form.reason], watched=False)

    async def _written(self, forms: list[FormRecord]) -> list[FormRecord]:
        """The forms of a round, on record; those that a model could not write now are left out."""
        rewriter = self.asked.rewriter
        if rewriter is None:
            return [self.forms.attacked(form) for form in forms]
        jobs = {form.id: job_of(self.forms.before(form), form.moves[-1]) for form in forms}
        await self._write(rewriter, list(jobs.values()))
        if self.outcome.budget_reached:
            return []
        there = [form for form in forms if form.paper not in rewriter.failures]
        priced = [form.model_copy(update={"usd": rewriter.rewrites.usd(*jobs[form.id])}) for form in there]
        return [self.forms.attacked(form) for form in priced]

    async def _write(self, rewriter: Rewriter, jobs: list[Job]) -> None:
        try:
            await rewriter.write(jobs, lambda done, total: self.progress(rewriter.name, done, total))
        except BudgetReached:
            self.outcome.budget_reached = True
        finally:
            await rewriter.aclose()
