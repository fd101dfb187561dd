"""Reading what a run has left, while it may still be written, and by programs that nobody has looked at.

Models write code that writes files: none is followed through a link that leads out of the run, and none is read whole
where it is large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ...data.errors import InputError
from ...reviewer.review_view import line, tidy

LAST_LINES = 25
LAST_BYTES = 4_000
LONGEST_LINE = 300

Read = TypeVar("Read")


@dataclass(frozen=True)
class Tail:
    """The end of a log: `path` is that within the run, `size` the whole file's bytes."""

    path: str
    text: str
    size: int
    whole: bool


class Reader:
    """Reads files of one run; what cannot be read is in `unread`, a line each."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.unread: list[str] = []

    def attempt(self, read: Callable[[], Read]) -> Read | None:
        """What comes of reading; None, and a line in `unread`, where it raises InputError."""
        try:
            return read()
        except (InputError, OSError) as error:
            self.unread.append(line(str(error)))
            return None

    def name(self, path: Path) -> str:
        """The path within the run, as the page's links have it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.name

    def within(self, path: Path, most: int) -> bool:
        """Whether it is a file of the run itself, of at most so many bytes; a larger one is named in `unread`."""
        if not path.is_file() or not path.resolve().is_relative_to(self.root):
            return False
        if (size := path.stat().st_size) > most:
            self.unread.append(f"{self.name(path)}: {size / 1e6:.1f} MB, too large for this page")
            return False
        return True

    def tail(self, path: Path) -> Tail | None:
        """The last lines of a log, each as a terminal would show it in the end; None where there is no such file."""
        if not path.is_file() or not path.resolve().is_relative_to(self.root):
            return None
        size = path.stat().st_size
        with path.open("rb") as stream:
            stream.seek(max(0, size - LAST_BYTES))
            end = stream.read(LAST_BYTES).decode("utf-8", errors="replace")
        rows = [_overwritten(row) for row in end.rstrip("\n").split("\n")]
        shown = rows[-LAST_LINES:]
        text = "\n".join(row if len(row) <= LONGEST_LINE else f"{row[:LONGEST_LINE]}…" for row in shown)
        return Tail(self.name(path), tidy(text), size, whole=size <= LAST_BYTES and len(rows) == len(shown))


def _overwritten(row: str) -> str:
    """What a progress bar has written last over its line."""
    return next((part for part in reversed(row.split("\r")) if part), "")
