"""What every table is made of: rows of text, and figures in a reader's form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .estimate import Estimate

NONE = "–"


@dataclass(frozen=True)
class Table:
    """A title, column heads, and rows of as many cells; the first column is text, the others figures."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def markdown(self) -> str:
        """The table in GitHub's Markdown."""
        lines = [f"### {self.title}", "", _line(self.heads), _line(["---", *["---:"] * (len(self.heads) - 1)])]
        lines += [_line(row) for row in self.rows]
        return "\n".join([*lines, *(["", self.note] if self.note else [])]) + "\n"


def told(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heads and rows without the columns in which no row has anything."""
    kept = [i for i in range(len(heads)) if any(row[i] != NONE for row in rows)]
    return tuple(heads[i] for i in kept), tuple(tuple(row[i] for i in kept) for row in rows)


def show(estimate: Estimate | None, *, interval: bool = True, digits: int = 3) -> str:
    """An estimate as ".691 [.646, .734]"; a dash where it is undefined."""
    if estimate is None or estimate.value is None:
        return NONE
    if interval and estimate.few:
        return f"{number(estimate.value, digits)} [too few papers]"
    if not interval or estimate.low is None or estimate.high is None:
        return number(estimate.value, digits)
    return f"{number(estimate.value, digits)} [{number(estimate.low, digits)}, {number(estimate.high, digits)}]"


def show_p(value: float | None) -> str:
    """A p-value; a dash where there is none."""
    if value is None:
        return NONE
    return "<.001" if value < 0.001 else number(value)


def number(value: float | None, digits: int = 3) -> str:
    """A figure without its leading zero, as in ".691" or "-.02"."""
    if value is None:
        return NONE
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
