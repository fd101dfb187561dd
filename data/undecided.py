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
from .registry import BUNDLED, check_name, data_home, new_card, plain_name, save_dataset, unknown_dataset


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
    return import_undecided(path, new_card(plain_name(path.resolve().name if path.is_dir() else path.stem), path))


def import_undecided_dataset(
    name: str,
    source: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    texts: str | os.PathLike[str] | None = None,
    overwrite: bool = False,
    described: Mapping[str, str] | None = None,
) -> Dataset:
    """Import papers without decisions under a name, and save them in the data home, for `bench --seal` alone.

    `source` is a folder of papers, or a table; the other arguments are those of `import_dataset`.

    Raises InputError for a name that is taken (unless `overwrite`), what cannot be read, and papers that are decided.
    """
    check_name(name)
    path = Path(source)
    if not path.exists():
        raise InputError(f"{source}: no such file or folder; give a table (.csv, .tsv, .json, .jsonl) or a folder of "
                         f"papers; other sources cannot be imported undecided")  # fmt: skip
    dataset = import_undecided(path, new_card(name, path), columns=columns, texts=Path(texts) if texts else None)
    dataset = dataset.with_card(name=name, **(described or {}))
    save_dataset(dataset, overwrite=overwrite)
    return dataset


def first_papers(dataset: Dataset, limit: int | None) -> Dataset:
    """So many papers in order of a hash of their ids: a smaller limit gives a part of what a larger one gives."""
    if limit is None or limit >= len(dataset):
        return dataset
    ordered = sorted(dataset.papers, key=lambda paper: hashlib.sha256(paper.id.encode()).hexdigest())
    chosen = {paper.id for paper in ordered[:limit]}
    return replace(dataset, papers=tuple(paper for paper in dataset.papers if paper.id in chosen))
