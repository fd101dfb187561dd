"""How reviews are printed: panels on a terminal, Markdown in a file or a pipe, or one JSON document."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from ..llm.ledger_file import StageTotals
from ..presentation.numbers import counted, dollars
from ..reviewer import review_view as view
from ..reviewer.review_view import Reviewed
from .review_panels import about_review, drawn, quarantine_title, quoted, score_cells

TAG = re.compile(r"<(?=[a-zA-Z/!?])")
"""What would be a tag where the Markdown is made into a page."""


def reviews_document(shown: Sequence[Reviewed], unread: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The reviews as JSON: `reviews` with `paper`, `review`, `verdict` (null where it failed) and `quarantine`."""
    reviews = [
        {
            "paper": {
                "id": r.review.paper_id,
                "path": r.path,
                "title": r.title,
                "pages": r.pages,
                "tokens": r.tokens,
                "tokens_reviewed": r.tokens_reviewed,
                "references": r.references,
                "notes": list(r.notes),
            },
            "review": r.review.model_dump(mode="json"),
            "verdict": r.verdict.model_dump(mode="json") if r.verdict else None,
            "quarantine": [finding.model_dump(mode="json") for finding in r.findings],
        }
        for r in shown
    ]
    return {"reviews": reviews, "unread": [{"path": path, "reason": reason} for path, reason in unread]}


def print_reviews(shown: Sequence[Reviewed], reviewer: str, text: str, paid: StageTotals) -> None:
    """The reviews on stdout, one after another, and below them what all of them took this time."""
    if not sys.stdout.isatty():
        print("\n".join(TAG.sub(r"\<", line) for r in shown for line in markdown(r, reviewer, text)))
        print(paid_words(paid))
        return
    console = Console(highlight=False)
    for r in shown:
        console.print(drawn(r, reviewer, text))
    console.print(Text(paid_words(paid), style="dim"))


def paid_words(paid: StageTotals) -> str:
    """What the calls of this start took, next to what was there already."""
    reused = f"; {counted(paid.reused, 'answer')} from this machine's cache, for nothing" if paid.reused else ""
    if not paid.calls and not paid.reused:
        return "Paid now: nothing, no language model was called."
    return f"Paid now: {dollars(paid.usd)} for {counted(paid.calls, 'call')}{reused}."


def markdown(r: Reviewed, reviewer: str, text: str) -> Iterator[str]:
    """The lines of a review in Markdown; whatever papers and models say stays within its line."""
    yield f"# {view.line(r.title) or 'Untitled'}"
    yield ""
    yield from (f"- {label}: {words}" for label, words in about_review(r, reviewer, text))
    if r.verdict is not None:
        yield ""
        yield f"**DECISION: {(r.verdict.decision or 'none').upper()}**"
        yield ""
        yield from (f"- {label}: {words}" for label, words in view.verdict_rows(r.verdict))
    yield from _alarm_lines(r)
    yield from _score_lines(r)
    for passage in view.passages(r.review, r.form):
        yield from ("", f"## {passage.title}", "")
        yield from (f"{'- ' if passage.listed else ''}{view.line(item)}" for item in passage.items)
    yield from _failure_lines(r)
    yield from ("", f"Cost: {view.cost(r.review)}", "")


def _alarm_lines(r: Reviewed) -> Iterator[str]:
    if r.findings:
        yield from ("", f"## {quarantine_title(r)}", "")
    for what, says in view.finding_rows(r.findings):
        yield f"- {what}{f': {quoted(says)}' if says else ''}"
    notes = [*map(view.line, r.notes), *view.panel_notes(r.review)]
    if notes:
        yield from ("", "## Notes", "", *(f"- {note}" for note in notes))


def _score_lines(r: Reviewed) -> Iterator[str]:
    heads, rows = score_cells(r)
    if rows:
        yield from ("", _row(heads), _row(("---", "---:", "---", "---")[: len(heads)]), *map(_row, rows))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _failure_lines(r: Reviewed) -> Iterator[str]:
    if r.verdict is None:
        yield from ("", "**REVIEW FAILED**", "", view.line(r.review.reason))
    for number, answer in enumerate(view.raw_answers(r.review), start=1):
        yield from ("", f"Answer {number}, as it came:", "", *(f"    {line}" for line in answer.splitlines()))
