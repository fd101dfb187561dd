"""Tables as text of a given width: a table that is too wide goes on below itself, and no word is broken within."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from ..data.errors import printable
from .cell import Cell
from .table import Table

WIDTH = 80
"""Columns of text where the output is no terminal, and the fewest that a table is laid out for."""
BETWEEN = 2
NAME = 22
"""A column of words is not made narrower than this for the sake of the others."""
PIECE = re.compile(r"(?:\[[^\]]{,40}\]|[^ ])+")
"""What stays on one line: a word, or an interval in its brackets."""
STYLES = {"": "", "fine": "green", "note": "yellow", "alarm": "bold red", "soft": "dim"}
"""Of a cell's tone."""
NAME_PIECE = re.compile(r"[^_:/\-.@?&=, ]*[_:/\-.@?&=, ]?")


def print_tables(tables: Iterable[Table]) -> None:
    """Tables on stdout, the same in a file or a pipe as on a terminal, but for the width there and the bold type."""
    if not sys.stdout.isatty():
        print(as_text(tables))
        return
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)
    for drawn in _drawn(tables, console.width):
        console.print(drawn)


def as_text(tables: Iterable[Table], width: int = WIDTH) -> str:
    """The tables as plain text of at most so many columns, an empty line after each."""
    stream = io.StringIO()
    console = Console(file=stream, highlight=False, width=width, color_system=None)
    for drawn in _drawn(tables, width):
        console.print(drawn)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _drawn(tables: Iterable[Table], width: int) -> Iterable[RichTable | Text]:
    for table in tables:
        if table.title:
            yield Text("\n".join(rows_of(table.title, width)), style=f"bold {_style(table.title)}".strip())
        for columns, widths in layout(table, width):
            if any(table.heads):
                yield Text()
            yield _grid(table, columns, widths)
        yield Text(f"\n{table.note}\n" if table.note else "", style="dim")


def _grid(table: Table, columns: Sequence[int], widths: Sequence[int]) -> RichTable:
    headed = any(table.heads)
    grid = RichTable(box=box.SIMPLE_HEAD if headed else None, show_header=headed, show_edge=False, pad_edge=False,
                     padding=(0, BETWEEN - headed, 0, 0))  # fmt: skip
    for i, width in zip(columns, widths, strict=True):
        bold = "bold" if table.heads[i] == table.headline else ""
        head = "\n".join(rows_of(table.heads[i], width))
        grid.add_column(Text(head), justify="left" if table.is_text(i) else "right", width=width, no_wrap=True,
                        style=bold, header_style="bold", vertical="top")  # fmt: skip
    for row in table.rows:
        cells = [rows_of(row[i], width, name=not i) for i, width in zip(columns, widths, strict=True)]
        styles = [_style(row[i]) for i in columns]
        grid.add_row(*(Text("\n".join(cell), style=style) for cell, style in zip(cells, styles, strict=True)))
    return grid


def _style(cell: str) -> str:
    return STYLES[cell.tone] if isinstance(cell, Cell) else ""


def layout(table: Table, width: int) -> list[tuple[list[int], list[int]]]:
    """The columns of each part of the table and their widths; each part begins with the first column.

    Every part is at most `width` wide. A column is as wide as its longest cell where there is room, else intervals
    stand below their numbers and words on several lines.
    """
    least, natural = zip(*(_widths(table, i, width) for i in range(len(table.heads))), strict=True)
    parts: list[list[int]] = []
    for i in range(1, len(table.heads)):
        if parts and sum(least[j] + BETWEEN for j in [0, *parts[-1], i]) - BETWEEN <= width:
            parts[-1].append(i)
        else:
            parts.append([i])
    return [([0, *part], _shared([least[i] for i in [0, *part]], [natural[i] for i in [0, *part]], width))
            for part in parts or [[]]]  # fmt: skip


def _widths(table: Table, column: int, width: int) -> tuple[int, int]:
    """The least and the natural width of a column."""
    cells = [table.heads[column], *(row[column] for row in table.rows)]
    natural = max(cell_len(" ".join(cell.split())) for cell in cells[1:] or cells)
    pieces = [piece for i, cell in enumerate(cells) for piece in _pieces(cell, name=not column and i > 0)]
    least = max((cell_len(piece) for piece in pieces), default=1)
    if table.is_text(column):
        least = max(least, min(natural, NAME))
    if column:
        named = max((cell_len(row[0]) for row in table.rows), default=0)
        most = width - min(named, NAME) - BETWEEN
        return min(least, most), min(max(natural, least), most)
    least = min(least, max(width // 2, NAME) if len(table.heads) > 1 else width)
    return least, max(natural, least)


def _shared(least: Sequence[int], natural: Sequence[int], width: int) -> list[int]:
    """Widths between the least and the natural ones that fill at most `width`, the widest columns cut first."""
    room = width - BETWEEN * (len(least) - 1)
    level = max(natural)
    while level > 1 and sum(max(low, min(high, level)) for low, high in zip(least, natural, strict=True)) > room:
        level -= 1
    return [max(low, min(high, level)) for low, high in zip(least, natural, strict=True)]


def rows_of(text: str, width: int, *, name: bool = False) -> list[str]:
    """The text on lines of at most `width`: broken at spaces outside of brackets, a name after separators too.

    Only a piece that is longer than a whole line is broken within.
    """
    rows = [""]
    for piece in _pieces(text, name=name):
        glue = "" if name or not rows[-1] else " "
        if rows[-1] and cell_len(rows[-1] + glue + piece.rstrip()) > width:
            rows.append("")
            glue = ""
        rows[-1] += glue + piece
        while cell_len(rows[-1].rstrip()) > width:
            cut = next(n for n in range(len(rows[-1]), 0, -1) if cell_len(rows[-1][:n]) <= width)
            rows[-1:] = [rows[-1][:cut], rows[-1][cut:]]
    return [row.rstrip() for row in rows]


def _pieces(text: str, *, name: bool = False) -> list[str]:
    text = printable(text)
    if name:
        return [piece for piece in NAME_PIECE.findall(text) if piece]
    return PIECE.findall(text) or [""]
