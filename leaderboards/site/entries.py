"""The page of a result: its tables, its facts, and the numbers at its top."""

from __future__ import annotations

from dataclasses import dataclass

from ...presentation.cell import NONE, Cell
from ...presentation.numbers import between, dollars, number
from ..boards import RankInterval, ReviewerBoard, ReviewerEntry
from ..records import GeneratorResult, ReviewerResult
from .cells import UNKNOWN, estimated, number_cell, ranked, share, span
from .seals import seal_facts
from .tables import BoardTable, Column, Row, board_table

METRIC_COLUMNS = (
    Column("metric", "Metric", kind="text", first="ascending"),
    Column("value", "Value"),
    Column("interval", "95% interval", "intervals", kind="text", first="ascending"),
    Column("n", "n"),
)
"""Of a table with a metric per row."""
SCORES = (
    ("auc", "AUC"),
    ("average_precision", "Average precision"),
    ("spearman", "Spearman with the mean rating"),
    ("kendall", "Kendall with the mean rating"),
    ("pairwise_accuracy", "Pairwise accuracy"),
    ("mae", "Mean error against the rating"),
    ("tier_concordance", "Tier concordance"),
    ("brier", "Brier score"),
    ("ece", "Calibration error"),
)
ANCHORS = {
    "auc": "auc",
    "brier": "brier",
    "ece": "brier",
    "mae": "mae",
    "tier_concordance": "tier-concordance",
    "average_precision": "average-precision",
    "spearman": "spearman",
    "kendall": "spearman",
    "pairwise_accuracy": "spearman",
}
DECISIONS = (
    ("balanced_accuracy", "Bal. acc.", "balanced-accuracy"),
    ("accuracy", "Accuracy", "accuracy"),
    ("f1", "F1", "f1"),
    ("mcc", "MCC", "mcc"),
    ("fpr", "FPR", "fpr"),
    ("fnr", "FNR", "fnr"),
    ("legacy_auc_of_decisions", "Legacy AUC of decisions", "legacy-auc"),
)


@dataclass(frozen=True)
class Key:
    """A metric at the top of the page: what it is, its value, and its interval or other words."""

    label: str
    cell: Cell
    about: str


def rank_key(place: RankInterval | None, of: int) -> Key:
    """The rank with the order interval, among `of` ranked entries."""
    order = f"of {of}, order {place.low}–{place.high}" if place else ""
    return Key("Rank", Cell(ranked(place), small=order, mark=place.mark if place else ""), "ranks")


def made_facts(result: ReviewerResult | GeneratorResult) -> list[tuple[str, str]]:
    """Status, version and digest of a result."""
    status = "verified: the project's checks made the reviews again and got the same scores"
    return [
        ("Status", status if result.status == "verified" else "self-reported: metrics recomputed from the scores"),
        ("Made", f"{result.made.created} with peerassay {result.made.peerassay}"),
        ("Digest", f"SHA-256 {result.digest}" if result.digest else NONE),
    ]


def reviewer_keys(entry: ReviewerEntry, of: int) -> list[Key]:
    """The metrics at the top of a reviewer's page; `of` is the number of ranked entries."""
    result, headline = entry.result, entry.result.figures.headline
    balanced = headline.metrics.get("balanced_accuracy") if headline else None
    return [
        rank_key(entry.place, of),
        Key("AUC", estimated(result.figures.scores.get("auc")), "auc"),
        Key("Balanced accuracy", estimated(balanced), "balanced-accuracy"),
        Key("Coverage", share(result.figures.reviewed, result.figures.n), "coverage"),
        Key("Cost per review", Cell(dollars(result.usd_per_review, "unknown")), "cost"),
    ]


def scores_table(result: ReviewerResult) -> BoardTable:
    """All metrics of the scores, each with interval and n."""
    found = result.figures.scores
    names = [(key, name) for key, name in SCORES if key in found]
    names += [(key, key.replace("_", " ")) for key in found if key not in dict(SCORES)]
    rows = tuple(
        Row((
            Cell(name, href=f"metrics.html#{ANCHORS[key]}" if key in ANCHORS else ""),
            number_cell(found[key].value),
            Cell(span(found[key]) or NONE),
            Cell(f"{found[key].n:,}"),
        ))
        for key, name in names
    )  # fmt: skip
    source = result.figures.probability
    note = f"Probabilities behind Brier score and calibration error: {source}." if source else ""
    return board_table("scores", "Metrics of the scores", METRIC_COLUMNS, rows, note=note, sortable=False)


def decisions_table(result: ReviewerResult) -> BoardTable:
    """The decisions under every rule, with the counts behind them."""
    columns = (
        Column("rule", "Decision rule", "decision-rules", kind="text", first="ascending"),
        *(Column(key, label, about) for key, label, about in DECISIONS),
        Column("confusion", "tp / fp / fn / tn", "confusion"),
        Column("own-word", "Own word differs", "own-word"),
    )
    rows = []
    for row in result.figures.decisions:
        tags = ["headline"] if row is result.figures.headline else []
        tags += ["in-sample"] if row.in_sample else []
        counts = " / ".join(str(row.confusion.get(key, 0)) for key in ("tp", "fp", "fn", "tn"))
        differs = UNKNOWN if row.contradicted is None else share(row.contradicted, result.figures.worded)
        at = "" if row.threshold is None else f"at {row.threshold:.4g}"
        cells = (
            Cell(row.rule, small=at, tags=tuple(tags)),
            *(estimated(row.metrics.get(key)) for key, _, _ in DECISIONS),
            Cell(counts),
            differs,
        )
        rows.append(Row(cells, look="floor" if row.in_sample else ""))
    note = "Every metric is over all n papers: a failed review counts as the wrong decision."
    return board_table("decisions", "Decisions by rule", columns, rows, note=note, sortable=False)


def bins_table(entry: ReviewerEntry) -> BoardTable:
    """The bins of the reliability diagram as numbers."""
    columns = (
        Column("range", "Predicted", kind="text"),
        Column("n", "Papers"),
        Column("predicted", "Mean predicted"),
        Column("accepted", "Share accepted [Wilson 95%]"),
    )
    rows = tuple(
        Row((
            Cell(f"{number(b.low, 1)} to {number(b.high, 1)}"),
            Cell(f"{b.n:,}"),
            number_cell(b.predicted),
            between(b.accepted, b.accepted_low, b.accepted_high),
        ))
        for b in entry.reliability
    )  # fmt: skip
    return board_table("bins", "Reliability by bin", columns, rows, sortable=False)


def reviewer_facts(result: ReviewerResult, board: ReviewerBoard) -> list[tuple[str, str]]:
    """Where a reviewer's metrics come from."""
    d, traits, seen = board.dataset, result.traits, result.figures.in_sample
    scale = "not the scale of human ratings" if traits.scale is None else f"{traits.scale[0]:g} to {traits.scale[1]:g}"
    rules = f", rules {result.scrub_rules}" if result.scrub_rules else ""
    return [
        ("Reviewer", result.spec or result.name),
        ("Fingerprint", result.fingerprint),
        ("Kind", result.figures.kind),
        ("Scores", scale),
        *([("Training", f"fitted on {seen:,} of these papers")] if seen else []),
        ("Dataset", f"{d.name}, {d.split}{f': {d.title}' if d.title else ''}"),
        ("Source", d.source or "unknown"),
        ("Revision", d.revision or "unknown"),
        ("Licence", d.licence),
        ("Dataset hash", f"SHA-256 {d.hash}"),
        ("Text", f"{result.text}{rules}; version of the texts: {d.text_version}"),
        *seal_facts(result),
        ("Time per review", NONE if result.seconds_per_review is None else f"{result.seconds_per_review:.3g} s"),
        *made_facts(result),
    ]
