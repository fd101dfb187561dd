"""The table of what reviewers say beside their score: the chance of acceptance, the percentile."""

from __future__ import annotations

from collections.abc import Sequence

from ..presentation.numbers import NONE, number, show
from ..presentation.table import Table
from .records import ReviewerFigures


def other_scores_table(reviewers: Sequence[ReviewerFigures], base_rate: float) -> Table | None:
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
