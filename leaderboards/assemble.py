"""From folders of results to the boards: what is sound is ranked, what is not is listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..bench.compare import RankRow, rank
from ..bench.floors import reviewers_sentence, verdicts_of
from .boards import Boards, ReviewerBoard, ReviewerEntry
from .generator_boards import generator_boards
from .histograms import reliability, reviewer_histogram
from .leaks import read_rows
from .ranking import or_least, reviewer_places
from .records import ReviewerResult
from .validation import Checked, check_results

Progress = Callable[[str], None]


def assemble(folders: Sequence[Path], *, progress: Progress = lambda _: None) -> Boards:
    """The boards of all sound results in the folders. Raises InputError where a folder is missing."""
    checked = check_results(folders, progress=progress)
    counts = Counter(folder.resolve().name for path in checked.sound for folder in {*folders} if folder in path.parents)
    progress("ranking")
    sources = tuple(f"{name}: {count} files" for name, count in counts.items())
    return replace(boards_of(checked), sources=sources, leaks=read_rows(folders)[0])


def boards_of(checked: Checked) -> Boards:
    """The boards of what was checked."""
    return Boards(
        reviewers=_reviewer_boards(checked),
        generators=generator_boards(checked),
        refused=tuple(checked.refused),
    )


def _reviewer_boards(checked: Checked) -> tuple[ReviewerBoard, ...]:
    results = list(checked.reviewers.values())
    tables: dict[tuple[str, str], list[ReviewerResult]] = {}
    for result in results:
        tables.setdefault((checked.dataset_of(result), result.text), []).append(result)
    kinds = sorted(tables, key=lambda kind: (kind[0], kind[1] != "scrubbed"))
    boards = [_reviewer_board(checked, text, tables[dataset, text]) for dataset, text in kinds]
    return tuple(sorted(boards, key=lambda board: board.dataset.labels != "human"))


def _reviewer_board(checked: Checked, text: str, results: Sequence[ReviewerResult]) -> ReviewerBoard:
    papers = checked.papers[results[0].dataset]
    stressed = {(r.fingerprint, checked.dataset_of(r), r.text): r for r in checked.stress.values()}
    machines = [replace(checked.machines[result.id], name=result.id) for result in results]
    floors = {result.id for result in results if result.figures.kind == "floor"}
    rows = rank(papers.humans, machines, papers.bootstrap, unranked=floors)
    places, verdicts = reviewer_places(rows), verdicts_of(rows, floors)
    names = {result.id: result.name for result in results}
    sentence = reviewers_sentence([_named(row, names) for row in rows], {names[floor] for floor in floors})
    entries = [
        ReviewerEntry(
            result=result,
            place=places.get(result.id),
            reliability=reliability(papers.humans, machine),
            histogram=reviewer_histogram(papers.humans, machine),
            stress=stressed.get((result.fingerprint, papers.dataset.id, result.text)),
            floors=verdicts.get(result.id, ""),
        )
        for result, machine in zip(results, machines, strict=True)
    ]
    return ReviewerBoard(papers.dataset, text, tuple(sorted(entries, key=_best_reviewer_first)), sentence)


def _named(row: RankRow, names: Mapping[str, str]) -> RankRow:
    """The row of a result's id under its name."""
    return row.model_copy(update={"name": names[row.name], "above": tuple(names[other] for other in row.above)})


def _best_reviewer_first(entry: ReviewerEntry) -> tuple[bool, float, float, str]:
    auc = entry.result.figures.scores.get("auc")
    row = entry.result.figures.headline
    balanced = row.metrics["balanced_accuracy"].value if row else None
    floor = entry.result.figures.kind == "floor"
    return floor, -or_least(auc.value if auc else None), -or_least(balanced), entry.result.name
