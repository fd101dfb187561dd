"""The tables of repeated reviews: how a reviewer agrees with itself, and what more of its reviews would buy."""

from __future__ import annotations

from collections.abc import Sequence

from ..presentation.numbers import NONE, number, show
from ..presentation.table import Table
from .repeats import RepeatRow


def repeat_tables(rows: Sequence[RepeatRow]) -> list[Table]:
    """Self-agreement of all repeated reviewers, then a table of designs for each; none without rows."""
    if not rows:
        return []
    return [_agreement(rows), *(_designs(row) for row in rows if row.designs)]


def _agreement(rows: Sequence[RepeatRow]) -> Table:
    heads = ("Reviewer", "Repeats", "n", "SD from run to run", "ICC(1)", "Spearman of repeats", "Same decision",
             "AUC of each", "AUC of the mean", "Failed")  # fmt: skip
    cells = tuple(
        (
            row.reviewer,
            str(row.repeats),
            str(row.n),
            show(row.sd),
            show(row.reliability),
            NONE if row.spearman is None else number(row.spearman),
            show(row.same_decision),
            ", ".join(NONE if auc is None else number(auc) for auc in row.aucs),
            show(row.auc_of_mean),
            ", ".join(map(str, row.failed)) if any(row.failed) else NONE,
        )
        for row in rows
    )
    note = (
        "All other tables show the first repeat, since that is what one review is worth. SD: of a paper's score, in "
        "points, over papers that have a score in every repeat (n). ICC(1): share of the scores' variance that is the "
        "papers' and not chance. Same decision: of pairs of repeats, by the reviewer's own word. The mean is over the "
        "repeats that have a score; a failed review counts as wrong in the AUC of its repeat."
    )
    return Table("Repeated reviews", heads, cells, note).compact()


def _designs(row: RepeatRow) -> Table:
    heads = ("Design", "Papers", "Reviews per paper", "AUC expected", "SE of the AUC", "Spearman expected", "US$")
    cells = tuple(
        (
            design.name,
            f"{design.papers:,}",
            f"{design.reviews:.2f}".rstrip("0").rstrip("."),
            number(design.auc),
            number(design.se),
            number(design.spearman),
            NONE if design.usd is None else f"{design.usd:,.2f}",
        )
        for design in row.designs
    )
    note = (
        "Expected from the variance between papers and from run to run: the mean of k reviews keeps a k-th of the "
        "chance; scores normal in both classes, members independent of each other. More reviews raise the AUC towards "
        "what the reviewer could reach without chance; more papers do not raise it, they make its standard error "
        "smaller (Hanley & McNeil, at this share of accepted papers). Spearman: with the mean human rating."
    )
    return Table(f"What another member, repeat or paper buys: {row.reviewer}", heads, cells, note).compact()
