"""The table of rating-matched AUCs of a run's reviewers."""

from __future__ import annotations

import math

from ..presentation.numbers import show, show_p
from ..presentation.table import Table
from ..statistics.multiple_testing import holm
from .records import ReviewerFigures


def matched_table(reviewers: list[ReviewerFigures]) -> Table | None:
    """AUC beside the AUC among papers of equal mean rating, a row per reviewer with scores; None without a figure."""
    found = [(r, r.matched) for r in reviewers if r.matched is not None]
    if not any(matched.auc for _, matched in found):
        return None
    corrected = holm([math.nan if m.p_value is None else m.p_value for _, m in found])
    rows = tuple(
        (
            reviewer.name,
            show(reviewer.scores.get("auc")),
            show(matched.auc),
            show_p(matched.p_value),
            show_p(p_holm),
            str(matched.auc.n if matched.auc else 0),
            str(matched.pairs),
        )
        for (reviewer, matched), p_holm in zip(found, corrected, strict=True)
    )
    note = (
        "Accepted against rejected papers with the same mean rating: a reading of quality has little left to tell "
        "there, a leak of the outcome keeps its power. p: of no order within ratings (stratified rank-sum test)."
    )
    heads = ("Reviewer", "AUC, all papers", "Rating-matched AUC", "p", "p (Holm)", "Papers", "Pairs")
    return Table("Among papers of equal mean rating", heads, rows, note)


def unmatched_note(reviewers: list[ReviewerFigures]) -> str | None:
    """Why there is no such table; it is a matter of the papers, and so the same for every reviewer."""
    reasons = [r.matched.reason for r in reviewers if r.matched is not None and r.matched.reason]
    return f"No rating-matched AUC: {reasons[0]}." if reasons else None
