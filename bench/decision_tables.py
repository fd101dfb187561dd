"""The tables of a run's decisions, probabilities and other scores."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..presentation.cell import NONE
from ..presentation.numbers import number, show, show_p
from ..presentation.table import Table
from ..statistics.multiple_testing import holm
from .records import DecisionRow, ReviewerMetrics
from .summary import RunMetrics
from .tables import subject_words


def decisions_table(figures: RunMetrics) -> Table:
    """Decisions, a row per reviewer and rule; the oracle rows are in-sample and say so."""
    heads = ("Reviewer", "Decision rule", "Bal acc", "Acc", "F1", "MCC", "FPR", "FNR", "Legacy AUC of decisions",
             "Own word differs")  # fmt: skip
    keys = ("balanced_accuracy", "accuracy", "f1", "mcc", "fpr", "fnr", "legacy_auc_of_decisions")
    rows: list[tuple[str, ...]] = []
    for reviewer in figures.reviewers:
        for row in reviewer.decisions:
            mark = "* " if row is reviewer.headline and len(reviewer.decisions) > 1 else ""
            cells = (show(row.metrics[key], interval=key == "balanced_accuracy") for key in keys)
            rows.append((reviewer.name, mark + row.rule, *cells, _contradicted(reviewer, row)))
    note = (
        "* headline: never a threshold chosen on these papers. An oracle threshold is in-sample and only shows what "
        "choosing on the test papers would gain. Failed reviews count as wrong."
    )
    if any(row[-1] != NONE for row in rows):
        note += (
            " Own word differs: reviews in which the reviewer's own word is not the decision that the rule makes of "
            "its score, of those that have both."
        )
    return Table(f"Decisions: {subject_words(figures)}", heads, tuple(rows), note, "Bal acc").compact()


def _contradicted(reviewer: ReviewerMetrics, row: DecisionRow) -> str:
    return NONE if row.contradicted is None else f"{row.contradicted}/{reviewer.worded}"


def reliability_table(figures: RunMetrics) -> Table | None:
    """How reliable the humans are: ICC(1), ICC(k)."""
    row = next((c for c in figures.ceilings if "icc_single" in c.metrics), None)
    if row is None:
        return None
    cells = tuple(show(row.metrics[key]) for key in ("spearman", "icc_single", "icc_mean"))
    heads = ("Humans", "Spearman of two reviewers", "ICC(1)", "ICC(k)")
    return Table("Human reliability", heads, ((f"n={row.n}", *cells),))


def matched_table(reviewers: list[ReviewerMetrics]) -> Table | None:
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


def other_scores_table(reviewers: Sequence[ReviewerMetrics], base_rate: float) -> Table | None:
    """A row per reviewer and number, and one of its score to compare; None where no reviewer says any.

    `base_rate` is the share of accepted papers among those of the run, in [0, 1].
    """
    heads = ("Reviewer", "Taken as the score", "AUC", "Spearman", "Brier", "ECE", "Mean", "What it is")
    rows: list[tuple[str, ...]] = []
    for reviewer in (r for r in reviewers if r.other_scores):
        rows.append((reviewer.name, "score", *(show(reviewer.scores.get(key)) for key in ("auc", "spearman")),
                     *[NONE] * 3, "the overall of its form"))  # fmt: skip
        for other in reviewer.other_scores:
            cells = (show(other.metrics.get(key)) for key in ("auc", "spearman", "brier", "ece"))
            rows.append((reviewer.name, other.name, *cells, number(other.mean), other.of))
    if not rows:
        return None
    note = (
        f"A probability is calibrated where its mean is near the share of accepted papers ({base_rate:.3f} here), in "
        "every part of its range (ECE). A model that was told the base rate of its venue answers for that mix of "
        "papers; `peerassay calibrate` fits the score to decisions instead."
    )
    return Table("Other scores of the same reviews", heads, tuple(rows), note)
