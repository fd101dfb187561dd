"""A run's reviews and human judgements as arrays, one value per paper, failures included."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..data.errors import InputError
from ..data.records import TIERS, Judgement
from ..reviewer.protocol import Traits, paper_key
from ..reviewer.review import Review
from .run import Run

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Humans:
    """The human side of n papers."""

    ids: tuple[str, ...]
    accepted: Bools
    """(n,) whether the venue accepted."""
    rating: Floats
    """(n,) mean human rating, NaN where there is none."""
    tier: Floats
    """(n,) 0 reject, 1 poster, 2 spotlight, 3 oral; NaN where not published."""
    groups: tuple[str, ...]
    """(n,) papers of one group are never on both sides of a fit; the id where a paper has no group."""
    ratings: tuple[tuple[float, ...], ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Machine:
    """One reviewer's side of the same n papers.

    A failed review counts as the wrong answer, whatever the truth: its score is -inf for an accepted paper and +inf
    for a rejected one, its decision and probability likewise. A reviewer can thus never gain by failing.
    """

    name: str
    traits: Traits
    automatic: bool
    ok: Bools
    score: Floats | None
    """(n,) the overall score, failures imputed; None where the reviewer gives no scores."""
    decision: Bools | None
    """(n,) its own decision, failures imputed; None where it gives none."""
    probability: Floats | None
    """(n,) its own probability to accept, failures imputed; None where it gives none."""
    in_sample: int
    """How many of the papers it was fitted on."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why reviews failed, and how often."""
    seconds: float = float("nan")
    """Mean seconds per review."""
    usd: float | None = 0.0
    """Mean dollars per review; None where a price is unknown."""


def humans_of(judgements: list[Judgement]) -> Humans:
    """The arrays of the judgements. Raises InputError where only one class is there: nothing could be measured."""
    accepted = np.array([j.accepted for j in judgements])
    if len({*accepted.tolist()}) < 2:
        only = "accepted" if accepted.all() else "rejected"
        raise InputError(f"all {len(judgements)} papers are {only}: agreement needs both classes; choose other papers")
    return Humans(
        ids=tuple(j.paper_id for j in judgements),
        accepted=accepted,
        rating=np.array([np.nan if j.mean_rating is None else j.mean_rating for j in judgements]),
        tier=np.array([np.nan if j.tier is None else TIERS.index(j.tier) for j in judgements], dtype=float),
        groups=tuple(j.group or j.paper_id for j in judgements),
        ratings=tuple(j.ratings for j in judgements),
    )


def load_outcomes(run: Run) -> tuple[Humans, list[Machine]]:
    """The human side of a run, and each of its reviewers that has reviewed every paper.

    Raises InputError where no reviewer has: the run has to be continued first.
    """
    humans = humans_of(run.record.judgements)
    reviews = run.reviews()
    machines: list[Machine] = []
    for entry in run.record.reviewers:
        mine = [reviews.get((entry.name, entry.fingerprint, paper_id)) for paper_id in humans.ids]
        whole = [review for review in mine if review is not None]
        if len(whole) == len(mine):
            machines.append(machine_of(entry.name, entry.traits, whole, humans, automatic=entry.automatic))
    if not machines:
        raise InputError(
            f"{run.folder}: no reviewer has reviewed all {len(humans)} papers; "
            f"start the same bench command again to continue"
        )
    return humans, machines


def machine_of(name: str, traits: Traits, reviews: list[Review], humans: Humans, *, automatic: bool = False) -> Machine:
    """The arrays of one reviewer's reviews, in the order of `humans.ids`."""
    wrong = ~humans.accepted
    score = _imputed([review.overall for review in reviews], np.where(wrong, np.inf, -np.inf))
    decisions = [None if review.decision is None else float(review.decision == "accept") for review in reviews]
    decision = _imputed(decisions, wrong.astype(float))
    prices = [review.usage.usd for review in reviews]
    reasons: dict[str, int] = {}
    for review in reviews:
        if review.status == "failed":
            reasons[review.reason] = reasons.get(review.reason, 0) + 1
    for what, found in (("score", score), ("decision", decision)):
        without = sum(r.status == "ok" and (r.overall if what == "score" else r.decision) is None for r in reviews)
        if found is not None and without:
            reasons[f"answered without a {what}, which counts as wrong there"] = without
    return Machine(
        name=name,
        traits=traits,
        automatic=automatic,
        ok=np.array([review.status == "ok" for review in reviews]),
        score=score,
        decision=None if decision is None else decision == 1,
        probability=_imputed([review.p_accept for review in reviews], wrong.astype(float)),
        in_sample=sum(paper_key(paper_id) in traits.trained_on for paper_id in humans.ids),
        reasons=dict(sorted(reasons.items(), key=lambda item: -item[1])),
        seconds=float(np.mean([review.usage.seconds for review in reviews])),
        usd=None if any(price is None for price in prices) else float(np.mean([price or 0 for price in prices])),
    )


def _imputed(values: list[float | None], wrong: Floats) -> Floats | None:
    """The values with the wrong answer where there is none; None where the reviewer never gives one."""
    if all(value is None for value in values):
        return None
    return np.array([bad if value is None else value for value, bad in zip(values, wrong, strict=True)], dtype=float)
