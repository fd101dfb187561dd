"""Let reviewers review papers: concurrently, each review on disk before the next is counted, failures recorded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..data.errors import InputError
from ..data.records import Paper
from ..reviewer.protocol import Reviewer
from ..reviewer.review import Review, failed
from ..reviewer.scrub import scrub_paper
from .run import Appender, Run

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
    With `budget` (US dollars, what the run has cost before included) no review is begun once it is spent.

    Raises InputError, before the first review, where a reviewer names a different set of papers.
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
        existing = run.reviews()
        outcome.usd = sum(review.usage.usd or 0 for review in existing.values())
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

    async def work() -> None:
        nonlocal finished
        for paper in queue:
            if budget is not None and outcome.usd >= budget:
                outcome.budget_reached = True
                return
            review = await _review(reviewer, prepare(paper))
            appender.add(review)
            outcome.reviewed += 1
            outcome.failed += review.status == "failed"
            outcome.usd += review.usage.usd or 0
            finished += 1
            progress(reviewer.name, finished, total)

    await asyncio.gather(*(work() for _ in range(min(concurrency, max(len(todo), 1)))))


async def _review(reviewer: Reviewer, paper: Paper) -> Review:
    start = time.perf_counter()
    try:
        review = await reviewer.review(paper)
    except InputError:
        raise
    except Exception as error:
        review = failed(paper.id, f"{type(error).__name__}: {error}")
    seconds = review.usage.seconds or time.perf_counter() - start
    return review.model_copy(
        update={
            "paper_id": paper.id,
            "reviewer": reviewer.name,
            "fingerprint": reviewer.fingerprint,
            "usage": review.usage.model_copy(update={"seconds": seconds}),
        }
    )


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
