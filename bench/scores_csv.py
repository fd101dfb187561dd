"""scores.csv of a run: every review that stands as a row, beside what humans said, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..data.files import write_parts
from ..presentation.formats import csv_parts
from .answers import Column, columns_of
from .run import Run

HEADS = ("paper", "reviewer", "fingerprint", "repeat", "status", "score", "decision", "p_accept",
         "human_mean", "accepted", "tier", "split")  # fmt: skip


def write_scores_csv(run: Run, path: Path) -> None:
    """A row per paper, reviewer and repeat: by repeat, then by reviewer and paper as they stand in the run's record.

    Raises InputError where the file cannot be written, or a line of the reviews is none.
    """
    write_parts(path, (part.encode() for part in csv_parts(HEADS, _rows(run))))


def _rows(run: Run) -> Iterator[Sequence[Any]]:
    human = [(j.paper_id, j.mean_rating, int(j.accepted), j.tier, j.split) for j in run.record.judgements]
    order = {(entry.name, entry.fingerprint): number for number, entry in enumerate(run.record.reviewers)}
    columns = columns_of(run.all_reviews(), order, [paper for paper, *_ in human], Column)
    for (repeat, signature), column in sorted(columns.items(), key=lambda one: (one[0][0], order[one[0][1]])):
        for (paper, *outcome), said in zip(human, column, strict=True):
            if said is not None:
                yield (paper, *signature, repeat, *said, *outcome)
