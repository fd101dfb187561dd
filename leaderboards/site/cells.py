"""Cells of the site's tables: numbers, money, ranks, interval bars."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ...presentation.cell import NONE, Cell
from ...presentation.numbers import bracketed, dollars, number, ratio, show
from ...statistics.estimate import Estimate
from ..boards import RankInterval
from .bars import ColumnAxis, IntervalBar
from .tables import Select

UNKNOWN, UNDRAWN = Cell(NONE), Cell("")
BAR = (3.0, 97.0)
"""Percents of the column's width between which bars are drawn."""


def number_cell(value: float | None, digits: int = 3, small: str = "") -> Cell:
    """A number; a dash that sorts last where it is unknown."""
    return Cell(number(value, digits), value, small=small if value is not None else "")


def estimated(estimate: Estimate | None, digits: int = 3, *, interval: bool = True, small: str = "") -> Cell:
    """An estimate with its interval, or with other words below it."""
    if small and estimate is not None:
        return number_cell(estimate.value, digits, small)
    return show(estimate, interval=interval, digits=digits)


def span(estimate: Estimate, digits: int = 3) -> str:
    """The interval as "[.646, .734]"; empty where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    return bracketed(estimate.low, estimate.high, digits)


def money(usd: float | None) -> Cell:
    """US dollars; a dash where unknown."""
    return UNKNOWN if usd is None else Cell(dollars(usd), usd)


def share(count: int, of: int) -> Cell:
    """A count of a whole, sorted by the share."""
    return ratio(count, of) if of else UNKNOWN


def ranked(place: RankInterval | None) -> Cell:
    """A rank with its order interval, as "1 (1–2)"; ties as "1=". It has the mark of its place."""
    if place is None:
        return UNKNOWN
    order = f"({place.low}–{place.high})" if place.low != place.high else f"({place.low})"
    return Cell(f"{place.rank}{'=' if place.tied else ''}", place.rank, small=order, mark=place.mark)


def bar(
    axis: ColumnAxis, estimate: Estimate | None, what: str, reference: float | None = None, digits: int = 3
) -> Cell:
    """An estimate as a drawing on the column's axis, said in words for who cannot see it."""
    if estimate is None or estimate.value is None:
        return UNDRAWN
    label = f"{what} {number(estimate.value, digits)}"
    if estimate.low is not None and estimate.high is not None:
        label += f", 95% interval {number(estimate.low, digits)} to {number(estimate.high, digits)}"
    return Cell("", estimate.value, drawing=IntervalBar(axis, estimate, label, reference))


def choices(name: str, label: str, found: Sequence[tuple[str, str]]) -> tuple[Select, ...]:
    """A filter over the values found, each once, in their order; none where there is nothing to choose from."""
    options = tuple(dict(found).items())
    return (Select(name, label, options),) if len(options) > 1 else ()


def axis_over(values: Iterable[float | None], start: float, end: float, *, pad: float = 0.06) -> ColumnAxis:
    """An axis with some room around all values; from 0 to 1 where there are none."""
    known = [v for v in values if v is not None and math.isfinite(v)]
    if not known:
        return ColumnAxis(0, 1, start, end)
    room = (max(known) - min(known)) * pad or max(abs(known[0]) * 0.1, 0.1)
    return ColumnAxis(min(known) - room, max(known) + room, start, end)
