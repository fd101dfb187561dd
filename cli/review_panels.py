"""Reviews drawn on a terminal: panels and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from ..reviewer import review_view as view
from ..reviewer.review_view import Reviewed

COLOURS = {"accept": "green", "reject": "red"}


def score_cells(r: Reviewed) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and rows of the scores, without the columns at the end that have nothing in them."""
    scores = view.scores(r.review, r.form)
    columns = 4 if any(score.meaning for score in scores) else 3 if any(score.scale for score in scores) else 2
    rows = [(score.title, score.value, score.scale, score.meaning)[:columns] for score in scores]
    return ("Score", "Value", "Scale", "Meaning")[:columns], rows


def quarantine_title(r: Reviewed) -> str:
    """The heading of what was found: an alarm, but for mere cuts."""
    return "QUARANTINE" if any(finding.alarming for finding in r.findings) else "Not read"


def drawn(r: Reviewed, reviewer: str, text: str) -> Panel:
    """The review as a panel for a terminal."""
    parts: list[RenderableType] = [_pairs(about_review(r, reviewer, text), "dim")]
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


def about_review(r: Reviewed, reviewer: str, text: str) -> list[tuple[str, str]]:
    """What was reviewed, by whom, and on which text."""
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
        rows = [" ".join(filter(None, (what, quoted(says)))) for what, says in view.finding_rows(r.findings)]
        alarming = any(finding.alarming for finding in r.findings)
        body = Group(*(Text(f"• {row}") for row in rows))
        yield Panel(
            body, title=Text(quarantine_title(r)), title_align="left", border_style="red" if alarming else "yellow"
        )
    for note in [*map(view.line, r.notes), *view.panel_notes(r.review)]:
        yield Text(f"note: {note}", style="yellow")


def quoted(says: str, most: int = 300) -> str:
    """The words in quotation marks, cut after `most` characters; empty for none."""
    return f"“{says[:most]}{'…' if len(says) > most else ''}”" if says else ""


def _score_table(r: Reviewed) -> Iterator[RenderableType]:
    heads, rows = score_cells(r)
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
