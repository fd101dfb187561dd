"""A number that a run logged, with the run, data set and metric that it belongs to; and all those of one folder."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from .settings import Setting

Kind = Literal["mean", "stderr", "std", "seed", "statistic", "other"]
KINDS: dict[str, Kind] = {"means": "mean", "mean": "mean", "stderrs": "stderr", "stderr": "stderr", "sem": "stderr",
                          "sems": "stderr", "std": "std", "stds": "std", "final_info_dict": "seed", "seeds": "seed",
                          "per_seed": "seed", "values": "seed"}  # fmt: skip
SUFFIXES: dict[str, Kind] = {"_mean": "mean", "_means": "mean", "_stderr": "stderr", "_sem": "stderr", "_std": "std"}
RUN = re.compile(r"run_(\d+)\Z")
BASELINE = "run_0"

Cell = tuple[str, str, str]
"""Run, data set and metric."""


@dataclass(frozen=True)
class Logged:
    """One number that a run wrote. `dataset` and `metric` are empty where the layout does not say.

    `seed` is the name of the seed, or its place in a list, of values of the kind "seed" as far as the file tells it.
    """

    run: str
    dataset: str
    metric: str
    kind: Kind
    value: float
    path: str = ""
    seed: str = ""

    @property
    def cell(self) -> Cell:
        """Run, data set and metric."""
        return self.run, self.dataset, self.metric

    @property
    def name(self) -> str:
        """What it is, in words: "run_1 dino kl_divergence mean"."""
        if self.kind == "statistic":
            return f"statistics.json {self.path}"
        words = (self.run, self.dataset, self.metric, self.path if self.kind == "other" else self.kind)
        return " ".join(word for word in words if word)


@dataclass
class LoggedResults:
    """All numbers of a results folder. `labels` are what papers and plots call the runs, `metric_labels` the
    metrics; `better` says "higher" or "lower" of a metric; `codes` are names and texts of code that is in no file;
    `failed` are values that are not finite, which no number of a paper can stand for.
    """

    logged: list[Logged] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    settings: list[Setting] = field(default_factory=list)
    metric_labels: dict[str, str] = field(default_factory=dict)
    better: dict[str, str] = field(default_factory=dict)
    codes: list[tuple[str, str]] = field(default_factory=list)
    failed: list[Logged] = field(default_factory=list)

    @property
    def runs(self) -> list[str]:
        """The runs in the order of their numbers."""
        return sorted({x.run for x in self.logged if x.run}, key=lambda run: (len(run), run))

    @property
    def datasets(self) -> list[str]:
        """The data sets, sorted."""
        return sorted({x.dataset for x in self.logged if x.dataset})

    @property
    def metrics(self) -> list[str]:
        """The metrics that have a mean, sorted."""
        return sorted({x.metric for x in self.logged if x.kind == "mean"})

    @property
    def seeds(self) -> set[int]:
        """How many values per seed the cells have."""
        counts: dict[Cell, int] = {}
        for x in self.logged:
            if x.kind == "seed":
                counts[x.cell] = counts.get(x.cell, 0) + 1
        return set(counts.values())
