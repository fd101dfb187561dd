"""The table of what a reviewer is like on papers as they are."""

from __future__ import annotations

from ...presentation.cell import NONE
from ...presentation.numbers import show
from ...presentation.table import Table
from .figures import RatedFigures, StressFigures
from .tables import difference, digits_of

Row = tuple[str, str, str]
"""Name of a figure, its value, and a remark."""


def profile_table(figures: StressFigures, rated: RatedFigures) -> Table:
    """The figures on papers as they are."""
    rows = [*_agreement(figures), *_repeats(figures), *_ratings(figures, rated), *_scale(figures), *_memory(rated)]
    return Table("On papers as they are", ("Figure", "Value", "Of what"), tuple(rows))


def _agreement(figures: StressFigures) -> list[Row]:
    rows: list[Row] = []
    if figures.auc is not None:
        rows.append(("AUC on papers as they are", show(figures.auc), f"n={figures.auc.n}"))
    if figures.worst_auc is not None:
        worst = show(figures.worst_auc)
        rows.append(("AUC under the worst change", worst, "each rejected paper under what helps it most"))
    if figures.worst_accepts is not None and figures.prevalence is not None:
        before = show(figures.prevalence.false_accepts, digits=2)
        rows.append(("False accepts under the worst change", show(figures.worst_accepts, digits=2), f"intact {before}"))
    rows.append(("False alarms on clean papers", show(figures.false_alarms), f"n={figures.false_alarms.n}"))
    return rows


def _repeats(figures: StressFigures) -> list[Row]:
    again = figures.repeats
    if again is None:
        return []
    return [
        ("Run-to-run SD", show(again.sd, digits=2), f"points; {again.repeats} reviews of n={again.sd.n}"),
        ("Self-agreement", show(again.agreement, digits=2), "pairs of reviews with the same decision"),
        ("Drift", difference(again.drift, digits_of(figures)), "last repeat less the first, points"),
    ]


def _ratings(figures: StressFigures, rated: RatedFigures) -> list[Row]:
    rows: list[Row] = []
    if rated.length is not None:
        slope = difference(rated.length, digits_of(figures))
        rows.append(("Length bias", slope, f"points per doubling of the words, given {rated.length_given}"))
    if rated.inflation is not None:
        rows.append(("Inflation against humans", difference(rated.inflation), f"points, n={rated.inflation.n}"))
    elif rated.inflation_missing:
        rows.append(("Inflation against humans", NONE, rated.inflation_missing))
    return rows


def _scale(figures: StressFigures) -> list[Row]:
    rows: list[Row] = []
    if figures.scale is not None:
        use = figures.scale
        share = show(use.share, digits=2) if use.known else NONE
        rows += [
            ("Share of the scale used", share, "5th to 95th percentile" if use.known else "its scale is not known"),
            ("Entropy of scores", show(use.entropy, digits=2), f"of {use.points} points, 1 where all are used alike"),
        ]
    if figures.prevalence is not None:
        mix = figures.prevalence
        rows += [
            ("Accepts, natural mix", show(mix.natural, digits=2), f"humans {mix.humans:.2f}"),
            ("Accepts, balanced mix", show(mix.balanced, digits=2), "as many accepted as rejected papers"),
        ]
    return rows


def _memory(rated: RatedFigures) -> list[Row]:
    rows: list[Row] = []
    if rated.memory is not None and rated.memory.whole.recall_auc is not None:
        rest, known = rated.memory.unrecalled, rated.memory.recalled["outcome"]
        remark = f"n={rest.n}{f'; {rest.missing}' if rest.missing else ''}"
        rows += [
            ("AUC of what it recalls", show(rated.memory.whole.recall_auc), f"outcome recalled of {known} papers"),
            ("AUC where nothing is recalled", show(rest.auc), remark),
        ]
    if rated.age:
        rows.append(("Time", "dates", rated.age))
    return rows
