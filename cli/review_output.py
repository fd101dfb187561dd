"""How reviews are printed: panels on a terminal, Markdown in a file or a pipe, or one JSON document."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ..llm.ledger_file import StageTotals
from ..presentation.numbers import counted, dollars
from ..reviewer import review_view as view
from ..reviewer.review_view import Reviewed

TAG = re.compile(r"<(?=[a-zA-Z/!?])")
"""What would be a tag where the Markdown is made into a page."""
COLOURS = {"accept": "green", "reject": "red"}


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
    yield from (f"- {label}: {words}" for label, words in _about(r, reviewer, text))
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
        yield f"- {what}{f': {_quoted(says)}' if says else ''}"
    notes = [*map(view.line, r.notes), *view.panel_notes(r.review)]
    if notes:
        yield from ("", "## Notes", "", *(f"- {note}" for note in notes))


def _score_lines(r: Reviewed) -> Iterator[str]:
    heads, rows = _scores(r)
    if rows:
        yield from ("", _row(heads), _row(("---", "---:", "---", "---")[: len(heads)]), *map(_row, rows))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _scores(r: Reviewed) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and rows of the scores, without the columns at the end that have nothing in them."""
    scores = view.scores(r.review, r.form)
    columns = 4 if any(score.meaning for score in scores) else 3 if any(score.scale for score in scores) else 2
    rows = [(score.title, score.value, score.scale, score.meaning)[:columns] for score in scores]
    return ("Score", "Value", "Scale", "Meaning")[:columns], rows


def _failure_lines(r: Reviewed) -> Iterator[str]:
    if r.verdict is None:
        yield from ("", "**REVIEW FAILED**", "", view.line(r.review.reason))
    for number, answer in enumerate(view.raw_answers(r.review), start=1):
        yield from ("", f"Answer {number}, as it came:", "", *(f"    {line}" for line in answer.splitlines()))


def drawn(r: Reviewed, reviewer: str, text: str) -> Panel:
    """The review as a panel for a terminal."""
    parts: list[RenderableType] = [_pairs(_about(r, reviewer, text), "dim")]
    colour = "yellow"
    if r.verdict is not None:
        colour = COLOURS.get(r.verdict.decision or "", "yellow")
        word = Text(f"\nDECISION  {(r.verdict.decision or 'none').upper()}", style=f"bold {colour}")
        parts += [word, _verdict(view.verdict_rows(r.verdict))]
    parts += [*_alarm(r), *_score_table(r)]
    for passage in view.passages(r.review, r.form):
        parts.append(Text(f"\n{passage.title}", style="bold"))
        parts += [_pairs([("•", item)]) if passage.listed else Text(item) for item in passage.items]
    parts += [*_failure(r), Text(f"\n{view.cost(r.review)}", style="dim")]
    title = Text(view.line(r.title) or "Untitled", style="bold", overflow="ellipsis")
    return Panel(Group(*parts), title=title, title_align="left", border_style=colour, padding=(0, 1))


def _about(r: Reviewed, reviewer: str, text: str) -> list[tuple[str, str]]:
    return [
        ("File", view.line(r.path)),
        ("Read", f"{view.facts(r)}; {text} text"),
        ("Reviewer", view.line(reviewer)),
    ]


def _pairs(rows: Sequence[tuple[str, str]], style: str = "") -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for label, words in rows:
        table.add_row(Text(label), Text(words, style=style))
    return table


def _verdict(rows: Sequence[tuple[str, str]]) -> Table:
    table = _pairs(())
    for label, words in rows:
        table.add_row(Text(label), Text(words, style="bold yellow" if view.WARNING in words else ""))
    return table


def _alarm(r: Reviewed) -> Iterator[RenderableType]:
    if r.findings:
        yield Text()
        rows = [" ".join(filter(None, (what, _quoted(says)))) for what, says in view.finding_rows(r.findings)]
        alarming = any(finding.alarming for finding in r.findings)
        body = Group(*(Text(f"• {row}") for row in rows))
        yield Panel(
            body, title=Text(quarantine_title(r)), title_align="left", border_style="red" if alarming else "yellow"
        )
    for note in [*map(view.line, r.notes), *view.panel_notes(r.review)]:
        yield Text(f"note: {note}", style="yellow")


def quarantine_title(r: Reviewed) -> str:
    """The heading of what was found: an alarm, but for mere cuts."""
    return "QUARANTINE" if any(finding.alarming for finding in r.findings) else "Not read"


def _quoted(says: str, most: int = 300) -> str:
    return f"“{says[:most]}{'…' if len(says) > most else ''}”" if says else ""


def _score_table(r: Reviewed) -> Iterator[RenderableType]:
    heads, rows = _scores(r)
    if not rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for head in heads:
        table.add_column(Text(head), justify="right" if head == "Value" else "left")
    for cells in rows:
        table.add_row(*map(Text, cells))
    yield from (Text(), table)


def _failure(r: Reviewed) -> Iterator[RenderableType]:
    if r.verdict is None:
        yield Text(f"\nREVIEW FAILED  {view.line(r.review.reason)}", style="bold red")
    for number, answer in enumerate(view.raw_answers(r.review), start=1):
        yield Text(f"\nAnswer {number}, as it came:", style="bold")
        yield Text(answer)
