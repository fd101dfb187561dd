"""What a check of a canary found: later answers held against the saved ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from pydantic import BaseModel, Field

from ..data.errors import InputError
from ..reviewer.review import Review
from ..statistics.arrays import Floats
from ..statistics.drift import drift_test
from .run import Run

FEWEST = 5
"""Papers with an earlier and a later answer below which nothing is tested."""
Answers = dict[str, list[Review]]
"""The reviews of each paper, by its id."""


class Check(BaseModel):
    """A line of checks.jsonl."""

    at: datetime
    folder: str
    papers: int = Field(description="with an earlier and a later answer")
    shift: float = Field(description="mean change of the score, or of the share of acceptances where there is no score")
    changed: int = Field(description="papers whose later decisions are none that was given before")
    failed: int
    failed_before: int
    asked: int
    asked_before: int
    p_scores: float
    p_failed: float = Field(description="of more failures than before, Fisher's exact test")
    p_value: float = Field(description="of either, corrected for both")
    drift: bool
    usd: float = 0.0


def compared(
    before: Answers, after: Answers, *, folder: str, level: float, fixed: bool = False, usd: float = 0.0
) -> Check:
    """Whether later answers to the same papers still come from where the earlier ones came from.

    `fixed`: the reviewer says the same whenever it is asked, so that any difference is drift. Raises InputError where
    fewer than `FEWEST` papers have an answer both times.
    """
    both = [paper for paper in before if scores(before[paper]) and scores(after.get(paper, ()))]
    if len(both) < FEWEST:
        raise InputError(
            f"{folder}: {len(both)} papers have an answer both times, {FEWEST} are needed; see its reviews.jsonl"
        )
    test = drift_test([_array(before[paper]) for paper in both], [_array(after[paper]) for paper in both])
    failed, asked = _failures(after)
    failed_before, asked_before = _failures(before)
    p_failed = _more_failures(failed, asked, failed_before, asked_before)
    moved = any(scores(before[paper]) != scores(after[paper]) for paper in both)
    p_scores = float(not moved) if fixed else test.p_value
    p_value = min(1.0, 2 * min(p_scores, p_failed)) if failed else p_scores
    return Check(
        at=datetime.now(UTC),
        folder=folder,
        papers=len(both),
        shift=test.shift,
        changed=sum(_decisions(after[paper]).isdisjoint(_decisions(before[paper])) for paper in both),
        failed=failed,
        failed_before=failed_before,
        asked=asked,
        asked_before=asked_before,
        p_scores=p_scores,
        p_failed=p_failed,
        p_value=p_value,
        drift=p_value <= level,
        usd=usd,
    )


def answers(run: Run, reviewer: str, fingerprint: str) -> Answers:
    """The reviews of each paper by one reviewer, of all repeats."""
    found: Answers = {}
    for _, reviews in sorted(run.repeats().items()):
        for (name, made_by, paper), review in reviews.items():
            if (name, made_by) == (reviewer, fingerprint):
                found.setdefault(paper, []).append(review)
    return found


def scores(reviews: Sequence[Review]) -> list[float]:
    """The scores, or 1 for acceptance and 0 for rejection where there is none."""
    said = (
        review.overall if review.overall is not None else float(review.decision == "accept")
        for review in reviews
        if review.status == "ok"
    )
    return list(said)


def _array(reviews: Sequence[Review]) -> Floats:
    return np.array(scores(reviews), dtype=np.float64)


def _decisions(reviews: Sequence[Review]) -> set[str]:
    return {review.decision or "" for review in reviews if review.status == "ok"}


def _failures(reviews: Answers) -> tuple[int, int]:
    every = [review for some in reviews.values() for review in some]
    return sum(review.status == "failed" for review in every), len(every)


def _more_failures(failed: int, asked: int, failed_before: int, asked_before: int) -> float:
    from scipy.stats import hypergeom

    return float(hypergeom.sf(failed - 1, asked + asked_before, failed + failed_before, asked))
