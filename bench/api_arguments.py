"""What the functions of the Python API are given: reviewers, paths and settings in the forms that users write."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..data.dataset import Dataset
from ..data.errors import unknown
from .entrants import ReviewerLike, as_reviewer
from .measure import Bench
from .results import BenchResult

Reviewers = ReviewerLike | Sequence[ReviewerLike] | Mapping[str, ReviewerLike]
"""One reviewer, several, or several under names of their own."""
Progress = Callable[[str, int, int], None]
"""Called with a reviewer's name, reviews made, and reviews in all."""
Where = str | os.PathLike[str]
"""A name or a path."""


def measured_run(prepared: Bench, command: str, progress: Progress) -> BenchResult:
    """Review with what was prepared, and measure; without figures where the budget was reached."""
    run, outcome = prepared.review([command], progress=progress)
    if outcome.budget_reached:
        return BenchResult(run, calibrations=prepared.calibrations, budget_reached=True)
    audit, problem = prepared.audit()
    measured = prepared.measure(run, audit)
    prepared.report(run, measured)
    if problem:
        measured.figures.notes.append(problem)
    return BenchResult(run, measured, calibrations=prepared.calibrations)


def listed(reviewers: Reviewers) -> list[ReviewerLike]:
    """The reviewers that were asked for, those of a mapping under its names."""
    if isinstance(reviewers, Mapping):
        return [_named(name, one) for name, one in reviewers.items()]
    if isinstance(reviewers, Sequence) and not isinstance(reviewers, str):
        return list(reviewers)
    return [reviewers]


def _named(name: str, asked: ReviewerLike) -> ReviewerLike:
    if isinstance(asked, str):
        return f"{asked}{'&' if '?' in asked else '?'}name={quote(name)}"
    reviewer = as_reviewer(asked, name)
    reviewer.name = name
    return reviewer


def name_of(asked: object) -> str:
    """What a dataset or reviewer is called in the record of a command."""
    if isinstance(asked, Dataset):
        return asked.card.name
    return asked if isinstance(asked, str) else getattr(asked, "name", getattr(asked, "__name__", type(asked).__name__))


def settings_of(kind: type[Any], out: Where | None, given: Mapping[str, Any]) -> Any:
    """Settings of this kind, paths as `Path`. Raises InputError for one that there is not."""
    settings = kind(out=Path(out) if out else None)
    for name, value in given.items():
        if not hasattr(settings, name):
            raise unknown("setting", name, vars(settings))
        if name in ("calibration", "map_file", "pdfs") and value is not None:
            value = Path(value)
        settings = replace(settings, **{name: value})
    return settings
