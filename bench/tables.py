"""The tables of a run, once as rows of text: rendered to the terminal, Markdown and HTML alike."""

from __future__ import annotations

from ..presentation.numbers import NONE, show
from ..presentation.table import Table
from .annotation_tables import annotation_tables
from .compare_tables import rank_cell
from .cost_tables import cost_table, spend_table
from .decision_rules import OWN_WORD
from .matched_tables import matched_table
from .memory_tables import memory_table
from .other_tables import other_scores_table
from .records import DecisionRow, ReviewerFigures
from .repeats_tables import repeat_tables
from .summary import RunFigures
from .terms_tables import mix_words, terms_tables
from .texts import text_read


def scores_table(figures: RunFigures) -> Table:
    """Score metrics, a row per reviewer, below them what a model says of committees against the same decisions."""
    ranks = {row.name: rank_cell(row) for row in figures.ranks}
    heads = ("Reviewer", "AUC", "Avg prec", "Spearman", "Kendall", "Pairwise acc", "MAE", "Tier conc", "Brier", "ECE",
             "Rank (order, 95%)", "Coverage")  # fmt: skip
    keys = (
        "auc",
        "average_precision",
        "spearman",
        "kendall",
        "pairwise_accuracy",
        "mae",
        "tier_concordance",
        "brier",
        "ece",
    )
    rows = [
        (
            r.name,
            *(show(r.scores.get(key), interval=key in ("auc", "spearman")) for key in keys),
            ranks.get(r.name, NONE),
            _coverage(r, figures),
        )
        for r in figures.reviewers
    ]
    rows += [
        (
            f"{c.name} (model)",
            *(show(c.metrics.get(key), interval=key in ("auc", "spearman")) for key in keys),
            NONE,
            f"n={c.n}",
        )
        for c in figures.ceilings
        if c.model
    ]
    note = f"n={figures.n}, 95% bootstrap intervals over papers ({figures.draws} draws); all intervals in metrics.json."
    if any(c.model for c in figures.ceilings):
        note += " Rows marked (model): what fresh humans would reach, computed from the reliability of the ratings."
    worded = [reviewer.name for reviewer in figures.reviewers if reviewer.probability == OWN_WORD]
    if worded:
        note += f" Brier and ECE are those of P(accept) as the reviewer says it, not calibrated: {', '.join(worded)}."
    if figures.texts:
        others = ", ".join(f"{name} {text}" for name, text in figures.texts.items())
        note += f" Not on {figures.dataset.text} text: {others} (the text that their stored reviews were written on)."
    return Table(f"Scores: {_subject(figures)}", heads, tuple(rows), note)


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
    return Table(f"Decisions: {_subject(figures)}", heads, tuple(rows), note).compact()


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


def run_tables(figures: RunFigures) -> list[Table]:
    """All tables of a run."""
    found = [
        scores_table(figures),
        decisions_table(figures),
        *terms_tables(figures),
        *annotation_tables(figures),
        reliability_table(figures),
        other_scores_table(figures.reviewers, figures.base_rate),
        matched_table(figures.reviewers),
        memory_table(figures.memory),
        *repeat_tables(figures.repeats),
        cost_table(figures.reviewers),
        spend_table(figures.spend),
    ]
    return [table for table in found if table is not None]


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
