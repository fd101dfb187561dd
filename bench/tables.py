"""The tables of a run's scores and decisions, and the summary that stands before all others."""

from __future__ import annotations

from dataclasses import replace

from ..presentation.cell import NONE
from ..presentation.numbers import count, show
from ..presentation.table import Table
from .compare_tables import rank_cell
from .decisions import OWN_WORD
from .notes import text_read
from .records import ReviewerMetrics
from .summary import RunMetrics
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


def summary_table(figures: RunMetrics) -> Table:
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
    return _by_auc(Table(subject_words(figures), heads, tuple(rows), note), figures)


def _by_auc(table: Table, figures: RunMetrics) -> Table:
    """Rows by AUC, floors and humans among the others, reviewers that were fitted on these papers last."""
    fitted = {r.name for r in figures.reviewers if r.in_sample}
    ordered = replace(table, headline="AUC").sorted()
    return replace(ordered, rows=tuple(sorted(ordered.rows, key=lambda row: row[0] in fitted))).compact()


def scores_table(figures: RunMetrics) -> Table:
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
    return _by_auc(Table(f"Scores: {subject_words(figures)}", heads, tuple(rows), _scores_note(figures)), figures)


def _scores_note(figures: RunMetrics) -> str:
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


def _coverage(reviewer: ReviewerMetrics, figures: RunMetrics) -> str:
    """Papers reviewed, and the AUC on these alone where some are missing."""
    row = next((row for row in figures.terms.outages if row.name == reviewer.name), None)
    alone = f" (AUC of these {show(row.complete, interval=False)})" if row else ""
    return f"{reviewer.reviewed}/{reviewer.n}{alone}"


def subject_words(figures: RunMetrics) -> str:
    """What a run is on: dataset, split, text, labels, mix of decisions."""
    d = figures.dataset
    accepted = f"{mix_words(figures)} ({figures.accepted}/{figures.n})"
    labels = "constructed labels" if figures.card.labels == "constructed" else "human decisions"
    only = ", only papers that all replays reviewed" if d.reviewed_only else ""
    split = "sealed before the decisions were opened" if figures.seal else f"{d.split} split"
    return f"{d.name}, {split}{only}, {text_read(d.text)}, {labels}, {accepted}"


def headline_line(reviewer: ReviewerMetrics) -> str:
    """One line that says how a reviewer did."""
    row = reviewer.headline
    accuracy = show(row.metrics["balanced_accuracy"]) if row else NONE
    return f"{reviewer.name}: AUC {show(reviewer.scores.get('auc'))}, balanced accuracy {accuracy}"
