"""Tables of reviewers in the place of human labels, and of what models remember."""

from __future__ import annotations

from collections.abc import Sequence

from ..presentation.cell import NONE
from ..presentation.numbers import number, show
from ..presentation.table import Table
from ..statistics.alternative_annotator import EPSILONS, FEWEST
from ..statistics.prediction_powered import LABELLED
from .memory import MemoryRow
from .summary import RunMetrics


def alternative_annotator_table(figures: RunMetrics) -> Table | None:
    """The alternative-annotator test, the best constant beside the machines."""
    rows = figures.terms.alternative_annotator
    if not rows:
        return None
    heads = (
        "Reviewer",
        "Advantage probability",
        *(f"Winning rate ω at ε = {number(e, 1)}" for e in EPSILONS),
        "Passes",
    )
    cells = tuple(
        (
            row.name,
            show(row.advantage),
            *(number(row.winning_rate[f"{epsilon:g}"], 2) for epsilon in EPSILONS),
            "yes" if row.winning_rate[f"{EPSILONS[0]:g}"] >= 0.5 else "no",
        )
        for row in rows
    )
    n = rows[0].advantage.n
    note = (
        f"n={n} papers with three ratings or more ({FEWEST} are needed). How often it is at least as close to the "
        f"other reviewers of a paper as the one left out; passes: ω of .5 or more at ε = {number(EPSILONS[0], 1)} "
        "(arXiv 2501.10970, reviewers taken as exchangeable)."
    )
    floor = next((row for row in rows if row.floor), None)
    if floor is not None and floor.winning_rate[f"{EPSILONS[0]:g}"] >= 0.5:
        note += f" The {floor.name.split(' (')[0]} passes too: on these ratings, to pass shows nothing."
    return Table("In the place of a reviewer: alternative-annotator test", heads, cells, note)


def powered_table(figures: RunMetrics) -> Table | None:
    """Prediction-powered means, a constant beside the machines."""
    rows = figures.terms.prediction_powered
    if not rows:
        return None
    heads = (
        "Reviewer",
        f"Labels saved, {LABELLED:.0%} labelled",
        "At most (many more unlabelled)",
        "Interval of the mean rating, ±",
        "± with human labels alone",
    )
    cells = tuple(
        (
            row.name,
            f"×{show(row.gain, digits=2)}",
            f"×{show(row.gain_limit, digits=2)}",
            number(row.margin),
            number(row.margin_labels_only),
        )
        for row in rows
    )
    note = (
        f"n={rows[0].gain.n}. The mean human rating from human ratings of {LABELLED:.0%} of the papers and the "
        "reviewer's scores for all, by PPI++ with power tuning (arXiv 2311.01453): its interval is as narrow as that "
        "of so many times the labels. A constant saves none."
    )
    return Table("Fewer human labels: prediction-powered mean", heads, cells, note)


def annotation_tables(figures: RunMetrics) -> list[Table]:
    """Both tables, where they have rows."""
    found = (alternative_annotator_table(figures), powered_table(figures))
    return [table for table in found if table is not None]


def memory_table(rows: Sequence[MemoryRow]) -> Table | None:
    """The reviewer's AUC beside that of what it recalls, on all papers and on those not recalled; None without rows."""
    if not rows:
        return None
    cells = tuple(
        (
            row.reviewer,
            part.papers,
            str(part.n),
            str(part.accepted),
            show(part.auc),
            show(part.recall_auc),
            part.missing or NONE,
        )
        for row in rows
        for part in row.parts
    )
    heads = ("Reviewer", "Papers", "n", "Accepted", "AUC", "AUC of what it recalls", "Remark")
    note = (
        "What it recalls: its answer to what became of the paper, or its flag that it recalls the outcome, taken as "
        "the score; it has read no paper. Only an AUC on papers of which nothing is recalled can show reading. "
        + " ".join(_counts(row) for row in rows)
    )
    return Table("Memory", heads, cells, note)


def _counts(row: MemoryRow) -> str:
    recalls = ", ".join(f"{word} {n}" for word, n in row.recalled.items())
    unasked = f"; not known of {row.unasked} more papers, which are left out" if row.unasked else ""
    return f"{row.recall} recalls: {recalls}{unasked}."
