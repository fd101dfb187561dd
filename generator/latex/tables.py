r"""Tables of results: one metric, a row for each setting and a column for each dataset, "mean ± standard error".

The digits printed follow from the standard errors, where the metric does not say. A table that is too wide is set
smaller, then turned on its side (a row for each dataset), then cut in parts; one that is too high goes on in a further
float. Widths are estimated, and the environment `fitted` of the style shrinks what was underestimated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ...data.errors import InputError
from ...presentation.latex import escape
from .floats import HIGHEST, TEXT_WIDTH, Float, caption_height, environment

DIGIT, LETTER = 5.0, 4.6
"""Mean widths in points of a digit and of a letter at 10 pt."""
LINE = 13.4
"""Points between the rows of a table at 10 pt."""
RULES = 14.0
"""Height in points of the rules of a table and the space around them."""


@dataclass(frozen=True)
class Size:
    """A size of type with its share of the normal one, and lengths in points that go with it."""

    command: str
    share: float
    space: float
    """Half of the space between columns."""
    widest: float
    """The widest column of labels; longer ones are broken."""

    def label_width(self, label: str) -> float:
        """The width of a label in its column, in points."""
        return min(len(label) * LETTER * self.share, self.widest)

    def lines(self, label: str) -> int:
        """The lines that a label takes."""
        return max(1, math.ceil(len(label) * LETTER * self.share / self.widest))

    def opening(self, labels: Iterable[str]) -> str:
        """The type of the column of labels in a `tabular`."""
        broken = any(self.lines(label) > 1 for label in labels)
        return rf">{{\raggedright\arraybackslash\hangindent=1em}}p{{{self.widest:g}pt}}" if broken else "l"


SIZES = (Size("", 1.0, 6.0, 135.0), Size(r"\small", 0.92, 5.0, 115.0), Size(r"\footnotesize", 0.83, 3.5, 100.0))
MOST_DECIMALS, MOST_OF_SMALL = 6, 15
"""Of a column, and of one whose values are so small that these would not show their significant digits."""
PART = "-part"
"""Between the label of a table and the number of a float that goes on with it."""
SIGNIFICANT = 4
"""Digits printed where there is no standard error."""


class CellValue(BaseModel):
    """A mean with its standard error."""

    model_config = ConfigDict(frozen=True)

    mean: FiniteFloat
    stderr: FiniteFloat | None = Field(default=None, ge=0)


class ResultRow(BaseModel):
    """A setting: its label, plain text, and its values by dataset."""

    model_config = ConfigDict(frozen=True)

    label: str
    values: dict[str, CellValue]


def results_tables(
    rows: Sequence[ResultRow],
    datasets: Sequence[str],
    *,
    caption: str,
    label: str,
    decimals: int | None = None,
    bold: Collection[tuple[str, str]] = (),
) -> list[Float]:
    r"""The table of a metric, as several floats where it is too high for one; the first has the label as it is.

    `caption` is LaTeX, `label` is without "\label"; `bold` has the label and dataset of means to print in bold. A
    missing value is a dash. Raises InputError where there is no value at all.
    """
    shown = [name for name in datasets if any(name in row.values for row in rows)]
    if not shown:
        raise InputError(f"table {label}: no values; check the names of metrics")
    columns = [_column(rows, name, decimals, bold) for name in shown]
    upright = _Grid([row.label for row in rows], shown, [list(cells) for cells in zip(*columns, strict=True)])
    size, grids = _layout(upright)
    return floats_of(_tabulars(grids, size, HIGHEST - caption_height(caption)), size, caption, label)


def _column(
    rows: Sequence[ResultRow], dataset: str, decimals: int | None, bold: Collection[tuple[str, str]]
) -> list[str]:
    """What is printed of a dataset, for each row."""
    values = [row.values.get(dataset) for row in rows]
    digits = decimals_of(values) if decimals is None else decimals
    marks = [(row.label, dataset) in bold for row in rows]
    return [_cell(value, digits, bold=mark) for value, mark in zip(values, marks, strict=True)]


def _cell(value: CellValue | None, decimals: int, *, bold: bool) -> str:
    if value is None:
        return "--"
    mean = f"{value.mean:.{decimals}f}"
    shown = f"\\mathbf{{{mean}}}" if bold else mean
    return f"${shown}$" if value.stderr is None else f"${shown} \\pm {value.stderr:.{decimals}f}$"


def decimals_of(values: Iterable[CellValue | None]) -> int:
    """Decimals for a column: one significant digit of its smallest standard error, else four of its largest mean.

    At most `MOST_DECIMALS`, or what four digits of the largest mean take.
    """
    known = [value for value in values if value is not None]
    errors = [value.stderr for value in known if value.stderr]
    largest = max((abs(value.mean) for value in known), default=0.0)
    of_mean = SIGNIFICANT - 1 - math.floor(math.log10(largest)) if largest else 0
    decimals = -math.floor(math.log10(min(errors))) if errors else of_mean
    return min(max(decimals, 0), max(MOST_DECIMALS, of_mean), MOST_OF_SMALL)


@dataclass(frozen=True)
class _Grid:
    """Names of rows and columns, plain text, and the cells, LaTeX, by row."""

    sides: list[str]
    heads: list[str]
    cells: list[list[str]]

    @property
    def turned(self) -> _Grid:
        """The same with columns for rows."""
        return _Grid(self.heads, self.sides, [list(column) for column in zip(*self.cells, strict=True)])

    def columns(self, chosen: Sequence[int]) -> _Grid:
        """The same with only these columns."""
        return _Grid(self.sides, [self.heads[i] for i in chosen], [[row[i] for i in chosen] for row in self.cells])

    def rows(self, chosen: Sequence[int]) -> _Grid:
        """The same with only these rows."""
        return _Grid([self.sides[i] for i in chosen], self.heads, [self.cells[i] for i in chosen])

    def width(self, size: Size) -> float:
        """The width in points, estimated."""
        side = max(map(size.label_width, self.sides))
        columns = (
            max(len(head) * LETTER, max(_visible(row[place]) for row in self.cells) * DIGIT)
            for place, head in enumerate(self.heads)
        )
        return side + size.share * sum(columns) + 2 * size.space * (len(self.heads) + 1)


def _visible(cell: str) -> int:
    """Characters that a cell shows, about."""
    return len(cell.replace(r"\mathbf", "").replace(r"\pm", "+").strip("$").replace("{", "").replace("}", ""))


def _layout(upright: _Grid) -> tuple[Size, list[_Grid]]:
    """The largest size in which the table fits as it is or else turned; in the smallest, parts of it."""
    for grid in (upright, upright.turned):
        for size in SIZES:
            if grid.width(size) <= TEXT_WIDTH:
                return size, [grid]
    return SIZES[-1], list(_parts(upright, SIZES[-1]))


def _parts(grid: _Grid, size: Size) -> Iterator[_Grid]:
    """The columns in parts that fit."""
    chosen: list[int] = []
    for place in range(len(grid.heads)):
        if chosen and grid.columns([*chosen, place]).width(size) > TEXT_WIDTH:
            yield grid.columns(chosen)
            chosen = []
        chosen.append(place)
    yield grid.columns(chosen)


def _tabulars(grids: Sequence[_Grid], size: Size, most: float) -> Iterator[tuple[str, float]]:
    """The `tabular` environments with their heights, none higher than `most`."""
    for grid in grids:
        lines = max(map(size.lines, grid.sides))
        fit = max(1, int((most - RULES) / (LINE * size.share) - 1) // lines)
        for start in range(0, len(grid.sides), fit):
            part = grid.rows(range(start, min(start + fit, len(grid.sides))))
            height = (sum(map(size.lines, part.sides)) + 1) * LINE * size.share + RULES
            yield _tabular(part, size), height


def _tabular(grid: _Grid, size: Size) -> str:
    lines = [
        f"\\begin{{tabular}}{{{size.opening(grid.sides)}{'r' * len(grid.heads)}}}", r"\toprule",
        " & ".join(["", *map(escape, grid.heads)]) + r" \\", r"\midrule",
        *(" & ".join([escape(side), *row]) + r" \\" for side, row in zip(grid.sides, grid.cells, strict=True)),
        r"\bottomrule", r"\end{tabular}",
    ]  # fmt: skip
    return "\n".join(lines)


def floats_of(tabulars: Iterable[tuple[str, float]], size: Size, caption: str, label: str) -> list[Float]:
    """Tables of these parts, given with their heights in points, as many in each as its height allows.

    The first has the caption and the label; the labels of those that go on with it have a number behind.
    """
    made: list[Float] = []
    parts: list[tuple[str, float]] = []
    for part in [*tabulars, None]:
        if parts and (part is None or sum(h for _, h in [*parts, part]) + caption_height(caption) > HIGHEST):
            made.append(_float(parts, size, caption, label, len(made) + 1))
            parts = []
        parts += [part] if part else []
    return made


def _float(parts: Sequence[tuple[str, float]], size: Size, caption: str, label: str, number: int) -> Float:
    body = "\n\n\\vspace{0.8ex}\n".join(f"\\begin{{fitted}}\n{tabular}\n\\end{{fitted}}" for tabular, _ in parts)
    style = [*([size.command] if size.command else []), f"\\setlength{{\\tabcolsep}}{{{size.space:g}pt}}"]
    whole = "\n".join([*style, body])
    if number == 1:
        return environment("table", label, caption, whole, height=sum(h for _, h in parts))
    subject = re.split(r"[:.]\s", caption)[0].removesuffix(".")
    again = f"{subject}, continued from Table~\\ref{{{label}}}."
    return environment("table", f"{label}{PART}{number}", again, whole, height=sum(h for _, h in parts))
