"""Released scores of generated papers, bundled as numbers: `peerassay score bundled:generated`.

A template alone is `bundled:generated/diffusion`. The papers' names are hashed. How many ideas were tried is counted
in, as Lu et al. 2024 publish it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from ...data import iclr2022_scores
from ...data.errors import unknown
from ...reviewer.bundled import PREFIX
from .entries import Entry
from .given import Tried, read_tried

FOLDER = iclr2022_scores.FOLDER.parent / "generated"
TRIED = FOLDER.parent / "tried.csv"
REVIEWER = "GPT-4o 1-shot (released)"
"""Who made the reviews."""


def is_bundled(name: str) -> bool:
    """Whether this names bundled scores instead of a path."""
    return name.startswith(PREFIX)


def bundled_folder(name: str) -> Path:
    """The folder with the tables of these scores. Raises InputError for an unknown name."""
    templates = {path.name: path for path in sorted(FOLDER.iterdir())}
    known = {"generated": FOLDER} | {f"generated/{template}": path for template, path in templates.items()}
    asked = name.removeprefix(PREFIX)
    if asked not in known:
        raise unknown("bundled scores", asked, known, hint=f"as in {PREFIX}generated")
    return known[asked]


def reviewer_of(paths: Sequence[str]) -> str | None:
    """Who made the reviews where only bundled ones are named; None where others are, too."""
    return REVIEWER if paths and all(map(is_bundled, paths)) else None


def ideas_tried(entries: Iterable[Entry]) -> dict[str, Tried]:
    """By group of bundled scores, how many ideas were tried."""
    labels = {f"{e.idea.template}/{e.idea.configuration}" for e in entries if e.source.is_relative_to(FOLDER)}
    return {label: tried for label, tried in _tried().items() if label in labels}


@cache
def _tried() -> dict[str, Tried]:
    groups = [f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.csv")]
    return read_tried([str(TRIED)], groups)
