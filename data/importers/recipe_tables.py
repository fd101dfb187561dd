"""The tables of a published data set on disk: its files, whatever their kind, and what their names say."""

from __future__ import annotations

import fnmatch
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from .huggingface import BUILDERS, tables_at
from .recipes import Recipe
from .rows import SUFFIXES, named_rows

COLUMNAR = (".parquet", ".arrow")
SAVED = ("dataset_dict.json", "state.json")
SHARD = re.compile(r"-\d{5}-of-\d{5}$")


@dataclass(frozen=True)
class NamedTable:
    """The rows of one file, or of one split of a saved dataset.

    `words` are the names that lead to it, the nearest first: split or file, then its folders.
    """

    where: str
    words: tuple[str, ...]
    names: list[str]
    """Of its columns."""
    rows: Iterable[dict[str, Any]]


def table_files(recipe: Recipe, source: Path) -> list[Path]:
    """The files and saved datasets at `source`, a file or a folder, that the recipe reads.

    Raises InputError where there is none, with what is there.
    """
    if not source.exists():
        raise InputError(f"{source}: no such file or folder; get {recipe.name} by {recipe.command}")
    if source.is_file():
        return [source]
    saved = sorted({path.parent for name in SAVED for path in source.rglob(name)})
    saved = [path for path in saved if not any(other in path.parents for other in saved)]
    if saved:
        return saved
    kinds = {*SUFFIXES, *BUILDERS}
    aside = source / recipe.texts.folder if recipe.texts.folder else None
    files = [
        path
        for path in sorted(source.rglob("*"))
        if path.suffix.lower() in kinds and path.is_file() and (aside is None or aside not in path.parents)
    ]
    for wanted in (recipe.files, tuple(f"*{suffix}" for suffix in COLUMNAR)):
        found = [path for path in files if any(fnmatch.fnmatch(path.name, pattern) for pattern in wanted)]
        if found:
            return found
    there = ", ".join(sorted(path.name for path in source.iterdir())[:12]) or "nothing"
    raise InputError(
        f"{source}: none of {', '.join(recipe.files)} there ({there}); {recipe.name} takes {recipe.takes}; "
        f"get it by {recipe.command}"
    )


def read_tables(files: Sequence[Path], root: Path) -> Iterator[NamedTable]:
    """The tables in the files. Raises InputError for one that cannot be read."""
    with tempfile.TemporaryDirectory() as cache:
        for path in files:
            place = path.relative_to(root) if path != root else Path(path.name)
            words = (SHARD.sub("", path.stem), *reversed(place.parts[:-1]), root.name if root.is_dir() else "")
            if path.is_dir() or path.suffix.lower() in COLUMNAR:
                for split, (names, rows) in tables_at(path, cache).items():
                    deeper = path.is_dir()
                    where = f"{path} ({split})" if deeper else str(path)
                    yield NamedTable(where, (split, *words) if deeper else words, names, rows)
            else:
                yield NamedTable(str(path), words, *named_rows(path))


def cell(row: Mapping[str, Any], path: str) -> Any:
    """What the row has under a column's name, or under names that a dot joins; None for nothing."""
    if path in row:
        return row[path]
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
