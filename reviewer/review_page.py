"""Reviews as a page that is one file: everything escaped, nothing fetched from anywhere, fit for print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..presentation.cell import Cell
from ..presentation.numbers import between
from ..presentation.pages import render
from ..presentation.table import Table
from . import review_view as view
from .review_view import Reviewed
from .verdict import Verdict

TEMPLATES = Path(__file__).parent / "templates"
Gauge = dict[str, float | None]


def review_page(
    reviewed: Sequence[Reviewed], *, reviewer: str, text: str, unread: Sequence[tuple[str, str]] = ()
) -> str:
    """The page of the reviews, with an index where there are several.

    `text` is what the reviewer was given (raw or scrubbed), `unread` has path and reason of files that are no papers.
    """
    return render(
        TEMPLATES,
        "review.html.j2",
        reviewed=reviewed,
        index=index(reviewed),
        reviewer=view.line(reviewer),
        text=text,
        unread=[(view.line(path), view.line(reason)) for path, reason in unread],
        view=view,
        gauge=gauge,
    )


def index(reviewed: Sequence[Reviewed]) -> Table:
    """The reviews with their verdicts, each a link to its place on the page."""
    rows = tuple(_row(number, r) for number, r in enumerate(reviewed, start=1))
    return Table("All reviews", ("Paper", "Score", "P(accept)", "Decision"), rows)


def _row(number: int, r: Reviewed) -> tuple[str, ...]:
    tags = ("quarantine",) if any(finding.alarming for finding in r.findings) else ()
    paper = Cell(view.line(r.title) or "Untitled", href=f"#paper-{number}", small=view.line(r.path), tags=tags)
    if r.verdict is None:
        return (paper, between(None, None, None), between(None, None, None), Cell("failed", tone="alarm"))
    verdict, tone = r.verdict, view.tone(r.verdict)
    word = Cell(verdict.decision or "no decision", tone=tone, tags=("contradicted",) if verdict.contradicts else ())
    score, chance = verdict.interval or (None, None), verdict.p_interval or (None, None)
    return (paper, between(verdict.score, *score, 2), between(verdict.p_accept, *chance, 2), word)


def gauge(verdict: Verdict) -> Gauge | None:
    """Where score, interval and threshold stand on the scale, in percent of its length; None without a scale."""
    if verdict.score is None or verdict.scale is None:
        return None
    low, high = verdict.scale
    ends = verdict.interval or (None, None)
    places = {"score": verdict.score, "threshold": verdict.threshold, "low": ends[0], "high": ends[1]}
    return {
        name: None if at is None else round(min(max(100 * (at - low) / (high - low), 0), 100), 2)
        for name, at in places.items()
    }
