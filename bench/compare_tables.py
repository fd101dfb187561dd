"""The tables of paired tests, of ranks and of equivalence."""

from __future__ import annotations

from collections.abc import Sequence

from ..presentation.cell import NONE
from ..presentation.numbers import about, between, number, show_p
from ..presentation.table import Table
from .compare import EquivalenceRow, PairRow, RankRow

TITLES = {
    "auc": "AUC of scores, the primary endpoint",
    "balanced_accuracy": "Balanced accuracy, both accepting as many papers as the venue",
    "accuracy": "Accuracy of the decisions as they were made",
    "spearman": "Spearman with the mean human rating",
}


def pairs_tables(rows: Sequence[PairRow]) -> list[Table]:
    """One table per metric of paired tests, notes under the last one."""
    by_metric: dict[str, list[PairRow]] = {}
    for row in rows:
        by_metric.setdefault(row.metric, []).append(row)
    tables = [_pairs_table(metric, found) for metric, found in by_metric.items()]
    return [*tables[:-1], *(Table(t.title, t.heads, t.rows, _note(rows)) for t in tables[-1:])]


def _pairs_table(metric: str, rows: list[PairRow]) -> Table:
    tests = ", ".join(dict.fromkeys(row.test for row in rows if row.p_value is not None)) or "no test"
    cells = tuple(
        (
            f"{row.a} − {row.b}",
            between(row.difference, row.low, row.high),
            show_p(row.p_value),
            show_p(row.p_family),
            verdict(row),
        )
        for row in rows
    )
    return Table(f"{TITLES[metric]} ({tests}, n={rows[0].n})", ("Pair", "Difference", "p", "p (all)", "At .05"), cells)


def verdict(row: PairRow) -> str:
    """Resolved or not, and how many papers would do."""
    if row.p_value is None:
        return row.test
    words = "resolved" if row.resolved else "not resolved"
    if row.papers_needed is not None:
        words += f": {about(row.papers_needed)} papers would"
    return f"{words} (in-sample)" if row.in_sample else words


def _note(rows: Sequence[PairRow]) -> str:
    tests = sum(row.p_value is not None for row in rows)
    note = (
        f"p (all): corrected for all {tests} tests of this comparison together. Papers: with so many, one test alone "
        "would resolve a difference of this size with 80% power."
    )
    if any(row.test == "permutation" for row in rows):
        note += " Permutation: too few papers, or no variance to estimate, for an interval."
    return note


def rank_cell(row: RankRow) -> str:
    """A rank with its order in 95% of the draws; why there is none, of a reviewer fitted on papers of the table."""
    if row.rank is None:
        return "none: in-sample" if row.in_sample else NONE
    return f"{row.rank} ({row.low}–{row.high})"


def ranks_table(rows: Sequence[RankRow]) -> Table:
    """Ranks by score AUC, ties shown as ties."""
    cells = tuple(
        (f"{row.name} (in-sample)" if row.in_sample else row.name, number(row.auc), *_places(row)) for row in rows
    )
    note = (
        "Rank: 1 + the number of reviewers that are significantly better, so that equal ranks are ties. "
        "Order: where the AUC stands among the others in 95% of the draws, chance included."
    )
    if any(row.rank is None and not row.in_sample for row in rows):
        note += " No rank: fewer than two papers in a class."
    if any(row.in_sample for row in rows):
        note += " In-sample: fitted on papers of this table, which says nothing of others; no rank."
    return Table("Ranks by score AUC", ("Reviewer", "AUC", "Rank", "Order in 95% of draws"), cells, note)


def _places(row: RankRow) -> tuple[str, str]:
    return (NONE, NONE) if row.rank is None else (str(row.rank), f"{row.low}–{row.high}")


def equivalence_table(rows: Sequence[EquivalenceRow]) -> Table:
    """Which reviewers are as good as each other within the margin."""
    margin = number(rows[0].margin, 3).rstrip("0") if rows else ""
    cells = tuple(
        (
            f"{row.a} − {row.b}",
            number(row.difference),
            show_p(row.p_value),
            show_p(row.p_holm),
            f"as good as within ±{margin}" if row.equivalent else "not shown",
        )
        for row in rows
    )
    note = "Two one-sided tests (TOST). Not shown is no difference shown, either: these papers leave both open."
    heads = ("Pair", "Difference", "p", "p (Holm)", "At .05")
    return Table(f"Equivalence of AUC within ±{margin}", heads, cells, note)
