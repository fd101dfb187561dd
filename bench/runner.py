"""Let reviewers review papers: concurrently, each review on disk before the next is counted, failures recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.records import Paper
from ..llm.budget import Budget
from ..llm.errors import BudgetReached
from ..reviewer.failures import FirstReviews
from ..reviewer.protocol import Reviewer, repeatable, traits_of
from ..reviewer.replay import ReplayReviewer
from ..reviewer.review import Review
from ..reviewer.reviewing import signed_review
from ..reviewer.scrub import scrub_paper
from .run import Appender, Key, Run

READY_EVERY = 0.02
"""Seconds left to everything else between two papers that are made ready ahead of their turn."""
Progress = Callable[[str, int, int], None]
"""Called with a reviewer's name, papers done, papers in all."""


@dataclass
class Outcome:
    """What one start of the command did."""

    reviewed: int = 0
    reused: int = 0
    failed: int = 0
    usd: float = 0.0
    budget_reached: bool = False


async def review_all(
    run: Run,
    reviewers: Sequence[Reviewer],
    papers: Sequence[Paper],
    *,
    concurrency: int = 8,
    budget: Budget | None = None,
    retry_failed: bool = False,
    repeats: int = 1,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Review every paper with every reviewer, but for what the run has already; `repeats` times where that may differ.

    Papers are scrubbed on the way unless the run is on raw text. An exception in a reviewer becomes a failed review.
    `budget` is to begin with what the run has cost before, see `Run.spent`. Language models hold to it call by call;
    of other reviewers no review is begun that would exceed it if it were as dear as the dearest before, those under
    way included. Replays cost nothing. Hold `locked` around it.

    Raises ModelUnusable where no review by a model can succeed, and NothingButFailures where the first reviews of a
    reviewer all fail in the same way; what was reviewed before is on record.
    """
    outcome = Outcome()
    budget = budget or Budget(None)
    prepared: dict[str, Paper] = {}

    def prepare(paper: Paper) -> Paper:
        if run.record.dataset.text != "scrubbed":
            return paper
        if paper.id not in prepared:
            prepared[paper.id] = scrub_paper(paper)
        return prepared[paper.id]

    with run.appending() as appender:
        existing = run.repeats()
        for reviewer in reviewers:
            times = repeats if repeatable(reviewer) else 1
            total = times * len(papers)
            finished = 0
            try:
                for number in range(times):
                    again, there = repeated(reviewer, number), existing.get(number, {})
                    todo = still_to_review(reviewer, papers, there, retry_failed=retry_failed)
                    outcome.reused += len(papers) - len(todo)
                    finished += len(papers) - len(todo)
                    progress(reviewer.name, finished, total)
                    work = Work(again, number, todo, finished, total, watched=not (number or retry_failed))
                    await _review_with(work, prepare, appender, outcome, concurrency, budget, progress)
                    finished += len(todo)
            finally:
                await _close(reviewer)
    outcome.usd = budget.spent
    return outcome


def base_rate_of(dataset: Dataset) -> float:
    """Share of accepted papers that a reviewer may know, in [0, 1]: of the calibration split, else of all papers."""
    known = [j.accepted for j in dataset.judgements if j.split == "calibration"]
    return sum(known) / len(known) if known else dataset.card.base_rate


def still_to_review(
    reviewer: Reviewer, papers: Sequence[Paper], existing: Mapping[Key, Review], *, retry_failed: bool = False
) -> list[Paper]:
    """The papers of which there is no review by this reviewer yet, or with `retry_failed` only a failed one."""
    reviews = ((paper, existing.get((reviewer.name, reviewer.fingerprint, paper.id))) for paper in papers)
    return [paper for paper, r in reviews if r is None or (retry_failed and r.status == "failed")]


def repeated(reviewer: Reviewer, number: int) -> Reviewer:
    """The reviewer for its repeat of this number, where it makes a difference between them (`repeated`)."""
    again = getattr(reviewer, "repeated", None)
    return again(number) if number and again is not None else reviewer


@dataclass(frozen=True)
class Work:
    """What a reviewer has to do in one repeat: the papers, and how many reviews of all its repeats are there before."""

    reviewer: Reviewer
    repeat: int
    todo: Sequence[Paper]
    before: int
    total: int
    watched: bool = True
    """Whether it ends where the first reviews all fail in the same way."""


async def _review_with(
    work: Work,
    prepare: Callable[[Paper], Paper],
    appender: Appender,
    outcome: Outcome,
    concurrency: int,
    budget: Budget,
    progress: Progress,
) -> None:
    reviewer, todo = work.reviewer, work.todo
    queue = iter(todo)
    finished = work.before
    dearest = 0.0
    stopped = False
    by_call = traits_of(reviewer).kind in ("floor", "learned", "replay", "llm")
    first = FirstReviews(reviewer, watched=work.watched)

    async def go_through(papers: Iterable[Paper]) -> None:
        nonlocal finished, dearest, stopped
        for paper in papers:
            if stopped:
                return
            review = None
            try:
                await first.begin()
                async with _paid(budget, None if by_call else dearest) as pay:
                    review, line = await signed_review(reviewer, prepare(paper), repeat=work.repeat)
                    pay(review.usage.usd or 0.0)
            except BudgetReached:
                outcome.budget_reached = stopped = True
                return
            except BaseException:
                stopped = True
                raise
            finally:
                first.end(review)
            appender.add(line)
            outcome.reviewed += 1
            outcome.failed += review.status == "failed"
            dearest = max(dearest, review.usage.usd or 0.0)
            finished += 1
            progress(reviewer.name, finished, work.total)

    if budget.limit is not None and not by_call:
        await go_through(islice(queue, 1))
    ahead = asyncio.create_task(_make_ready(reviewer, todo, concurrency, prepare, lambda: finished - work.before))
    workers = await asyncio.gather(
        *(go_through(queue) for _ in range(min(concurrency, max(len(todo), 1)))), return_exceptions=True
    )
    ahead.cancel()
    for failure in filter(None, workers):
        raise failure


async def _make_ready(
    reviewer: Reviewer, todo: Sequence[Paper], ahead: int, prepare: Callable[[Paper], Paper], done: Callable[[], int]
) -> None:
    """Let a reviewer that can (`make_ready`) read papers before their turn, in the time in which others wait."""
    make_ready = getattr(reviewer, "make_ready", None)
    if make_ready is None:
        return
    for number, paper in enumerate(todo[ahead:], start=1):
        while number > done() + ahead:
            await asyncio.sleep(READY_EVERY)
        make_ready(prepare(paper))
        await asyncio.sleep(READY_EVERY)


@asynccontextmanager
async def _paid(budget: Budget, bound: float | None) -> AsyncIterator[Callable[[float], None]]:
    """Hold the bound until what was really paid is told; None: the reviewer holds to the budget by itself."""
    if bound is None:
        yield lambda _: None
        return
    if budget.limit is not None and budget.spent >= budget.limit:
        raise BudgetReached("spent")
    await budget.reserve(bound)
    paid = 0.0

    def pay(usd: float) -> None:
        nonlocal paid
        paid = usd

    try:
        yield pay
    finally:
        budget.settle(bound, paid)


async def _close(reviewer: Reviewer) -> None:
    """Let go of the reviewer's connections, where it has any."""
    close = getattr(reviewer, "aclose", None)
    if close is not None:
        await close()


def check_papers(reviewer: Reviewer, known: frozenset[str], dataset: str) -> None:
    """Refuse a reviewer whose reviews are of other papers than the dataset's (all of its splits).

    A replay calls the papers by the dataset's ids from then on, see `ReplayReviewer.match_papers`.

    Raises InputError that names one of the strangers.
    """
    if isinstance(reviewer, ReplayReviewer):
        reviewer.match_papers(known, dataset)
        return
    theirs: frozenset[str] | None = getattr(reviewer, "paper_ids", None)
    strangers = theirs - known if theirs is not None else frozenset()
    if strangers:
        raise InputError(
            f"{reviewer.name}: {len(strangers)} of its {len(theirs or ())} papers are not in dataset {dataset}, "
            f"e.g. {min(strangers)}; remove those rows or choose the right dataset"
        )
