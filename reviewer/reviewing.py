"""Let one reviewer review papers: several at once, within a budget, failures kept as failed reviews."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from ..data.records import Paper
from ..llm.budget import Budget
from ..llm.errors import BudgetReached, ModelUnusable
from .failures import FirstReviews
from .protocol import Reviewer, Traits, as_review, traits_of
from .review import Review, failed


async def review_papers(
    reviewer: Reviewer,
    papers: Sequence[Paper],
    *,
    concurrency: int = 8,
    budget: Budget | None = None,
    done: Callable[[Review], None] = lambda _: None,
) -> tuple[dict[str, Review], bool]:
    """The reviews by paper id, and whether the budget put an end to them. `done` is called with each
    review before the next is begun in its place.

    Language models hold to the budget call by call. Any other reviewer reviews one paper after another under a budget,
    and none is begun that would exceed it if it were as dear as the dearest before.

    Raises ModelUnusable where no review by a model can succeed, and NothingButFailures where the first reviews all fail
    in the same way; `done` was called with these.
    """
    budget = budget or Budget(None)
    by_call = traits_of(reviewer).kind in ("llm", "replay")
    reviews: dict[str, Review] = {}
    queue = iter(papers)
    dearest, reached, stopped = 0.0, False, False
    first = FirstReviews(reviewer)

    async def work() -> None:
        nonlocal dearest, reached, stopped
        for paper in queue:
            if stopped:
                return
            bound = 0.0 if by_call else dearest
            review: Review | None = None
            try:
                await first.begin()
                await budget.reserve(bound)
                review = Review.model_validate_json((await signed_review(reviewer, paper))[1])
            except BudgetReached:
                reached = stopped = True
                return
            except BaseException:
                stopped = True
                raise
            finally:
                first.end(review)
            assert review is not None
            usd = review.usage.usd or 0.0
            budget.settle(bound, 0.0 if by_call else usd)
            dearest = max(dearest, usd)
            reviews[paper.id] = review
            done(review)

    one_by_one = budget.limit is not None and not by_call
    workers = 1 if one_by_one else min(concurrency, len(papers))
    try:
        results = await asyncio.gather(*(work() for _ in range(workers)), return_exceptions=True)
    finally:
        close = getattr(reviewer, "aclose", None)
        if close is not None:
            await close()
    for failure in filter(None, results):
        raise failure
    return reviews, reached


async def signed_review(reviewer: Reviewer, paper: Paper, *, repeat: int = 0) -> tuple[Review, str]:
    """The review with its reviewer's name and the number of its repeat, and its line of JSON.

    Whatever the reviewer does wrong, its answer's form included, is a failed review. Seconds are what the reviewer
    tells, or else what it took; stored reviews and those by models without any call keep what they have.

    Raises BudgetReached and ModelUnusable.
    """
    start = time.perf_counter()
    timed = traits_of(reviewer).kind not in ("llm", "replay")

    def signed(review: Review) -> tuple[Review, str]:
        seconds = review.usage.seconds or (time.perf_counter() - start if timed else 0.0)
        usage = review.usage.model_copy(update={"seconds": seconds})
        name, fingerprint = reviewer.name, reviewer.fingerprint
        update = {"reviewer": name, "fingerprint": fingerprint, "usage": usage, "repeat": repeat}
        review = review.model_copy(update=update)
        return review, review.model_dump_json()

    try:
        return signed(_on_scale(as_review(await reviewer.review(paper), paper.id), traits_of(reviewer)))
    except (BudgetReached, ModelUnusable):
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
