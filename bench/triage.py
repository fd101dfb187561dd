"""What a reviewer is good for short of deciding all papers: figures of selective use, from a run's stored reviews."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic_core import to_jsonable_python

from ..data.errors import InputError
from ..statistics.arrays import Floats
from ..statistics.bootstrap import stratified_counts
from ..statistics.calibration import PlattCalibrator
from ..statistics.committee import SEATS, Seat, committee_seats
from ..statistics.cross_fitting import cross_fit
from ..statistics.selective import Abstention, Lowest, RiskCoverage, abstain, lowest, risk_coverage
from .load_outcomes import load_outcomes
from .outcomes import Humans, Machine
from .presented import short_names
from .run import Run

DRAWS = 2000
FEWEST = 20
"""Papers with four ratings below which no committee is put together."""


@dataclass(frozen=True)
class TriageRow:
    """One reviewer's figures."""

    reviewer: str
    curve: RiskCoverage
    abstention: Abstention
    lowest: tuple[Lowest, ...]
    usd: float | None
    """US dollars for all submissions; None where a price is unknown."""
    hours: float | None
    """Hours for all submissions; None where the time of a review is not known."""


@dataclass(frozen=True)
class Triage:
    """The figures of a run: a row per reviewer with scores, and seats on a committee where ratings allow."""

    n: int
    accepted: int
    submissions: int
    concurrency: int
    rows: tuple[TriageRow, ...]
    seats: tuple[Seat, ...]
    seated: int
    """Papers with ratings enough for a committee of three and another human."""
    notes: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """All of it as plain values."""
        return to_jsonable_python(self)


def triage(
    run: Run,
    *,
    bound: float,
    shares: Sequence[float],
    submissions: int,
    concurrency: int,
    seed: int = 0,
    progress: Callable[[str], None] = lambda _: None,
) -> Triage:
    """The figures of all reviewers of a run that give scores.

    P(accept) is Platt's, fitted on the other folds of the run's own papers; a paper is accepted from one half on, and
    the distance from it is the confidence; whoever says one and the same of all papers is as sure of each.

    Raises InputError where no reviewer gives scores, or none has reviewed all papers.
    """
    humans, machines = load_outcomes(run)
    short = short_names([machine.name for machine in machines])
    machines = [replace(machine, name=short.get(machine.name) or machine.name) for machine in machines]
    scored = {machine.name: machine.score for machine in machines if machine.score is not None}
    if not scored:
        raise InputError(f"{run.folder}: no reviewer gives scores; what is decided without them cannot be put in order")
    counts = stratified_counts(humans.accepted, DRAWS, seed, groups=humans.groups)
    rows = []
    for machine in machines:
        if machine.score is not None:
            progress(f"selective use of {machine.name}")
            rows.append(_row(humans, machine, machine.score, counts, bound, shares, submissions, concurrency))
    progress("committees of three")
    seated = sum(len(ratings) > SEATS for ratings in humans.ratings)
    seats, notes = _seats(humans, scored, seated, seed)
    return Triage(
        n=len(humans),
        accepted=int(humans.accepted.sum()),
        submissions=submissions,
        concurrency=concurrency,
        rows=tuple(rows),
        seats=tuple(seats),
        seated=seated,
        notes=tuple(notes),
    )


def _row(
    humans: Humans,
    machine: Machine,
    score: Floats,
    counts: np.ndarray,
    bound: float,
    shares: Sequence[float],
    submissions: int,
    concurrency: int,
) -> TriageRow:
    accepted = humans.accepted.astype(int)
    probability = cross_fit(accepted, score, PlattCalibrator.fit, groups=humans.groups)
    wrong = ((probability >= 0.5) != humans.accepted) | ~machine.ok
    said = np.unique(score[machine.ok])
    confidence = abs(probability - 0.5) if len(said) > 1 else np.zeros(len(score))
    seconds = machine.seconds
    return TriageRow(
        reviewer=machine.name,
        curve=risk_coverage(wrong, confidence, counts),
        abstention=abstain(accepted, wrong, confidence, bound, groups=humans.groups),
        lowest=tuple(lowest(accepted, score, share) for share in shares),
        usd=None if machine.usd is None else machine.usd * submissions,
        hours=None if np.isnan(seconds) else seconds * submissions / concurrency / 3600,
    )


def _seats(humans: Humans, scored: dict[str, Floats], seated: int, seed: int) -> tuple[list[Seat], list[str]]:
    if seated < FEWEST:
        return [], [f"No committees: {seated} papers have more than {SEATS} human ratings, {FEWEST} are needed."]
    try:
        return committee_seats(humans.ratings, humans.accepted, scored, groups=humans.groups, seed=seed), []
    except ValueError as error:
        return [], [f"No committees: {error}."]
