"""What an experiment changed in its parent's code, as the lines of a diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ...data.papers.invisible import clean
from .reading import LONGEST_LINE, Reader

MOST_LINES = 300
MOST_BYTES = 200_000
KINDS = {"+": "added", "-": "removed", "@": "place"}


@dataclass(frozen=True)
class DiffLine:
    """A line of a diff; `kind` is added, removed, place, file or context."""

    kind: str
    text: str


@dataclass(frozen=True)
class Diff:
    """The change; `left_out` counts the lines that are not shown, `before` and `after` are the folders to compare."""

    lines: tuple[DiffLine, ...]
    added: int
    removed: int
    left_out: int
    before: str
    after: str


def difference(reader: Reader, before: Path, after: Path) -> Diff | None:
    """The difference of two folders of code, None where one is missing."""
    if not before.is_dir() or not after.is_dir():
        return None
    names = sorted({path.name for folder in (before, after) for path in folder.glob("*.py")})
    lines = [line for name in names for line in _of_file(reader, before / name, after / name)]
    return Diff(
        lines=tuple(lines[:MOST_LINES]),
        added=sum(line.kind == "added" for line in lines),
        removed=sum(line.kind == "removed" for line in lines),
        left_out=max(0, len(lines) - MOST_LINES),
        before=reader.name(before),
        after=reader.name(after),
    )


def _of_file(reader: Reader, before: Path, after: Path) -> Iterator[DiffLine]:
    old, new = _text(reader, before), _text(reader, after)
    if old == new:
        return
    yield DiffLine("file", after.name if after.is_file() else f"{after.name} (removed)")
    unread = [path for path, text in ((before, old), (after, new)) if path.is_file() and text is None]
    if unread:
        yield DiffLine("context", "not compared: it cannot be shown")
        return
    changes = difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), n=3, lineterm="")
    for row in list(changes)[2:]:
        shown = clean(row)[0].replace("\n", " ")
        yield DiffLine(KINDS.get(row[:1], "context"), shown[:LONGEST_LINE])


def _text(reader: Reader, path: Path) -> str | None:
    return path.read_text(encoding="utf-8", errors="replace") if reader.within(path, MOST_BYTES) else None
