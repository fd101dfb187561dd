"""Pairs of values whose seeds have no names: by lot, where their order in the files may come from the values.

A test of pairs holds for any pairing that was made without looking at the values. Rows of a table are often sorted by
them: pairs of equal rank differ far more evenly than chance would have it, and the p-value comes out far too small.
"""

from __future__ import annotations

import random

from .observations import Observations


def paired_without_names(found: Observations) -> str:
    """Pair values whose seeds have no names, and say how: by lot in rows and in sorted lists, else by place."""
    by_lot = found.unnamed_rows or _in_rank_order(found)
    if by_lot:
        _pair_by_lot(found)
    how = "by lot, since rows may be sorted" if by_lot else "in their order"
    return f"the files do not name the seeds, so that values are paired {how}"


def _in_rank_order(found: Observations) -> bool:
    """Whether all values of several seeds stand sorted, so that their order says nothing of seeds."""
    several = [cell for cell in found.cells.values() if len(cell.seeds) > 1]
    return bool(several) and all(cell.in_rank_order for cell in several)


def _pair_by_lot(found: Observations) -> None:
    """Deal the values of each run and dataset to its seeds anew, all metrics of a row together, always the same way."""
    for (run, dataset, _), cell in found.cells.items():
        values = list(cell.seeds.values())
        random.Random(f"{run}\n{dataset}\n{len(values)}").shuffle(values)
        cell.seeds = dict(zip(cell.seeds, values, strict=True))
