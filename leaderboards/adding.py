"""Results put into a folder of results, each checked first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..data.errors import InputError
from .board_datasets import dataset_difference
from .known import under_another_name
from .records import BoardDataset, Result, ReviewerResult, StressResult
from .reproduction import Rerun, Rerunner
from .store import read_record, record_path, write_record
from .validation import check_records


@dataclass(frozen=True)
class AddedResult:
    """A result that was written."""

    path: Path
    result: Result
    rerun: Rerun | None = None
    """What came of making it again; None where that was not asked for."""


def add_results(
    folder: Path,
    dataset: BoardDataset | None,
    results: Sequence[Result],
    *,
    verify: bool = False,
    overwrite: bool = False,
) -> list[AddedResult]:
    """Write the results and their dataset, where it is not there yet. Nothing is written where one is refused.

    With `verify` those that can be made again are, and are marked where the scores agree.

    Raises InputError where a result is there already (unless `overwrite`), the dataset there is another one, or the
    check would refuse what is to be written.
    """
    new_dataset = dataset is not None and not _is_there(folder, dataset)
    for result in results:
        _refuse_known(folder, result, overwrite=overwrite)
    known = [dataset] if dataset else _datasets_of(folder, results)
    check_records(known, results)
    rerunner = Rerunner()
    checked = [_verified(result, dataset, rerunner) if verify else (result, None) for result in results]
    if new_dataset and dataset is not None:
        write_record(folder, dataset)
    return [AddedResult(write_record(folder, result), result, rerun) for result, rerun in checked]


def _datasets_of(folder: Path, results: Sequence[Result]) -> list[BoardDataset]:
    """The datasets that are there of results on some of the papers. Raises InputError where one is missing."""
    names = sorted({result.dataset for result in results if isinstance(result, StressResult)})
    paths = [folder / "datasets" / f"{name}.json" for name in names]
    for path in paths:
        if not path.exists():
            raise InputError(
                f"{path}: not there, and this run has some of its papers only; add a run of `peerassay bench` first"
            )
    return [read_record(path, BoardDataset) for path in paths]


def _is_there(folder: Path, dataset: BoardDataset) -> bool:
    path = folder / record_path(dataset)
    if not path.exists():
        return False
    reason = dataset_difference(read_record(path, BoardDataset), dataset)
    if reason:
        raise InputError(f"{path}: not the dataset of this run: {reason}")
    return True


def _refuse_known(folder: Path, result: Result, *, overwrite: bool) -> None:
    """Refuse a result that is there, under any name; with `overwrite` only one under another name."""
    path = folder / record_path(result)
    if path.exists() and not overwrite:
        raise InputError(f"{path}: there already; pass --replace to overwrite it")
    if other := under_another_name(folder, result):
        raise InputError(f"{other}: has the same result under another name; remove it first")


def _verified(result: Result, dataset: BoardDataset | None, rerunner: Rerunner) -> tuple[Result, Rerun]:
    if isinstance(result, StressResult):
        return result, Rerun("impossible", "of changed papers `leaderboard check --rerun` makes a sample again")
    if not isinstance(result, ReviewerResult) or dataset is None:
        return result, Rerun("impossible", "papers of a scientist cannot be written again by the checks")
    rerun = rerunner.result(result, dataset)
    return (result.model_copy(update={"status": "verified"}) if rerun.outcome == "same" else result), rerun
