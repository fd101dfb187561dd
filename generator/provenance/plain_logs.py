"""Plain logs of anybody's experiment: CSV, JSON and JSON lines, and TensorBoard's event files.

A file's run is what its rows or keys say, else the name of the file, or of its folder where the file's own says nothing
("results.json"). Long lists are curves: their last value counts, with the largest and the smallest beside it.
"""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...data.errors import InputError
from ...data.files import read_text
from ...data.importers.rows import read_rows
from .logged import KINDS, SUFFIXES, Kind, Logged
from .rows import logged_rows, of_cell
from .settings import CONFIGURATIONS, as_float

SAYS_NOTHING = {"results", "result", "metrics", "metric", "log", "logs", "progress", "history", "eval", "scores",
                "final_info", "summary", "output"}  # fmt: skip
OF_THE_PAPER = {"labels.json", "metrics.json", "literature.json", "figures.json", "statistics.json", "prompt.json",
                "package.json", "seed_ideas.json", "knobs.json", *CONFIGURATIONS}  # fmt: skip
"""Files that say other things; metrics.json is read where it has numbers."""
TABLES = (".csv", ".tsv", ".jsonl")
EVENTS = "events.out.tfevents."
LONGEST_LIST = 20
MOST_FILES = 500


def read_plain(folder: Path) -> list[Logged]:
    """The values of all plain logs in a folder and below. Raises InputError for one that cannot be read."""
    logs, events = log_files(folder)
    found = [x for path in logs for x in read_file(path, run_of(path, folder))]
    return found + [x for place in events for x in read_events(place, run_of(place / "log", folder))]


def log_files(folder: Path, *, most: float = MOST_FILES) -> tuple[list[Path], list[Path]]:
    """The tables and JSON files in a folder and below, and the folders in it that have TensorBoard's event files.

    Raises InputError where there are more tables and JSON files than `most`.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder)]
    logs = [path for path in files if path.suffix.lower() in (*TABLES, ".json")]
    if len(logs) > most:
        raise InputError(
            f"{folder}: {len(logs)} tables and JSON files, more than the {most:g} that are read; put those with "
            "results into a folder of their own"
        )
    return logs, sorted({path.parent for path in files if path.name.startswith(EVENTS)})


def read_file(path: Path, run: str, dataset: str = "") -> list[Logged]:
    """The values of one file. Raises InputError where it cannot be read."""
    if path.suffix.lower() in TABLES:
        return logged_rows(list(read_rows(path)), run, path.name, dataset)
    if path.name in OF_THE_PAPER and path.name != "metrics.json":
        return []
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON ({error})") from None
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        return logged_rows(value, run, path.name, dataset)
    return list(_of_json(value, (), run, dataset, path.name))


def read_events(folder: Path, run: str) -> list[Logged]:
    """The scalars of TensorBoard's event files. Raises InputError where the package that reads them is not there."""
    try:
        reader: Any = importlib.import_module("tensorboard.backend.event_processing.event_accumulator")
    except ImportError:
        message = f"{folder}: TensorBoard's event files are read with its own package: pip install 'peerassay[logs]'"
        raise InputError(message) from None
    events = reader.EventAccumulator(str(folder), size_guidance={"scalars": 0})
    events.Reload()
    found: list[Logged] = []
    for tag in events.Tags()["scalars"]:
        values = [float(event.value) for event in events.Scalars(tag)]
        if values:
            found += of_cell((run, "", tag.replace("/", "_")), values, tag, curve=True)
    return found


def run_of(path: Path, root: Path) -> str:
    """What a file's run is called: its own name, or that of the folder that it is in."""
    if path.stem.lower() not in SAYS_NOTHING or path.parent == root:
        return path.stem if path.name != "log" else path.parent.name
    return path.parent.name


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") or part in ("node_modules", "__pycache__") for part in path.relative_to(root).parts)


def _of_json(value: Any, keys: tuple[str, ...], run: str, dataset: str, path: str) -> Iterator[Logged]:
    """Numbers under their keys: the last key is the metric, the first the data set where there are two or more."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _of_json(inner, (*keys, str(key)), run, dataset, path)
        return
    values = value if isinstance(value, list) else [value]
    numbers = [_number(x) for x in values if x is None or (isinstance(x, (int, float)) and not isinstance(x, bool))]
    finite = [x for x in numbers if math.isfinite(x)]
    named = [key for key in keys if key not in KINDS]
    if not finite or not named:
        return
    metric, kind = named[-1], next((KINDS[key] for key in keys if key in KINDS), None)
    for suffix, of in SUFFIXES.items():
        if metric.endswith(suffix):
            metric, kind = metric.removesuffix(suffix), kind or of
            break
    cell = (named[-3] if len(named) > 2 else run, named[-2] if len(named) > 1 else dataset, metric)
    if len(numbers) == 1:
        single: Kind = kind if kind in ("stderr", "std") else "mean"
        yield Logged(*cell, single, numbers[0], "/".join(keys))
    else:
        curve = len(numbers) > LONGEST_LIST
        yield from of_cell(cell, numbers, path, curve=curve)


def _number(value: float | None) -> float:
    return math.nan if value is None else as_float(value)
