"""Experiments as nodes of a tree: each a change to its parent's code, with what came of running it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from ..data.files import read_json, validated, write_json
from .results import Results

BASELINE = "run_0"


class Node(BaseModel):
    """One experiment. Its code is in snapshots/RUN/, its results in workspace/RUN/."""

    run: str = Field(pattern=r"^run_\d+$")
    parent: str = Field(default="", description="the run whose code it started from; empty for the baseline")
    label: str
    description: str = ""
    status: Literal["planned", "ok", "failed"] = "planned"
    reason: str = Field(default="", description="why it failed")
    tries: int = 0
    seconds: float = 0.0
    results: Results = Field(default_factory=dict)
    violations: tuple[str, ...] = Field(default=(), description="protected files that it changed; they were restored")


class Journal(BaseModel):
    """All experiments of an idea, in order; written after each step."""

    nodes: list[Node] = Field(default_factory=list)
    done: bool = False

    @classmethod
    def read(cls, path: Path) -> Journal:
        """The journal of the file, an empty one where there is none. Raises InputError for a wrong file."""
        return validated(cls, read_json(path), str(path)) if path.exists() else cls()

    def write(self, path: Path) -> None:
        """Write it, whole or not at all."""
        write_json(path, self.model_dump(mode="json"))

    def put(self, node: Node) -> None:
        """Add the node, or replace the one of its run."""
        self.nodes = [*(n for n in self.nodes if n.run != node.run), node]
        self.nodes.sort(key=lambda n: int(n.run.removeprefix("run_")))

    def find(self, run: str) -> Node | None:
        """The node of a run."""
        return next((node for node in self.nodes if node.run == run), None)

    @property
    def finished(self) -> list[Node]:
        """The nodes that have results, the baseline first."""
        return [node for node in self.nodes if node.status == "ok"]
