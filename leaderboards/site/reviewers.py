"""The reviewers' boards as tables: a row per reviewer, humans below, all on one axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...bench.records import DecisionRow
from ...bench.summary import CeilingRow
from ...bench.terms_tables import show_worth
from ...presentation.cell import NONE, Cell
from ...presentation.numbers import counted
from ...statistics.estimate import Estimate
from ..boards import ReviewerBoard, ReviewerEntry
from ..ranking import efficient
from ..records import ReviewerResult
from .axes import Point
from .bars import ColumnAxis
from .cells import BAR, UNKNOWN, axis_over, bar, choices, estimated, money, ranked, share
from .charts import Scatter
from .links import Pages, board_anchor, board_title, page_key
from .naming import name_cell, readable
from .robustness import COLUMNS as ROBUSTNESS
from .robustness import WORDS, robust_cells, robustness_of
from .seals import seal_tags
from .tables import BoardTable, Column, Row, Select, Sorted, board_table

TEXTS = {
    "raw": "raw, with what gives decisions away",
    "scrubbed": "scrubbed of what gives decisions away",
    "none": "none here, only scores that were made elsewhere",
}
METRICS: tuple[tuple[str, str, Sorted], ...] = (
    ("f1", "F1", "descending"),
    ("accuracy", "Accuracy", "descending"),
    ("fpr", "FPR", "ascending"),
    ("fnr", "FNR", "ascending"),
    ("mcc", "MCC", "descending"),
)


def auc_axis(board: ReviewerBoard) -> ColumnAxis:
    """The axis of a board's AUC bars: no longer than its intervals, those of humans and guessing need."""
    found = [e.result.figures.scores.get("auc") for e in board.entries]
    found += [ceiling.metrics.get("auc") for ceiling in board.dataset.ceilings]
    ends = (end for auc in found if auc is not None for end in (auc.value, auc.low, auc.high))
    axis = axis_over([0.5, *ends], *BAR, pad=0.02)
    return replace(axis, low=max(axis.low, 0.0), high=min(axis.high, 1.0))


def reviewer_table(board: ReviewerBoard, pages: Pages) -> BoardTable:
    """All metrics of a board in one table."""
    axis = auc_axis(board)
    columns = (
        Column("rank", "Rank", "ranks", first="ascending"),
        Column("name", "Reviewer", kind="text", first="ascending"),
        Column("auc", "AUC", "auc"),
        Column("bar", "95% interval", "intervals", kind="drawing", axis=axis),
        Column("balanced-accuracy", "Bal. acc.", "balanced-accuracy"),
        *(Column(key, label, key, first=first) for key, label, first in METRICS),
        Column("worth", "Worth in humans", "worth"),
        *ROBUSTNESS,
        Column("coverage", "Coverage", "coverage"),
        Column("cost", "Cost per review", "cost", first="ascending"),
        Column("status", "Status", "status", kind="text", first="ascending"),
    )
    rows = [_entry_row(board, entry, pages, axis) for entry in board.entries]
    rows += [_ceiling_row(board, ceiling, axis) for ceiling in board.dataset.ceilings if "auc" in ceiling.metrics]
    caption = counted(len(board.entries), "reviewer")
    return board_table(
        f"table-{board_anchor(board)}", caption, columns, rows, facts=board_facts(board), note=board.floors
    )


def cost_scatter(board: ReviewerBoard) -> Scatter | None:
    """AUC against cost per review; None where nobody is known to have cost anything."""
    scored = [e.result for e in board.entries if "auc" in e.result.figures.scores]
    points = [r for r in scored if r.usd_per_review is not None]
    if not any(r.usd_per_review for r in points):
        return None
    aucs = [r.figures.scores["auc"] for r in points]
    front = efficient([auc.value for auc in aucs], [r.usd_per_review for r in points])
    return Scatter(
        board_title(board),
        "AUC",
        "cost per review",
        tuple(
            Point(readable(r), r.usd_per_review or 0.0, auc, best)
            for r, auc, best in zip(points, aucs, front, strict=True)
            if auc.value is not None
        ),
        tuple(readable(r) for r in scored if r.usd_per_review is None),
        digits=3,
    )


def _entry_row(board: ReviewerBoard, entry: ReviewerEntry, pages: Pages, axis: ColumnAxis) -> Row:
    result, figures = entry.result, entry.result.figures
    auc = figures.scores.get("auc")
    headline = figures.headline
    cells = (
        ranked(entry.place),
        name_cell(result, pages[page_key(result)], reviewer_tags(result)),
        estimated(auc),
        bar(axis, auc, "AUC", reference=0.5),
        decided(headline, "balanced_accuracy", small=headline.kind if headline else ""),
        *(decided(headline, key) for key, _, _ in METRICS),
        worth_in_words(result.worth),
        *robust_cells(entry.stress, board.dataset, figures.kind),
        share(figures.reviewed, figures.n),
        money(result.usd_per_review),
        Cell(result.status),
    )
    look = "floor" if figures.kind == "floor" else ""
    robust = robustness_of(entry.stress)
    return Row(cells, kind=figures.kind, status=result.status, part=board_anchor(board), look=look, robust=robust)


def reviewer_tags(result: ReviewerResult) -> tuple[str, ...]:
    """What to know of a reviewer at first sight: its kind, whether it has seen the papers, and when it was sealed."""
    seen = result.figures.in_sample
    fitted = [f"in-sample: fitted on {seen} of these papers"] if seen else []
    return (result.figures.kind, *fitted, *seal_tags(result))


def decided(row: DecisionRow | None, key: str, small: str = "") -> Cell:
    """A metric of decisions, with other words than the interval below it, or none."""
    return UNKNOWN if row is None else estimated(row.metrics.get(key), interval=False, small=small)


def worth_in_words(worth: Estimate | None) -> Cell:
    """The worth in human reviewers with its interval below it; beyond what can be told as ">20"."""
    if worth is None or worth.value is None:
        return UNKNOWN
    value, _, interval = show_worth(worth).partition(" ")
    return Cell(value, worth.value, small=interval)


def _ceiling_row(board: ReviewerBoard, ceiling: CeilingRow, axis: ColumnAxis) -> Row:
    kind = "model" if ceiling.model else "contaminated" if ceiling.contaminated else "another target"
    tags = ("humans", kind)
    auc = ceiling.metrics.get("auc")
    cells = (
        UNKNOWN,
        Cell(ceiling.name, small=ceiling.note, tags=tags),
        estimated(auc),
        bar(axis, auc, "AUC", reference=0.5),
        estimated(ceiling.metrics.get("balanced_accuracy"), interval=False, small="same selectivity"),
        *[UNKNOWN] * (len(METRICS) + 1 + len(ROBUSTNESS)),
        Cell(f"n={ceiling.n:,}"),
        UNKNOWN,
        Cell(NONE),
    )
    return Row(cells, kind="ceiling", part=board_anchor(board), look="ceiling")


SEALED = (
    " Each reviewer's scores were committed to on the day beside its name; where that is before the decisions, none "
    "can be memory."
)


def board_facts(board: ReviewerBoard) -> str:
    """What was measured on, to be stated above the table."""
    dataset = board.dataset
    n = len(dataset.papers)
    constructed = "constructed by the dataset's authors, not human decisions"
    return (
        f"{n:,} papers, {dataset.accepted:,} accepted: base rate {dataset.accepted / n:.1%}. "
        f"Labels: {constructed if dataset.labels == 'constructed' else 'human decisions'}. Text: {TEXTS[board.text]}."
        f"{SEALED if dataset.sealed else ''}"
    )


def reviewer_filters(boards: Sequence[ReviewerBoard]) -> tuple[Select, ...]:
    """Filters by dataset and text, kind, status and robustness."""
    entries = [e.result for b in boards for e in b.entries]
    kinds = sorted({r.figures.kind for r in entries})
    kinds += ["ceiling"] if any("auc" in c.metrics for b in boards for c in b.dataset.ceilings) else []
    statuses = sorted({r.status for r in entries})
    tried = {robustness_of(e.stress) for b in boards for e in b.entries}
    return (
        *choices("part", "Dataset and text", [(board_anchor(b), board_title(b)) for b in boards]),
        *choices("kind", "Kind", [(kind, kind) for kind in kinds]),
        *choices("status", "Status", [(status, status) for status in statuses]),
        *choices("robust", "Robustness", [(name, words) for name, words in WORDS.items() if name in tried]),
    )
