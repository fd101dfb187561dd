"""The table of memory, and the sentence on it that goes with a reviewer's headline."""

from __future__ import annotations

from collections.abc import Sequence

from ..presentation.numbers import NONE, show
from ..presentation.table import Table
from .memory import MemoryRow


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


def memory_sentence(row: MemoryRow) -> str:
    """Whether the reviewer's scores may be memory, in one sentence."""
    whole, rest = row.whole, row.unrecalled
    if whole.auc is None:
        return f"whether its scores are memory cannot be told: {whole.missing} on the {whole.n} papers asked about"
    outcomes = row.recalled["outcome"]
    found = f"AUC {show(rest.auc)}" if rest.auc is not None else rest.missing
    unrecalled = f"on the {rest.n} papers of which it recalls nothing: {found}"
    if not outcomes:
        return f"it recalls the outcome of none of {whole.n} papers; {unrecalled}"
    alone = f"what it recalls alone has AUC {show(whole.recall_auc)}, its scores {show(whole.auc)}"
    held = f"{alone} on {whole.n} papers ({outcomes} outcomes recalled, {row.outcomes_accepted} of them accepted)"
    if not row.tells:
        return f"{held}, which does not tell the decisions; {unrecalled}"
    verdict = "" if rest.auc is not None else ", so that nothing here shows reading"
    return f"scores may be memory: {held}; {unrecalled}{verdict}"


def memory_notes(rows: Sequence[MemoryRow]) -> list[str]:
    """The sentences, each with its reviewer's name."""
    return [f"{row.reviewer}: {memory_sentence(row)}." for row in rows]


def _counts(row: MemoryRow) -> str:
    told = ", ".join(f"{word} {n}" for word, n in row.recalled.items())
    unasked = f"; not known of {row.unasked} more papers, which are left out" if row.unasked else ""
    return f"{row.recall} recalls: {told}{unasked}."
