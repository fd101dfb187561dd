"""Short names for the runs of a paper that has many long ones; the set-up has the key.

short_names.json in an idea's folder has them by run, so that the audit knows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..data.files import read_json, write_json
from .nodes import BASELINE, Node

FILE = "short_names.json"
FEW, LONG = 8, 14
"""Up to so many runs, or up to so many letters on the average, names stay as they are."""


def with_short_names(nodes: Sequence[Node], folder: Path) -> tuple[list[Node], dict[str, str]]:
    """The nodes under short names where theirs are many and long, with the full names by the short ones.

    short_names.json is written, or removed where no name is shortened. The baseline keeps its name, and so do runs that
    confirm another one under fresh seeds, unless they have its name.
    """
    named = list(dict.fromkeys(node.label for node in nodes if node.run != BASELINE and node.kind != "confirm"))
    path = folder / FILE
    if len(named) <= FEW or sum(map(len, named)) <= LONG * len(named):
        path.unlink(missing_ok=True)
        return list(nodes), {}
    short = {label: f"S{number}" for number, label in enumerate(named, 1)}
    write_json(path, {node.run: short[node.label] for node in nodes if node.label in short})
    shown = [node.model_copy(update={"label": short.get(node.label, node.label)}) for node in nodes]
    return shown, {name: label for label, name in short.items()}


def labels_of(nodes: Sequence[Node], folder: Path) -> dict[str, str]:
    """What the paper in a folder calls each run."""
    path = folder / FILE
    short = read_json(path) if path.exists() else {}
    return {node.run: str(short.get(node.run, node.label)) for node in nodes}
