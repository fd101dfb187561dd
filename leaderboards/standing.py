"""Records that say the same, and records that contradict each other, in one folder or in several."""

from __future__ import annotations

from pathlib import Path

from ..data.errors import InputError
from .board_datasets import DATA_TOLERANCE, PINNED
from .differences import Difference, difference, excerpt
from .records import BoardDataset, Result
from .store import AnyRecord, identity

ABOUT = {"id", "digest", "status", "dataset"}
"""Fields in which two records of the same scores may differ: what they are called, and what was checked of them."""


class Standing:
    """The records that stand; each further one is new, a copy of one of them, or contradicts one."""

    def __init__(self) -> None:
        self.datasets: dict[Path, BoardDataset] = {}
        self._results: dict[tuple[str, ...], tuple[Path, Result]] = {}

    def add(self, record: AnyRecord, path: Path, dataset: str | None = None) -> None:
        """Have a sound record stand; `dataset` is the id that its dataset goes by."""
        if isinstance(record, BoardDataset):
            self.datasets[path] = record
        else:
            self._results[_mark(record, dataset)] = (path, record)

    def first(self, record: AnyRecord, dataset: str | None = None) -> Path | None:
        """The file that has what this record says; None where none has.

        Raises InputError where a record with the same identity says something else.
        """
        if isinstance(record, BoardDataset):
            return self._first_dataset(record)
        there, standing = self._results.get(_mark(record, dataset), (None, None))
        if there is None or standing is None or standing.digest == record.digest:
            return there
        a, b = (one.model_dump(mode="json", exclude=ABOUT) for one in (standing, record))
        return _agreed("result", there, difference(a, b))

    def _first_dataset(self, dataset: BoardDataset) -> Path | None:
        for there, standing in self.datasets.items():
            if standing.id == dataset.id:
                pinned = {*PINNED, "ceilings"}
                a, b = (one.model_dump(mode="json", include=pinned) for one in (standing, dataset))
                return _agreed("dataset", there, difference(a, b, tolerance=DATA_TOLERANCE))
            if (standing.hash, standing.papers) == (dataset.hash, dataset.papers):
                return there
        return None


def _mark(result: Result, dataset: str | None) -> tuple[str, ...]:
    """The identity of a result, whatever its dataset is called."""
    known = identity(result)
    return known if dataset is None else (known[0], known[1], dataset, known[3])


def _agreed(what: str, there: Path, found: Difference | None) -> Path:
    if found is None:
        return there
    where, standing, other = found
    raise InputError(
        f"conflicts with {there}: the same {what} is in {there.name} already, with other content ({where}: "
        f"{excerpt(standing)} there, {excerpt(other)} here); remove one of the two"
    )
