"""What a stress run gives: for each reviewer its scores and all its figures, from the files of the run alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from ...data.errors import InputError
from ..load_outcomes import load_outcomes
from ..memory import MemoryRow, age_remark, memory_rows
from ..run import RunReviewer
from .attacker import Attack, Way
from .collect import collect, reviews_of
from .columns import StressScores
from .figures import RatedFigures, StressFigures
from .forms import Forms
from .measure import rated_figures, stress_figures
from .run import StressRun


class ReviewerStress(BaseModel):
    """One reviewer's figures."""

    fingerprint: str
    figures: StressFigures
    rated: RatedFigures
    notes: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class StressOutcome:
    """A reviewer's scores and figures."""

    entry: RunReviewer
    scores: StressScores
    stress: ReviewerStress


def measured(run: StressRun, attacks: Sequence[Attack] = (), forms: Forms | None = None) -> list[StressOutcome]:
    """The figures of each reviewer that has reviewed every intact paper.

    `attacks` with the forms they wrote: those of this start. Raises InputError where no reviewer has.
    """
    words = {form.paper: form.words for form in run.forms().values() if form.id == form.paper}
    lengths = [words.get(paper, 0) for paper in run.stress.papers]
    memories = _memories(run)
    found: list[StressOutcome] = []
    for entry in run.record.reviewers:
        if entry.name.startswith("recall:"):
            continue
        scores = collect(run, entry, _ways(run, entry, attacks, forms))
        if not scores.columns or not scores.intact.complete:
            continue
        rated = rated_figures(scores, lengths, run.record.judgements, run.record.card)
        rated.memory = memories.get(entry.name)
        rated.age = age_remark(entry.traits, run.record.card)
        one = ReviewerStress(
            fingerprint=entry.fingerprint, figures=stress_figures(scores), rated=rated, notes=_notes(run, entry, scores)
        )
        found.append(StressOutcome(entry, scores, one))
    if not found:
        raise InputError(f"{run.folder}: no reviewer has reviewed all papers; start the same command again to continue")
    return found


def _ways(
    run: StressRun, entry: RunReviewer, attacks: Sequence[Attack], forms: Forms | None
) -> Mapping[str, Mapping[str, Way]]:
    if forms is None:
        return {}
    reviews = reviews_of(run, entry).get(0, {})
    papers = [form.id for form in forms.known.values() if form.id == form.paper]
    return {attack.name: {p: attack.way(forms, p, reviews) for p in papers} for attack in attacks}


def _memories(run: StressRun) -> dict[str, MemoryRow]:
    if not any(entry.recall_by for entry in run.record.reviewers):
        return {}
    humans, machines = load_outcomes(run)
    return {row.reviewer: row for row in memory_rows(humans, machines)}


def _notes(run: StressRun, entry: RunReviewer, scores: StressScores) -> list[str]:
    """What to know before using the figures."""
    notes = [*run.record.notes, *run.failure_notes([entry.name])]
    half = [f"{c.name} at {c.strength:g}" for c in scores.columns if not c.complete]
    if half:
        notes.append(f"not all reviewed and left out: {', '.join(half)}; start the same command again to continue")
    if run.record.card.labels == "constructed":
        notes.append("The decisions are constructed by the dataset's authors, not those of humans.")
    seen = sum(p.key in entry.traits.trained_on for p in scores.papers)
    if seen:
        notes.append(f"It was fitted on {seen} of these papers: its AUC is in-sample.")
    return notes
