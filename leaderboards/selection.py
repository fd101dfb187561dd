"""What of a run goes on the boards, and what its results share."""

from __future__ import annotations

from dataclasses import dataclass

from ..bench.run import BenchRecord
from ..bench.scores.records import ScoreRecord
from .records import Made
from .redaction import redact_command

SAMPLES = 3

PENDING = "unsealed"
"""Stands for the id until the result has one."""


@dataclass(frozen=True)
class Selection:
    """What of a run goes on the boards, and with what."""

    reviewers: tuple[str, ...] = ()
    """By name; empty: those that the run was asked for."""
    floors: bool = False
    """The rows that `bench` added by itself, too."""
    samples: int | None = None
    """Reviews to be read; None: some where the texts are generated or written for the dataset, else none."""
    note: str = ""


def made_by(record: BenchRecord | ScoreRecord) -> Made:
    """When and by which command the run was made, without paths and keys."""
    return Made(created=record.created, peerassay=record.peerassay, command=redact_command(record.command))


def notes_of(selection: Selection) -> tuple[str, ...]:
    """The note that is given to every result of the run."""
    return (selection.note.strip(),) if selection.note.strip() else ()
