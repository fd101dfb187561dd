r"""The cells of a `tabular`, each with the heads of its row and its column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...data.papers.tex import known_commands as known
from ...data.papers.tex.commands import argument, option
from .numbers import find_numbers
from .tex_flat import Flat, flatten

SEPARATOR = re.compile(
    r"\\\\|(?<!\\)&|\\begin\s*\{[^{}]*\}|\\end\s*\{[^{}]*\}|\\[^A-Za-z]|[{}]|\\tabularnewline(?![A-Za-z])"
)
SPAN = re.compile(r"\s*(?:\\(?:hline|midrule|toprule)\s*)*\\multicolumn\s*\{(\d+)\}")
CHANGE = re.compile(r"\b(?:chang|differ|improv|gain|reduc|increas|decreas|drop|declin)\w*|Δ|↑|↓", re.IGNORECASE)
"""In a first head with a percent sign: what the columns give."""
ROWS = re.compile(r"\\multirow\s*(?:\[[^\]]*\])?\s*\{\s*(-?\d+)")


@dataclass
class TabularCell:
    """One cell: its text with offsets, the column it begins in and how many columns and rows it spans."""

    flat: Flat
    column: int
    columns: int = 1
    rows: int = 1

    @property
    def text(self) -> str:
        """The text on one line."""
        return " ".join(self.flat.text.split())


@dataclass(frozen=True)
class TabularValue:
    """A cell that holds numbers, with what its row and its column are called."""

    cell: TabularCell
    row: str
    column: str
    line: str


def table_values(source: str, start: int, end: int, name: str) -> list[TabularValue]:
    """The cells with numbers of the `tabular` (or alike, `name`) whose body begins at `start`, behind its name."""
    for _ in range(known.TABLES.get(name, 1)):
        found = argument(source, option(source, start))
        start = found[1] if found else start
    rows = [row for row in _rows(source, start, end) if any(cell.text for cell in row)]
    heads = _header_rows(rows)
    corner = _percent_of_corner(rows[:heads])
    values: list[TabularValue] = []
    group, carried, left = "", "", 0
    for row in rows[heads:]:
        filled = [cell for cell in row if cell.text]
        if len(filled) == 1 and not _is_value(filled[0]):
            group = filled[0].text
            continue
        first = row[0]
        if first.text:
            carried, left = (first.text, first.rows) if first.rows > 1 else ("", 0)
        label = [cell.text for cell in row if not _is_value(cell) and cell.text]
        left -= 1
        if carried and carried not in label and left >= 0:
            label.insert(0, carried)
        if _is_value(first) and len(filled) > 1 and find_numbers(first.text)[0].whole:
            label.insert(0, f"{_head(rows[:heads], first)} {first.text}")
            filled = [cell for cell in filled if cell is not first]
        names = " | ".join([group, *label] if group else label)
        line = " | ".join(cell.text for cell in row)
        values += [
            TabularValue(cell, names, _head(rows[:heads], cell) + corner, line)
            for cell in filled
            if find_numbers(cell.text) and (_is_value(cell) or cell is not first)
        ]
    return values


def _percent_of_corner(header: list[list[TabularCell]]) -> str:
    """What the first head says of every column: a percent sign where of all heads it alone has one, and "change"."""
    signed = [cell for row in header for cell in row if "%" in cell.text]
    if not signed or not all(cell.column == 0 and cell.columns == 1 for cell in signed):
        return ""
    change = next((found[0] for cell in signed if (found := CHANGE.search(cell.text))), "")
    return f" {change} %"


def _is_value(cell: TabularCell) -> bool:
    """Whether a cell is mostly a number, and no name with a number in it."""
    named = re.match(r"[A-Za-z]{3,}\s|[A-Za-z]\w* [\d.]+$", cell.text) is not None
    return not named and bool(find_numbers(cell.text)) and sum(c.isalpha() for c in cell.text) <= 6


def _header_rows(rows: list[list[TabularCell]]) -> int:
    """How many rows stand above the first row of numbers; names of groups, alone in their row, are none of them."""
    if all(len(row) == 1 for row in rows):
        return next((i for i, row in enumerate(rows) if _is_value(row[0])), 1 if rows else 0)
    index = next((i for i, row in enumerate(rows) if any(_is_value(cell) for cell in row[1:])), 1 if rows else 0)
    while index > 1 and sum(bool(cell.text) for cell in rows[index - 1]) == 1:
        index -= 1
    return index


def _head(header: list[list[TabularCell]], cell: TabularCell) -> str:
    """The texts above a cell, from the top."""
    return " ".join(
        above.text for row in header for above in row if above.column <= cell.column < above.column + above.columns
    )


def _rows(source: str, start: int, end: int) -> list[list[TabularCell]]:
    rows: list[list[TabularCell]] = [[]]
    depth, column, begin = 0, 0, start
    for found in [*SEPARATOR.finditer(source, start, end), None]:
        mark = found[0] if found else "\\\\"
        depth += (mark == "{" or mark.startswith("\\begin")) - (mark == "}" or mark.startswith("\\end"))
        if depth > 0 or mark not in ("&", "\\\\", "\\tabularnewline"):
            continue
        stop = found.start() if found else end
        text = source[begin:stop]
        span = SPAN.match(text)
        down = ROWS.search(text)
        cell = TabularCell(
            flatten(source, begin, stop), column, int(span[1]) if span else 1, abs(int(down[1])) if down else 1
        )
        rows[-1].append(cell)
        column += cell.columns
        begin = found.end() if found else end
        if mark != "&":
            begin = option(source, begin) if found else end
            rows.append([])
            column = 0
    return rows
