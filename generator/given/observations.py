"""The values that a table or a folder of results has: one for each run, dataset, metric and seed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import fmean, stdev

from ..nodes import Value

WHOLE = "whole"
"""The name of a value that is no seed's, but that of a run as a whole."""


@dataclass
class CellValues:
    """What is known of one metric on one dataset in one run; NaN for a seed that failed."""

    seeds: dict[str, float] = field(default_factory=dict)
    mean: float | None = None
    stderr: float | None = None

    @property
    def failed(self) -> int:
        """Seeds without a finite value."""
        return sum(not math.isfinite(value) for value in self.seeds.values())

    @property
    def differs(self) -> bool:
        """Whether the file has another mean than that of its seeds."""
        known = self._finite()
        return self.mean is not None and bool(known) and not math.isclose(self.mean, fmean(known), rel_tol=1e-3)

    def value(self) -> Value | None:
        """The value with names of its seeds; None where nothing of it is finite.

        The mean is that of the seeds where there are any.
        """
        known = self._finite()
        if not self.seeds:
            return None if self.mean is None else Value(mean=self.mean, stderr=self.stderr, names=(WHOLE,))
        if not known:
            return None
        seeds = tuple(value if math.isfinite(value) else None for value in self.seeds.values())
        spread = stdev(known) / math.sqrt(len(known)) if len(known) > 1 else None
        return Value(mean=fmean(known), stderr=spread, seeds=seeds, names=tuple(self.seeds))

    @property
    def in_rank_order(self) -> bool:
        """Whether the seeds stand sorted by value, three of them or more."""
        values = list(self.seeds.values())
        return len(values) > 2 and values in (sorted(values), sorted(values, reverse=True))

    def _finite(self) -> list[float]:
        return [value for value in self.seeds.values() if math.isfinite(value)]


@dataclass
class Observations:
    """Results as they were read, by run, dataset and metric, each in the order of the files."""

    cells: dict[tuple[str, str, str], CellValues] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    better: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    places: dict[tuple[str, str, str, str], tuple[float, str]] = field(default_factory=dict)
    """Values of tables by run, dataset, metric and seed, with the file and row that they stand in."""
    unnamed_seeds: bool = False
    unnamed_rows: bool = False
    code: str = ""

    def cell(self, run: str, dataset: str, metric: str) -> CellValues:
        """The cell, made where it is new."""
        return self.cells.setdefault((run, dataset, metric), CellValues())

    @property
    def runs(self) -> list[str]:
        """The runs, in the order in which they were read."""
        return _unique(run for run, _, _ in self.cells)

    @property
    def datasets(self) -> list[str]:
        """The datasets."""
        return _unique(dataset for _, dataset, _ in self.cells)

    @property
    def metrics(self) -> list[str]:
        """The metrics."""
        return _unique(metric for _, _, metric in self.cells)


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
