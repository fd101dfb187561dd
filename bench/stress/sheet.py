"""A sheet of A4 on which text is set in lines that are measured, so that nothing is cut off and nothing overlaps."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ...presentation.cell import Cell
from ...presentation.drawing import ALARM, GREY, INK, style
from .printing import LEADING, broken, printable, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 595.3, 841.9
"""Points of A4."""
MARGIN = 34.0
TONES = {"fine": "#1B7A43", "alarm": ALARM, "note": "#9A6B00", "soft": GREY, "": INK}
BOLD = 1.13
"""How much wider bold type is, at most."""


class Column(NamedTuple):
    """A column of a table: points from the left edge, and points wide."""

    left: float
    width: float


class Sheet:
    """A page; places are points from its upper left corner."""

    def __init__(self) -> None:
        from matplotlib.figure import Figure

        with style():
            self.figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))

    def line(self, words: str, left: float, top: float, size: float, **look: Any) -> None:
        """One line of text whose upper edge lies at `top`; `look` is matplotlib's."""
        with style():
            self.figure.text(
                left / WIDTH, 1 - (top + size) / HEIGHT, printable(words), fontsize=size, va="baseline", **look
            )

    def paragraph(self, words: str, column: Column, top: float, size: float, **look: Any) -> float:
        """Text in lines of the column; returns where the next one begins."""
        for line in set_in(words, column.width, size, bold=look.get("fontweight") == "bold"):
            self.line(line, column.left, top, size, **look)
            top += LEADING * size
        return top

    def fitted(self, words: str, column: Column, top: float, size: float, **look: Any) -> None:
        """One line, in smaller type where the column is too narrow."""
        share = column.width / max(text_width(printable(words), size), column.width)
        self.line(words, column.left, top, size * share, **look)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Room for a drawing, with a scale below it."""
        with style():
            made = self.figure.add_axes((left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT))
        made.spines["left"].set_visible(False)
        return made

    def rule(self, top: float, column: Column) -> None:
        """A thin line."""
        from matplotlib.lines import Line2D

        y = 1 - top / HEIGHT
        ends = (column.left / WIDTH, (column.left + column.width) / WIDTH)
        self.figure.add_artist(Line2D(ends, (y, y), color="#cccccc", linewidth=0.6))

    def rows(self, rows: Sequence[Sequence[str]], columns: Sequence[Column], top: float, size: float) -> float:
        """Rows of a table, each as high as its longest cell; returns where the next thing begins."""
        whole = Column(columns[0].left, columns[-1].left + columns[-1].width - columns[0].left)
        for row in rows:
            self.rule(top, whole)
            top += 0.35 * size
            ends = [
                self.paragraph(cell, column, top, size, color=TONES[cell.tone if isinstance(cell, Cell) else ""])
                for cell, column in zip(row, columns, strict=True)
            ]
            top = max(ends) + 0.15 * size
        self.rule(top, whole)
        return top

    def saved(self, title: str) -> bytes:
        """The file, the same whenever it is made of the same."""
        out = io.BytesIO()
        with style():
            self.figure.savefig(out, format="pdf", metadata={"Title": title, "CreationDate": None})
        return out.getvalue()


def set_in(words: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """The lines of a text in a column; a word that is too long for one is divided."""
    room = width / (BOLD if bold else 1.0)
    lines: list[str] = []
    for line in broken(printable(words), size, room):
        lines += _divided(line, size, room)
    return lines


def _divided(line: str, size: float, width: float) -> list[str]:
    if text_width(line, size) <= width:
        return [line]
    most = next(n for n in range(len(line), 0, -1) if n == 1 or text_width(line[:n], size) <= width)
    return [line[:most], *_divided(line[most:], size, width)]
