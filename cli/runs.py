"""Runs whose work is given out: benches, and runs of the scientist."""

from __future__ import annotations

from pathlib import Path

from ..bench.run import Run
from ..generator.batch import ScientistRun


def open_run(folder: Path) -> Run | ScientistRun:
    """The run in a folder, of either kind. Raises InputError where there is none."""
    return ScientistRun.open(folder) if ScientistRun.is_there(folder) else Run.open(folder)
