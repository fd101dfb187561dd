"""What the runs logged: every number of a results folder with the run, data set and metric that it belongs to.

A folder has `run_*/final_info.json`. The usual layout is `{dataset: {"means": {metric: value}, "stderrs": {...},
"final_info_dict": {metric: [one value per seed]}}}`; flatter and deeper ones are read too: the words `means`, `stderrs`
and the like say what kind a number is, the first other key is the data set, the last one the metric. `statistics.json`
holds what the pipeline computed from them (differences, intervals, p-values), as names with values, nested at will.
"""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from ...data.errors import InputError
from ...data.files import read_json, read_text
from .settings import Setting, read_settings

Kind = Literal["mean", "stderr", "std", "seed", "statistic", "other"]
KINDS: dict[str, Kind] = {"means": "mean", "mean": "mean", "stderrs": "stderr", "stderr": "stderr", "sem": "stderr",
                          "sems": "stderr", "std": "std", "stds": "std", "final_info_dict": "seed", "seeds": "seed",
                          "per_seed": "seed", "values": "seed"}  # fmt: skip
SUFFIXES: dict[str, Kind] = {"_mean": "mean", "_means": "mean", "_stderr": "stderr", "_sem": "stderr", "_std": "std"}
RUN = re.compile(r"run_(\d+)\Z")
BASELINE = "run_0"
MOST_VALUES = 200_000

Cell = tuple[str, str, str]
"""Run, data set and metric."""


@dataclass(frozen=True)
class Logged:
    """One number that a run wrote. `dataset` and `metric` are empty where the layout does not say."""

    run: str
    dataset: str
    metric: str
    kind: Kind
    value: float
    path: str = ""

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
    """All numbers of a results folder. `labels` are what papers and plots call the runs."""

    logged: list[Logged] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    settings: list[Setting] = field(default_factory=list)
    metric_labels: dict[str, str] = field(default_factory=dict)

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


def read_logged(folder: Path, statistics: Path | None = None, labels: Mapping[str, str] | None = None) -> LoggedResults:
    """The results folder of an experiment; `statistics` is else looked for in it.

    Raises InputError where the folder has no run with a final_info.json, or one that cannot be read.
    """
    results = LoggedResults()
    files = [path / "final_info.json" for path in folder.glob("run_*") if RUN.fullmatch(path.name)]
    files = sorted((path for path in files if path.is_file()), key=lambda path: int(path.parent.name[4:]))
    if not files:
        raise InputError(f"{folder}: no run_*/final_info.json in it; name the folder that the experiment wrote")
    for path in files:
        results.logged += _run(path)
        if len(results.logged) > MOST_VALUES:
            raise InputError(f"{path}: more than {MOST_VALUES} numbers; keep curves out of final_info.json")
    source = statistics or folder / "statistics.json"
    if statistics or source.is_file():
        results.logged += [Logged("", "", "", "statistic", value, "/".join(path))
                           for path, value in _leaves(read_json(source), ())]  # fmt: skip
    results.labels = {**_labels(folder), **(labels or {})}
    results.settings = read_settings(folder)
    return results


def _run(path: Path) -> list[Logged]:
    found: list[Logged] = []
    for keys, value in _leaves(read_json(path), ()):
        found.append(_logged(path.parent.name, keys, value))
    return found


def _logged(run: str, keys: tuple[str, ...], value: float) -> Logged:
    """A number under the keys that lead to it; list positions are keys of digits."""
    kind: Kind | None = next((KINDS[key] for key in keys if key in KINDS), None)
    named = [key for key in keys if key not in KINDS and not key.isdecimal()]
    indexed = any(key.isdecimal() for key in keys)
    metric = named[-1] if named else ""
    for suffix, of in SUFFIXES.items():
        if metric.endswith(suffix):
            metric, kind = metric.removesuffix(suffix), of if kind in (None, "mean", "stderr") else kind
            break
    dataset = named[0] if len(named) > 1 else ""
    if kind is None:
        kind = "mean" if not indexed and len(named) <= 2 else "seed" if indexed and len(named) <= 2 else "other"
    return Logged(run, dataset, metric, kind, value, "/".join(keys))


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every finite number in nested objects and lists with the keys that lead to it; truth values are none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, str(index)))
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        yield path, float(value)


def _labels(folder: Path) -> dict[str, str]:
    """What the runs are called: from labels.json, or from `labels = {"run_0": ...}` in plot.py."""
    if (folder / "labels.json").is_file():
        return {key: value for key, value in read_json(folder / "labels.json").items() if isinstance(value, str)}
    try:
        tree = ast.parse(read_text(folder / "plot.py")) if (folder / "plot.py").is_file() else None
    except (SyntaxError, ValueError):
        return {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "labels" for target in node.targets):
            try:
                value = ast.literal_eval(node.value)
            except ValueError:
                continue
            if isinstance(value, dict):
                return {key: word for key, word in value.items() if isinstance(key, str) and isinstance(word, str)}
    return {}


def read_list(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON list, or of the list under `works`. Raises InputError for anything else."""
    try:
        value = json.loads(read_text(path))
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error})") from None
    value = value.get("works") if isinstance(value, dict) else value
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{path}: expected a list of works, each an object with key and title")
    return value
