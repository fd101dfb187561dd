"""Experiments as nodes of a tree: each a change to its parent's code, with what came of running it.

Results are what final_info.json of a run says, by dataset and metric.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field

from ..data.files import read_validated, write_json

BASELINE = "run_0"
INFO = "final_info.json"
"""What a run writes its results to."""
Kind = Literal["", "draft", "debug", "tune", "ablate", "confirm"]
"""What an experiment of a tree is for; empty for the baseline and in a search without stages."""


class Value(BaseModel):
    """One metric of one dataset in one run."""

    mean: float
    stderr: float | None = None
    seeds: tuple[float | None, ...] = Field(
        default=(), description="one value per seed, where the run tells them; None for a seed that failed"
    )
    names: tuple[str, ...] = Field(
        default=(), description="of the seeds, where runs need not have the same ones; of the mean where it has none"
    )


Results = dict[str, dict[str, Value]]
"""dataset -> metric -> value."""


def read_results(run: Path) -> Results:
    """The results in a run's folder.

    Raises ValueError, in a line for a person or a model, where final_info.json is missing, no JSON, of another layout,
    without a number or with one that is not finite.
    """
    path = run / INFO
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"the run ended without writing {run.name}/final_info.json") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"{run.name}/final_info.json cannot be read: {error}") from None
    if not isinstance(written, dict) or not all(_is_laid_out(content) for content in written.values()):
        raise ValueError(
            f"{run.name}/final_info.json is not of the form {{dataset: {{'means': {{...}}}}}}, where 'stderrs' and "
            f"'final_info_dict' may stand beside 'means', each an object of metrics too"
        )
    results = {
        dataset: _metrics(content, f"{run.name}/final_info.json: {dataset}") for dataset, content in written.items()
    }
    if not any(results.values()):
        raise ValueError(f"{run.name}/final_info.json has no numbers")
    return results


def _is_laid_out(content: Any) -> bool:
    """Whether what stands under a dataset has its means, and all else that we read, by metric."""
    if not isinstance(content, dict) or "means" not in content:
        return False
    return all(isinstance(content.get(part) or {}, dict) for part in ("means", "stderrs", "final_info_dict"))


def _metrics(content: dict[str, Any], where: str) -> dict[str, Value]:
    stderrs, lists = content.get("stderrs") or {}, content.get("final_info_dict") or {}
    values: dict[str, Value] = {}
    for name, mean in (content["means"] or {}).items():
        if isinstance(mean, bool) or not isinstance(mean, (int, float)):
            continue
        if finite(mean) is None:
            raise ValueError(f"{where}: {name} is {str(mean)[:20]}")
        root = name.removesuffix("_mean")
        stderr = next((stderrs[key] for key in (name, f"{root}_stderr", root) if key in stderrs), None)
        seeds = next((lists[key] for key in (name, root) if isinstance(lists.get(key), list)), [])
        values[name] = Value(mean=mean, stderr=finite(stderr), seeds=tuple(map(finite, seeds)))
    return values


def finite(value: Any) -> float | None:
    """A finite number; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


class Node(BaseModel):
    """One experiment. Its code is in snapshots/RUN/, its results in workspace/RUN/."""

    run: str = Field(pattern=r"^run_\d+$")
    parent: str = Field(default="", description="the run whose code it started from; empty for the baseline")
    kind: Kind = ""
    label: str
    description: str = ""
    parts: tuple[str, ...] = Field(
        default=(), description="its changes of the baseline, as a rule-based scientist names them"
    )
    known: int = Field(default=0, ge=0, description="number of the last run whose results its planning could know")
    made: bool = Field(default=False, description="its code is in snapshots/: it is run without being planned again")
    status: Literal["planned", "ok", "failed"] = "planned"
    reason: str = Field(default="", description="why it failed")
    tries: int = 0
    seconds: float = 0.0
    seed_offset: int = Field(default=0, description="added to the template's seeds")
    taken: str = Field(default="", description="the run before a note, with the same code, whose results these are")
    looks: int = Field(default=1, ge=1, description="looks at the data that its seeds reach to, see `plan`")
    results: Results = Field(default_factory=dict)
    first_curves: bool = Field(default=False, description="whether the curves beside the results are of fewer seeds")
    note: str = Field(default="", description="why it has no further seeds, where they failed")
    violations: tuple[str, ...] = Field(default=(), description="protected files that it changed; they were restored")

    @property
    def number(self) -> int:
        """That of its run."""
        return int(self.run.removeprefix("run_"))


class Choice(BaseModel):
    """The run that a search has found to be the best, on the seeds that all runs have."""

    run: str
    gain: float = Field(description="mean relative gain over the baseline, over datasets; positive is better")
    of: int = Field(ge=1, description="runs that it was chosen among")
    metric: str = Field(default="", description="that of the gain; empty: none was settled, and the first was chosen")
    unconfirmed: str = Field(default="", description="why it was not confirmed on fresh seeds; empty where it was")


class Journal(BaseModel):
    """All experiments of an idea, in order; written after each step."""

    nodes: list[Node] = Field(default_factory=list)
    done: bool = False
    measured: str = Field(default="", description="what came of measuring the baseline anew; empty where it was not")

    spent: list[str] = Field(
        default_factory=list, description="stages with nothing left to try, and failed runs that nobody can mend"
    )
    seconds: float = Field(default=0.0, ge=0, description="that the search has taken, over all starts")
    choice: Choice | None = Field(default=None, description="what a tree has chosen to confirm")

    @classmethod
    def read(cls, path: Path) -> Journal:
        """The journal of the file, an empty one where there is none. Raises InputError for a wrong file."""
        return read_validated(cls, path) if path.exists() else cls()

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        write_json(path, self.model_dump(mode="json"))

    def put(self, node: Node) -> None:
        """Add the node, or replace the one of its run."""
        self.nodes = [*(n for n in self.nodes if n.run != node.run), node]
        self.nodes.sort(key=lambda n: n.number)

    def find(self, run: str) -> Node | None:
        """The node of a run."""
        return next((node for node in self.nodes if node.run == run), None)

    @property
    def finished(self) -> list[Node]:
        """The nodes that have results, the baseline first."""
        return [node for node in self.nodes if node.status == "ok"]
