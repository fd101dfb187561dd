"""scores.csv of a run: every review that stands as a row, beside what humans said, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..data.files import write_parts
from ..presentation.formats import csv_parts
from ..reviewer.review import Review
from .run import Run

HEADS = ("paper", "reviewer", "fingerprint", "repeat", "status", "score", "decision", "p_accept",
         "human_mean", "accepted", "tier", "split")  # fmt: skip
STATUS, DECISION = ("", "ok", "failed"), (None, "accept", "reject")


class _Column:
    """The last review of each of n papers by one reviewer in one repeat."""

    def __init__(self, n: int) -> None:
        self._words = np.zeros((n, 2), dtype=np.uint8)
        self._numbers = np.full((n, 2), np.nan)

    def put(self, place: int, review: Review) -> None:
        """The review of the paper at this place."""
        self._words[place] = STATUS.index(review.status), DECISION.index(review.decision)
        self._numbers[place] = [np.nan if value is None else value for value in (review.overall, review.p_accept)]

    def cells(self, place: int) -> Sequence[Any] | None:
        """Status, score, decision and probability; None: there is no review."""
        status, decision = (int(word) for word in self._words[place])
        overall, p_accept = (None if np.isnan(value) else float(value) for value in self._numbers[place])
        return (STATUS[status], overall, DECISION[decision], p_accept) if status else None


def write_scores_csv(run: Run, path: Path) -> None:
    """A row per paper, reviewer and repeat: by repeat, then by reviewer and paper as they stand in the run's record.

    Raises InputError where the file cannot be written, or a line of the reviews is none.
    """
    write_parts(path, (part.encode() for part in csv_parts(HEADS, _rows(run))))


def _rows(run: Run) -> Iterator[Sequence[Any]]:
    human = [(j.paper_id, j.mean_rating, int(j.accepted), j.tier, j.split) for j in run.record.judgements]
    places = {paper: place for place, (paper, *_) in enumerate(human)}
    order = {(entry.name, entry.fingerprint): number for number, entry in enumerate(run.record.reviewers)}
    columns: dict[tuple[int, int], _Column] = {}
    signatures = [*order]
    for review in run.all_reviews():
        number, place = order.get((review.reviewer, review.fingerprint)), places.get(review.paper_id)
        if number is not None and place is not None:
            if (review.repeat, number) not in columns:
                columns[review.repeat, number] = _Column(len(human))
            columns[review.repeat, number].put(place, review)
    for (repeat, number), column in sorted(columns.items()):
        for place, (paper, *said) in enumerate(human):
            if (cells := column.cells(place)) is not None:
                yield (paper, *signatures[number], repeat, *cells, *said)
