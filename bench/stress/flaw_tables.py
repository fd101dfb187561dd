"""The tables of whether reviews name the flaw that was planted."""

from __future__ import annotations

from collections.abc import Sequence

from ...presentation.cell import NONE, Cell
from ...presentation.numbers import between
from ...presentation.table import Table
from .flaw_naming import FlawNaming, Share

NOTE = "Shares with 95% intervals. An alarm names the flaw in the twin that does not have it."


def flaw_tables(found: Sequence[tuple[str, FlawNaming]]) -> list[Table]:
    """Who names flaws by whose word (rules, a model), in all and by kind of flaw where there are words."""
    rows = tuple((f.reviewer, by, shown(f.named), shown(f.alarms), str(f.wordless), str(f.failed)) for by, f in found)
    head = ("Reviewer", "By", "Names the flaw", "False alarms", "Without a word", "Failed")
    kinds = tuple(
        (f.reviewer, by, kind, f"{flawed.count} of {flawed.of}", f"{twins.count} of {twins.of}")
        for by, f in found
        for kind, (flawed, twins) in f.by_kind.items()
        if not f.silent
    )
    tables = [Table("Does the review name the flaw?", head, rows, NOTE)]
    by_kind = ("Reviewer", "By", "Flaw", "Named", "False alarms")
    return [*tables, Table("By kind of flaw", by_kind, kinds)] if kinds else tables


def shown(share: Share) -> Cell:
    """A share with its interval and counts."""
    if share.value is None:
        return Cell(NONE)
    found = between(share.value, share.low, share.high, 2)
    return Cell(f"{found} ({share.count} of {share.of})", found.value, found.low, found.high)
