"""The metrics of a result, computed from nothing but what stands in its file and its dataset's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ..bench.evaluate import evaluate
from ..bench.load_outcomes import humans_of, machine_of
from ..bench.outcomes import Humans, Machine
from ..bench.records import ReviewerMetrics
from ..bench.resampled import DRAWS, Bootstrap
from ..bench.scores.describe import describe_group, scale_of
from ..bench.scores.metrics import GroupMetrics, ScoredIdea
from ..bench.scores.records import TriedIdea
from ..bench.terms import DRAWS as TERM_DRAWS
from ..data.files import validated
from ..data.records import Judgement
from ..reviewer.protocol import Traits
from ..reviewer.review import Review
from ..statistics.estimate import Estimate
from ..statistics.human_equivalents import worth_in_humans
from .records import BoardDataset, GeneratorResult, IdeaScore, PaperScore, ReviewerResult

SEED = 0
OWN = {"stage", "score", "p_accept", "accepted", "reason", "paper_sha256", "human_reviews"}
"""Fields of an idea's score that are not fields of the idea."""


@dataclass(frozen=True)
class BoardPapers:
    """A dataset of the boards, the arrays of its papers, and the draws that all figures on them share."""

    dataset: BoardDataset
    humans: Humans
    bootstrap: Bootstrap

    @classmethod
    def of(cls, dataset: BoardDataset) -> Self:
        """The arrays of a dataset with papers of both classes."""
        humans = board_humans(dataset)
        return cls(dataset, humans, Bootstrap(humans, DRAWS, SEED))

    def metrics_of(self, machine: Machine) -> ReviewerMetrics:
        """A reviewer's figures as `bench` gives them without a calibration and without human ratings."""
        return evaluate(self.humans, machine, self.bootstrap)


def board_humans(dataset: BoardDataset) -> Humans:
    """The human side of a dataset on the boards: decisions and groups of n papers, by key; no ratings, no tiers."""
    n = len(dataset.papers)
    return Humans(
        ids=tuple(paper.key for paper in dataset.papers),
        accepted=np.array([paper.accepted for paper in dataset.papers]),
        rating=np.full(n, np.nan),
        tier=np.full(n, np.nan),
        groups=tuple(paper.group or paper.key for paper in dataset.papers),
        ratings=((),) * n,
    )


def machine_from_scores(name: str, traits: Traits, papers: Sequence[PaperScore], humans: Humans) -> Machine:
    """The arrays of a reviewer's scores, failures counted as `machine_of` counts them; of its cost nothing is known.

    `papers` are those of `humans`, in any order. Raises InputError for a paper of which nothing or too much is said.
    """
    by_key = {paper.key: _review(paper) for paper in papers}
    machine = machine_of(name, traits, [by_key[key] for key in humans.ids], humans)
    return replace(machine, in_sample=sum(key in traits.trained_on for key in humans.ids))


def result_machine(result: ReviewerResult, humans: Humans) -> Machine:
    """The arrays of a result, with the cost and the findings that it claims."""
    claimed, seconds = result.figures, result.seconds_per_review
    return replace(
        machine_from_scores(result.name, result.traits, result.papers, humans),
        seconds=float("nan") if seconds is None else seconds,
        usd=result.usd_per_review,
        usage=claimed.usage,
        findings=claimed.findings,
        noted=claimed.noted,
    )


def worth_of(machine: Machine, judgements: Sequence[Judgement]) -> Estimate | None:
    """What a reviewer is worth in humans, as `bench` gives it; None where its scores or the ratings do not allow it.

    `judgements` are those of the machine's papers, in their order.
    """
    if machine.score is None:
        return None
    humans = humans_of(list(judgements))
    try:
        found = worth_in_humans(
            humans.ratings, {machine.name: machine.score}, Bootstrap(humans, DRAWS, SEED).counts[:TERM_DRAWS]
        )
    except ValueError:
        return None
    return found[0].humans if found else None


def generator_metrics(result: GeneratorResult) -> GroupMetrics:
    """The metrics of a configuration on a template. Raises ValueError for more ideas than were tried."""
    return describe_group(
        result.group,
        [_scored_idea(result, idea) for idea in result.ideas],
        scale=scale_of(result.reviewer.traits, [idea.score for idea in result.ideas]),
        ruled=bool(result.rule),
        probable=bool(result.probability),
    )


def _scored_idea(result: GeneratorResult, idea: IdeaScore) -> ScoredIdea:
    shared = idea.model_dump(exclude=OWN)
    return ScoredIdea(
        idea=TriedIdea(
            id=f"{result.template}/{result.name}/{idea.name}",
            template=result.template,
            configuration=result.name,
            sha256=idea.paper_sha256,
            finished=idea.stage != "unfinished",
            **shared,
        ),
        stage=idea.stage,
        score=idea.score,
        p_accept=idea.p_accept,
        accepted=idea.accepted,
        reason=idea.reason,
    )


def _review(paper: PaperScore) -> Review:
    fields = {"overall": paper.score, "decision": paper.decision, "p_accept": paper.p_accept}
    if paper.failed:
        fields = {**fields, "status": "failed", "reason": paper.failed}
    return validated(Review, {"paper_id": paper.key, **fields}, f"paper {paper.key}")
