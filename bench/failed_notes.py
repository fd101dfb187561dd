"""Why reviews of a run failed: each reason once, with its count."""

from __future__ import annotations

from collections.abc import Sequence

from ..data.errors import printable
from ..reviewer.review import reasons_in_words
from .records import ReviewerFigures
from .run import Run


def failed_notes(run: Run, reviewers: Sequence[ReviewerFigures]) -> list[str]:
    """A line for each reviewer some of whose reviews failed."""
    names = [figures.name for figures in reviewers if figures.reviewed < figures.n]
    if not names:
        return []
    current = {(entry.name, entry.fingerprint) for entry in run.record.reviewers}
    failures = [r for r in run.reviews().values() if r.status == "failed" and (r.reviewer, r.fingerprint) in current]
    told = ((name, reasons_in_words(r for r in failures if r.reviewer == name)) for name in names)
    return [printable(f"{name}: why reviews failed: {words}.") for name, words in told if words]
