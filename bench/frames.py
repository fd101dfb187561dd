"""Results as pandas DataFrames, under scikit-learn's names where a metric is one of scikit-learn's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ..data.records import Judgement
from ..reviewer.review import Review
from ..statistics.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd

    from .audit.records import AuditSummary
    from .records import DecisionRow, ReviewerMetrics
    from .summary import RunMetrics

NAMES = {
    "auc": "roc_auc",
    "mcc": "matthews_corrcoef",
    "brier": "brier_score_loss",
    "mae": "mean_absolute_error",
    "ece": "expected_calibration_error",
    "fpr": "false_positive_rate",
    "fnr": "false_negative_rate",
    "kendall": "kendall_tau",
    "auc_rating_matched": "roc_auc_rating_matched",
}
"""Columns of the metrics that files call otherwise; the others keep their names."""
SCORES = (
    *("auc", "average_precision", "spearman", "kendall", "pairwise_accuracy", "mae", "tier_concordance", "brier"),
    *("ece", "auc_rating_matched"),
)
DECISIONS = ("balanced_accuracy", "accuracy", "f1", "mcc", "fpr", "fnr")


def own_name(metric: str) -> str:
    """What a metric of the files is called in a DataFrame."""
    return NAMES.get(metric, metric)


def estimates(found: Mapping[str, Estimate], names: Sequence[str], n: int) -> dict[str, Any]:
    """Columns NAME, NAME_low and NAME_high of the metrics that are there; NAME_n where it is not on all n papers."""
    row: dict[str, Any] = {}
    for name in names:
        if name not in found:
            continue
        column, estimate = own_name(name), found[name]
        row |= {column: estimate.value, f"{column}_low": estimate.low, f"{column}_high": estimate.high}
        if estimate.n != n:
            row[f"{column}_n"] = estimate.n
    return row


def metrics_frame(figures: RunMetrics) -> pd.DataFrame:
    """A row per reviewer, the highest AUC first, decisions by the rule to look at first; see `ReviewerMetrics`."""
    ranks = {row.name: {"rank": row.rank, "rank_low": row.low, "rank_high": row.high} for row in figures.ranks}
    rows = [_metrics_row(reviewer) | ranks.get(reviewer.name, {}) for reviewer in figures.reviewers]
    found = _frame(rows, "reviewer")
    return found.sort_values("roc_auc", ascending=False, kind="stable") if "roc_auc" in found else found


def _metrics_row(reviewer: ReviewerMetrics) -> dict[str, Any]:
    about = {
        "reviewer": reviewer.name,
        "kind": reviewer.kind,
        "floor": reviewer.automatic,
        "n": reviewer.n,
        "reviewed": reviewer.reviewed,
        "in_sample": reviewer.in_sample,
    }
    decisions = _decisions_row(reviewer.headline, reviewer.n) if reviewer.headline else {}
    cost = {"usd_per_review": reviewer.usd_per_review, "seconds_per_review": reviewer.seconds_per_review}
    return about | estimates(reviewer.scores, SCORES, reviewer.n) | decisions | cost


def _decisions_row(row: DecisionRow, n: int) -> dict[str, Any]:
    rule = {"decision_rule": row.rule, "threshold": row.threshold, "threshold_in_sample": row.in_sample}
    return rule | estimates(row.metrics, DECISIONS, n) | row.confusion


def decisions_frame(figures: RunMetrics) -> pd.DataFrame:
    """A row per reviewer and rule for its decisions."""
    return _frame(
        {"reviewer": reviewer.name} | _decisions_row(row, reviewer.n)
        for reviewer in figures.reviewers
        for row in reviewer.decisions
    )


def humans_frame(figures: RunMetrics) -> pd.DataFrame:
    """A row per kind of human judgement on the same papers; empty without ratings."""
    names = list(dict.fromkeys(name for row in figures.ceilings for name in row.metrics))
    return _frame(
        {"humans": row.name, "note": row.note, "n": row.n, "contaminated": row.contaminated, "model": row.model}
        | estimates(row.metrics, names, row.n)
        for row in figures.ceilings
    )


def reviews_frame(reviews: Iterable[Review], judgements: Iterable[Judgement] = ()) -> pd.DataFrame:
    """A row per review, with the human side where it is known."""
    human = {j.paper_id: {"accepted": j.accepted, "mean_rating": j.mean_rating, "tier": j.tier} for j in judgements}
    return _frame(
        {
            "reviewer": review.reviewer,
            "paper_id": review.paper_id,
            "repeat": review.repeat,
            "status": review.status,
            "score": review.overall,
            "decision": review.decision,
            "p_accept": review.p_accept,
            **human.get(review.paper_id, {}),
            "reason": review.reason,
            **review.usage.model_dump(),
            "fields": review.fields,
        }
        for review in reviews
    )


def probes_frame(audit: AuditSummary) -> pd.DataFrame:
    """A row per probe of a leak audit and form of the text."""
    return _frame(
        {"probe": probe.name, "kind": probe.kind, "text": text, "verdict": found.verdict, "limit": probe.limit}
        | estimates({"auc": found.auc, "balanced_accuracy": found.balanced_accuracy}, ("auc", *DECISIONS), audit.n)
        for probe in audit.probes
        for text, found in (("raw", probe.raw), ("scrubbed", probe.scrubbed))
    )


def records_frame(records: Iterable[BaseModel]) -> pd.DataFrame:
    """A row per record, an `Estimate` as three columns."""
    return _frame(_flat(record) for record in records)


def _flat(record: BaseModel) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in record:
        if isinstance(value, Estimate):
            row |= {name: value.value, f"{name}_low": value.low, f"{name}_high": value.high}
        elif isinstance(value, BaseModel):
            row |= _flat(value)
        else:
            row[name] = value
    return row


def _frame(rows: Iterable[Mapping[str, Any]], index: str = "") -> pd.DataFrame:
    import pandas as pd

    found = pd.DataFrame(list(rows))
    return found.set_index(index) if index and len(found) else found
