"""The results of experiment runs: final_info.json of each, by dataset and metric."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

RUN = re.compile(r"run_(\d+)")


class Value(BaseModel):
    """One metric of one dataset in one run."""

    mean: float
    stderr: float | None = None
    seeds: tuple[float, ...] = Field(default=(), description="one value per seed, where the run tells them")


Results = dict[str, dict[str, Value]]
"""dataset -> metric -> value."""


def read_results(run: Path) -> Results:
    """The results in a run's folder.

    Raises ValueError, in words for a person or a model, where final_info.json is missing, no JSON, of another layout,
    without a number or with one that is not finite.
    """
    path = run / "final_info.json"
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"the run ended without writing {run.name}/final_info.json") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{run.name}/final_info.json cannot be read: {error}") from None
    if not isinstance(written, dict) or not all(isinstance(v, dict) and "means" in v for v in written.values()):
        raise ValueError(f"{run.name}/final_info.json is not of the form {{dataset: {{'means': {{...}}}}}}")
    results = {
        dataset: _metrics(content, f"{run.name}/final_info.json: {dataset}") for dataset, content in written.items()
    }
    if not any(results.values()):
        raise ValueError(f"{run.name}/final_info.json has no numbers")
    return results


def _metrics(content: dict[str, Any], where: str) -> dict[str, Value]:
    stderrs, lists = content.get("stderrs") or {}, content.get("final_info_dict") or {}
    values: dict[str, Value] = {}
    for name, mean in content["means"].items():
        if isinstance(mean, bool) or not isinstance(mean, (int, float)):
            continue
        if not math.isfinite(mean):
            raise ValueError(f"{where}: {name} is {mean}")
        root = name.removesuffix("_mean")
        stderr = next((stderrs[key] for key in (name, f"{root}_stderr", root) if key in stderrs), None)
        seeds = next((lists[key] for key in (name, root) if isinstance(lists.get(key), list)), [])
        usable = all(isinstance(v, (int, float)) and math.isfinite(v) for v in seeds)
        values[name] = Value(mean=mean, stderr=stderr, seeds=tuple(seeds) if usable else ())
    return values


def run_names(workspace: Path) -> list[str]:
    """run_0, run_1, ... of the workspace that have results, in order."""
    found = [path.parent.name for path in workspace.glob("run_*/final_info.json") if RUN.fullmatch(path.parent.name)]
    return sorted(found, key=lambda name: int(name.removeprefix("run_")))
