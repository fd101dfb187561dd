"""Let reviewers review papers: concurrently, each review on disk before the next is counted, failures recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from ..data.errors import InputError
from ..data.records import Paper
from ..reviewer.protocol import Reviewer, as_review, traits_of
from ..reviewer.review import Review, failed
from ..reviewer.scrub import scrub_paper
from .run import Appender, Run, latest

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
    budget: float | None = None,
    retry_failed: bool = False,
    progress: Progress = lambda *_: None,
) -> Outcome:
    """Review every paper with every reviewer, but for what the run has already.

    Papers are scrubbed on the way unless the run is on raw text. An exception in a reviewer becomes a failed review.
    With `budget` (US dollars, what the run has cost before included) no review is begun that would exceed it if it were
    as dear as the dearest before, those under way included. Replays cost nothing. Hold `locked` around it.
    """
    outcome = Outcome()
    prepared: dict[str, Paper] = {}

    def prepare(paper: Paper) -> Paper:
        if run.record.dataset.text == "raw":
            return paper
        if paper.id not in prepared:
            prepared[paper.id] = scrub_paper(paper)
        return prepared[paper.id]

    with run.appending() as appender:
        lines = list(run.all_reviews())
        existing = latest(lines)
        outcome.usd = run.spent(lines)
        for reviewer in reviewers:
            done = {
                paper_id
                for (name, fingerprint, paper_id), review in existing.items()
                if (name, fingerprint) == (reviewer.name, reviewer.fingerprint)
                and not (retry_failed and review.status == "failed")
            }
            todo = [paper for paper in papers if paper.id not in done]
            outcome.reused += len(papers) - len(todo)
            progress(reviewer.name, len(papers) - len(todo), len(papers))
            await _review_with(reviewer, todo, len(papers), prepare, appender, outcome, concurrency, budget, progress)
    return outcome


async def _review_with(
    reviewer: Reviewer,
    todo: Sequence[Paper],
    total: int,
    prepare: Callable[[Paper], Paper],
    appender: Appender,
    outcome: Outcome,
    concurrency: int,
    budget: float | None,
    progress: Progress,
) -> None:
    queue = iter(todo)
    finished = total - len(todo)
    under_way, dearest = 0, 0.0
    free = traits_of(reviewer).kind == "replay"

    async def work(papers: Iterable[Paper]) -> None:
        nonlocal finished, under_way, dearest
        for paper in papers:
            expected = outcome.usd + (under_way + 1) * dearest
            if budget is not None and not free and (expected > budget or outcome.usd >= budget):
                outcome.budget_reached = True
                return
            under_way += 1
            review, line = await _review(reviewer, prepare(paper))
            under_way -= 1
            appender.add(line)
            cost = 0.0 if free else review.usage.usd or 0.0
            outcome.reviewed += 1
            outcome.failed += review.status == "failed"
            outcome.usd += cost
            dearest = max(dearest, cost)
            finished += 1
            progress(reviewer.name, finished, total)

    if budget is not None:
        await work(islice(queue, 1))
    if not outcome.budget_reached:
        await asyncio.gather(*(work(queue) for _ in range(min(concurrency, max(len(todo), 1)))))


async def _review(reviewer: Reviewer, paper: Paper) -> tuple[Review, str]:
    """The review and its line of JSON. Whatever the reviewer does wrong, its answer's form included, is a failure."""
    start = time.perf_counter()

    def signed(review: Review) -> tuple[Review, str]:
        seconds = review.usage.seconds or time.perf_counter() - start
        usage = review.usage.model_copy(update={"seconds": seconds})
        review = review.model_copy(
            update={"reviewer": reviewer.name, "fingerprint": reviewer.fingerprint, "usage": usage}
        )
        return review, review.model_dump_json()

    try:
        return signed(as_review(await reviewer.review(paper), paper.id))
    except (Exception, SystemExit) as error:
        return signed(failed(paper.id, f"{type(error).__name__}: {error}"))


def check_papers(reviewer: Reviewer, known: frozenset[str], dataset: str) -> None:
    """Refuse a reviewer whose reviews are of other papers than the dataset's (all of its splits).

    Raises InputError that names one of the strangers.
    """
    theirs: frozenset[str] | None = getattr(reviewer, "paper_ids", None)
    strangers = theirs - known if theirs is not None else frozenset()
    if strangers:
        raise InputError(
            f"{reviewer.name}: {len(strangers)} of its {len(theirs or ())} papers are not in dataset {dataset}, "
            f"e.g. {min(strangers)}; remove those rows or choose the right dataset"
        )
