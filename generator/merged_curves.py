"""Curves of one run under different seeds, put together: the further files of two parts of the run, array by array.

An array (or, in JSON, a list) is taken for one with a row for each seed where both parts have as many rows as seeds;
then the rows of the first part come first. Shorter rows that have all come to 0 are filled up with 0. What both parts
have alike stays, and of the rest, such as the samples of one seed, the first part's is kept.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.files import write_atomic
from .nodes import INFO

if TYPE_CHECKING:
    import numpy as np

UNREADABLE = (
    OSError, ValueError, EOFError, TypeError, RecursionError, OverflowError, zipfile.BadZipFile, zlib.error
)  # fmt: skip
"""What reading and joining files that an experiment has written may raise; TypeError: an array without a name."""


def merge_curves(first: Path, more: Path, target: Path, seeds: tuple[int, int]) -> bool:
    """Write the .npz and .json files of both folders, but for final_info.json, into `target`.

    seeds: how many the two parts have. Returns whether all rows of seeds could be put together: False where a file
    cannot be read or the rows have other shapes, and then that file is the first part's.
    """
    whole = True
    for path in sorted((*first.glob("*.npz"), *first.glob("*.json"))):
        other = more / path.name
        if path.name == INFO or not other.is_file():
            continue
        try:
            merged = _arrays if path.suffix == ".npz" else _json
            write_atomic(target / path.name, merged(path, other, seeds))
        except UNREADABLE:
            whole = False
    return whole


def _arrays(first: Path, more: Path, seeds: tuple[int, int]) -> bytes:
    """Raises ValueError where arrays with a row for each seed have rows of other shapes."""
    import io

    import numpy as np

    with np.load(first, allow_pickle=False) as one, np.load(more, allow_pickle=False) as other:
        arrays = {key: _joined(one[key], other[key], seeds) if key in other else one[key] for key in one}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # pyright: ignore[reportArgumentType]
    return packed.getvalue()


def _joined(one: np.ndarray, other: np.ndarray, seeds: tuple[int, int]) -> np.ndarray:
    import numpy as np

    if one.shape == other.shape and np.array_equal(one, other):
        return one
    if not (one.ndim == other.ndim > 0 and (len(one), len(other)) == seeds):
        return one
    if one.ndim == 2:
        longest = max(one.shape[1], other.shape[1])
        one, other = (_filled_up(part, longest) for part in (one, other))
    return np.concatenate([one, other])


def _filled_up(rows: np.ndarray, length: int) -> np.ndarray:
    import numpy as np

    over = rows.shape[1] < length and not rows[:, -1:].any()
    return np.pad(rows, ((0, 0), (0, length - rows.shape[1]))) if over else rows


def _json(first: Path, more: Path, seeds: tuple[int, int]) -> bytes:
    one, other = (json.loads(path.read_text(encoding="utf-8")) for path in (first, more))
    return json.dumps(_nested(one, other, seeds)).encode()


def _nested(one: Any, other: Any, seeds: tuple[int, int]) -> Any:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return {key: _nested(value, other[key], seeds) if key in other else value for key, value in one.items()}
    both = isinstance(one, list) and isinstance(other, list)
    return [*one, *other] if both and one != other and (len(one), len(other)) == seeds else one
