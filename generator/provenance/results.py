"""The results folder of an experiment, whoever made it: every number with its run, data set and metric.

Looked for, in this order: `audit.toml`, which says what is where (`mapping`); `run_*/final_info.json`, as AI-Scientist
and this scientist write them; AI-Scientist-v2's summaries and AutoResearchClaw's stages (`foreign`); CSV, JSON and
TensorBoard logs (`plain_logs`).

A final_info.json is usually `{dataset: {"means": {metric: value}, "stderrs": {...}, "final_info_dict": {metric: [one
value per seed]}}}`; flatter and deeper ones are read too: the words `means`, `stderrs` and the like say what kind a
number is, the first other key is the data set, the last one the metric. `statistics.json` holds what the pipeline
computed from them (differences, intervals, p-values), as names with values, nested at will.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.files import read_json, read_text
from .foreign import ForeignRun, read_stages, read_summaries
from .logged import KINDS, RUN, SUFFIXES, Kind, Logged, LoggedResults
from .mapping import MAPPING, read_mapping
from .plain_logs import read_plain
from .settings import as_float, read_settings

MOST_VALUES = 200_000
PROMPT = "prompt.json"


def read_logged(folder: Path, statistics: Path | None = None, labels: Mapping[str, str] | None = None) -> LoggedResults:
    """The results folder of an experiment; `statistics` is else looked for in it.

    Raises InputError where the folder has no results of a known kind, or a file that cannot be read.
    """
    if not folder.is_dir():
        what = "is a file; name the folder that it is in" if folder.exists() else "no such folder"
        raise InputError(f"{folder}: {what}, the one that the experiment wrote its results to")
    files = [path / "final_info.json" for path in folder.glob("run_*") if RUN.fullmatch(path.name)]
    files = sorted((path for path in files if path.is_file()), key=lambda path: int(path.parent.name[4:]))
    results = LoggedResults()
    if files and not (folder / MAPPING).is_file():
        results.logged = [x for path in files for x in _run(path)]
        results.better = _better(folder)
        results.settings = read_settings(folder)
    else:
        _add(_foreign(folder), results, folder)
    results.failed = [x for x in results.logged if not math.isfinite(x.value)]
    results.logged = [x for x in results.logged if math.isfinite(x.value)]
    if len(results.logged) > MOST_VALUES:
        raise InputError(f"{folder}: more than {MOST_VALUES} numbers; keep curves apart from the results")
    source = statistics or folder / "statistics.json"
    if statistics or source.is_file():
        results.logged += [Logged("", "", "", "statistic", value, "/".join(path))
                           for path, value in _leaves(read_json(source), ()) if math.isfinite(value)]  # fmt: skip
    results.labels |= {**_labels(folder), **(labels or {})}
    return results


def _foreign(folder: Path) -> ForeignRun:
    """The results of a folder without run_*/final_info.json."""
    for read in (read_mapping, read_summaries, read_stages):
        if found := read(folder):
            break
    else:
        found = ForeignRun(read_plain(folder))
    if not found.logged:
        raise InputError(
            f"{folder}: no results in it: no run_*/final_info.json, *_summary.json (AI-Scientist-v2), stage-*/runs"
            f" (AutoResearchClaw), nor numbers in CSV, JSON or TensorBoard logs; describe others in {MAPPING}"
        )
    return found


def _add(found: ForeignRun, results: LoggedResults, folder: Path) -> None:
    results.logged, results.labels, results.better = found.logged, dict(found.labels), found.better
    results.codes = found.codes
    results.settings = read_settings(folder, found.codes)


def _better(folder: Path) -> dict[str, str]:
    """Which way each metric is better, from prompt.json as far as it says so: metric to "lower" or "higher"."""
    path = folder / PROMPT
    metrics = read_json(path).get("metrics") if path.is_file() else None
    known = [metric for metric in metrics if isinstance(metric, dict)] if isinstance(metrics, list) else []
    said = {str(metric.get("name")).removesuffix("_mean"): str(metric.get("better")).lower() for metric in known}
    return {name: better for name, better in said.items() if better in ("lower", "higher")}


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
    seed = keys[-1] if kind == "seed" and keys[-1].isdecimal() else ""
    return Logged(run, dataset, metric, kind, value, "/".join(keys), seed)


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every number in nested objects and lists with the keys that lead to it; truth values are none.

    What a list has null for is not a number, like NaN.
    """
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, str(key)))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(math.nan if inner is None else inner, (*path, str(index)))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield path, as_float(value)


def _labels(folder: Path) -> dict[str, str]:
    """What the runs are called: from labels.json, or from `labels = {"run_0": ...}` in plot.py."""
    if (folder / "labels.json").is_file():
        return {key: value for key, value in read_json(folder / "labels.json").items() if isinstance(value, str)}
    try:
        tree = ast.parse(read_text(folder / "plot.py")) if (folder / "plot.py").is_file() else None
    except (SyntaxError, ValueError, RecursionError):
        return {}
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Assign) and any(getattr(target, "id", "") == "labels" for target in node.targets):
            try:
                value = ast.literal_eval(node.value)
            except (ValueError, TypeError, RecursionError):
                continue
            if isinstance(value, dict):
                return {key: word for key, word in value.items() if isinstance(key, str) and isinstance(word, str)}
    return {}


def read_list(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON list, or of the list under `works`. Raises InputError for anything else."""
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from None
    value = value.get("works") if isinstance(value, dict) else value
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise InputError(f"{path}: expected a list of works, each an object with key and title")
    return value
