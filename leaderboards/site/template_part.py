"""The part of the generators' page that a template has: a table of configurations, with bars and a scatter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ...bench.scores.records import FLOOR
from ...presentation.cell import NONE, Cell
from ..boards import GeneratorBoard, GeneratorEntry, HumanReference
from ..records import GeneratorResult
from .axes import Point
from .bars import ColumnAxis, Sparkline
from .cells import BAR, UNDRAWN, UNKNOWN, axis_over, bar, estimated, money, number_cell, ranked
from .charts import Scatter, described
from .human_cells import human_count, human_mean, powered_mean, rank_note
from .links import Pages, anchor, page_key
from .tables import BoardTable, Column, Row, board_table

SPARK = (1.0, 71.0)
"""Pixels of the small histograms' axis."""


@dataclass(frozen=True)
class TemplatePart:
    """What one template has to show: its table and, where a cost is known, its scatter."""

    template: str
    part: str
    table: BoardTable
    scatter: Scatter | None


def template_part(
    board: GeneratorBoard,
    template: str,
    entries: Sequence[GeneratorEntry],
    pages: Pages,
    axis: ColumnAxis,
    spark: ColumnAxis,
) -> TemplatePart:
    """What the board has to show of one template; `axis` is that of the bars, `spark` that of the small histograms."""
    part = anchor(template)
    columns = (
        Column("rank", "Rank", "ranks", first="ascending"),
        Column("name", "Configuration", kind="text", first="ascending"),
        Column("mean", "Mean score", "mean-score"),
        Column("bar", "95% interval", "intervals", kind="drawing", axis=axis),
        Column("humans", "Humans' mean", "human-mean"),
        Column("human-n", "Scored by humans", "human-mean"),
        Column("powered", "Prediction-powered", "powered"),
        Column("median", "Median", "mean-score"),
        Column("sd", "SD", "mean-score"),
        Column("max", "Max", "mean-score"),
        Column("spark", "Scores", "mean-score", kind="drawing"),
        Column("ideas", "Tried → finished → reviewed", "tried"),
        Column("accepted", "Accepted of tried", "accepted-share"),
        Column("p", "P(accept) per idea", "p-accept"),
        Column("cost", "Cost per paper", "cost", first="ascending"),
        Column("integrity", "Integrity", "integrity"),
        Column("violations", "Violations per paper", "violations", first="ascending"),
        Column("problems", "Papers with problems", "problems", first="ascending"),
        Column("hidden", "Hidden text", "hidden-text", first="ascending"),
        Column("status", "Status", "status", kind="text", first="ascending"),
    )
    rows = [_entry_row(entry, pages, axis, spark, part) for entry in entries]
    rows += [_reference_row(reference, axis, spark, part) for reference in board.references]
    note = rank_note(board, template)
    table = board_table(anchor("table", board.key, template), f"Template: {template}", columns, rows, note=note)
    return TemplatePart(template, part, table, scatter(template, entries))


def _entry_row(entry: GeneratorEntry, pages: Pages, axis: ColumnAxis, spark: ColumnAxis, part: str) -> Row:
    result, f = entry.result, entry.result.figures
    small = "no others known" if f.tried_from == "papers" else ""
    cells = (
        ranked(entry.place),
        Cell(result.name, href=pages[page_key(result)], tags=generator_tags(entry)),
        estimated(f.mean, 2),
        bar(axis, f.mean, "Mean score", digits=2),
        human_mean(result),
        human_count(result),
        powered_mean(result),
        number_cell(f.median.value, 2),
        number_cell(f.sd, 2),
        number_cell(f.highest, 2),
        sparkline(entry, spark),
        Cell(f"{f.tried} → {f.finished} → {f.reviewed}", f.reviewed / f.tried, small=small),
        estimated(f.accepted_share, 2, small=f"{f.accepted}/{f.tried}"),
        estimated(f.p_tried, 3),
        money(f.usd_per_paper),
        integrity(result),
        violations(result),
        problems(result),
        hidden(result),
        Cell(result.status),
    )
    look = "floor" if result.name == FLOOR else ""
    return Row(cells, status=result.status, part=part, kind="generator", look=look)


def _reference_row(reference: HumanReference, axis: ColumnAxis, spark: ColumnAxis, part: str) -> Row:
    accepted = estimated(reference.accepted_share, 2)
    cells = (
        UNKNOWN,
        Cell(reference.name, tags=("papers of humans",)),
        estimated(reference.mean, 2),
        bar(axis, reference.mean, "Mean score", digits=2),
        *[UNKNOWN] * 6,
        sparkline(reference, spark),
        Cell(f"n={reference.mean.n:,}"),
        accepted,
        *[UNKNOWN] * 6,
        Cell(NONE),
    )
    return Row(cells, kind="reference", part=part, look="ceiling")


def generator_tags(entry: GeneratorEntry) -> tuple[str, ...]:
    """What to know of a configuration at first sight."""
    if entry.result.name == FLOOR:
        return ("these papers with sentences shuffled",)
    return ("best for its price",) if entry.efficient else ()


def integrity(result: GeneratorResult) -> Cell:
    """The share of the checked numbers of all audited papers that trace to a logged result."""
    f = result.figures
    if f.numbers_traced is None or not f.numbers_checked:
        return UNKNOWN
    return number_cell(f.numbers_traced / f.numbers_checked, 3, f"n={f.numbers_checked:,}")


def violations(result: GeneratorResult) -> Cell:
    """Mean number of violations over the audited papers."""
    f = result.figures
    if not f.audited:
        return UNKNOWN
    return number_cell(f.violations / f.audited, 2, f"in {f.with_violations} of {f.audited}")


def problems(result: GeneratorResult) -> Cell:
    """The share of the papers with problems, of those whose run tells."""
    f = result.figures
    if not f.examined:
        return UNKNOWN
    return number_cell(f.with_problems / f.examined, 2, f"{f.with_problems} of {f.examined}")


def hidden(result: GeneratorResult) -> Cell:
    """How many papers had hidden text, of those searched."""
    f = result.figures
    if not f.searched:
        return UNKNOWN
    small = f"{f.with_injections} speak to the reviewer" if f.with_injections else ""
    return Cell(f"{f.with_hidden}/{f.searched}", f.with_hidden / f.searched, small=small)


def sparkline(entry: GeneratorEntry | HumanReference, axis: ColumnAxis) -> Cell:
    """The distribution of scores as a drawing."""
    histogram = entry.histogram
    if histogram is None or not histogram.bars:
        return UNDRAWN
    label = f"Scores, {described(histogram)}"
    value = entry.mean.value if isinstance(entry, HumanReference) else entry.result.figures.mean.value
    return Cell("", value, drawing=Sparkline(histogram, axis, label))


def scatter(template: str, entries: Sequence[GeneratorEntry]) -> Scatter | None:
    """Mean score against cost per paper; None where nobody is known to have cost anything."""
    points, unknown = [], []
    for entry in entries:
        f = entry.result.figures
        if f.mean.value is None:
            continue
        if f.usd_per_paper is None or not math.isfinite(f.usd_per_paper):
            unknown.append(entry.result.name)
            continue
        points.append(Point(entry.result.name, f.usd_per_paper, f.mean, entry.efficient))
    if not any(point.usd for point in points):
        return None
    return Scatter(template, "Mean score", "cost per finished paper", tuple(points), tuple(unknown), digits=2)


def score_axis(board: GeneratorBoard) -> ColumnAxis:
    """The common axis of all mean scores of a board, references included."""
    means = [e.result.figures.mean for e in board.entries] + [r.mean for r in board.references]
    return axis_over((end for m in means for end in (m.value, m.low, m.high)), *BAR)


def spark_axis(board: GeneratorBoard) -> ColumnAxis:
    """The common axis of all small histograms of a board."""
    found = [h for h in (e.histogram for e in (*board.entries, *board.references)) if h is not None]
    ends = [end for histogram in found for bar in histogram.bars for end in (bar.low, bar.high)]
    return ColumnAxis(min(ends), max(ends), *SPARK) if ends else ColumnAxis(0, 1, *SPARK)
