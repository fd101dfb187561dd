"""The difference of two boards as Markdown for a pull request; words from outside are code, in which nothing acts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..data.errors import printable
from ..presentation.cell import NONE
from ..presentation.numbers import counted, show
from .changes import BoardsDiff, MetricChange, Moved, OtherChange, Position, RowChange

MOST_CHARACTERS = 60_000
"""GitHub takes 65,536."""
MOST_ROWS = 20
"""Of one kind, with all they have to say."""
LONGEST = 300
VERDICTS = {
    "above": "resolved above the floors of its table",
    "open": "not resolved from the floors of its table",
    "below": "resolved below a floor of its table",
}


def diff_markdown(diff: BoardsDiff) -> str:
    """A comment for a pull request, at most `MOST_CHARACTERS` long."""
    lines = ["## What this changes on the leaderboards", "", _summary(diff), ""]
    if diff.refused:
        lines += ["### Refused", ""]
        for one in diff.refused[:MOST_ROWS]:
            lines += [f"- {code(one.path.as_posix())}", *(f"  - {code(reason)}" for reason in one.reasons)]
        lines += [*_more(diff.refused), "", "Refused files are on no board. Mend them, or make them again with "
                  "`peerassay leaderboard add`.", ""]  # fmt: skip
    for kind, title in (("new", "New rows"), ("changed", "Changed rows"), ("gone", "Rows that are gone")):
        rows = [row for row in diff.rows if row.kind == kind]
        if rows:
            lines += [f"### {title}", "", *(line for row in rows[:MOST_ROWS] for line in _row(row)), *_more(rows), ""]
    if diff.others:
        lines += ["### Datasets and cards", "", *map(_other, diff.others[:MOST_ROWS]), *_more(diff.others), ""]
    if diff.moved:
        lines += ["### Ranks of other rows", "", *map(_moved, diff.moved[:MOST_ROWS]), *_more(diff.moved), ""]
    lines.append(
        "Every figure was computed again from the scores in the files. *Self-reported*: nobody but the submitter made "
        "the reviews. *Verified*: the checks make them again."
    )
    return _cut(lines)


def code(text: str) -> str:
    """The text as inline code: no mention, link, picture or tag in it acts, and no backtick ends it early."""
    plain = printable(text) or NONE
    plain = plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"
    fence = "`" * (max(map(len, re.findall("`+", plain)), default=0) + 1)
    pad = " " if "`" in plain else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _summary(diff: BoardsDiff) -> str:
    counts = [(sum(row.kind == kind for row in diff.rows), kind) for kind in ("new", "changed", "gone")]
    said = [f"{counted(n, 'row')} {kind}" for n, kind in counts if n]
    said += [f"{counted(len(diff.refused), 'file')} refused"] if diff.refused else []
    said += [f"{counted(len(diff.others), 'other file')}"] if diff.others else []
    said += [f"{counted(len(diff.moved), 'other row')} with another rank"] if diff.moved else []
    return f"{', '.join(said)}." if said else "Nothing: no result differs."


def _row(row: RowChange) -> list[str]:
    stands = _position(row.head) if row.head else f"was {_position(row.base)}" if row.base else ""
    before = f" (before: {_position(row.base)})" if row.base and row.head and row.base != row.head else ""
    lines = [
        f"**{code(row.name)}** on {code(row.table)}: {stands}{before}; {row.status}"
        + (f"; {VERDICTS[row.floors]}" if row.floors else ""),
        "",
        code(row.path),
        "",
    ]
    if row.kind == "changed":
        shown = [m for m in row.metrics if m.base != m.head]
        if not shown:
            return [*lines, "No figure of its table differs.", ""]
        return [*lines, "| Figure | Before | Now | Difference |", "|---|---|---|---|", *map(_changed, shown), ""]
    shown = [(m.name, show(m.head or m.base)) for m in row.metrics]
    return [*lines, "| Figure | Value |", "|---|---|", *(f"| {name} | {value} |" for name, value in shown), ""]


def _changed(metric: MetricChange) -> str:
    difference = metric.difference
    told = NONE if difference is None else f"{difference:+.3f}"
    return f"| {metric.name} | {show(metric.base)} | {show(metric.head)} | {told} |"


def _position(position: Position | None) -> str:
    if position is None or position.place is None:
        return "no rank"
    place = position.place
    order = f"{place.low} to {place.high}" if place.low != place.high else str(place.low)
    mark = f", {place.mark}" if place.mark else ""
    tied = " (tied)" if place.tied else ""
    return f"rank {place.rank}{tied} of {position.of}, order {order} in 95% of the draws{mark}"


def _other(change: OtherChange) -> str:
    return f"- {change.kind}: {code(change.name)}, {code(change.what)} ({code(change.path)})"


def _moved(row: Moved) -> str:
    return f"- {code(row.name)} on {code(row.table)}: {_position(row.head)}, before {_position(row.base)}"


def _more(rows: Iterable[object]) -> list[str]:
    rest = len(list(rows)) - MOST_ROWS
    return [f"- and {rest} more"] if rest > 0 else []


def _cut(lines: list[str]) -> str:
    kept: list[str] = []
    size = 0
    for line in lines:
        size += len(line.encode()) + 1
        if size > MOST_CHARACTERS:
            kept.append("\nThe rest is left out: `peerassay leaderboard diff BASE HEAD` shows all of it.")
            break
        kept.append(line)
    return "\n".join(kept) + "\n"
