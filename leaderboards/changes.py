"""What differs between two folders of results: rows that are new, changed or gone, and what that does to the boards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..data.errors import InputError
from ..statistics.estimate import Estimate
from .assemble import boards_of
from .boards import Boards, GeneratorEntry, RankInterval, Refused, ReviewerEntry
from .faults import faults_of
from .records import BoardDataset, StressResult
from .single_files import check_files
from .store import AnyRecord, record_files
from .validation import Checked, read_in_place

Kind = Literal["new", "changed", "gone"]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class MetricChange:
    """A figure before and after; None where there is none."""

    name: str
    base: Estimate | None
    head: Estimate | None

    @property
    def difference(self) -> float | None:
        """After less before; None where one of them is unknown."""
        before, after = (one.value if one else None for one in (self.base, self.head))
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Position:
    """Where a row stands on its table."""

    place: RankInterval | None
    of: int
    """Rows of the table that have a rank."""


@dataclass(frozen=True)
class RowChange:
    """A result that is new, changed or gone."""

    path: str
    kind: Kind
    name: str
    table: str
    """Which one, in words."""
    status: str
    base: Position | None
    head: Position | None
    metrics: tuple[MetricChange, ...]
    floors: str = ""
    """How the row stands against floors now: above, open, below; empty where that was not tested."""


@dataclass(frozen=True)
class Moved:
    """A row that nobody touched and whose rank is another one now."""

    name: str
    table: str
    base: Position
    head: Position


@dataclass(frozen=True)
class OtherChange:
    """A dataset or a reviewer's card that is new, changed or gone."""

    path: str
    kind: Kind
    name: str
    what: str


@dataclass(frozen=True)
class BoardsDiff:
    """All that differs, paths as they are within the folders."""

    rows: tuple[RowChange, ...]
    moved: tuple[Moved, ...]
    others: tuple[OtherChange, ...]
    refused: tuple[Refused, ...]
    """New and changed files that are on no board."""


@dataclass(frozen=True)
class _Row:
    """A row of a table, as both folders may have it."""

    name: str
    table: str
    status: str
    position: Position
    metrics: dict[str, Estimate | None]
    floors: str


def boards_diff(base: Path, head: Path, *, progress: Progress = lambda _: None) -> BoardsDiff:
    """What the folder `head` changes in the boards of the folder `base`.

    Only tables that a changed file is on are computed. Raises InputError where a folder is missing.
    """
    kinds = _changed_files(base, head)
    concerned = {_table_of(path) for path in kinds}
    before, after = (_read(folder, concerned, progress) for folder in (base, head))
    rows = [dict(_rows(folder, checked)) for folder, checked in ((base, before), (head, after))]
    refused = {one.path.relative_to(head).as_posix(): one for one in after.refused}
    changes = [
        _row_change(path, kind, *(found.get(path) for found in rows))
        for path, kind in kinds.items()
        if path not in refused and (path in rows[0] or path in rows[1])
    ]
    moved = [
        Moved(now.name, now.table, was.position, now.position)
        for path, now in rows[1].items()
        if path not in kinds and (was := rows[0].get(path)) and _rank(was) != _rank(now)
    ]
    others = [
        _other(path, kind, base, head) for path, kind in kinds.items() if path.startswith(("datasets/", "stress/"))
    ]
    bad = [Refused(Path(path), one.reason, one.others) for path, one in refused.items() if path in kinds]
    return BoardsDiff(
        tuple(changes), tuple(moved), tuple(o for o in others if o is not None and o.path not in refused), tuple(bad)
    )


def _changed_files(base: Path, head: Path) -> dict[str, Kind]:
    before, after = (
        {path.relative_to(folder).as_posix(): path for path in record_files(folder)} for folder in (base, head)
    )
    found: dict[str, Kind] = {}
    for name in sorted({*before, *after}):
        if name not in before:
            found[name] = "new"
        elif name not in after:
            found[name] = "gone"
        elif _content(before[name]) != _content(after[name]):
            found[name] = "changed"
    return found


def _content(path: Path) -> bytes | None:
    """What is in a file; None for what is none."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _table_of(path: str) -> str:
    """Which files count where this one changes: those of one dataset, or all generators."""
    kind, _, rest = path.partition("/")
    if kind == "generators":
        return kind
    return rest.partition("/")[0] if kind in ("reviewers", "stress") else rest.removesuffix(".json")


def _read(folder: Path, concerned: set[str], progress: Progress) -> Checked:
    names = [path.relative_to(folder) for path in record_files(folder)]
    chosen = [folder / name for name in names if _table_of(name.as_posix()) in concerned]
    return check_files(chosen, [folder], progress=progress)


def _rows(folder: Path, checked: Checked) -> Iterator[tuple[str, _Row]]:
    """Each row of the boards by the path of its file within the folder."""
    paths = {result.digest: path for path, result in (*checked.reviewers.items(), *checked.generators.items())}
    boards: Boards = boards_of(checked)
    for board in boards.reviewers:
        ranked = sum(e.place is not None for e in board.entries)
        table = f"reviewers on {board.dataset.id}, {board.text} text"
        for entry in board.entries:
            yield _name(paths[entry.result.digest], folder), _reviewer_row(entry, table, ranked)
    for board in boards.generators:
        for entry in board.entries:
            rivals = [e for e in board.entries if e.result.template == entry.result.template]
            ranked = sum(e.place is not None for e in rivals)
            table = f"generators on {entry.result.template}, in the eyes of {board.reviewer} ({board.fingerprint})"
            yield _name(paths[entry.result.digest], folder), _generator_row(entry, table, ranked)


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _reviewer_row(entry: ReviewerEntry, table: str, ranked: int) -> _Row:
    result, figures = entry.result, entry.result.figures
    decided = figures.headline.metrics if figures.headline else {}
    metrics = {
        "AUC": figures.scores.get("auc"),
        "balanced accuracy": decided.get("balanced_accuracy"),
        "F1": decided.get("f1"),
        "worth in humans": result.worth,
        "coverage": Estimate(value=figures.coverage, n=figures.n),
        "USD per review": Estimate(value=result.usd_per_review, n=figures.n),
    }
    return _Row(result.name, table, result.status, Position(entry.place, ranked), metrics, entry.floors)


def _generator_row(entry: GeneratorEntry, table: str, ranked: int) -> _Row:
    result, figures = entry.result, entry.result.figures
    metrics = {
        "mean score": figures.mean,
        "mean human score": result.humans.figures.human if result.humans else None,
        "prediction-powered human score": result.humans.figures.powered if result.humans else None,
        "accepted of tried": figures.accepted_share,
        "ideas tried": Estimate(value=float(figures.tried), n=figures.tried),
        "papers reviewed": Estimate(value=float(figures.reviewed), n=figures.tried),
        "USD per paper": Estimate(value=figures.usd_per_paper, n=figures.finished),
    }
    return _Row(result.name, table, result.status, Position(entry.place, ranked), metrics, entry.floor)


def _row_change(path: str, kind: Kind, was: _Row | None, now: _Row | None) -> RowChange:
    row = now or was
    assert row is not None
    names = dict.fromkeys([*(was.metrics if was else ()), *(now.metrics if now else ())])
    metrics = [
        MetricChange(name, was.metrics.get(name) if was else None, now.metrics.get(name) if now else None)
        for name in names
    ]
    return RowChange(
        path=path,
        kind=kind,
        name=row.name,
        table=row.table,
        status=row.status,
        base=was.position if was else None,
        head=now.position if now else None,
        metrics=tuple(m for m in metrics if any(e and e.value is not None for e in (m.base, m.head))),
        floors=now.floors if now else "",
    )


def _rank(row: _Row) -> int | None:
    return row.position.place.rank if row.position.place else None


def _other(path: str, kind: Kind, base: Path, head: Path) -> OtherChange | None:
    folder = base if kind == "gone" else head
    try:
        record: AnyRecord = read_in_place(folder / path, folder)
    except InputError as error:
        return OtherChange(path, kind, Path(path).stem, faults_of(error)[0]) if kind == "gone" else None
    if isinstance(record, BoardDataset):
        return OtherChange(
            path, kind, record.name, f"dataset, {len(record.papers):,} papers, {record.accepted:,} accepted"
        )
    assert isinstance(record, StressResult)
    return OtherChange(path, kind, record.name, f"card of a reviewer on {record.dataset}, {record.text} text")
