"""Check results, in a folder or to be added to it: all is computed again from the scores, what is wrong is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from ..bench.outcomes import Machine
from ..bench.stress.flaw_marks import naming_of
from ..bench.stress.measure import stress_figures
from ..data.errors import InputError, printable
from ..data.registry import load_dataset
from .board_datasets import difference_from_data, is_bundled
from .boards import Refused
from .differences import differences, excerpt
from .faults import Faults, faults_of
from .flaw_rules import check_flaws
from .human_rules import check_humans
from .judge_and_humans import human_summary
from .leaks import read_rows
from .recompute import BoardPapers, generator_metrics, result_machine
from .records import BoardDataset, GeneratorResult, Result, ReviewerResult, StressResult
from .reproduction import Rerun, Rerunner
from .rules import check_dataset, check_generator, check_reviewer
from .seal_rules import check_forecast
from .standing import Standing
from .store import AnyRecord, check_size, kind_of, read_record, record_files, record_path
from .stress_reproduction import rerun_stress
from .stress_rules import check_stress

TOLERANCE = 1e-7
"""Relative: what is fitted comes out so near on another machine, or by another version's way to the same optimum."""
Progress = Callable[[str], None]


@dataclass
class Checked:
    """What is sound in folders of results, by the files' paths, and what is not."""

    papers: dict[str, BoardPapers] = field(default_factory=dict)
    """By the dataset's id."""
    datasets: dict[Path, BoardDataset] = field(default_factory=dict)
    reviewers: dict[Path, ReviewerResult] = field(default_factory=dict)
    generators: dict[Path, GeneratorResult] = field(default_factory=dict)
    stress: dict[Path, StressResult] = field(default_factory=dict)
    machines: dict[str, Machine] = field(default_factory=dict)
    """The arrays of each reviewer's result, by its id."""
    refused: list[Refused] = field(default_factory=list)
    copies: dict[Path, Path] = field(default_factory=dict)
    """Sound files that say what another one says, which comes first and stands for both."""

    @property
    def sound(self) -> list[Path]:
        """All files without a fault."""
        return [*self.datasets, *self.reviewers, *self.generators, *self.stress]

    def refuse(self, path: Path, *reasons: str) -> None:
        """Put a file aside, a sound one too."""
        for found in (self.datasets, self.reviewers, self.generators, self.stress):
            found.pop(path, None)
        first, *others = (printable(reason.removeprefix(f"{path}: ")) for reason in reasons)
        self.refused.append(Refused(path, first, tuple(others)))

    def dataset_of(self, result: ReviewerResult | StressResult) -> str:
        """The id of the dataset whose table the result is on: of datasets with one content, that of the first."""
        papers = self.papers.get(result.dataset)
        return papers.dataset.id if papers else result.dataset


def check_results(folders: Sequence[Path], *, progress: Progress = lambda _: None) -> Checked:
    """Read and check every file of the folders.

    Of datasets, and of results, with the same content the first stands for all; of those with one identity and another
    content all but the first are refused.

    Raises InputError where a folder is missing.
    """
    checked = Checked()
    read: dict[Path, AnyRecord] = {}
    for folder in folders:
        for path in record_files(folder):
            try:
                read[path] = read_in_place(path, folder)
            except InputError as error:
                checked.refuse(path, *faults_of(error))
    check_all(checked, read, progress)
    checked.refused += read_rows(folders)[1]
    return checked


def check_all(checked: Checked, read: Mapping[Path, AnyRecord], progress: Progress) -> None:
    """Put what is sound of the records into `checked`, datasets first, and refuse the rest."""
    stand = Standing()
    for path, record in sorted(read.items(), key=lambda item: not isinstance(item[1], BoardDataset)):
        progress(path.name)
        try:
            dataset = None if isinstance(record, (BoardDataset, GeneratorResult)) else checked.dataset_of(record)
            first = stand.first(record, dataset)
            if first is None:
                _check(checked, path, record)
                stand.add(record, path, dataset)
            else:
                checked.copies[path] = first
                if isinstance(record, BoardDataset):
                    checked.papers[record.id] = checked.papers[stand.datasets[first].id]
        except InputError as error:
            checked.refuse(path, *faults_of(error))


def check_records(datasets: Iterable[BoardDataset], results: Iterable[Result]) -> None:
    """Check what is to be written. Raises InputError for what `check_results` would refuse."""
    checked = Checked()
    for record in (*datasets, *results):
        try:
            check_size(record)
            _check(checked, record_path(record), record)
        except InputError as error:
            raise InputError(f"{record_path(record)}: cannot be on the boards: {error}") from None


def read_in_place(path: Path, folder: Path) -> AnyRecord:
    """The record, where it stands at its place. Raises InputError for what `read_record` refuses, or another place."""
    record = read_record(path, kind_of(path, folder))
    belongs = record_path(record)
    if path.relative_to(folder) != belongs:
        raise InputError(f"not at its place: its content belongs to {belongs}")
    if record.id != path.stem:
        raise InputError(f"id {record.id!r} is not the file's name")
    return record


def _check(checked: Checked, path: Path, record: AnyRecord) -> None:
    """Put a sound record among the others, after the dataset it is on. Raises InputError for what is wrong with it."""
    try:
        if isinstance(record, BoardDataset):
            _dataset(checked, path, record)
        elif isinstance(record, ReviewerResult):
            _reviewer(checked, path, record)
        elif isinstance(record, StressResult):
            _stress(checked, path, record)
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


def _papers(checked: Checked, result: ReviewerResult | StressResult) -> BoardPapers:
    """Those that the result is on. Raises InputError where they are not there, or others."""
    papers = checked.papers.get(result.dataset)
    if papers is None:
        raise InputError(f"dataset {result.dataset!r}: no sound file datasets/{result.dataset}.json")
    if result.dataset_hash != papers.dataset.hash:
        raise InputError(
            f"dataset_hash {result.dataset_hash[:12]!r} is not that of {result.dataset} ({papers.dataset.hash[:12]}): "
            f"another revision"
        )
    return papers


def _stress(checked: Checked, path: Path, result: StressResult) -> None:
    dataset = _papers(checked, result).dataset
    check_stress(result, dataset)
    check_flaws(result, dataset)
    _check_metrics(result.figures, stress_figures(result.scores))
    if result.flaws and result.naming:
        _check_metrics(result.naming, naming_of(result.name, result.scores.papers, result.flaws), "naming")
    checked.stress[path] = result


def _reviewer(checked: Checked, path: Path, result: ReviewerResult) -> None:
    papers = _papers(checked, result)
    check_reviewer(result, papers.dataset)
    check_forecast(result, papers.dataset)
    machine = result_machine(result, papers.humans)
    _check_metrics(result.figures, papers.metrics_of(machine))
    checked.machines[result.id] = machine
    checked.reviewers[path] = result


def _generator(checked: Checked, path: Path, result: GeneratorResult) -> None:
    check_generator(result)
    check_humans(result)
    _check_metrics(result.figures, generator_metrics(result))
    if result.humans:
        _check_metrics(result.humans.figures, human_summary(result.ideas), "humans.figures")
    checked.generators[path] = result


def _check_metrics(claimed: BaseModel, computed: BaseModel, field: str = "figures") -> None:
    found = differences(claimed.model_dump(mode="json"), computed.model_dump(mode="json"), tolerance=TOLERANCE)
    wrong = [
        f"{field}.{where}: {excerpt(value)} is in the file, its scores give {excerpt(again)}"
        for where, value, again in found
    ]
    if wrong:
        raise Faults(wrong)


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
    """Compare the datasets that are here with their data, make verified results and samples of stress results again.

    What differs is refused.
    """
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
    datasets = {name: papers.dataset for name, papers in checked.papers.items()}
    progress("stress results")
    found += [FileRerun(path, made) for path, made in rerun_stress(checked.stress, datasets, rerunner).items()]
    for file in found:
        if file.rerun.outcome == "differs":
            checked.refuse(file.path, file.summary)
    return found
