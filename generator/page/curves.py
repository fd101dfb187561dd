"""Learning curves that experiments have written beside their results, whatever the template: found by their form.

Read are all_results.json and all_results.npz of a run. A curve is a list of numbers, or of records with numbers; lists
of seeds are averaged. Values that are not finite, as of a run that diverged, are gaps. Nothing is unpickled.
"""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...reviewer.review_view import line
from ..merged_curves import UNREADABLE
from .reading import Reader

if TYPE_CHECKING:
    import numpy as np

MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
MOST_SEEDS = 64
FEWEST = 2
"""Points of a curve of records."""
FEWEST_NUMBERS = 10
"""Numbers of a bare list: fewer are values of seeds."""
DEEPEST = 8
X_NAMES = ("step", "steps", "iter", "iters", "iteration", "epoch", "update", "updates", "t")

Points = tuple[list[float], list[float]]
Curves = dict[tuple[str, str], Points]
"""(dataset, measure) -> x and y."""


def curves_of(reader: Reader, run: Path) -> Curves:
    """The curves in a run's folder; none where there is nothing of a form that is known."""
    for name in ("all_results.json", "all_results.npz"):
        path = run / name
        if reader.within(path, MOST_BYTES):
            stat = path.stat()
            try:
                return _read(path, stat.st_mtime_ns, stat.st_size)
            except UNREADABLE as error:
                reader.unread.append(f"{reader.name(path)}: the curves cannot be read ({line(str(error))})")
    return {}


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int, _size: int) -> Curves:
    if path.suffix == ".npz":
        return _in_arrays(path)
    return _averaged(list(_in_json(json.loads(path.read_text(encoding="utf-8")), (), 0)))


def _in_json(value: Any, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, str], Points]]:
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _in_json(inner, (*path, str(key)), depth + 1)
    elif isinstance(value, list):
        if len(value) >= FEWEST and all(isinstance(record, dict) for record in value):
            yield from _of_records(value, path)
        if len(value) >= FEWEST_NUMBERS and all(_is_number(item) for item in value):
            yield _named(path), ([float(i) for i in range(len(value))], [_or_gap(item) for item in value])
        for inner in value if not all(map(_is_number, value)) else ():
            yield from _in_json(inner, path, depth + 1)


def _of_records(records: list[dict[str, Any]], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, str], Points]]:
    names = [name for name in records[0] if all(_is_number(record.get(name)) for record in records)]
    x = next((name for name in X_NAMES if name in names), None)
    if x is None:
        return
    for name in names:
        if name != x:
            yield (
                (path[0] if path else "", name),
                ([_or_gap(r[x]) for r in records], [_or_gap(r[name]) for r in records]),
            )


def _named(path: tuple[str, ...]) -> tuple[str, str]:
    return (path[0] if len(path) > 1 else "", path[-1] if path else "")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _or_gap(value: float) -> float:
    return float(value) if math.isfinite(value) else math.nan


def _averaged(found: list[tuple[tuple[str, str], Points]]) -> Curves:
    """The mean over the curves of one name, at the steps that all of them have; those with a finite point or more."""
    grouped: dict[tuple[str, str], list[Points]] = {}
    for name, points in found:
        grouped.setdefault(name, []).append(points)
    curves: Curves = {}
    for name, several in grouped.items():
        by_step = [dict(zip(*points, strict=True)) for points in several]
        steps = [x for x in by_step[0] if all(x in other for other in by_step)]
        means = [sum(curve[x] for curve in by_step) / len(several) for x in steps]
        if any(map(math.isfinite, means)):
            curves[name] = (steps, means)
    return curves


def _in_arrays(path: Path) -> Curves:
    import numpy as np

    with zipfile.ZipFile(path) as packed:
        if sum(entry.file_size for entry in packed.infolist()) > MOST_UNPACKED:
            raise ValueError("too large when unpacked")
    curves: Curves = {}
    with np.load(path, allow_pickle=False) as arrays:
        read = {name: arrays[name] for name in arrays.files}
    axes = _axes(read)
    for name, array in read.items():
        fitting = [group for group, axis in axes.items() if name.startswith(group) and _fits(read[axis], array)]
        group = max(fitting, key=len, default=None)
        if name in axes.values() or not _is_curve(array, along=group is not None):
            continue
        dataset, measure = _split(name) if group is None else (group[:-1], name.removeprefix(group))
        y = array.mean(axis=0) if array.ndim == 2 else array
        x = np.arange(len(y)) if group is None else read[axes[group]]
        if np.isfinite(y).any():
            curves[dataset, measure] = ([float(v) for v in x], [_or_gap(v) for v in y])
    return curves


def _axes(read: dict[str, np.ndarray]) -> dict[str, str]:
    """The arrays that say at which steps others were measured, by the beginning of the names that they are for.

    Those are called so, or rise all along beside curves of several seeds and as many points.
    """
    found: dict[str, str] = {}
    for name, array in read.items():
        group = name.removesuffix(_split(name)[1])
        if array.ndim != 1 or array.dtype.kind not in "fiu" or not group:
            continue
        beside = any(
            other.ndim == 2 and other.shape[1:] == array.shape for key, other in read.items() if key.startswith(group)
        )
        rises = len(array) >= FEWEST and bool((array[1:] > array[:-1]).all())
        if _split(name)[1] in X_NAMES or (beside and rises):
            found[group] = name
    return found


def _split(name: str) -> tuple[str, str]:
    """Data set and measure of an array's name."""
    dataset, _, measure = name.partition("/") if "/" in name else name.rpartition("_")
    return dataset, measure


def _fits(axis: np.ndarray, array: np.ndarray) -> bool:
    return array.ndim in (1, 2) and array.shape[-1:] == axis.shape


def _is_curve(array: np.ndarray, *, along: bool) -> bool:
    """Whether an array is a curve or one per seed; `along`: it has as many points as its steps."""
    if array.dtype.kind not in "fiu" or array.ndim not in (1, 2) or array.shape[-1] < FEWEST:
        return False
    return array.ndim == 1 or array.shape[0] <= (MOST_SEEDS if along else min(MOST_SEEDS, array.shape[1]))
