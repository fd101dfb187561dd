"""What follows from logged values: the derivations that a printed number may be a rounding of.

All stay within one metric. In the order in which they are tried:

1. The mean that a run logged.
2. A value of `statistics.json`.
3. A standard error, a standard deviation, or the value of one seed; last of all where the text compares.
4. A comparison of two runs on one data set: of the runs that the text names, else of each with `run_0`. A factor is the
   ratio, a percentage the change relative to the earlier run, a plain number the difference. A plain number is taken
   for a difference only where the text compares ("by", "lower", "gap", Δ, a sign).
5. The mean, smallest, largest or median over data sets, over runs, or over the seeds of one cell.
6. A comparison of two runs' means over data sets, and the mean over data sets of the single comparisons.
7. The comparisons of 4 the other way round: relative to the later run, and for percentages the ratio and the difference
   in points.
8. A comparison of any two runs on one data set.
9. Where the text speaks of a total, the sum over data sets; where it speaks of an interval or of bounds, an end of one:
   mean ± standard error, mean ± 1.96 standard errors, the t interval of the seeds.

Where the text speaks of an average, 5 and 6 come before 4.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, NamedTuple

from .logged import BASELINE, Cell, Logged, LoggedResults

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


@dataclass(frozen=True)
class Scope:
    """Runs, data sets and metrics to which a text restricts a number; None stands for all."""

    runs: frozenset[str] | None = None
    datasets: frozenset[str] | None = None
    metrics: frozenset[str] | None = None

    def holds(self, logged: Logged, *, any_run: bool = False) -> bool:
        """Whether a logged value is of this scope."""
        return (
            (any_run or self.runs is None or logged.run in self.runs)
            and (self.datasets is None or not logged.dataset or logged.dataset in self.datasets)
            and (self.metrics is None or logged.metric in self.metrics)
        )


Cells = dict[tuple[str, str], dict[str, Logged]]
"""Means by data set and metric, then by run."""
Groups = dict[tuple[str, str], list[Logged]]


class Derivations:
    """The candidates that the values of one results folder give within a scope."""

    def __init__(self, results: LoggedResults) -> None:
        self.means = [x for x in results.logged if x.kind == "mean"]
        self.rest = [x for x in results.logged if x.kind in ("stderr", "std", "seed", "other")]
        self.statistics = [x for x in results.logged if x.kind == "statistic"]
        self.seeds: dict[Cell, list[float]] = {}
        self.spreads: dict[Cell, list[Logged]] = {}
        for x in self.rest:
            if x.kind == "seed":
                self.seeds.setdefault(x.cell, []).append(x.value)
            elif x.kind != "other":
                self.spreads.setdefault(x.cell, []).append(x)

    def logged_means(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 1."""
        yield from (_plain(x) for x in self.means if scope.holds(x))

    def logged_rest(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 3."""
        yield from (_plain(x) for x in self.rest if scope.holds(x))

    def comparisons(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 4."""
        yield from (c for c in self._comparisons(scope, scope.runs or frozenset()) if c.usual)

    def further_comparisons(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 7."""
        yield from (c for c in self._comparisons(scope, scope.runs or frozenset()) if not c.usual)

    def every_comparison(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 8."""
        yield from (c for c in self._comparisons(scope, None) if c.usual)

    def _comparisons(self, scope: Scope, runs: frozenset[str] | None) -> Iterator[Candidate]:
        for (dataset, metric), found in self._cells(scope).items():
            for one, other in _pairs(found, runs):
                yield from compared(found[one], found[other], f"{dataset} {metric}".strip())

    def aggregates(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 5."""
        by_run, by_dataset = self._grouped(scope)
        for (run, metric), values in by_run.items():
            yield from _summaries(values, f"{metric} of {run} over data sets")
        for (dataset, metric), values in by_dataset.items():
            yield from _summaries(values, f"{dataset} {metric} over runs")
        for cell, values in self.seeds.items():
            if scope.holds(Logged(*cell, "seed", 0.0)):
                yield from _of_seeds(values, cell)

    def averages(self, scope: Scope) -> Iterator[Candidate]:
        """Of derivation 5 the means over data sets alone, where a text speaks of an average."""
        for (run, metric), values in self._grouped(scope)[0].items():
            if len(values) > 1:
                yield Candidate(statistics.fmean(x.value for x in values), f"mean {metric} of {run} over data sets")

    def sums(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 9, the sums."""
        for (run, metric), values in self._grouped(scope)[0].items():
            if len(values) > 1:
                yield Candidate(math.fsum(x.value for x in values), f"sum of {metric} of {run} over data sets")

    def _grouped(self, scope: Scope) -> tuple[Groups, Groups]:
        """Means in scope by run and metric, and by data set and metric."""
        by_run: Groups = {}
        by_dataset: Groups = {}
        for x in self.means:
            if scope.holds(x):
                by_run.setdefault((x.run, x.metric), []).append(x)
                by_dataset.setdefault((x.dataset, x.metric), []).append(x)
        return by_run, by_dataset

    def overall_comparisons(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 6."""
        by_metric: dict[str, dict[str, dict[str, Logged]]] = {}
        for (dataset, metric), runs in self._cells(scope).items():
            by_metric.setdefault(metric, {})[dataset] = runs
        for metric, datasets in by_metric.items():
            common = set.intersection(*(set(runs) for runs in datasets.values()))
            if len(datasets) < 2:
                continue
            for one, other in _pairs(common, scope.runs or frozenset()):
                yield from _overall([(runs[one], runs[other]) for runs in datasets.values()], metric)

    def intervals(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 9, the ends of intervals."""
        for x in self.means:
            if not scope.holds(x):
                continue
            for value, how, _, cells, _ in self.spreads_of(x.cell):
                yield Candidate(x.value - value, f"{x.name} - {how}", "value", cells)
                yield Candidate(x.value + value, f"{x.name} + {how}", "value", cells)

    def spreads_of(self, *cells: Cell) -> Iterator[Candidate]:
        """What may stand behind ±: of one cell, or of a difference between two (the root of the sum of squares)."""
        if len(cells) == 2:
            sides = [next((x.value for x in self.spreads.get(cell, ()) if x.kind == "stderr"), None) for cell in cells]
            if sides[0] is not None and sides[1] is not None:
                yield Candidate(math.hypot(sides[0], sides[1]), "standard error of the difference", "value", cells)
            return
        for cell in cells:
            for x in self.spreads.get(cell, ()):
                yield Candidate(x.value, x.name, "value", (cell,))
                if x.kind == "stderr":
                    yield Candidate(NORMAL * x.value, f"1.96 × {x.name}", "value", (cell,), usual=False)
            yield from _spreads_of_seeds(self.seeds.get(cell, []), cell)

    def _cells(self, scope: Scope) -> Cells:
        """Means of a data set and metric in scope, of all runs: what a named run is compared with may be unnamed."""
        cells: Cells = {}
        for x in self.means:
            if scope.holds(x, any_run=True):
                cells.setdefault((x.dataset, x.metric), {})[x.run] = x
        return cells


def compared(one: Logged, other: Logged, what: str, *, means: str = "") -> Iterator[Candidate]:
    """The comparisons of two values, `one` as the reference and the other way round."""
    a, b = one.value, other.value
    cells = (one.cell, other.cell)
    shown = f"{means}{what}: {one.run} {a:.6g} and {other.run} {b:.6g}"
    yield Candidate(abs(b - a), f"difference, {shown}", "difference", cells)
    yield Candidate(abs(b - a), f"difference in points, {shown}", "points", cells, usual=False)
    for usual, base, new in ((True, one, other), (False, other, one)):
        if base.value:
            ratio = abs(new.value / base.value)
            change = abs((new.value - base.value) / base.value)
            names = f"{new.run} against {base.run}"
            yield Candidate(change, f"relative change of {names}, {shown}", "share", cells, usual)
            yield Candidate(ratio, f"ratio of {names}, {shown}", "ratio", cells)
            yield Candidate(ratio, f"ratio of {names}, {shown}", "part", cells, usual=False)


def _plain(x: Logged) -> Candidate:
    return Candidate(x.value, x.name, "value", (x.cell,))


def _pairs(runs: Iterable[str], named: frozenset[str] | None) -> Iterator[tuple[str, str]]:
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


def _summaries(values: list[Logged], what: str) -> Iterator[Candidate]:
    if len(values) < 2:
        return
    numbers = [x.value for x in values]
    yield Candidate(statistics.fmean(numbers), f"mean {what}")
    yield Candidate(min(numbers), f"smallest {what}")
    yield Candidate(max(numbers), f"largest {what}")
    yield Candidate(statistics.median(numbers), f"median {what}")


def _of_seeds(values: list[float], cell: Cell) -> Iterator[Candidate]:
    what = " ".join(word for word in cell if word)
    if len(values) > 1:
        yield Candidate(statistics.fmean(values), f"mean of the seeds, {what}", "value", (cell,))
        yield Candidate(statistics.median(values), f"median of the seeds, {what}", "value", (cell,))
        yield Candidate(max(values) - min(values), f"range of the seeds, {what}", "value", (cell,))
        yield from _spreads_of_seeds(values, cell)


def _spreads_of_seeds(values: list[float], cell: Cell) -> Iterator[Candidate]:
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


def _overall(pairs: list[tuple[Logged, Logged]], metric: str) -> Iterator[Candidate]:
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
