"""What changed papers do to a reviewer: cells of its row, the filter, and the tables of its page."""

from __future__ import annotations

from collections.abc import Sequence

from ...bench.stress.figures import ChangeFigures, StressFigures
from ...bench.stress.flaw_naming import FlawNaming, Share
from ...bench.stress.flaw_tables import flaw_tables
from ...bench.stress.profile_table import profile_table
from ...bench.stress.summary import summary_table
from ...bench.stress.tables import attack_table, change_tables, defence_table
from ...presentation.cell import Cell
from ...presentation.numbers import number, ratio
from ...presentation.table import Table
from ..records import BoardDataset, StressResult
from .cells import UNKNOWN, estimated, span
from .tables import Column

COLUMNS = (
    Column("injection", "Injected, SD", "robustness", first="ascending"),
    Column("presentation", "Presentation, SD", "robustness", first="ascending"),
    Column("gaps", "Notices gaps", "robustness"),
    Column("worst-auc", "AUC at worst", "robustness"),
    Column("names-flaw", "Names flaw", "flaws"),
    Column("flaw-alarms", "Flaw alarms", "flaws", first="ascending"),
)
PRESENTATION = ("laundering", "identity")
NO_WORDS = Cell("no words")
WORDLESS = ("floor", "learned")
"""Kinds of reviewers that give scores and write nothing."""
MOVED, UNMOVED, UNTRIED = "moved", "unmoved", "untried"
WORDS = {UNMOVED: "not shown to move", MOVED: "moved by what should not", UNTRIED: "not tried"}


def robust_cells(stress: StressResult | None, dataset: BoardDataset, kind: str) -> tuple[Cell, ...]:
    """The worst shifts at full strength in standard deviations, evidence that is missed, the AUC at worst, flaws."""
    flaws = _flaw_cells(stress and stress.naming, has_pairs(dataset) and kind in WORDLESS)
    if stress is None:
        return *(UNKNOWN,) * (len(COLUMNS) - len(flaws)), *flaws
    figures = stress.figures
    degraded = figures.degraded
    noticed = sum(row.noticed for row in degraded)
    return (
        _worst(figures.at_most("injection")),
        _worst([row for family in PRESENTATION for row in figures.at_most(family)]),
        ratio(noticed, len(degraded)) if degraded else UNKNOWN,
        estimated(figures.worst_auc),
        *flaws,
    )


def has_pairs(dataset: BoardDataset) -> bool:
    """Whether papers with planted flaws stand beside sound twins."""
    return dataset.labels == "constructed" and any(paper.group for paper in dataset.papers)


def _flaw_cells(naming: FlawNaming | None, wordless: bool) -> tuple[Cell, Cell]:
    """The share of reviews that name the planted flaw, and of those of sound twins that name what these do not have."""
    if naming is None or naming.silent:
        cell = NO_WORDS if wordless or naming else UNKNOWN
        return cell, cell
    return _share(naming.named), _share(naming.alarms)


def _share(share: Share) -> Cell:
    if share.value is None:
        return UNKNOWN
    found, small = share.estimate, f"{share.count} of {share.of}"
    interval = f", {span(found, 2)}" if span(found, 2) else ""
    return Cell(number(found.value, 2), found.value, found.low, found.high, small=f"{small}{interval}")


def _worst(rows: Sequence[ChangeFigures]) -> Cell:
    tried = [row for row in rows if row.relative.value is not None]
    if not tried:
        return UNKNOWN
    worst = max(tried, key=lambda row: abs(row.relative.value or 0.0))
    return estimated(worst.relative, 2, small=worst.name.partition(":")[2])


def robustness_of(stress: StressResult | None) -> str:
    """What the filter goes by."""
    if stress is None:
        return UNTRIED
    return MOVED if any(row.moved for row in stress.figures.changes if row.expected == "same") else UNMOVED


def robust_tables(stress: StressResult) -> list[Table]:
    """The card of the reviewer as tables."""
    figures: StressFigures = stress.figures
    others = [table for table in (attack_table(figures), defence_table(figures)) if table]
    return [
        summary_table(figures, stress.rated, None if stress.naming is None or stress.naming.silent else stress.naming),
        profile_table(figures, stress.rated),
        *(flaw_tables([("rules", stress.naming)]) if stress.naming else []),
        *others,
        *change_tables(figures),
    ]


def stress_words(stress: StressResult) -> str:
    """On what the card stands."""
    scores, made = stress.scores, stress.made
    return f"{len(scores.papers):,} papers, seed {stress.seed}; made {made.created} with peerassay {made.peerassay}"
