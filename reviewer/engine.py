"""The engine by which reviewers review papers, for one paper as for a benchmark.

Several reviews are made at once, within a budget; what a reviewer does wrong is a failed review; each review is handed
over before the next is begun in its place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from ..data.errors import NothingButFailures, NotRecorded
from ..data.records import Paper
from ..llm.budget import Budget
from ..llm.errors import BudgetReached, ModelUnusable
from .paper_queue import OwnQueue, PaperQueue
from .protocol import Reviewer, Traits
from .review import Review, as_review, failed, reason_kind

READY_EVERY = 0.02
"""Seconds left to everything else between two papers that are made ready ahead of their turn."""
FIRST = 5
"""So many reviews at the start that all fail alike stop a run."""
EVERY = 0.02
"""Seconds between two looks at those under way."""


@dataclass
class Engine:
    """How reviews are made, whoever makes them.

    The budget is US dollars that all starts of a run may cost; it begins with what earlier ones did. Language models of
    ours hold to it call by call, so that it is never exceeded. Floors, learned reviewers and stored reviews cost
    nothing and run under any budget. What a user's own reviewer costs is known from its reviews alone: it is free until
    one of them has told a cost, from then on no review is begun that would exceed the budget if it were as dear as the
    dearest before, those under way included. While no cost is known the first review is made alone, so that it is the
    only one that can exceed the budget.
    """

    sink: Callable[[Review], None] = lambda _: None
    """Called with each review before the next is begun in its place."""
    concurrency: int = 8
    budget: Budget = field(default_factory=lambda: Budget(None))
    prepare: Callable[[Paper], Paper] = lambda paper: paper
    """Gives a paper the form in which it is reviewed."""
    dearest: dict[str, float] = field(default_factory=dict)
    """US dollars of the dearest review known by the name of its reviewer."""

    def know(self, reviews: Iterable[Review]) -> None:
        """Learn from reviews of earlier starts what reviewers cost."""
        for review in reviews:
            self.dearest[review.reviewer] = max(self.dearest.get(review.reviewer, 0.0), review.usage.usd or 0.0)

    async def review(
        self,
        reviewer: Reviewer,
        papers: Sequence[Paper],
        *,
        repeat: int = 0,
        watched: bool = True,
        queue: PaperQueue | None = None,
    ) -> bool:
        """Review the papers; whether the budget put an end to it. The reviewer stays open.

        `watched`: it ends where the first reviews all fail in the same way. `queue` gives out those of the papers that
        are for this process, None: all of them.

        Raises ModelUnusable where no review by a model can succeed, and NothingButFailures where the first reviews all
        fail in the same way; `sink` has what was reviewed before.
        """
        queue = queue or OwnQueue(papers)
        work = _Pass(self, reviewer.repeated(repeat) if repeat else reviewer, papers, repeat, queue, watched=watched)
        await work.go()
        return work.reached


class _Pass:
    """One reviewer's way through papers."""

    def __init__(
        self,
        engine: Engine,
        reviewer: Reviewer,
        papers: Sequence[Paper],
        repeat: int,
        queue: PaperQueue,
        *,
        watched: bool,
    ) -> None:
        self.engine = engine
        self.reviewer = reviewer
        self.papers = papers
        self.repeat = repeat
        self.queue = queue
        self.first = FirstReviews(reviewer, watched=watched)
        self.reached = False
        self._finished = 0
        self._by_review = reviewer.traits.pays == "per review"

    async def go(self) -> None:
        """Review them all."""
        if self._by_review and self.engine.budget.limit is not None:
            async with self.queue.alone():
                if not self._dearest:
                    await self._next()
        ahead = asyncio.create_task(self._make_ready())
        workers = min(self.engine.concurrency, len(self.papers))
        try:
            results = await asyncio.gather(*(self._work() for _ in range(workers)), return_exceptions=True)
        finally:
            ahead.cancel()
        for failure in filter(None, results):
            raise failure

    @property
    def _dearest(self) -> float:
        return self.engine.dearest.get(self.reviewer.name, 0.0)

    async def _work(self) -> None:
        while await self._next():
            pass

    async def _next(self) -> bool:
        """Review the next paper; whether there was one, and there may be more."""
        if (paper := await self.queue.take()) is None:
            return False
        review = None
        try:
            await self.first.begin()
            review = await self._reviewed(self.engine.prepare(paper))
            self.engine.know([review])
            self.engine.sink(review)
        except BudgetReached:
            self.reached = self.queue.closed = True
            return False
        except BaseException:
            self.queue.closed = True
            raise
        finally:
            self.first.end(review)
            self.queue.put_back(paper)
        self._finished += 1
        return True

    async def _reviewed(self, paper: Paper) -> Review:
        """The review; what it may cost is held meanwhile, unless its reviewer holds to the budget by itself."""
        if not self._by_review:
            return await signed_review(self.reviewer, paper, repeat=self.repeat)
        bound, usd = self._dearest, 0.0
        await self.engine.budget.reserve(bound)
        try:
            review = await signed_review(self.reviewer, paper, repeat=self.repeat)
            usd = review.usage.usd or 0.0
            return review
        finally:
            self.engine.budget.settle(bound, usd)

    async def _make_ready(self) -> None:
        """Let a reviewer read papers before their turn, in the time in which others wait."""
        ahead = self.engine.concurrency
        if not self.reviewer.reads_ahead:
            return
        for number, paper in enumerate(self.papers[ahead:], start=1):
            while number > self._finished + ahead:
                await asyncio.sleep(READY_EVERY)
            self.reviewer.make_ready(self.engine.prepare(paper))
            await asyncio.sleep(READY_EVERY)


async def review_papers(
    reviewer: Reviewer,
    papers: Sequence[Paper],
    *,
    concurrency: int = 8,
    budget: Budget | None = None,
    done: Callable[[Review], None] = lambda _: None,
) -> tuple[dict[str, Review], bool]:
    """The reviews by paper id, and whether the budget put an end to them; the reviewer is closed.

    `done` is called with each review before the next is begun in its place. Raises as `Engine.review`.
    """
    reviews: dict[str, Review] = {}

    def keep(review: Review) -> None:
        reviews[review.paper_id] = review
        done(review)

    engine = Engine(keep, concurrency, budget or Budget(None))
    async with aclosing(reviewer):
        reached = await engine.review(reviewer, papers)
    return reviews, reached


async def signed_review(reviewer: Reviewer, paper: Paper, *, repeat: int = 0) -> Review:
    """The review with its reviewer's name and the number of its repeat, as it is read again from its line of JSON.

    Whatever the reviewer does wrong, its answer's form included, is a failed review. Seconds are what the reviewer
    tells, or else what it took; stored reviews and those by models without any call keep what they have.

    Raises BudgetReached, ModelUnusable, and NotRecorded where its calls cannot be booked.
    """
    start = time.perf_counter()

    def signed(review: Review) -> Review:
        seconds = review.usage.seconds or (time.perf_counter() - start if reviewer.traits.timed else 0.0)
        usage = review.usage.model_copy(update={"seconds": seconds})
        name, fingerprint = reviewer.name, reviewer.fingerprint
        update = {"reviewer": name, "fingerprint": fingerprint, "usage": usage, "repeat": repeat}
        return Review.model_validate_json(review.model_copy(update=update).model_dump_json())

    try:
        return signed(_on_scale(as_review(await reviewer.review(paper), paper.id), reviewer.traits))
    except (BudgetReached, ModelUnusable, NotRecorded):
        raise
    except (Exception, SystemExit) as error:
        return signed(failed(paper.id, f"{type(error).__name__}: {error}"))


def _on_scale(review: Review, traits: Traits) -> Review:
    """The review; a failed one where its score lies outside the scale that it is said to be on."""
    if traits.scale is None or review.overall is None or traits.scale[0] <= review.overall <= traits.scale[1]:
        return review
    low, high = traits.scale
    return failed(
        review.paper_id, f"its score {review.overall:g} lies outside the scale {low:g} to {high:g}", review.usage
    )


class FirstReviews:
    """Watches whether the first reviews of a reviewer all fail in the same way.

    Quick failures do not outrun slow successes: where `FIRST` have failed, nothing is begun until those under way have
    ended.
    """

    def __init__(self, reviewer: Reviewer, *, watched: bool = True) -> None:
        self._name = reviewer.name
        self._watched = watched and reviewer.traits.repeatable
        self._failed: list[Review] = []
        self._under_way = 0

    async def begin(self) -> None:
        """A review is to begin; `end` follows. Raises NothingButFailures where all so far have failed alike."""
        while self._suspect and self._under_way:
            await asyncio.sleep(EVERY)
        self._under_way += 1
        if self._suspect:
            raise self.error()

    def end(self, review: Review | None) -> None:
        """It has ended; None: without a review."""
        self._under_way -= 1
        if not self._watched or review is None:
            return
        first = self._failed[0] if self._failed else review
        alike = reason_kind(review.reason, review.paper_id) == reason_kind(first.reason, first.paper_id)
        if review.status == "ok" or not alike:
            self._watched = False
        self._failed.append(review)

    @property
    def _suspect(self) -> bool:
        return self._watched and len(self._failed) >= FIRST

    def error(self) -> NothingButFailures:
        """What to say of them."""
        return NothingButFailures(
            f"{self._name} fails in the same way on each of the first {len(self._failed)} papers: "
            f"{self._failed[0].reason}; "
            f"the run was stopped. Mend it and start again with --retry-failed; as it is, the same command goes on "
            f"with the other papers"
        )
