"""Check results, in a folder or to be added to it: all is computed again from the scores, what is wrong is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from ..bench.outcomes import Machine
from ..data.errors import InputError, printable
from ..data.registry import load_dataset
from .boards import Refused
from .recompute import BoardPapers, generator_figures, result_machine
from .records import BoardDataset, GeneratorResult, ReviewerResult
from .reproduction import Rerun, Rerunner, dataset_difference, difference_from_data, is_bundled
from .rules import check_dataset, check_generator, check_reviewer
from .store import (
    AnyRecord,
    check_size,
    difference,
    excerpt,
    identity,
    kind_of,
    read_record,
    record_files,
    record_path,
    write_record,
)

TOLERANCE = 1e-9
"""Relative: figures that are computed on another machine may differ in their last digits."""
Progress = Callable[[str], None]


@dataclass
class Checked:
    """What is sound in folders of results, by the files' paths, and what is not."""

    papers: dict[str, BoardPapers] = field(default_factory=dict)
    """By the dataset's id."""
    datasets: dict[Path, BoardDataset] = field(default_factory=dict)
    reviewers: dict[Path, ReviewerResult] = field(default_factory=dict)
    generators: dict[Path, GeneratorResult] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    """The arrays of each reviewer's result, by its id."""
    refused: list[Refused] = field(default_factory=list)

    @property
    def sound(self) -> list[Path]:
        """All files without a fault."""
        return [*self.datasets, *self.reviewers, *self.generators]

    def refuse(self, path: Path, reason: str) -> None:
        """Put a file aside, a sound one too."""
        for found in (self.datasets, self.reviewers, self.generators):
            found.pop(path, None)
        self.refused.append(Refused(path, printable(reason.removeprefix(f"{path}: "))))


def check_results(folders: Sequence[Path], *, progress: Progress = lambda _: None) -> Checked:
    """Read and check every file of the folders; of one result in two files the first is taken.

    Raises InputError where a folder is missing.
    """
    checked = Checked()
    read: dict[Path, AnyRecord] = {}
    for folder in folders:
        for path in record_files(folder):
            try:
                read[path] = _read(path, folder)
            except InputError as error:
                checked.refuse(path, str(error))
    seen: dict[object, Path] = {}
    for path, record in sorted(read.items(), key=lambda item: not isinstance(item[1], BoardDataset)):
        progress(path.name)
        try:
            _refuse_second(record, path, seen)
            _check(checked, path, record)
        except InputError as error:
            checked.refuse(path, str(error))
    return checked


def check_records(datasets: Iterable[BoardDataset], results: Iterable[ReviewerResult | GeneratorResult]) -> None:
    """Check what is to be written. Raises InputError for what `check_results` would refuse."""
    checked = Checked()
    for record in (*datasets, *results):
        try:
            check_size(record)
            _check(checked, record_path(record), record)
        except InputError as error:
            raise InputError(f"{record_path(record)}: cannot be on the boards: {error}") from None


def _read(path: Path, folder: Path) -> AnyRecord:
    """The record, where it stands at its place."""
    record = read_record(path, kind_of(path, folder))
    belongs = record_path(record)
    if path.relative_to(folder) != belongs:
        raise InputError(f"not at its place: its content belongs to {belongs}")
    if record.id != path.stem:
        raise InputError(f"id {record.id!r} is not the file's name")
    return record


def _refuse_second(record: AnyRecord, path: Path, seen: dict[object, Path]) -> None:
    """Refuse a record that another file has already, by its identity or word by word."""
    if isinstance(record, BoardDataset):
        marks: list[object] = [("dataset", record.id)]
    else:
        marks = [identity(record), ("digest", record.digest)]
    for mark in marks:
        if mark in seen:
            raise InputError(f"the same result is in {seen[mark].name} already")
    seen.update(dict.fromkeys(marks, path))


def _check(checked: Checked, path: Path, record: AnyRecord) -> None:
    """Put a sound record among the others, after the dataset it is on. Raises InputError for what is wrong with it."""
    try:
        if isinstance(record, BoardDataset):
            _dataset(checked, path, record)
        elif isinstance(record, ReviewerResult):
            _reviewer(checked, path, record)
        else:
            _generator(checked, path, record)
    except InputError:
        raise
    except (ValueError, ArithmeticError) as error:
        raise InputError(f"its figures cannot be computed: {error}") from None


def _dataset(checked: Checked, path: Path, dataset: BoardDataset) -> None:
    check_dataset(dataset)
    if is_bundled(dataset) and (reason := difference_from_data(dataset, load_dataset(dataset.name))):
        raise InputError(f"not the bundled dataset {dataset.name}: {reason}")
    checked.papers[dataset.id] = BoardPapers.of(dataset)
    checked.datasets[path] = dataset


def _reviewer(checked: Checked, path: Path, result: ReviewerResult) -> None:
    papers = checked.papers.get(result.dataset)
    if papers is None:
        raise InputError(f"dataset {result.dataset!r}: no sound file datasets/{result.dataset}.json")
    if result.dataset_hash != papers.dataset.hash:
        raise InputError(
            f"dataset_hash {result.dataset_hash[:12]!r} is not that of {result.dataset} ({papers.dataset.hash[:12]}): "
            f"another revision"
        )
    check_reviewer(result, papers.dataset)
    machine = result_machine(result, papers.humans)
    _check_figures(result.figures, papers.figures(machine))
    checked.machines[result.id] = machine
    checked.reviewers[path] = result


def _generator(checked: Checked, path: Path, result: GeneratorResult) -> None:
    check_generator(result)
    _check_figures(result.figures, generator_figures(result))
    checked.generators[path] = result


def _check_figures(claimed: BaseModel, computed: BaseModel) -> None:
    found = difference(claimed.model_dump(mode="json"), computed.model_dump(mode="json"), tolerance=TOLERANCE)
    if found is not None:
        where, value, again = found
        raise InputError(f"figures.{where}: {excerpt(value)} is in the file, its scores give {excerpt(again)}")


@dataclass(frozen=True)
class FileRerun:
    """What came of making a file's content again from the data."""

    path: Path
    rerun: Rerun

    @property
    def summary(self) -> str:
        """In a line."""
        said = {"same": "made again, all the same", "differs": "comes out differently", "impossible": "not made again"}
        return said[self.rerun.outcome] + (f": {self.rerun.reason}" if self.rerun.reason else "")


def rerun_all(checked: Checked, *, progress: Progress = lambda _: None) -> list[FileRerun]:
    """Compare the datasets that are here with their data, make verified results again, and refuse what differs."""
    rerunner, found = Rerunner(), list[FileRerun]()
    for path, dataset in list(checked.datasets.items()):
        progress(path.name)
        found.append(FileRerun(path, rerunner.dataset(dataset)))
    for path, result in list(checked.reviewers.items()):
        if result.status == "verified":
            progress(path.name)
            found.append(FileRerun(path, rerunner.result(result, checked.papers[result.dataset].dataset)))
        if result.worth is not None and (worth := rerunner.worth(result, checked.papers[result.dataset])):
            found.append(FileRerun(path, worth))
    for file in found:
        if file.rerun.outcome == "differs":
            checked.refuse(file.path, file.summary)
    return found


@dataclass(frozen=True)
class AddedResult:
    """A result that was written."""

    path: Path
    result: ReviewerResult | GeneratorResult
    rerun: Rerun | None = None
    """What came of making it again; None where that was not asked for."""


def add_results(
    folder: Path,
    dataset: BoardDataset | None,
    results: Sequence[ReviewerResult | GeneratorResult],
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
    check_records([dataset] if dataset else [], results)
    rerunner = Rerunner()
    checked = [_verified(result, dataset, rerunner) if verify else (result, None) for result in results]
    if new_dataset and dataset is not None:
        write_record(folder, dataset)
    return [AddedResult(write_record(folder, result), result, rerun) for result, rerun in checked]


def _is_there(folder: Path, dataset: BoardDataset) -> bool:
    path = folder / record_path(dataset)
    if not path.exists():
        return False
    reason = dataset_difference(read_record(path, BoardDataset), dataset)
    if reason:
        raise InputError(f"{path}: not the dataset of this run: {reason}")
    return True


def _refuse_known(folder: Path, result: ReviewerResult | GeneratorResult, *, overwrite: bool) -> None:
    """Refuse a result that is there, under any name; with `overwrite` only one under another name."""
    path = folder / record_path(result)
    if path.exists() and not overwrite:
        raise InputError(f"{path}: there already; pass --replace to overwrite it")
    others = (other for other in sorted(path.parent.glob("*.json")) if other != path) if path.parent.is_dir() else ()
    for other in others:
        known = _readable(other, type(result))
        if known is not None and identity(known) == identity(result):
            raise InputError(f"{other}: has the same result under another name; remove it first")


def _readable(path: Path, kind: type[AnyRecord]) -> ReviewerResult | GeneratorResult | None:
    try:
        record = read_record(path, kind)
    except InputError:
        return None
    return None if isinstance(record, BoardDataset) else record


def _verified(
    result: ReviewerResult | GeneratorResult, dataset: BoardDataset | None, rerunner: Rerunner
) -> tuple[ReviewerResult | GeneratorResult, Rerun]:
    if not isinstance(result, ReviewerResult) or dataset is None:
        return result, Rerun("impossible", "papers of a scientist cannot be written again by the checks")
    rerun = rerunner.result(result, dataset)
    return (result.model_copy(update={"status": "verified"}) if rerun.outcome == "same" else result), rerun
