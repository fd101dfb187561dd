"""The reviews that a run still lacks: what they will take, and making them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from ..data.dataset import ids_of
from ..data.lines import at
from ..data.records import Paper
from ..llm.budget import Budget
from ..presentation.cell import NONE
from ..presentation.table import Table
from ..reviewer.engine import Engine
from ..reviewer.paper_queue import OwnQueue, PaperQueue
from ..reviewer.protocol import Expectation, Reviewer
from ..reviewer.review import Review
from .known import Known
from .prepared import Prepared
from .run import Run

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


class Share(Protocol):
    """The part of a run that this process does, beside others."""

    path: Path
    """The file of its reviews."""

    def known(self) -> Known:
        """The reviews that were there before any process began."""
        ...

    def queue(self, engine: Engine, reviewer: Reviewer, repeat: int, papers: Sequence[Paper]) -> PaperQueue:
        """Gives out those of the papers that this process is to review."""
        ...

    def owns(self, review: Review) -> bool:
        """Whether the paper of a review that was just made is still this process's."""
        ...


class WholeRun:
    """All of it, for the one process that there is."""

    def __init__(self, run: Run) -> None:
        self.path = run.reviews_path
        self.known = run.known

    def queue(self, engine: Engine, reviewer: Reviewer, repeat: int, papers: Sequence[Paper]) -> PaperQueue:  # noqa: ARG002
        """All of the papers."""
        return OwnQueue(papers)

    def owns(self, review: Review) -> bool:  # noqa: ARG002
        """It is."""
        return True


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
    prepare: Callable[[Paper], Paper] | None = None,
    watched: bool = True,
    share: Share | None = None,
) -> Outcome:
    """Review every paper with every reviewer, but for what the run has already; `repeats` times where that may differ.

    Papers are scrubbed on the way unless the run is on raw text, or take the form that `prepare` gives them. Each
    review is on disk before the next is begun in its place. `budget` is to begin with what the run has cost before, see
    `Run.spent`; how reviewers hold to it says `Engine`. `watched`: see `Engine.review`. `share` is this process's part
    beside others; where it is None, all is done here: hold `locked` around it.

    Raises ModelUnusable where no review by a model can succeed, and NothingButFailures where the first reviews of a
    reviewer all fail in the same way; what was reviewed before is on record.
    """
    outcome = Outcome()
    share = share or WholeRun(run)
    scrubbed = Prepared(run.folder) if prepare is None and run.record.dataset.text == "scrubbed" else None
    appender = run.appender(share.path)

    def keep(review: Review) -> None:
        if not share.owns(review):
            return
        appender.add(review)
        outcome.reviewed += 1
        outcome.failed += review.status == "failed"
        finished[review.reviewer] += 1
        progress(review.reviewer, finished[review.reviewer], total)

    engine = Engine(keep, concurrency, budget or Budget(None), prepare or scrubbed or (lambda paper: paper))
    engine.know(run.all_reviews())
    existing = share.known()
    if scrubbed is not None and isinstance(share, WholeRun):
        unread = {p for r in reviewers if r.reads_text for p in places_to_review(papers, existing.of(r))}
        scrubbed.make_ready(at(papers, sorted(unread)))
    finished = {reviewer.name: 0 for reviewer in reviewers}
    for reviewer in reviewers:
        times = times_of(reviewer, repeats)
        total = times * len(papers)
        async with aclosing(reviewer):
            for number in range(times):
                done = existing.of(reviewer, number)
                todo = still_to_review(papers, done, retry_failed=retry_failed)
                outcome.reused += len(papers) - len(todo)
                finished[reviewer.name] += len(papers) - len(todo)
                progress(reviewer.name, finished[reviewer.name], total)
                first = watched and not (number or retry_failed)
                queue = share.queue(engine, reviewer, number, todo)
                outcome.budget_reached |= await engine.review(reviewer, todo, repeat=number, watched=first, queue=queue)
    outcome.usd = engine.budget.spent
    return outcome


def times_of(reviewer: Reviewer, repeats: int) -> int:
    """How many reviews of each paper are made: one where it would say the same again."""
    return repeats if reviewer.traits.repeatable else 1


def places_to_review(papers: Sequence[Paper], done: Mapping[str, bool], *, retry_failed: bool = False) -> list[int]:
    """Where the papers are that have no review yet, see `Known.of`, or with `retry_failed` only a failed one."""
    reviewed = ((place, done.get(paper)) for place, paper in enumerate(ids_of(papers)))
    return [place for place, stands in reviewed if stands is None or (retry_failed and not stands)]


def still_to_review(
    papers: Sequence[Paper], done: Mapping[str, bool], *, retry_failed: bool = False
) -> Sequence[Paper]:
    """The papers at `places_to_review`."""
    return at(papers, places_to_review(papers, done, retry_failed=retry_failed))


def expect_all(
    reviewers: Sequence[Reviewer], papers: Sequence[Paper], run: Run | None, *, scrubbed: bool, repeats: int = 1
) -> dict[str, Expectation]:
    """By the name of each reviewer that calls a language model, what its reviews of the papers will take.

    `run` is the one that would go on, None for a new one; `scrubbed`: the texts are scrubbed before they are reviewed.
    """
    existing = run.known() if run else Known()
    asking = [reviewer for reviewer in reviewers if reviewer.traits.pays == "per call"]
    lacking = [
        [
            place
            for number in range(times_of(reviewer, repeats))
            for place in places_to_review(papers, existing.of(reviewer, number))
        ]
        for reviewer in asking
    ]
    ready = Prepared() if scrubbed else None
    if ready:
        ready.make_ready(at(papers, sorted(set(chain.from_iterable(lacking)))))
    found: dict[str, Expectation] = {}
    for reviewer, places in zip(asking, lacking, strict=True):
        texts = (papers[place] for place in places)
        expected = reviewer.expect(map(ready, texts) if ready else texts)
        if expected is not None:
            found[reviewer.name] = expected
    return found


def expectation_table(expected: dict[str, Expectation]) -> Table:
    """The expectations as a table, one row per panel."""
    rows = tuple(
        (
            name,
            str(e.reviews),
            str(e.calls),
            f"{e.tokens.uncached + e.tokens.written:,}",
            f"{e.tokens.cached:,}",
            f"{e.tokens.output:,}",
            NONE if e.usd is None else f"{e.usd:.2f}",
        )
        for name, e in expected.items()
    )
    note = (
        "Calls are a most, without repairs and retries. Tokens and cost are estimates: text at 3.6 characters a token, "
        "the providers' prompt caches at work, no reasoning tokens. Answers kept from earlier calls cost nothing."
    )
    heads = ("Reviewer", "Reviews", "Calls", "Tokens in, full price", "Tokens in, cached", "Tokens out", "USD")
    return Table("Expected", heads, rows, note)
