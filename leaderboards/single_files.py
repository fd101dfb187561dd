"""Check files one by one, in a folder of results or outside of it, against the datasets of the boards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..data.errors import InputError
from .faults import faults_of
from .known import under_another_name
from .recompute import BoardPapers
from .records import BoardDataset, GeneratorResult, ReviewerResult, StressResult
from .standing import Standing
from .store import AnyRecord, as_record, missing, read_body, read_record, record_path
from .validation import Checked, Progress, check_all, read_in_place

BOARDS: Mapping[str, type[AnyRecord]] = {
    "reviewers": ReviewerResult,
    "generators": GeneratorResult,
    "stress": StressResult,
}


def check_files(files: Sequence[Path], folders: Sequence[Path], *, progress: Progress = lambda _: None) -> Checked:
    """Check these files alone; of the folders only the datasets are read, and what stands where the files belong.

    A file in one of the folders has to be at its place there; one from elsewhere is told by its content.

    Raises InputError where a file or a folder is missing.
    """
    for folder in folders:
        if not folder.is_dir():
            raise missing(folder)
    checked = Checked()
    read: dict[Path, AnyRecord] = {}
    for path in dict.fromkeys(files):
        if not path.exists() and not path.is_symlink():
            raise InputError(f"{path}: no such file")
        if path.is_dir() and not path.is_symlink():
            raise InputError(f"{path}: a folder; name its files, or check a whole folder of results with --results")
        try:
            read[path] = _read(path, folders)
        except InputError as error:
            checked.refuse(path, *(fault.removeprefix(f"{_place(path)}: ") for fault in faults_of(error)))
    for name in {r.dataset for r in read.values() if isinstance(r, (ReviewerResult, StressResult))}:
        _have_dataset(name, folders, checked)
    check_all(checked, read, progress)
    return checked


def _read(path: Path, folders: Sequence[Path]) -> AnyRecord:
    place = _place(path)
    for folder in folders:
        if place.is_relative_to(folder.resolve()):
            return read_in_place(place, folder.resolve())
    record = _from_elsewhere(path)
    for folder in folders:
        _against_board(record, folder)
    return record


def _from_elsewhere(path: Path) -> AnyRecord:
    body = read_body(path)
    board = body.get("board")
    kind = BoardDataset if board is None and "papers" in body else BOARDS.get(str(board))
    if kind is None:
        raise InputError("neither a result nor a dataset of the boards; files are made by `peerassay leaderboard add`")
    record = as_record(path, kind, body)
    belongs = record_path(record)
    if record.id != belongs.stem:
        raise InputError(f"id {record.id!r} is not that of its content, {belongs.stem}")
    return record


def _against_board(record: AnyRecord, folder: Path) -> None:
    """Refuse what a board has already, with other content or under another name."""
    path = folder / record_path(record)
    if path.exists():
        stand = Standing()
        stand.add(read_record(path, type(record)), path)
        stand.first(record)
    if not isinstance(record, BoardDataset) and (other := under_another_name(folder, record)):
        raise InputError(f"{other}: has the same result under another name; remove it first")


def _place(path: Path) -> Path:
    """Where the file stands, itself perhaps a link."""
    return path.parent.resolve() / path.name


def _have_dataset(name: str, folders: Sequence[Path], checked: Checked) -> None:
    """Let results be on the dataset of this name, where a folder has it; one that cannot be read is as if missing."""
    for folder in folders:
        path = folder / "datasets" / f"{name}.json"
        try:
            dataset = read_in_place(path, folder)
        except InputError:
            continue
        if isinstance(dataset, BoardDataset) and 0 < dataset.accepted < len(dataset.papers):
            checked.papers[name] = BoardPapers.of(dataset)
            return
