"""Reviews by people beside those of the table's reviewer, of the same versions of papers: scores, decisions, agreement.

A paper counts once, however many people have reviewed it: its values are means over their reviews.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean

import numpy as np

from ...generator.human_reviews.record import HumanReviews
from ...statistics.estimate import ENOUGH, PAPERS, Estimate, mean_estimate, share_estimate
from ...statistics.rank_metrics import spearman
from .metrics import PeopleFigures, PersonBeside, ScoredIdea
from .records import PersonScore, ScoreRecord

DRAWS = 10_000


def people_of(folder: Path) -> tuple[PersonScore, ...]:
    """What people have said of the paper of an idea's folder. Raises InputError for a wrong file."""
    return tuple(
        PersonScore(
            by=one.by,
            sha256=one.sha256,
            score=one.review.overall,
            scale=one.scale,
            decision=one.review.decision,
            machine_fingerprint=one.machine.fingerprint if one.machine else "",
            machine_score=one.machine.overall if one.machine else None,
            machine_decision=one.machine.decision if one.machine else None,
        )
        for one in HumanReviews.read(folder).made
    )


def beside_people(
    record: ScoreRecord, ideas: Sequence[ScoredIdea], scale: tuple[float, float] | None, *, seed: int = 0
) -> PeopleFigures | None:
    """Every review by a person with this reviewer's of the same version, and how far they agree; None without any.

    Differences are on one scale alone. The rank correlation is over papers; where people had forms with different
    scales there is none.
    """
    rows = [_beside(record, scored, said, scale) for scored in ideas for said in scored.idea.people]
    if not rows:
        return None
    same = _by_paper(rows, lambda row: None if row.agrees is None else float(row.agrees))
    apart = _by_paper(rows, lambda row: row.difference)
    both = [row for row in rows if row.score is not None and row.reviewer_score is not None]
    people, machine = _by_paper(both, lambda row: row.score), _by_paper(both, lambda row: row.reviewer_score)
    return PeopleFigures(
        rows=rows,
        same_decision=_share(same) if same else None,
        difference=mean_estimate(apart) if apart else None,
        rank_correlation=_correlation(people, machine, seed) if len({row.scale for row in both}) == 1 else None,
    )


def _beside(
    record: ScoreRecord, scored: ScoredIdea, said: PersonScore, scale: tuple[float, float] | None
) -> PersonBeside:
    """This reviewer's score of that version: of the paper that is scored now, or the one that the run has kept."""
    score, decision = None, None
    if said.sha256 == scored.idea.sha256 and scored.score is not None:
        score = scored.score
        decision = None if scored.accepted is None else "accept" if scored.accepted else "reject"
    elif said.machine_fingerprint == record.reviewer.fingerprint:
        score, decision = said.machine_score, said.machine_decision
    comparable = said.score is not None and score is not None and said.scale == scale
    return PersonBeside(
        idea=scored.idea.id,
        by=said.by,
        score=said.score,
        scale=said.scale,
        decision=said.decision,
        reviewer_score=score,
        reviewer_decision=decision,
        difference=said.score - score if comparable and said.score is not None and score is not None else None,
    )


def _by_paper(rows: Sequence[PersonBeside], value: Callable[[PersonBeside], float | None]) -> list[float]:
    """The mean of each paper's values, in the order of the papers."""
    found: dict[str, list[float]] = {}
    for row in rows:
        if (number := value(row)) is not None:
            found.setdefault(row.idea, []).append(number)
    return [fmean(values) for values in found.values()]


def _share(values: Sequence[float]) -> Estimate:
    if len(values) < ENOUGH:
        return Estimate(value=fmean(values), n=len(values))
    if set(values) <= {0.0, 1.0}:
        return share_estimate(round(sum(values)), len(values))
    return mean_estimate(values, within=(0, 1))


def _correlation(people: Sequence[float], machine: Sequence[float], seed: int) -> Estimate | None:
    """Spearman's, with the percentile interval over papers drawn with replacement; None where a side is constant."""
    if len(set(people)) < 2 or len(set(machine)) < 2:
        return None
    n = len(people)
    value = float(np.asarray(spearman(people, machine)))
    if n < PAPERS:
        return Estimate(value=value, n=n, few=True)
    counts = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=DRAWS)
    return Estimate.of(value, spearman(people, machine, sample_weight=counts), n)
