"""What has to hold of a stress result beside its figures: papers of its dataset, and columns that fit together."""

from __future__ import annotations

from collections import Counter

from ..bench.stress.columns import ABSENT, FAILED, MISSING, Column, StressScores
from ..bench.stress.records import INTACT
from ..data.errors import InputError
from .differences import excerpt
from .records import BoardDataset, StressResult

MOST_COLUMNS = 2000
"""More would take minutes to compute with."""


def check_stress(result: StressResult, dataset: BoardDataset) -> None:
    """Raises InputError where the result does not fit the papers of its dataset, or its columns each other."""
    scores = result.scores
    said = (scores.name, scores.spec, scores.fingerprint)
    if said != (result.name, result.spec, result.fingerprint):
        raise InputError(f"scores: of {excerpt(said[0])} ({excerpt(said[2])}), not of {excerpt(result.name)}")
    known = {paper.key: (paper.accepted, paper.group) for paper in dataset.papers}
    for paper in scores.papers:
        if known.get(paper.key) != (paper.accepted, paper.group):
            raise InputError(f"scores.papers: {paper.key} is not in {dataset.id}, or was decided otherwise")
    _refuse_repeated([paper.key for paper in scores.papers], "paper")
    _check_columns(scores)
    recalled = result.rated.memory
    if recalled is not None and recalled.whole.n > len(scores.papers):
        raise InputError(f"rated.memory: of {recalled.whole.n} papers, but there are {len(scores.papers)}")


def _check_columns(scores: StressScores) -> None:
    if len(scores.columns) > MOST_COLUMNS:
        raise InputError(f"scores: {len(scores.columns)} columns; the boards take {MOST_COLUMNS}")
    _refuse_repeated([str(column.key) for column in scores.columns], "column")
    intact = scores.column(INTACT)
    if intact is None or not intact.complete:
        raise InputError("scores: the reviews of intact papers are missing, or not all there")
    names = {column.name for column in scores.columns}
    for column in scores.columns:
        _check_column(column, len(scores.papers))
        if column.base and column.base not in names:
            raise InputError(f"scores: {column.name} is compared with {excerpt(column.base)}, which is not there")


def _check_column(column: Column, n: int) -> None:
    lengths = {len(column.scores), len(column.marks), len(column.found), len(column.same)}
    if lengths != {n}:
        raise InputError(f"scores: {column.name} at {column.strength:g} is not of {n} papers")
    silent = (FAILED, ABSENT, MISSING)
    if any(mark in silent and score is not None for mark, score in zip(column.marks, column.scores, strict=True)):
        raise InputError(f"scores: {column.name} at {column.strength:g} has a score of a review that there is not")
    if sum(column.reasons.values()) > column.marks.count(ABSENT):
        raise InputError(f"scores: {column.name} at {column.strength:g} says of more papers why it does not apply")


def _refuse_repeated(names: list[str], what: str) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(f"{what} {repeated[0]} is there more than once")
