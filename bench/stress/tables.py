"""The tables of a stress run: what moves a reviewer, and what it is like on papers as they are."""

from __future__ import annotations

from collections.abc import Sequence

from ...presentation.cell import NONE, Cell
from ...presentation.numbers import number, ratio, show, show_p, signed, usd
from ...presentation.table import Table
from ...statistics.estimate import Estimate
from .figures import ChangeFigures, StressFigures

FAMILIES = {
    "injection": "Injected instructions",
    "laundering": "Laundering: presentation without content",
    "identity": "Identity: who wrote it",
    "degradation": "Degradation: evidence taken away",
    "invariance": "Invariance: nothing changes",
}
"""Titles of their tables, in the order of the card."""
HEADS = (
    "Manipulation", "Strength", "Verdict", "n", "Failed", "Same text", "Shift, points", "Shift, SD", "p (Holm)",
    "Decisions flipped", "To accept", "Ordered right", "Found", "AUC attacked", "False accepts",
)  # fmt: skip


def change_tables(figures: StressFigures) -> list[Table]:
    """A table for each family of manipulations that was tried."""
    found: list[Table] = []
    for family, title in FAMILIES.items():
        rows = [change for change in figures.changes if change.family == family]
        if rows:
            found.append(_changes(figures, title, rows))
    return found


def _changes(figures: StressFigures, title: str, rows: Sequence[ChangeFigures]) -> Table:
    table = Table(title, HEADS, tuple(_change(row, figures) for row in rows), _note(rows))
    return table.compact()


def digits_of(figures: StressFigures) -> int:
    """Decimals of a change in points: more where a reviewer's scores are close together."""
    return 2 if figures.spread is None or figures.spread >= 0.3 else 3


def _change(row: ChangeFigures, figures: StressFigures) -> tuple[str, ...]:
    return (
        row.name.partition(":")[2],
        number(row.strength, 1),
        verdict(row),
        ratio(row.papers, figures.n),
        str(row.failed) if row.failed else NONE,
        str(row.same) if row.same else NONE,
        difference(row.shift, digits_of(figures)),
        difference(row.relative, 2),
        show_p(row.p_holm),
        show(row.flips, digits=2),
        show(row.to_accept, digits=2) if row.expected == "same" else NONE,
        show(row.ordered, digits=2),
        show(row.detected, digits=2),
        show(row.auc),
        show(row.false_accepts, digits=2),
    )


def verdict(row: ChangeFigures) -> Cell:
    """What the row says of the reviewer, in a word or two."""
    if not row.papers:
        return Cell("does not apply", tone="soft")
    if row.unseen:
        return Cell("not in the text read", tone="soft")
    if row.failed == row.papers:
        return Cell("every review failed", tone="alarm")
    if row.expected == "lower":
        return Cell("notices", tone="fine") if row.noticed else Cell("not shown to notice", tone="alarm")
    if row.moved:
        way = "raised" if (row.shift.value or 0) > 0 else "lowered" if (row.shift.value or 0) < 0 else "moved"
        return Cell(way, tone="alarm")
    return Cell("unmoved", tone="fine") if row.still else Cell("not resolved", tone="soft")


def _note(rows: Sequence[ChangeFigures]) -> str:
    lacking = {row.name: row.reasons for row in rows if row.reasons}
    words = [
        f"{name.partition(':')[2]} does not apply to "
        + ", ".join(f"{count} papers ({reason})" for reason, count in reasons.items())
        for name, reasons in lacking.items()
    ]
    return f"{'; '.join(words)}." if words else ""


def difference(estimate: Estimate | None, digits: int = 2) -> Cell:
    """A change with its sign and interval."""
    if estimate is None:
        return Cell(NONE)
    if estimate.value == 0:
        return Cell("0", 0.0)
    return signed(estimate.value, estimate.low, estimate.high, digits)


def attack_table(figures: StressFigures) -> Table | None:
    """What attackers reach; None without any."""
    if not figures.attacks:
        return None
    heads = ("Rewritten", "Papers", "Rounds", "USD per paper", "Gain, points", "AUC before", "AUC after",
             "False accepts before", "False accepts after")  # fmt: skip
    rows = tuple(
        (
            row.name.partition(":")[2],
            str(row.papers),
            show(row.rounds, interval=False, digits=1),
            NONE if row.usd is None else usd(row.usd.value),
            difference(row.gain, digits_of(figures)),
            show(row.auc_before),
            show(row.auc),
            show(row.accepts_before, digits=2),
            show(row.accepts, digits=2),
        )
        for row in figures.attacks
    )
    return Table("An attacker against the reviewer's own scores", heads, rows)


def defence_table(figures: StressFigures) -> Table | None:
    """What defences cost on clean papers; None where none was tried."""
    if not figures.defences:
        return None
    heads = ("Defence", "Texts changed", "Shift by it, points", "AUC with it", "AUC without")
    rows = tuple(
        (
            row.name,
            show(row.changed, digits=2),
            difference(row.shift, digits_of(figures)),
            show(row.auc_with),
            show(row.auc_without),
        )
        for row in figures.defences
    )
    return Table("What defences cost on clean papers", heads, rows)
