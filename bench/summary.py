"""metrics.json: everything that a table, a plot or a leaderboard needs from a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from pydantic import BaseModel, Field

from ..data.files import write_json
from ..data.records import DatasetCard
from ..llm.ledger import StageSpend, stage_spend
from ..presentation.numbers import counted, show
from ..statistics.agreement import committee_aucs, human_agreement, human_halves
from ..statistics.bootstrap import chosen_groups, stratified_counts
from ..statistics.estimate import Estimate
from .audit.records import AuditSummary
from .compare import RankRow, rank
from .evaluate import DRAWS, Bootstrap, evaluate
from .matched_tables import unmatched_note
from .memory import MemoryRow, age_notes, age_remark, memory_rows
from .memory_tables import memory_notes
from .mixes import Mix, chosen_mixes
from .outcomes import Humans, Machine, load_outcomes
from .records import Calibration, ReviewerFigures
from .repeats import RepeatRow, repeat_rows
from .run import Run, RunDataset
from .terms import OutageRow, Terms, measure_terms
from .texts import other_texts, text_notes

FINDING_WORDS = {
    "hidden": "hidden characters taken out of",
    "injections": "text addressed to the reviewer (removed unless injections=keep) in",
    "cut": "cut to the length limit:",
}


class CeilingRow(BaseModel):
    """What humans reach on the same papers."""

    name: str
    note: str
    n: int
    contaminated: bool = Field(description="these reviewers helped to decide, so that the figure flatters")
    model: bool = Field(default=False, description="computed from a model of ratings: no such humans judged")
    metrics: dict[str, Estimate]


class RunFigures(BaseModel):
    """All figures of a run."""

    dataset: RunDataset
    card: DatasetCard
    n: int
    accepted: int
    draws: int
    seed: int
    reviewers: list[ReviewerFigures]
    ceilings: list[CeilingRow]
    ranks: list[RankRow]
    spend: list[StageSpend] = Field(default_factory=list, description="what the run paid for calls of models")
    audit: AuditSummary | None = None
    terms: Terms = Field(default_factory=Terms, description="figures that put reviewers on equal terms")
    ages: dict[str, str] = Field(
        default_factory=dict, description="by reviewer: what the dates of model and decisions say of its memory"
    )
    texts: dict[str, str] = Field(
        default_factory=dict, description="by reviewer: the text of stored reviews, where it is not the run's"
    )
    repeats: list[RepeatRow] = Field(default_factory=list, description="how reviewers agree with themselves")
    memory: list[MemoryRow] = Field(default_factory=list, description="what reviewers recall of the papers")
    notes: list[str]

    @property
    def remembered(self) -> set[str]:
        """The reviewers whose scores may be memory, so that nothing is said of their worth in humans."""
        return {row.reviewer for row in self.memory if row.tells}

    @property
    def base_rate(self) -> float:
        """Share of accepted papers among those of the run, in [0, 1]."""
        return self.accepted / self.n


def summarise(
    run: Run,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    calibrations: Mapping[str, Calibration] | None = None,
    audit: AuditSummary | None = None,
    mixes: Mapping[str, Mix] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[RunFigures, Humans, list[Machine]]:
    """The figures of a run's complete reviewers, and the arrays behind them; also written to metrics.json.

    `mixes` are those at which the AUC is given, see `chosen_mixes`; None: the ones that are always shown.

    Raises InputError where no reviewer is complete, all papers are of one class, or the ledger is corrupt.
    """
    calibrations = calibrations or {}
    humans, machines = load_outcomes(run)
    bootstrap = Bootstrap(humans, draws, seed)
    reviewers: list[ReviewerFigures] = []
    for number, machine in enumerate(machines, start=1):
        progress(f"statistics of {machine.name} ({number} of {len(machines)}; {draws:,} draws)")
        reviewers.append(evaluate(humans, machine, bootstrap, calibration=calibrations.get(machine.name)))
    memory = memory_rows(humans, machines)
    texts = other_texts(machines, run.record.dataset.text)
    ages = {m.name: remark for m in machines if (remark := age_remark(m.traits, run.record.card))}
    progress("ranks, and what humans reach")
    terms = measure_terms(humans, machines, bootstrap, chosen_mixes(()) if mixes is None else mixes, seed)
    figures = RunFigures(
        dataset=run.record.dataset,
        card=run.record.card,
        n=len(humans),
        accepted=int(humans.accepted.sum()),
        draws=draws,
        seed=seed,
        reviewers=reviewers,
        ceilings=ceilings(humans, seed),
        ranks=rank(humans, machines, bootstrap),
        spend=stage_spend(run.ledger_path),
        audit=audit,
        terms=terms,
        memory=memory,
        ages=ages,
        texts=texts,
        repeats=repeat_rows(run, humans, machines, draws=draws, seed=seed),
        notes=[
            *_same_decisions(humans, machines),
            *_notes(run, reviewers, calibrations, {row.name: row for row in terms.outages}),
            *run.failure_notes([row.name for row in reviewers if row.reviewed < row.n]),
            *run.record.notes,
            *terms.notes,
            *memory_notes(memory),
            *age_notes(ages),
            *text_notes(texts),
        ],
    )
    write_json(run.folder / "metrics.json", figures.model_dump(mode="json"))
    return figures, humans, machines


def ceilings(humans: Humans, seed: int = 0) -> list[CeilingRow]:
    """Human rows: halves against each other, one against another, against the decision, and what a model says."""
    rows: list[CeilingRow] = []
    enough = sum(len(ratings) >= 4 for ratings in humans.ratings)
    if enough >= 20:
        halves = human_halves(humans.ratings, humans.accepted, groups=humans.groups, seed=seed)
        rows.append(
            CeilingRow(
                name="human halves, 2 vs 2",
                note="two reviewers of a paper against two others, same selectivity",
                n=halves.papers,
                contaminated=False,
                metrics={
                    "auc": halves.auc,
                    "balanced_accuracy": halves.balanced_accuracy,
                },
            )
        )
    if sum(len(ratings) >= 2 for ratings in humans.ratings) >= 20:
        agreement = human_agreement(humans.ratings, humans.accepted, groups=humans.groups, seed=seed)
        n = agreement.papers
        rows += [
            CeilingRow(
                name="two human reviewers",
                note="one rating against another of the same paper; ICC(1) and ICC(k)",
                n=n,
                contaminated=False,
                metrics={
                    "spearman": agreement.spearman,
                    "icc_single": agreement.icc_single,
                    "icc_mean": agreement.icc_mean,
                },
            ),
            CeilingRow(
                name="single human vs decision",
                note="this reviewer helped to decide",
                n=n,
                contaminated=True,
                metrics={"auc": agreement.single_rating_auc},
            ),
            CeilingRow(
                name="mean human rating vs decision",
                note="these ratings made the decision",
                n=n,
                contaminated=True,
                metrics={"auc": agreement.mean_rating_auc},
            ),
            *_committees(humans, seed),
        ]
    return rows


def _committees(humans: Humans, seed: int) -> list[CeilingRow]:
    """What the model says of fresh committees, on papers with two ratings."""
    rated = np.array([len(ratings) >= 2 for ratings in humans.ratings])
    ratings, accepted = [r for r in humans.ratings if len(r) >= 2], humans.accepted[rated]
    groups = chosen_groups(humans.groups, rated)
    reached = committee_aucs(ratings, accepted, stratified_counts(accepted, 1000, seed, groups=groups))
    return [
        CeilingRow(
            name=name,
            note="model: normal ratings with the measured reliabilities; no such humans judged",
            n=auc.n,
            contaminated=False,
            model=True,
            metrics={"auc": auc},
        )
        for name, auc in reached.items()
        if auc.value is not None
    ]


def _notes(
    run: Run,
    reviewers: list[ReviewerFigures],
    calibrations: Mapping[str, Calibration],
    outages: Mapping[str, OutageRow],
) -> list[str]:
    dataset, card = run.record.dataset, run.record.card
    notes: list[str] = []
    if card.labels == "constructed":
        notes.append("Labels are constructed, not human: this shows whether sound can be told from flawed, no more.")
    if dataset.text == "none":
        notes.append(
            "No texts: the floors that read them (length, header, surface), the learned reviewer and the leak audit "
            "are left out; `data import` of the papers and `bench` have them."
        )
        notes += [f"{note}." for note in card.notes]
    elif dataset.text == "raw":
        notes.append("Raw text (--raw): nothing was scrubbed, so that figures may come from leaks.")
    elif card.text_version in ("latest", "camera-ready"):
        notes.append(
            "Texts are the latest versions. Scrubbing removes what names the outcome; what authors changed in the "
            "science after the reviews cannot be removed and still favours accepted papers."
        )
    unmatched = unmatched_note(reviewers)
    if unmatched:
        notes.append(unmatched)
    shown = {figures.name for figures in reviewers}
    for entry in run.record.reviewers:
        if entry.name not in shown:
            notes.append(f"{entry.name} has not reviewed all papers yet and is left out; start its command again.")
        elif entry.name in calibrations and calibrations[entry.name].fingerprint != entry.fingerprint:
            notes.append(
                f"The calibration of {entry.name} was fitted on other reviews of that name: check that they fit."
            )
        notes += [f"{entry.name}: {note}." for note in entry.notes]
    for figures in reviewers:
        if figures.in_sample:
            notes.append(f"{figures.name} was fitted on {figures.in_sample} of these {figures.n} papers: in-sample.")
        if figures.reviewed < figures.n:
            notes.append(_coverage_note(figures, outages.get(figures.name)))
        if figures.findings:
            found = "; ".join(
                f"{FINDING_WORDS[kind]} {counted(count, 'paper')}" for kind, count in figures.findings.items()
            )
            notes.append(f"{figures.name} on reading: {found}.")
    return notes


def _coverage_note(figures: ReviewerFigures, outage: OutageRow | None) -> str:
    """How many reviews are missing, and what the others alone would give."""
    note = f"{figures.name}: {figures.n - figures.reviewed} of {figures.n} reviews failed and count as wrong"
    if outage is None:
        return f"{note}."
    return (
        f"{note}, hence its AUC of {show(outage.wrong, interval=False)}; on the {outage.complete.n} papers that it "
        f"scored alone (coverage {figures.coverage:.0%}) it is {show(outage.complete)}."
    )


def _same_decisions(humans: Humans, machines: Sequence[Machine]) -> list[str]:
    """A warning of stored decisions that are too good to be a reviewer's."""
    return [
        f"{m.name}: its own decisions are the same as the human ones on all {len(humans)} papers: is that column the "
        f"human decision? --map decision= leaves it out."
        for m in machines
        if m.traits.kind == "replay" and m.decision is not None and len(humans) >= 20 and m.ok.all()
        if (m.decision == humans.accepted).all()
    ]
