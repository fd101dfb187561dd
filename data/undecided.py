"""Papers that are not decided yet, by name or path: for sealed forecasts, and for nothing else."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from .dataset import Dataset, load_undecided
from .errors import InputError
from .importers.undecided import import_undecided
from .lines import at
from .registry import BUNDLED, data_home, new_card, plain_name, unknown_dataset


def undecided_papers(source: str | os.PathLike[str]) -> Dataset:
    """The undecided dataset of this name, or at this path: a saved one, a folder of papers, a table without decisions.

    Raises InputError for an unknown name, and for papers that are decided.
    """
    name = os.fspath(source)
    if name in BUNDLED:
        raise InputError(f"dataset {name} is decided already; only papers without decisions are sealed")
    saved, path = data_home() / name, Path(name)
    if "/" not in name and (saved / "card.json").is_file():
        return load_undecided(saved)
    if not path.exists():
        raise unknown_dataset(name, f"looked in {data_home()}, and for a table or a folder of that path")
    if (path / "card.json").is_file():
        return load_undecided(path)
    return read_undecided(plain_name(path.resolve().name if path.is_dir() else path.stem), path)


def read_undecided(
    name: str,
    source: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    texts: str | os.PathLike[str] | None = None,
) -> Dataset:
    """The papers without decisions in a folder of papers or a table, under a name.

    Raises InputError for what cannot be read, and for papers that are decided.
    """
    path = Path(source)
    if not path.exists():
        raise InputError(
            f"{source}: no such file or folder; papers that are not decided come from a table (.csv, .tsv, .json, "
            f".jsonl) or a folder of papers"
        )
    return import_undecided(path, new_card(name, path), columns=columns, texts=Path(texts) if texts else None)


def first_papers(dataset: Dataset, limit: int | None) -> Dataset:
    """So many papers in order of a hash of their ids: a smaller limit gives a part of what a larger one gives."""
    if limit is None or limit >= len(dataset):
        return dataset
    ids = dataset.ids
    ordered = sorted(range(len(ids)), key=lambda place: hashlib.sha256(ids[place].encode()).hexdigest())
    return replace(dataset, papers=at(dataset.papers, sorted(ordered[:limit])))
