"""From the files of a run to arrays of reviews and human judgements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from sys import intern

import numpy as np

from ..data.errors import InputError
from ..data.records import TIERS, Judgement
from ..reviewer.forms.field import PERCENTILE
from ..reviewer.protocol import Traits, paper_key
from ..reviewer.review import Review
from ..statistics.arrays import Floats
from .answers import Answer, answers_of
from .outcomes import FINDINGS, Container, Humans, Machine, MeanUsage
from .run import Run

Told = Review | Answer
"""What is known of a review: all of it, or what figures need."""


def humans_of(judgements: Iterable[Judgement], scale: Sequence[float] = ()) -> Humans:
    """The arrays of the judgements; `scale` has the values that a rating can take, ascending.

    Raises InputError where only one class is there: nothing could be measured.
    """
    ids, groups, ratings, rows, same = list[str](), list[str](), list[tuple[float, ...]](), [], dict[float, float]()
    for j in judgements:
        ids.append(j.paper_id)
        groups.append(intern(j.group) if j.group else ids[-1])
        ratings.append(tuple(same.setdefault(rating, rating) for rating in j.ratings))
        tier = None if j.tier is None else TIERS.index(j.tier)
        rows.append((j.accepted, *(np.nan if value is None else value for value in (j.mean_rating, tier))))
    accepted, rating, tier = np.array(rows, dtype=float).reshape(-1, 3).T
    if len({*accepted.tolist()}) < 2:
        only = "accepted" if accepted.all() else "rejected"
        raise InputError(f"all {len(ids)} papers are {only}: agreement needs both classes; choose other papers")
    return Humans(
        ids=tuple(ids),
        accepted=accepted == 1,
        rating=rating,
        tier=tier,
        groups=tuple(groups),
        ratings=tuple(ratings),
        scale=(scale[0], scale[-1]) if scale else None,
    )


def load_outcomes(run: Run) -> tuple[Humans, list[Machine]]:
    """The human side of a run, and each of its reviewers that has reviewed every paper.

    Raises InputError where no reviewer has: the run has to be continued first.
    """
    humans = humans_of(run.record.judgements, run.record.card.scale)
    entries = {(entry.name, entry.fingerprint): entry for entry in run.record.reviewers}
    answers = answers_of(run.all_reviews(), entries, humans.ids)
    machines: list[Machine] = []
    for signature, entry in entries.items():
        mine = answers.pop(signature)
        if mine.whole:
            machine = machine_of(entry.name, entry.traits, mine.read(), humans, automatic=entry.automatic)
            machines.append(replace(machine, recall_by=entry.recall_by))
    if not machines:
        raise InputError(
            f"{run.folder}: no reviewer has reviewed all {len(humans)} papers; "
            f"start the same bench command again to continue"
        )
    return humans, machines


def machine_of(
    name: str, traits: Traits, reviews: Sequence[Told], humans: Humans, *, automatic: bool = False
) -> Machine:
    """The arrays of one reviewer's reviews, in the order of `humans.ids`."""
    wrong = ~humans.accepted
    score = _imputed([review.overall for review in reviews], np.where(wrong, np.inf, -np.inf))
    decisions = [None if review.decision is None else float(review.decision == "accept") for review in reviews]
    decision = _imputed(decisions, wrong.astype(float))
    prices = _prices(traits, reviews)
    seconds = [review.usage.seconds for review in reviews]
    stored = traits.kind == "replay" or traits.text
    return Machine(
        name=name,
        traits=traits,
        automatic=automatic,
        ok=np.array([review.status == "ok" for review in reviews]),
        score=score,
        decision=None if decision is None else decision == 1,
        probability=_imputed([review.p_accept for review in reviews], wrong.astype(float)),
        worded=np.array([r.status == "ok" and r.overall is not None and r.decision is not None for r in reviews]),
        in_sample=sum(paper_key(paper_id) in traits.trained_on for paper_id in humans.ids),
        reasons=_reasons(reviews, scores=score is not None, decisions=decision is not None),
        seconds=float(np.mean(seconds)) if not stored or any(seconds) else float("nan"),
        usd=None if any(price is None for price in prices) else float(np.mean([price or 0 for price in prices])),
        usage=_usage(reviews),
        findings=_findings(reviews),
        members=_members(reviews),
        recall=tuple(review.recall for review in reviews),
        percentile=_imputed([_percentile(review) for review in reviews], np.where(wrong, np.inf, -np.inf)),
        p_calibrated=traits.kind in ("floor", "learned") or all(r.p_calibrated for r in reviews if r.status == "ok"),
        noted=sum(review.status == "ok" and bool(_field(review, "notes", list)) for review in reviews),
    )


def _prices(traits: Traits, reviews: Sequence[Told]) -> list[float | None]:
    """US dollars of each review.

    A user's own reviewer that failed says nothing of the cost: the failed review may have been as dear as its dearest.
    """
    prices = [review.usage.usd for review in reviews]
    if traits.pays != "per review":
        return prices
    dearest = max((price for price in prices if price), default=0.0)
    failures = [review.status == "failed" for review in reviews]
    return [dearest if failed and price == 0 else price for failed, price in zip(failures, prices, strict=True)]


def _reasons(reviews: Sequence[Told], *, scores: bool, decisions: bool) -> dict[str, int]:
    """Why reviews failed or lack what the reviewer's others have, and how often, the most frequent first."""
    found = Counter(review.reason for review in reviews if review.status == "failed")
    answered = [review for review in reviews if review.status == "ok"]
    if scores:
        found["answered without a score, which counts as wrong there"] = sum(r.overall is None for r in answered)
    if decisions:
        found["answered without a decision, which counts as wrong there"] = sum(r.decision is None for r in answered)
    return {reason: count for reason, count in found.most_common() if count}


def _usage(reviews: Sequence[Told]) -> MeanUsage:
    saved = [_field(review, "panel", dict).get("calls_saved") for review in reviews]
    names = ("calls", "tokens_in", "tokens_cached", "tokens_out")
    means = {name: float(np.mean([getattr(review.usage, name) for review in reviews])) for name in names}
    return MeanUsage(**means, calls_saved=float(np.mean([n if isinstance(n, int) else 0 for n in saved])))


def _members(reviews: Sequence[Told]) -> float:
    answers = [_field(review, "panel", dict).get("members") for review in reviews if review.status == "ok"]
    return float(np.mean([len(found) for found in answers if isinstance(found, list)] or [0]))


def _findings(reviews: Sequence[Told]) -> dict[str, int]:
    found = {kind: sum(bool(_field(r, "findings", dict).get(kind)) for r in reviews) for kind in FINDINGS}
    return {kind: count for kind, count in found.items() if count}


def _field(review: Told, name: str, kind: type[Container]) -> Container:
    """A field that panels write; empty where a review of other origin has something else of that name."""
    value = review.fields.get(name)
    return value if isinstance(value, kind) else kind()


def _percentile(review: Told) -> float | None:
    """The percentile that the review gives; None where it gives none, or something else of that name."""
    value = review.fields.get(PERCENTILE)
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= 100 else None


def _imputed(values: list[float | None], wrong: Floats) -> Floats | None:
    """The values with the wrong answer where there is none; None where the reviewer never gives one."""
    if all(value is None for value in values):
        return None
    return np.array([bad if value is None else value for value, bad in zip(values, wrong, strict=True)], dtype=float)
