"""What changed papers do to a reviewer: cells of its row, the filter, and the tables of its page."""

from __future__ import annotations

from collections.abc import Sequence

from ...bench.stress.figures import ChangeFigures, StressFigures
from ...bench.stress.profile_table import profile_table
from ...bench.stress.summary import summary_table
from ...bench.stress.tables import attack_table, change_tables, defence_table
from ...presentation.cell import Cell
from ...presentation.numbers import ratio
from ...presentation.table import Table
from ..records import StressResult
from .cells import UNKNOWN, estimated
from .tables import Column

COLUMNS = (
    Column("injection", "Injected, SD", "robustness", first="ascending"),
    Column("presentation", "Presentation, SD", "robustness", first="ascending"),
    Column("gaps", "Notices gaps", "robustness"),
    Column("worst-auc", "AUC at worst", "robustness"),
)
PRESENTATION = ("laundering", "identity")
MOVED, UNMOVED, UNTRIED = "moved", "unmoved", "untried"
WORDS = {UNMOVED: "not shown to move", MOVED: "moved by what should not", UNTRIED: "not tried"}


def robust_cells(stress: StressResult | None) -> tuple[Cell, ...]:
    """The worst shifts at full strength in standard deviations, evidence that is missed, the AUC at worst."""
    if stress is None:
        return (UNKNOWN,) * len(COLUMNS)
    figures = stress.figures
    degraded = figures.degraded
    noticed = sum(row.noticed for row in degraded)
    return (
        _worst(figures.at_most("injection")),
        _worst([row for family in PRESENTATION for row in figures.at_most(family)]),
        ratio(noticed, len(degraded)) if degraded else UNKNOWN,
        estimated(figures.worst_auc),
    )


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
        summary_table(figures, stress.rated),
        profile_table(figures, stress.rated),
        *others,
        *change_tables(figures),
    ]


def stress_words(stress: StressResult) -> str:
    """On what the card stands."""
    scores, made = stress.scores, stress.made
    return f"{len(scores.papers):,} papers, seed {stress.seed}; made {made.created} with peerassay {made.peerassay}"
