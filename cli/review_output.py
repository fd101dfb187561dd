"""How reviews are printed: lists and tables for a reader, or one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ..llm.ledger_file import StageTotals
from ..presentation.cell import Cell
from ..presentation.numbers import counted, dollars
from ..presentation.table import Table, listed
from ..presentation.terminal import print_tables
from ..reviewer import review_view as view
from ..reviewer.review_view import Reviewed


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
    print_tables(table for r in shown for table in review_tables(r, reviewer, text))
    print(paid_words(paid))


def paid_words(paid: StageTotals) -> str:
    """What the calls of this start took, next to what was there already."""
    reused = f"; {counted(paid.reused, 'answer')} from this machine's cache, for nothing" if paid.reused else ""
    if not paid.calls and not paid.reused:
        return "Paid now: nothing, no language model was called."
    return f"Paid now: {dollars(paid.usd)} for {counted(paid.calls, 'call')}{reused}."


def review_tables(r: Reviewed, reviewer: str, text: str) -> Iterator[Table]:
    """A review as lists and tables; what papers and models say is indented below our own titles."""
    about = (("File", r.path), ("Read", f"{view.facts(r)}; {text} text"), ("Reviewer", reviewer))
    yield listed(view.line(r.title) or "Untitled", about)
    if r.verdict is not None:
        word = (r.verdict.decision or "none").upper()
        rows = [(label, Cell(words, tone="note" if view.WARNING in words else ""))
                for label, words in view.verdict_rows(r.verdict)]  # fmt: skip
        yield listed(Cell(f"DECISION: {word}", tone=view.tone(r.verdict)), rows)
    yield from _alarms(r)
    scores = view.score_table(r.review, r.form)
    if scores.rows:
        yield scores
    for passage in view.passages(r.review, r.form):
        yield _said(passage.title, passage.items, "•" if passage.listed else "")
    if r.verdict is None:
        yield _said(Cell("REVIEW FAILED", tone="alarm"), [r.review.reason])
    for number, answer in enumerate(view.raw_answers(r.review), start=1):
        yield _said(f"Answer {number}, as it came", [answer])
    yield listed("", [("Cost", Cell(view.cost(r.review), tone="soft"))])


def _alarms(r: Reviewed) -> Iterator[Table]:
    """What was found in the paper, an alarm but for mere cuts, and what else there is to know."""
    if r.findings:
        alarming = any(finding.alarming for finding in r.findings)
        title = Cell("QUARANTINE", tone="alarm") if alarming else Cell("Not read", tone="note")
        found = [": ".join(filter(None, (what, quoted(says)))) for what, says in view.finding_rows(r.findings)]
        yield _said(title, found, "•")
    if view.notes(r):
        yield _said(Cell("Notes", tone="note"), view.notes(r), "•")


def _said(title: str, texts: Iterable[str], mark: str = "") -> Table:
    """Texts below a title, each line of them indented, the first one after the mark."""
    return listed(title, [("" if i else mark, line) for text in texts for i, line in enumerate(text.splitlines())])


def quoted(says: str, most: int = 300) -> str:
    """The words in quotation marks, cut after `most` characters; empty for none."""
    return f"“{says[:most]}{'…' if len(says) > most else ''}”" if says else ""
