"""Check a folder of results: every figure is computed again from the scores, and what is wrong is refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel

from ..bench.outcomes import Machine
from ..bench.scores.records import FLOOR
from ..data.errors import InputError
from ..data.registry import load_dataset
from .boards import Refused
from .datasets import compare_with_data, is_bundled
from .figures import BoardPapers, generator_figures, result_machine
from .records import BoardDataset, GeneratorResult, IdeaScore, ReviewerResult
from .rerun import Rerun, Rerunner, can_be_made_again
from .store import AnyRecord, difference, found_files, identity, kind_of, place, read_record, words

TOLERANCE = 1e-9
"""Relative: figures that are computed on another machine may differ in their last digits."""
MOST_PAPERS, MOST_IDEAS = 20_000, 2_000
"""Of one dataset, and of one configuration on a template: more would take gigabytes to compute with."""
LARGEST = 1e100
"""Of a score, as in `Review`."""
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
        self.refused.append(Refused(path, reason.removeprefix(f"{path}: ")))


def check_results(folders: Sequence[Path], *, progress: Progress = lambda _: None) -> Checked:
    """Read and check every file of the folders; of one result in two files the first is taken.

    Raises InputError where a folder is missing.
    """
    checked = Checked()
    read: dict[Path, AnyRecord] = {}
    for folder in folders:
        for path in found_files(folder):
            try:
                read[path] = _read(path, folder)
            except InputError as error:
                checked.refuse(path, str(error))
    steps: tuple[Callable[[Checked, Path, AnyRecord], None], ...] = (_dataset, _reviewer, _generator)
    seen: dict[object, Path] = {}
    for step, kind in zip(steps, (BoardDataset, ReviewerResult, GeneratorResult), strict=True):
        for path, record in ((p, r) for p, r in read.items() if isinstance(r, kind)):
            progress(path.name)
            try:
                _refuse_second(record, path, seen)
                step(checked, path, record)
            except InputError as error:
                checked.refuse(path, str(error))
            except (ValueError, ArithmeticError) as error:
                checked.refuse(path, f"its figures cannot be computed: {error}")
    return checked


def _read(path: Path, folder: Path) -> AnyRecord:
    """The record, where it stands at its place."""
    record = read_record(path, kind_of(path, folder))
    belongs = place(record)
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


def _dataset(checked: Checked, path: Path, dataset: AnyRecord) -> None:
    assert isinstance(dataset, BoardDataset)
    if len(dataset.papers) > MOST_PAPERS:
        raise InputError(f"{len(dataset.papers)} papers; the boards take {MOST_PAPERS}")
    _refuse_repeated((paper.key for paper in dataset.papers), "paper")
    if dataset.accepted in (0, len(dataset.papers)):
        raise InputError("all papers are of one class: agreement needs accepted and rejected ones")
    if is_bundled(dataset) and (reason := compare_with_data(dataset, load_dataset(dataset.name))):
        raise InputError(f"not the bundled dataset {dataset.name}: {reason}")
    checked.papers[dataset.id] = BoardPapers.of(dataset)
    checked.datasets[path] = dataset


def _reviewer(checked: Checked, path: Path, result: AnyRecord) -> None:
    assert isinstance(result, ReviewerResult)
    papers = checked.papers.get(result.dataset)
    if papers is None:
        raise InputError(f"dataset {result.dataset!r}: no sound file datasets/{result.dataset}.json")
    if result.dataset_hash != papers.dataset.hash:
        raise InputError(
            f"dataset_hash {result.dataset_hash[:12]!r} is not that of {result.dataset} ({papers.dataset.hash[:12]}): "
            f"another revision"
        )
    _check_papers(result, papers.dataset)
    _check_claims(result)
    machine = result_machine(result, papers.humans)
    _check_figures(result.figures, papers.figures(machine))
    _check_counts({**result.figures.findings, "noted": result.figures.noted}, len(papers.humans))
    checked.machines[result.id] = machine
    checked.reviewers[path] = result


def _check_papers(result: ReviewerResult, dataset: BoardDataset) -> None:
    """Every paper of the dataset once, with a score, a decision or the reason why there is none."""
    _refuse_repeated((paper.key for paper in result.papers), "paper")
    known, there = {p.key for p in dataset.papers}, {p.key for p in result.papers}
    if there - known:
        raise InputError(f"{len(there - known)} papers are not in {dataset.id}, e.g. {min(there - known)}")
    if known - there:
        missing = f"{len(known - there)} of {len(known)} papers are missing, e.g. {min(known - there)}"
        raise InputError(f"{missing}; failed reviews have to be in it")
    for paper in result.papers:
        said = (paper.score, paper.decision, paper.p_accept)
        if paper.failed and said != (None, None, None):
            raise InputError(f"paper {paper.key}: failed, but has a score, a decision or a probability")


def _check_claims(result: ReviewerResult) -> None:
    """Refuse a floor's name for another reviewer, and `verified` where nobody can verify."""
    if result.name.startswith("floor:") and not can_be_made_again(result):
        raise InputError(f"name: {result.name} belongs to a reviewer of ours, and {result.spec or 'no SPEC'} is none")
    if result.status == "verified" and not can_be_made_again(result):
        raise InputError(f"status: verified, but {result.spec or result.name} cannot be run again by the checks")


def _generator(checked: Checked, path: Path, result: AnyRecord) -> None:
    assert isinstance(result, GeneratorResult)
    if result.status == "verified":
        raise InputError("status: verified, but the checks cannot write these papers again")
    if (result.template, result.name) != (result.group.template, result.group.configuration):
        raise InputError(f"name and template are not those of its group, {result.group.label}")
    if result.name.startswith("floor:") and result.name != FLOOR:
        raise InputError(f"name: {result.name} is no floor of ours; floors of generators are {FLOOR}")
    _refuse_repeated((idea.name for idea in result.ideas), "idea")
    if len(result.ideas) > result.group.tried:
        raise InputError(f"group.tried: {result.group.tried}, but {len(result.ideas)} ideas are there")
    if result.group.tried > MOST_IDEAS:
        raise InputError(f"group.tried: {result.group.tried}; the boards take {MOST_IDEAS}")
    for idea in result.ideas:
        _check_idea(idea, result)
    _check_figures(result.figures, generator_figures(result))
    checked.generators[path] = result


def _check_idea(idea: IdeaScore, result: GeneratorResult) -> None:
    """A score, and what follows from it, is there where the idea was reviewed, and only there."""
    if (idea.stage == "reviewed") != (idea.score is not None):
        raise InputError(f"idea {idea.name!r}: stage {idea.stage}, score {words(idea.score)}")
    if idea.score is not None and abs(idea.score) > LARGEST:
        raise InputError(f"idea {idea.name!r}: score {idea.score:g} is beyond {LARGEST:g}")
    if idea.score is None and (idea.accepted, idea.p_accept) != (None, None):
        raise InputError(f"idea {idea.name!r}: a verdict without a score")
    scale = result.reviewer.traits.scale
    if idea.score is not None and scale is not None and not scale[0] <= idea.score <= scale[1]:
        raise InputError(f"idea {idea.name!r}: score {idea.score:g} is not on the scale {scale[0]:g} to {scale[1]:g}")
    if not result.rule and idea.accepted is not None:
        raise InputError(f"idea {idea.name!r}: accepted {words(idea.accepted)}, but there is no rule")
    if result.threshold is not None and idea.score is not None and idea.accepted != (idea.score >= result.threshold):
        raise InputError(
            f"idea {idea.name!r}: accepted {words(idea.accepted)} at a score of {idea.score:g} and a threshold of "
            f"{result.threshold:g}"
        )


def _check_figures(told: BaseModel, computed: BaseModel) -> None:
    found = difference(told.model_dump(mode="json"), computed.model_dump(mode="json"), tolerance=TOLERANCE)
    if found is not None:
        where, value, again = found
        raise InputError(f"figure {where}: {words(value)} is in the file, its scores give {words(again)}")


def _check_counts(counts: dict[str, int], n: int) -> None:
    for name, count in counts.items():
        if not 0 <= count <= n:
            raise InputError(f"figures: {name} is {count} of {n} papers")


def _refuse_repeated(names: Iterable[str], what: str) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(f"{what} {repeated[0]} is there more than once")


@dataclass(frozen=True)
class Again:
    """What came of making a file's content again from the data."""

    path: Path
    rerun: Rerun

    @property
    def words(self) -> str:
        """In a line."""
        said = {"same": "made again, all the same", "differs": "comes out differently", "impossible": "not made again"}
        return said[self.rerun.outcome] + (f": {self.rerun.reason}" if self.rerun.reason else "")


def rerun_all(checked: Checked, *, progress: Progress = lambda _: None) -> list[Again]:
    """Compare the datasets that are here with their data, make verified results again, and refuse what differs."""
    rerunner, found = Rerunner(), list[Again]()
    for path, dataset in list(checked.datasets.items()):
        progress(path.name)
        found.append(Again(path, rerunner.dataset(dataset)))
    for path, result in list(checked.reviewers.items()):
        if result.status == "verified":
            progress(path.name)
            found.append(Again(path, rerunner.result(result, checked.papers[result.dataset].dataset)))
    for again in found:
        if again.rerun.outcome == "differs":
            checked.refuse(again.path, again.words)
    return found
