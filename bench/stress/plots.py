"""The drawings of a card: shifts by manipulation, order by strength, AUC under changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...presentation.drawing import ALARM, COLOURS, GREY, Difference, forest, style
from ...presentation.numbers import show, signed
from .figures import ChangeFigures, StressFigures
from .tables import FAMILIES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def shifts(figures: StressFigures) -> Figure | None:
    """The shift of each manipulation at its highest strength, in standard deviations; None where none is known."""
    found = {
        title: [_shift(row) for row in figures.at_most(family) if row.relative.value is not None]
        for family, title in FAMILIES.items()
    }
    found = {title: rows for title, rows in found.items() if rows}
    return forest(found, "change of the score, standard deviations between intact papers") if found else None


def _shift(row: ChangeFigures) -> Difference:
    wrong = row.moved if row.expected == "same" else not row.noticed
    found = row.relative
    words = str(signed(found.value, found.low, found.high, 2)) if found.value else "0"
    resolved = row.moved
    return Difference(
        row.name.partition(":")[2], found.value or 0.0, found.low, found.high, resolved, ALARM if wrong else GREY, words
    )


def ladder(figures: StressFigures) -> Figure | None:
    """Pairs ordered right by strength, a line for each degradation; None without any."""
    by_name: dict[str, list[ChangeFigures]] = {}
    for row in figures.changes:
        if row.ordered is not None and row.ordered.value is not None:
            by_name.setdefault(row.name.partition(":")[2], []).append(row)
    if not by_name:
        return None
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with style():
        figure = Figure(figsize=(9.3, 3.8), layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
        axes = figure.add_subplot()
        axes.axhline(0.5, color="#bbbbbb", linewidth=0.9)
        for at, (name, rows) in enumerate(by_name.items()):
            colour, dash = COLOURS[at % len(COLOURS)], ("-", "--")[at // 6 % 2]
            x = [row.strength for row in rows]
            y = [row.ordered.value or 0.0 for row in rows if row.ordered]
            axes.plot(x, y, dash, marker="o", markersize=4, color=colour, label=name)
            last = rows[-1].ordered
            if last and last.low is not None and last.high is not None:
                axes.plot([x[-1] + 0.004 * (at + 1)] * 2, [last.low, last.high], color=colour, linewidth=1.2)
        axes.set(xlabel="strength", ylabel="pairs ordered right", ylim=(-0.03, 1.03))
        figure.legend(loc="outside right upper")
    return figure


def aucs(figures: StressFigures) -> Figure | None:
    """What each change that should not matter does to the AUC; None without decisions."""
    before = figures.auc
    if before is None or before.value is None:
        return None
    rows = [row for row in figures.changes if row.auc is not None and row.auc.value is not None]
    last = {row.name: row for row in rows}
    if not last:
        return None
    found = [
        Difference(
            row.name, row.auc.value - before.value,
            None if row.auc.low is None else row.auc.low - before.value,
            None if row.auc.high is None else row.auc.high - before.value,
            row.moved, ALARM if row.auc.value < before.value - 0.02 else GREY, str(show(row.auc)),
        )
        for row in last.values() if row.auc is not None and row.auc.value is not None
    ]  # fmt: skip
    return forest({f"AUC of rejected papers changed; intact {show(before)}": found}, "AUC less that on intact papers")
