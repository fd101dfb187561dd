"""Run folders of other scientists: AI-Scientist-v2's summaries, and AutoResearchClaw's stages.

AI-Scientist-v2 writes `baseline_summary.json`, `research_summary.json`, `ablation_summary.json` (nodes with metrics as
lists of data sets with a final and a best value, and the code of each node) and `draft_summary.json` (results in
words). A data set "pg19 (recency model)" is the data set pg19 of the run "recency model".

AutoResearchClaw writes `stage-NN/runs/*.json` with `metrics` of each run ("condition/metric" or "condition/seed/metric"
name their condition), and `stage-NN/experiment_summary.json` with their summary.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.files import read_json, read_text
from .logged import Logged
from .rows import as_number

SUMMARIES = ("baseline_summary.json", "research_summary.json", "ablation_summary.json", "draft_summary.json")
VARIANT = re.compile(r"(.+?)\s*\(([^()]+)\)\s*\Z")
DEEP = 3
"""Folders below the one given in which summaries are looked for: logs/0-run/."""


@dataclass
class ForeignRun:
    """What such a folder logged: values, names of runs, which way metrics are better, and code that is in no file."""

    logged: list[Logged] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    better: dict[str, str] = field(default_factory=dict)
    codes: list[tuple[str, str]] = field(default_factory=list)


def read_summaries(folder: Path) -> ForeignRun | None:
    """The summaries of AI-Scientist-v2 in a folder or a few folders below; None where there are none.

    Raises InputError for one that cannot be read.
    """
    found = ForeignRun()
    for depth in range(DEEP + 1):
        files = [path for name in SUMMARIES for path in sorted(folder.glob("*/" * depth + name))]
        for path in files:
            _summary(path, found)
        if files:
            return found
    return None


def _summary(path: Path, found: ForeignRun) -> None:
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from None
    stage = path.name.removesuffix("_summary.json")
    if stage == "draft":
        results = value.get("Key_numerical_results") if isinstance(value, dict) else None
        for result in _objects(results):
            number = as_number(result.get("result"))
            if number is not None:
                found.logged.append(Logged("draft", "", str(result.get("description") or "result"), "mean", number))
        return
    nodes = value if isinstance(value, list) else [value.get("best node")] if isinstance(value, dict) else []
    for node in _objects(nodes):
        _node(node, stage, found, seeds=False)
    for node in _objects(value.get("best node with different seeds")) if isinstance(value, dict) else ():
        _node(node, stage, found, seeds=True)


def _objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; of anything else none."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _node(node: dict[str, Any], stage: str, found: ForeignRun, *, seeds: bool) -> None:
    """One node of the search: its metrics by data set, and its code."""
    name = str(node.get("ablation_name") or "").removesuffix(" Ablation") or stage
    if node.get("code") and not seeds:
        found.codes.append((f"{stage} code, {name}", str(node["code"])))
    metric = node.get("metric")
    value = metric.get("value") if isinstance(metric, dict) else None
    for one in _objects(value.get("metric_names")) if isinstance(value, dict) else ():
        title = str(one.get("metric_name") or "metric")
        if isinstance(one.get("lower_is_better"), bool):
            found.better[title] = "lower" if one["lower_is_better"] else "higher"
        for data in _objects(one.get("data")):
            dataset, run = str(data.get("dataset_name") or ""), name
            if variant := VARIANT.match(dataset):
                dataset, run = variant[1], f"{name}: {variant[2]}"
                found.labels[run] = variant[2]
            found.logged += _values(run, dataset, title, data, seeds=seeds)


def _values(run: str, dataset: str, metric: str, data: dict[str, Any], *, seeds: bool) -> Iterator[Logged]:
    final, best = as_number(data.get("final_value")), as_number(data.get("best_value"))
    if final is not None:
        yield Logged(run, dataset, metric, "seed" if seeds else "mean", final, "final value")
    if best is not None and best != final:
        yield Logged(run, dataset, metric, "other", best, "best value")


def read_stages(folder: Path) -> ForeignRun | None:
    """The runs of AutoResearchClaw in a folder or in one below it; None where there are none.

    Raises InputError for a file that cannot be read.
    """
    files = sorted({*folder.glob("stage-*/runs/*.json"), *folder.glob("*/stage-*/runs/*.json")})
    summaries = sorted(
        {*folder.glob("stage-*/experiment_summary.json"), *folder.glob("*/stage-*/experiment_summary.json")}
    )
    if not files and not summaries:
        return None
    found = ForeignRun()
    for path in files:
        run = read_json(path)
        metrics = run.get("metrics")
        if isinstance(metrics, dict):
            found.logged += _conditions(metrics.items(), str(run.get("run_id") or path.stem))
    for path in summaries:
        summary = read_json(path).get("metrics_summary")
        for name, values in summary.items() if isinstance(summary, dict) else ():
            for kind, value in values.items() if isinstance(values, dict) else (("mean", values),):
                number = as_number(value)
                if number is not None and kind in ("mean", "min", "max", "std"):
                    of = "mean" if kind == "mean" else "std" if kind == "std" else "other"
                    found.logged.append(Logged("summary", "", name.replace("/", " "), of, number, kind))
    found.codes = [(path.name, read_text(path)) for path in _below(folder, "experiment*/*.py")]
    return found


def _below(folder: Path, pattern: str) -> list[Path]:
    """Files of the stages of a folder, or of one in it."""
    return sorted({*folder.glob(f"stage-*/{pattern}"), *folder.glob(f"*/stage-*/{pattern}")})


def _conditions(metrics: Iterable[tuple[str, Any]], run: str) -> Iterator[Logged]:
    """Metrics named "condition/metric", "condition/seed/metric", or by the metric alone."""
    for key, value in metrics:
        number = as_number(value)
        parts = key.split("/")
        if number is None:
            continue
        seeded = any(part.isdecimal() or part.startswith("seed") for part in parts[1:-1])
        yield Logged(parts[0] if len(parts) > 1 else run, "", parts[-1], "seed" if seeded else "mean", number, key)
