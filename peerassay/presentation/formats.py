"""Tables as text for other programs: Markdown, CSV, LaTeX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from .cell import NONE, Cell, number_of
from .latex import escape
from .numbers import minus
from .table import Format, Table


def written(tables: Iterable[Table], form: Format) -> str:
    """The tables one after another in one of `FORMATS`, an empty line between them, without a line feed at the end."""
    writer = {"md": markdown, "latex": latex, "csv": csv_text}[form]
    return "\n".join(writer(table) for table in tables).rstrip("\n")


def markdown(table: Table) -> str:
    """The table in GitHub's Markdown."""
    marks = ["---" if table.is_text(i) else "---:" for i in range(len(table.heads))]
    lines = [f"### {table.title}", "", _row(table.heads), _row(marks), *map(_row, table.rows)]
    return "\n".join([*lines, *(["", table.note] if table.note else [])]) + "\n"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def latex(table: Table) -> str:
    r"""The table as a `table` environment of LaTeX, in the style of the package booktabs; all text is escaped.

    The title is the caption. An interval is set smaller than its number.
    """
    columns = "".join("l" if table.is_text(i) else "r" for i in range(len(table.heads)))
    lines = [
        "% needs \\usepackage{booktabs}",
        "\\begin{table}",
        "\\centering",
        f"\\caption{{{escape(table.title)}}}",
        f"\\begin{{tabular}}{{{columns}}}",
        "\\toprule",
        _latex_row(table.heads),
        "\\midrule",
        *map(_latex_row, table.rows),
        "\\bottomrule",
        "\\end{tabular}",
    ]
    lines += [f"\\par\\smallskip\\parbox{{\\linewidth}}{{\\footnotesize {escape(table.note)}}}"] if table.note else []
    return "\n".join([*lines, "\\end{table}"]) + "\n"


def _latex_row(cells: Sequence[str]) -> str:
    return f"{' & '.join(map(_latex_cell, cells))} \\\\"


def _latex_cell(cell: str) -> str:
    value, bracket, interval = cell.partition(" [")
    if bracket and isinstance(cell, Cell) and cell.low is not None:
        return f"{_latex_number(value)} {{\\footnotesize {_latex_number(f'[{interval}')}}}"
    return _latex_number(cell) if isinstance(cell, Cell) else escape(cell)


def _latex_number(text: str) -> str:
    return escape(minus(text))


def csv_text(table: Table) -> str:
    """The table as CSV with unrounded numbers; a column with intervals has two more, "... low" and "... high".

    A dash is an empty cell. Title and note are left out.
    """
    ranged = [any(isinstance(row[i], Cell) and row[i].low is not None for row in table.rows)  # pyright: ignore[reportAttributeAccessIssue]
              for i in range(len(table.heads))]  # fmt: skip
    heads = [name for head, wide in zip(table.heads, ranged, strict=True) for name in _csv_heads(head, wide)]
    rows = [[v for cell, wide in zip(row, ranged, strict=True) for v in _csv_cell(cell, wide)] for row in table.rows]
    return csv_of(heads, rows)


def csv_of(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Heads and rows as CSV with line feeds; None is an empty cell."""
    return "".join(csv_parts(heads, rows))


def csv_parts(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """`csv_of`, a thousand rows at a time."""
    left = chain([heads], rows)
    while part := list(islice(left, 1000)):
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows(part)
        yield stream.getvalue()


def _csv_heads(head: str, ranged: bool) -> list[str]:
    return [head, f"{head} low", f"{head} high"] if ranged else [head]


def _csv_cell(cell: str, ranged: bool) -> list[Any]:
    value = number_of(cell)
    shown = "" if cell == NONE else str(cell) if value is None else value
    if not ranged:
        return [shown]
    return [shown, cell.low, cell.high] if isinstance(cell, Cell) else [shown, None, None]
