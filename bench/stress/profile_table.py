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
        remark = f"each rejected paper under what helps it most, n={figures.worst_auc.n}"
        rows.append(("AUC under the worst change", show(figures.worst_auc), remark))
    if figures.worst_accepts is not None and figures.prevalence is not None:
        worst, before = figures.worst_accepts, show(figures.prevalence.false_accepts, digits=2)
        remark = f"intact {before}, n={worst.n}"
        rows.append(("False accepts under the worst change", show(worst, digits=2), remark))
    rows.append(("False alarms on clean papers", show(figures.false_alarms), f"n={figures.false_alarms.n}"))
    return rows


def _repeats(figures: StressFigures) -> list[Row]:
    again = figures.repeats
    if again is None:
        return []
    return [
        ("Run-to-run SD", show(again.sd, digits=2), f"points; {again.repeats} reviews of n={again.sd.n}"),
        ("Self-agreement", show(again.agreement, digits=2), f"pairs with the same decision, n={again.agreement.n}"),
        ("Drift", difference(again.drift, digits_of(figures)), f"last less first repeat, points, n={again.drift.n}"),
    ]


def _ratings(figures: StressFigures, rated: RatedFigures) -> list[Row]:
    rows: list[Row] = []
    if rated.length is not None:
        slope = difference(rated.length, digits_of(figures))
        remark = f"points per doubling of the words, given {rated.length_given}, n={rated.length.n}"
        rows.append(("Length bias", slope, remark))
    if rated.inflation is not None:
        rows.append(("Inflation against humans", difference(rated.inflation), f"points, n={rated.inflation.n}"))
    elif rated.inflation_missing:
        rows.append(("Inflation against humans", NONE, rated.inflation_missing))
    return rows


def _scale(figures: StressFigures) -> list[Row]:
    rows: list[Row] = []
    if figures.scale is not None:
        use = figures.scale
        middle = f"5th to 95th percentile, n={use.share.n}"
        even = f"of {use.points} points, 1 where all are used alike, n={use.entropy.n}"
        share = show(use.share, digits=2) if use.known else NONE
        rows += [
            ("Share of the scale used", share, middle if use.known else "its scale is not known"),
            ("Entropy of scores", show(use.entropy, digits=2), even),
        ]
    if figures.prevalence is not None:
        mix = figures.prevalence
        even = f"as many accepted as rejected papers, n={mix.balanced.n}"
        rows += [
            ("Accepts, natural mix", show(mix.natural, digits=2), f"humans {mix.humans:.2f}, n={mix.natural.n}"),
            ("Accepts, balanced mix", show(mix.balanced, digits=2), even),
        ]
    return rows


def _memory(rated: RatedFigures) -> list[Row]:
    rows: list[Row] = []
    if rated.memory is not None and rated.memory.whole.recall_auc is not None:
        rest, whole = rated.memory.unrecalled, rated.memory.whole
        known = f"outcome recalled of {rated.memory.recalled['outcome']} of n={whole.n}"
        remark = f"n={rest.n}{f'; {rest.missing}' if rest.missing else ''}"
        rows += [
            ("AUC of what it recalls", show(whole.recall_auc), known),
            ("AUC where nothing is recalled", show(rest.auc), remark),
        ]
    if rated.age:
        rows.append(("Time", "dates", rated.age))
    return rows
