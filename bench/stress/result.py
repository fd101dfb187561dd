"""What a stress run gives: for each reviewer its scores and all its figures, from the files of the run alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, Field

from ...data.errors import InputError
from ..load_outcomes import load_outcomes
from ..memory import MemoryRow, age_remark, memory_rows
from ..run import RunReviewer
from .attacker import Way, on_record, way_of
from .collect import collect, reviews_of
from .columns import StressScores
from .figures import RatedFigures, StressFigures
from .flaw_marks import FlawMarks, marks_of, naming_of
from .flaw_naming import FlawNaming, flaws_by_paper
from .flaws import flaws_of
from .measure import rated_figures, stress_figures
from .records import FormRecord
from .rewrites import Rewrites, refusals
from .run import StressRun


class ReviewerStress(BaseModel):
    """One reviewer's figures."""

    fingerprint: str
    figures: StressFigures
    rated: RatedFigures
    naming: FlawNaming | None = Field(default=None, description="whether reviews of intact papers name planted flaws")
    naming_missing: str = Field(default="", description="why there is no such figure")
    notes: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class StressOutcome:
    """A reviewer's scores and figures."""

    entry: RunReviewer
    scores: StressScores
    stress: ReviewerStress
    flaws: FlawMarks | None = None
    """What the rules say of its reviews of papers with planted flaws; None where there are no such papers."""


def measured(run: StressRun) -> list[StressOutcome]:
    """The figures of each reviewer that has reviewed every intact paper. Raises InputError where none has."""
    known = run.forms()
    words = {form.paper: form.words for form in known.values() if form.id == form.paper}
    lengths = [words.get(paper, 0) for paper in run.stress.papers]
    memories = _memories(run)
    found: list[StressOutcome] = []
    for entry in run.record.reviewers:
        if entry.name.startswith("recall:"):
            continue
        scores = collect(run, entry, _ways(run, entry, known))
        if not scores.columns or not scores.intact.complete:
            continue
        rated = rated_figures(scores, lengths, run.record.judgements, run.record.card)
        rated.memory = memories.get(entry.name)
        rated.age = age_remark(entry.traits, run.record.card)
        marks, missing = _marks(run, entry)
        naming = naming_of(entry.name, scores.papers, marks) if marks else None
        if naming and naming.silent:
            naming, missing = None, "its reviews have no words that could name a flaw"
        one = ReviewerStress(
            fingerprint=entry.fingerprint,
            figures=stress_figures(scores),
            rated=rated,
            naming=naming,
            naming_missing=missing,
            notes=_notes(run, entry, scores),
        )
        found.append(StressOutcome(entry, scores, one, marks))
    if not found:
        raise InputError(f"{run.folder}: no reviewer has reviewed all papers; start the same command again to continue")
    return found


def _ways(run: StressRun, entry: RunReviewer, known: Mapping[str, FormRecord]) -> dict[str, dict[str, Way]]:
    """By attack and paper."""
    reviews, record = reviews_of(run, entry).get(0, {}), run.stress
    return {
        attack.name: {
            paper: way_of(attack, paper, reviews, on_record(known, attack), record.seed) for paper in record.attacked
        }
        for attack in record.attacks
    }


def _memories(run: StressRun) -> dict[str, MemoryRow]:
    if not any(entry.recall_by for entry in run.record.reviewers):
        return {}
    humans, machines = load_outcomes(run)
    return {row.reviewer: row for row in memory_rows(humans, machines)}


def _marks(run: StressRun, entry: RunReviewer) -> tuple[FlawMarks | None, str]:
    """What the rules say of the reviews of papers with planted flaws; else why there is nothing to say."""
    try:
        flaws = flaws_by_paper(run.record.judgements, flaws_of(run.record.dataset))
    except InputError as missing:
        return None, str(missing)
    return marks_of(run.stress.papers, reviews_of(run, entry), flaws), ""


def _notes(run: StressRun, entry: RunReviewer, scores: StressScores) -> list[str]:
    """What to know before using the figures."""
    notes = [*run.record.notes, *run.failure_notes([entry.name])]
    half = [f"{c.name} at {c.strength:g}" for c in scores.columns if not c.complete]
    if half:
        notes.append(f"not all reviewed and left out: {', '.join(half)}; start the same command again to continue")
    rewrites = Rewrites()
    rewrites.read(run.rewrites_path)
    notes += [line for line in [refusals(rewrites.known.values())] if line]
    if run.record.card.labels == "constructed":
        notes.append("The decisions are constructed by the dataset's authors, not those of humans.")
    seen = sum(p.key in entry.traits.trained_on for p in scores.papers)
    if seen:
        notes.append(f"It was fitted on {seen} of these papers: its AUC is in-sample.")
    return notes
