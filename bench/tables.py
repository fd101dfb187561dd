"""The tables of a run's scores and decisions, and the summary that stands before all others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from ..presentation.numbers import NONE, count, number, show, show_p
from ..presentation.table import Table
from ..statistics.multiple_testing import holm
from .compare_tables import rank_cell
from .decision_rules import OWN_WORD
from .notes import text_read
from .records import DecisionRow, ReviewerFigures
from .summary import RunFigures
from .terms_tables import mix_words

SCORES = {
    "auc": "AUC",
    "average_precision": "Avg prec",
    "spearman": "Spearman",
    "kendall": "Kendall",
    "pairwise_accuracy": "Pairwise acc",
    "mae": "MAE",
    "tier_concordance": "Tier conc",
    "brier": "Brier",
    "ece": "ECE",
}
"""Metrics of scores and their heads."""


def summary_table(figures: RunFigures) -> Table:
    """What to know first, in 80 columns: AUC, the headline's balanced accuracy, rank; humans' rows among them."""
    ranks = {row.name: rank_cell(row) for row in figures.ranks}
    heads = ("Reviewer", "AUC", "Bal acc", "Spearman", "Rank", "Failed")
    rows = [
        (
            r.name,
            show(r.scores.get("auc")),
            show(r.headline.metrics["balanced_accuracy"] if r.headline else None),
            show(r.scores.get("spearman"), interval=False),
            "in-sample" if r.in_sample else ranks.get(r.name, NONE),
            count(r.n - r.reviewed),
        )
        for r in figures.reviewers
    ]
    rows += [
        (f"{c.name} (model)", *(show(c.metrics.get(key)) for key in ("auc", "balanced_accuracy")),
         show(c.metrics.get("spearman"), interval=False), NONE, NONE)
        for c in figures.ceilings if c.model
    ]  # fmt: skip
    few = " No intervals: too few papers." if any("too few" in row[1] for row in rows) else ""
    note = f"95% intervals. Bal acc: by a threshold fitted on other papers, or the reviewer's own rule.{few}"
    return _by_auc(Table(_subject(figures), heads, tuple(rows), note), figures)


def _by_auc(table: Table, figures: RunFigures) -> Table:
    """Rows by AUC, floors and humans among the others, reviewers that were fitted on these papers last."""
    fitted = {r.name for r in figures.reviewers if r.in_sample}
    ordered = replace(table, headline="AUC").sorted()
    return replace(ordered, rows=tuple(sorted(ordered.rows, key=lambda row: row[0] in fitted))).compact()


def scores_table(figures: RunFigures) -> Table:
    """Score metrics, a row per reviewer, among them what a model says of committees against the same decisions."""
    ranks = {row.name: rank_cell(row) for row in figures.ranks}
    heads = ("Reviewer", *SCORES.values(), "Rank (order, 95%)", "Coverage")
    rows = [
        (
            r.name,
            *(show(r.scores.get(key), interval=key in ("auc", "spearman")) for key in SCORES),
            ranks.get(r.name, NONE),
            _coverage(r, figures),
        )
        for r in figures.reviewers
    ]
    rows += [
        (
            f"{c.name} (model)",
            *(show(c.metrics.get(key), interval=key in ("auc", "spearman")) for key in SCORES),
            NONE,
            f"n={c.n}",
        )
        for c in figures.ceilings
        if c.model
    ]
    return _by_auc(Table(f"Scores: {_subject(figures)}", heads, tuple(rows), _scores_note(figures)), figures)


def _scores_note(figures: RunFigures) -> str:
    note = f"n={figures.n}, 95% bootstrap intervals over papers ({figures.draws} draws); all intervals in metrics.json."
    if any(c.model for c in figures.ceilings):
        note += " Rows marked (model): what fresh humans would reach, computed from the reliability of the ratings."
    worded = [reviewer.name for reviewer in figures.reviewers if reviewer.probability == OWN_WORD]
    if worded:
        note += f" Brier and ECE are those of P(accept) as the reviewer says it, not calibrated: {', '.join(worded)}."
    if figures.texts:
        others = ", ".join(f"{name} {text}" for name, text in figures.texts.items())
        note += f" Not on {figures.dataset.text} text: {others} (the text that their stored reviews were written on)."
    return note


def _coverage(reviewer: ReviewerFigures, figures: RunFigures) -> str:
    """Papers reviewed, and the AUC on these alone where some are missing."""
    row = next((row for row in figures.terms.outages if row.name == reviewer.name), None)
    alone = f" (AUC of these {show(row.complete, interval=False)})" if row else ""
    return f"{reviewer.reviewed}/{reviewer.n}{alone}"


def decisions_table(figures: RunFigures) -> Table:
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
    return Table(f"Decisions: {_subject(figures)}", heads, tuple(rows), note, "Bal acc").compact()


def _contradicted(reviewer: ReviewerFigures, row: DecisionRow) -> str:
    return NONE if row.contradicted is None else f"{row.contradicted}/{reviewer.worded}"


def reliability_table(figures: RunFigures) -> Table | None:
    """How reliable the humans are: ICC(1), ICC(k)."""
    row = next((c for c in figures.ceilings if "icc_single" in c.metrics), None)
    if row is None:
        return None
    cells = tuple(show(row.metrics[key]) for key in ("spearman", "icc_single", "icc_mean"))
    heads = ("Humans", "Spearman of two reviewers", "ICC(1)", "ICC(k)")
    return Table("Human reliability", heads, ((f"n={row.n}", *cells),))


def _subject(figures: RunFigures) -> str:
    d = figures.dataset
    accepted = f"{mix_words(figures)} ({figures.accepted}/{figures.n})"
    labels = "constructed labels" if figures.card.labels == "constructed" else "human decisions"
    only = ", only papers that all replays reviewed" if d.reviewed_only else ""
    return f"{d.name}, {d.split} split{only}, {text_read(d.text)}, {labels}, {accepted}"


def headline_line(reviewer: ReviewerFigures) -> str:
    """One line that says how a reviewer did."""
    row = reviewer.headline
    accuracy = show(row.metrics["balanced_accuracy"]) if row else NONE
    return f"{reviewer.name}: AUC {show(reviewer.scores.get('auc'))}, balanced accuracy {accuracy}"


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
