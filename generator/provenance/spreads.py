"""Differences, means and spreads that a paper may state of logged values."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Literal, NamedTuple

from .logged import BASELINE, Cell, Logged

Form = Literal["value", "share", "ratio", "difference", "points", "part"]

NORMAL = 1.96


class Candidate(NamedTuple):
    """A value that a number may print.

    `form` says how: "share" is printed as a percentage, "ratio" as a factor, "points" as a percentage of a difference.
    `usual` is False for comparisons the other way round.
    """

    value: float
    how: str
    form: Form = "value"
    cells: tuple[Cell, ...] = ()
    usual: bool = True


def compared(one: Logged, other: Logged, what: str, *, means: str = "") -> Iterator[Candidate]:
    """The comparisons of two values, `one` as the reference and the other way round; differences have their sign."""
    a, b = one.value, other.value
    cells = (one.cell, other.cell)
    shown = f"{means}{what}: {one.run} {a:.6g} and {other.run} {b:.6g}"
    yield Candidate(b - a, f"difference, {shown}", "difference", cells)
    yield Candidate(b - a, f"difference in points, {shown}", "points", cells, usual=False)
    for usual, base, new in ((True, one, other), (False, other, one)):
        if base.value:
            ratio = abs(new.value / base.value)
            change = (new.value - base.value) / abs(base.value)
            names = f"{new.run} against {base.run}"
            yield Candidate(change, f"relative change of {names}, {shown}", "share", cells, usual)
            yield Candidate(ratio, f"ratio of {names}, {shown}", "ratio", cells)
            yield Candidate(ratio, f"ratio of {names}, {shown}", "part", cells, usual=False)


def sign_of(hits: Iterable[Candidate]) -> int:
    """1 or -1 where all usual ones among the values are differences or changes of that sign, else 0."""
    found = {
        (c.value > 0) - (c.value < 0) if c.form in ("difference", "share", "points") else 0 for c in hits if c.usual
    }
    return found.pop() if len(found) == 1 else 0


def as_logged(x: Logged) -> Candidate:
    """The value itself."""
    return Candidate(x.value, x.name, "value", (x.cell,))


def pairs_of(runs: Iterable[str], named: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    """Pairs of runs to compare: all where `named` is None, else those named, or each with the baseline."""
    ordered = sorted(runs, key=lambda run: (len(run), run))
    inside = [run for run in ordered if named is not None and run in named]
    if named is None:
        yield from combinations(ordered, 2)
    elif len(inside) > 1:
        yield from combinations(inside, 2)
    elif inside and inside[0] != BASELINE and BASELINE in ordered:
        yield BASELINE, inside[0]
    else:
        yield from ((BASELINE, run) for run in ordered if run != BASELINE and BASELINE in ordered)


def summaries(values: list[Logged], what: str) -> Iterator[Candidate]:
    """Mean, median, least, greatest and spread of several values."""
    if len(values) < 2:
        return
    numbers = [x.value for x in values]
    yield Candidate(statistics.fmean(numbers), f"mean {what}")
    yield Candidate(min(numbers), f"smallest {what}")
    yield Candidate(max(numbers), f"largest {what}")
    yield Candidate(statistics.median(numbers), f"median {what}")


def of_seeds(values: list[float], cell: Cell) -> Iterator[Candidate]:
    """What several seeds of one cell give: their mean, extremes and spreads."""
    what = " ".join(word for word in cell if word)
    if len(values) > 1:
        yield Candidate(statistics.fmean(values), f"mean of the seeds, {what}", "value", (cell,))
        yield Candidate(statistics.median(values), f"median of the seeds, {what}", "value", (cell,))
        yield Candidate(max(values) - min(values), f"range of the seeds, {what}", "value", (cell,))
        yield from spreads_of_seeds(values, cell)


def spreads_of_seeds(values: list[float], cell: Cell) -> Iterator[Candidate]:
    """Spreads of the values of a cell's seeds; the standard error is the usual one."""
    if len(values) < 2:
        return
    from scipy.special import stdtrit

    what = "of the seeds, " + " ".join(word for word in cell if word)
    deviation = statistics.stdev(values)
    error = deviation / math.sqrt(len(values))
    spreads = {
        "standard error": error,
        "standard deviation": deviation,
        "standard deviation (over n)": statistics.pstdev(values),
        "1.96 standard errors": NORMAL * error,
        "half of the t interval": float(stdtrit(len(values) - 1, 0.975)) * error,
    }
    for name, value in spreads.items():
        yield Candidate(value, f"{name} {what}", "value", (cell,), usual=name == "standard error")


def overall(pairs: list[tuple[Logged, Logged]], metric: str) -> Iterator[Candidate]:
    """Comparisons of two runs over data sets: of the means, and the mean of the single comparisons."""
    first, second = pairs[0]
    means = [Logged(x.run, "", metric, "mean", statistics.fmean(pair[i].value for pair in pairs))
             for i, x in enumerate((first, second))]  # fmt: skip
    yield from (c for c in compared(means[0], means[1], metric, means="means over data sets, ") if c.usual)
    forms: dict[tuple[str, Form], list[float]] = {}
    for one, other in pairs:
        for c in compared(one, other, ""):
            if c.usual:
                forms.setdefault((c.how.partition(",")[0], c.form), []).append(c.value)
    for (how, form), values in forms.items():
        if len(values) == len(pairs):
            yield Candidate(statistics.fmean(values), f"mean over data sets of the {how}, {metric}", form)
            if len({value > 0 for value in values}) > 1:
                sizes = statistics.fmean(map(abs, values))
                yield Candidate(sizes, f"mean over data sets of the size of the {how}, {metric}", form)
