"""The tables of a score run about people: each review of theirs beside the reviewer's, and the agreement."""

from __future__ import annotations

from ...data.errors import printable
from ...presentation.cell import NONE
from ...presentation.numbers import number, show
from ...presentation.table import Table
from ...statistics.estimate import ENOUGH, PAPERS, Estimate
from .idea_tables import score_digits
from .metrics import PersonBeside, ScoreMetrics

BESIDE = (
    "The reviewer's scores are of the same version of the paper; there is none where it has reviewed another version "
    "alone. Difference: person less reviewer, where both are on one scale."
)
AGREEMENT = (
    f"Each paper counts once. 95% intervals: Wilson's or Student's from {ENOUGH} papers on, of the rank correlation "
    f"(Spearman's) over papers drawn anew from {PAPERS} on."
)


def people_tables(figures: ScoreMetrics) -> list[Table]:
    """Both tables; none where no person has reviewed."""
    found = figures.people
    if found is None:
        return []
    digits = score_digits(figures)
    heads = ("Paper", "Person", "Score", "Decision", "Reviewer's score", "Its decision", "Difference")
    beside = Table("People beside the reviewer", heads, tuple(_row(row, digits) for row in found.rows), BESIDE)
    estimates = (found.same_decision, found.difference, found.rank_correlation)
    if not any(estimates):
        return [beside]
    names = ("The same decision", "Mean difference of scores", "Rank correlation of scores")
    rows = tuple(
        (name, str(estimate.n), _shown(estimate, digits if estimate is found.difference else 2))
        for name, estimate in zip(names, estimates, strict=True)
        if estimate
    )
    return [beside, Table("Agreement of people and reviewer", ("What", "Papers", "Value"), rows, AGREEMENT)]


def _row(row: PersonBeside, digits: int) -> tuple[str, ...]:
    low, high = row.scale
    return (
        printable(row.idea),
        printable(row.by),
        NONE if row.score is None else f"{row.score:g} ({low:g} to {high:g})",
        row.decision or NONE,
        number(row.reviewer_score, digits),
        row.reviewer_decision or NONE,
        NONE if row.difference is None else f"{row.difference:+.{digits}f}".replace("-", "−"),
    )


def _shown(estimate: Estimate, digits: int) -> str:
    words = show(estimate, digits=digits)
    return words if estimate.low is not None else f"{words}, too few papers for an interval"
