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
8. A comparison of any two runs on one data set, or of a run that the text names with any other.
9. Where the text speaks of a total, the sum over data sets; where it speaks of an interval or of bounds, an end of one:
   mean ± standard error, mean ± 1.96 standard errors, the t interval of the seeds.

Where the text speaks of an average, 5 and 6 come before 4.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from .logged import Cell, Logged, LoggedResults
from .spreads import NORMAL, Candidate, as_logged, compared, of_seeds, overall, pairs_of, spreads_of_seeds, summaries

Cells = dict[tuple[str, str], dict[str, Logged]]
"""Means by data set and metric, then by run."""
Groups = dict[tuple[str, str], list[Logged]]


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
        yield from (as_logged(x) for x in self.means if scope.holds(x))

    def logged_rest(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 3."""
        yield from (as_logged(x) for x in self.rest if scope.holds(x))

    def comparisons(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 4."""
        yield from (c for c in self._comparisons(scope, scope.runs or frozenset()) if c.usual)

    def further_comparisons(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 7."""
        yield from (c for c in self._comparisons(scope, scope.runs or frozenset()) if not c.usual)

    def every_comparison(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 8; where the scope names runs, one of the two is one of them."""
        for c in self._comparisons(scope, None):
            if c.usual and (scope.runs is None or any(cell[0] in scope.runs for cell in c.cells)):
                yield c

    def _comparisons(self, scope: Scope, runs: frozenset[str] | None) -> Iterator[Candidate]:
        for (dataset, metric), found in self._cells(scope).items():
            for one, other in pairs_of(found, runs):
                yield from compared(found[one], found[other], f"{dataset} {metric}".strip())

    def aggregates(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 5, over data sets and over runs."""
        by_run, by_dataset = self._grouped(scope)
        for (run, metric), values in by_run.items():
            yield from summaries(values, f"{metric} of {run} over data sets")
        for (dataset, metric), values in by_dataset.items():
            yield from summaries(values, f"{dataset} {metric} over runs")

    def of_seeds(self, scope: Scope) -> Iterator[Candidate]:
        """Derivation 5, over the seeds of one cell."""
        for cell, values in self.seeds.items():
            if scope.holds(Logged(*cell, "seed", 0.0)):
                yield from of_seeds(values, cell)

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
            for one, other in pairs_of(common, scope.runs or frozenset()):
                yield from overall([(runs[one], runs[other]) for runs in datasets.values()], metric)

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
            yield from spreads_of_seeds(self.seeds.get(cell, []), cell)

    def _cells(self, scope: Scope) -> Cells:
        """Means of a data set and metric in scope, of all runs: what a named run is compared with may be unnamed."""
        cells: Cells = {}
        for x in self.means:
            if scope.holds(x, any_run=True):
                cells.setdefault((x.dataset, x.metric), {})[x.run] = x
        return cells
