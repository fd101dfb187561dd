"""metrics.json: everything that a table, a plot or a leaderboard needs from a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from pydantic import BaseModel, Field

from ..data.files import write_json
from ..data.records import DatasetCard
from ..llm.ledger_file import StageSpend, stage_spend
from ..statistics.agreement import committee_aucs, human_agreement, human_halves
from ..statistics.bootstrap import chosen_groups, drawn_papers
from ..statistics.estimate import Estimate
from .audit.records import AuditSummary
from .compare import PairRow, RankRow, compare, rank
from .evaluate import evaluate
from .floors import floor_notes
from .load_outcomes import load_outcomes
from .memory import MemoryRow, age_notes, age_remark, memory_rows
from .mixes import Mix, chosen_mixes
from .notes import memory_notes, other_texts, run_notes, same_decisions, text_notes
from .outcomes import Humans, Machine
from .records import Calibration, ReviewerMetrics
from .repeats import RepeatRow, repeat_rows
from .resampled import DRAWS, Bootstrap
from .run import Run, RunDataset
from .sealing.notes import SealFigures, seal_notes
from .terms import Terms, measure_terms


class CeilingRow(BaseModel):
    """What humans reach on the same papers."""

    name: str
    note: str
    n: int
    contaminated: bool = Field(description="these reviewers helped to decide, so that the figure flatters")
    model: bool = Field(default=False, description="computed from a model of ratings: no such humans judged")
    metrics: dict[str, Estimate]


class RunMetrics(BaseModel):
    """All metrics of a run."""

    dataset: RunDataset
    card: DatasetCard
    n: int
    accepted: int
    draws: int
    seed: int
    reviewers: list[ReviewerMetrics]
    ceilings: list[CeilingRow]
    ranks: list[RankRow]
    pairs: list[PairRow] = Field(default_factory=list, description="paired tests, as those of `peerassay compare`")
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
    seal: SealFigures | None = Field(default=None, description="the seal that the scores come from")
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
) -> tuple[RunMetrics, Humans, list[Machine]]:
    """The metrics of a run's complete reviewers, and the arrays behind them; also written to metrics.json.

    `mixes` are those at which the AUC is given, see `chosen_mixes`; None: the ones that are always shown.

    Raises InputError where no reviewer is complete, all papers are of one class, or the ledger is corrupt.
    """
    calibrations = calibrations or {}
    humans, machines = load_outcomes(run)
    bootstrap = Bootstrap(humans, draws, seed)
    reviewers: list[ReviewerMetrics] = []
    for number, machine in enumerate(machines, start=1):
        progress(f"statistics of {machine.name} ({number} of {len(machines)}; {draws:,} draws)")
        reviewers.append(evaluate(humans, machine, bootstrap, calibration=calibrations.get(machine.name)))
    memory = memory_rows(humans, machines)
    texts = other_texts(machines, run.record.dataset.text)
    seal = run.record.seal
    dated = [] if seal and seal.memory == "impossible" else machines
    ages = {m.name: remark for m in dated if (remark := age_remark(m.traits, run.record.card))}
    progress("ranks, and what humans reach")
    ranks = rank(humans, machines, bootstrap)
    floors = {r.name for r in reviewers if r.kind == "floor"}
    terms = measure_terms(humans, machines, bootstrap, chosen_mixes(()) if mixes is None else mixes, seed)
    figures = RunMetrics(
        dataset=run.record.dataset,
        card=run.record.card,
        n=len(humans),
        accepted=int(humans.accepted.sum()),
        draws=draws,
        seed=seed,
        reviewers=reviewers,
        ceilings=ceilings(humans, seed),
        ranks=ranks,
        pairs=compare(humans, _tested(machines), bootstrap, calibrations=calibrations),
        spend=stage_spend(run.ledger_path),
        audit=audit,
        terms=terms,
        memory=memory,
        ages=ages,
        texts=texts,
        repeats=repeat_rows(run, humans, machines, draws=draws, seed=seed),
        seal=SealFigures.of(seal) if seal else None,
        notes=[
            *(seal_notes(seal) if seal else ()),
            *same_decisions(humans, machines),
            *floor_notes(ranks, floors),
            *run_notes(run, reviewers, calibrations, {row.name: row for row in terms.outages}),
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


def _tested(machines: Sequence[Machine]) -> list[Machine]:
    """The reviewers that were asked for; where that is one alone or none, all that score, the automatic rows too."""
    asked = [machine for machine in machines if not machine.automatic]
    return asked if len(asked) > 1 else [m for m in machines if m.score is not None and len(np.unique(m.score)) > 1]


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
    reached = committee_aucs(ratings, accepted, drawn_papers(accepted, 1000, seed, groups=groups))
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
