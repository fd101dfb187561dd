r"""Tables of results: a row for each run, a column for each metric of each dataset, "mean ± standard error".

The digits printed follow from the standard errors. Bold are the best of a column and those that cannot be told from it
(two-sided 5% test of the difference: Welch's t where the numbers of seeds are known, else the normal); where standard
errors are missing only the best is. A table that is too wide is set smaller and then, a part for each dataset, taller.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from ...data.errors import InputError
from ...presentation.latex import escape

TEXT_WIDTH = 397.0
"""Width of the text in TeX points: 5.5 in."""
DIGIT, LETTER = 5.0, 4.5
"""Mean widths in points of a digit and of a letter at 10 pt."""
SIZES = (("", 1.0, 6.0), (r"\small", 0.92, 5.0), (r"\footnotesize", 0.83, 3.5))
"""Size, its share of the normal one, and half of the space between columns in points."""
LONGEST_LABEL = 30
MOST_DECIMALS = 6
SIGNIFICANT = 4
"""Digits printed where there is no standard error."""
BOLD_NOTE = r"Bold: best, and what cannot be told from it at the 5\% level."


class CellValue(BaseModel):
    """A mean with its standard error, over `seeds` runs."""

    model_config = ConfigDict(frozen=True)

    mean: FiniteFloat
    stderr: FiniteFloat | None = Field(default=None, ge=0)
    seeds: int | None = Field(default=None, ge=1)


class ResultColumn(BaseModel):
    """A column: the name in the results, the name to print, and which way is better (None: neither)."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str = ""
    better: Literal["higher", "lower"] | None = None
    decimals: int | None = Field(default=None, ge=0, le=12)

    @property
    def heading(self) -> str:
        """The title as LaTeX, with an arrow for the better way."""
        arrow = {"higher": r"~$\uparrow$", "lower": r"~$\downarrow$", None: ""}[self.better]
        return escape(self.title or self.name.replace("_", " ")) + arrow


class ResultRow(BaseModel):
    """A run: its label, plain text, and its values by dataset and metric."""

    model_config = ConfigDict(frozen=True)

    label: str
    values: dict[str, dict[str, CellValue]]


def results_table(
    rows: Sequence[ResultRow],
    metrics: Sequence[ResultColumn],
    *,
    caption: str,
    label: str,
    datasets: Sequence[str] | None = None,
) -> str:
    r"""A `table` environment with booktabs rules; `caption` is LaTeX, `label` is without "\label".

    `datasets` chooses and orders them; all, as they first occur, without it. A missing value is a dash.
    Raises InputError where there is no row, metric or value.
    """
    chosen = list(datasets or dict.fromkeys(name for row in rows for name in row.values))
    columns = [_PrintedColumn(dataset, metric, rows) for dataset in chosen for metric in metrics]
    columns = [column for column in columns if any(column.values)]
    if not columns:
        raise InputError(
            f"table {label}: no values of {', '.join(m.name for m in metrics)}; check the names of metrics"
        )
    size, space, parts = _layout(columns, rows, [name for name in chosen if any(c.dataset == name for c in columns)])
    bold = any(len(column.best) for column in columns)
    body = "\n\n\\vspace{0.8ex}\n".join(_tabular(part, rows, headed=len(chosen) > 1) for part in parts)
    lines = [
        r"\begin{table}[tbp]", r"\centering", f"\\caption{{{caption}{f' {BOLD_NOTE}' if bold else ''}}}",
        f"\\label{{{label}}}", *([size] if size else []), f"\\setlength{{\\tabcolsep}}{{{space:g}pt}}", body,
        r"\end{table}", "",
    ]  # fmt: skip
    return "\n".join(lines)


class _PrintedColumn:
    """A metric on a dataset, with what is printed for each row."""

    def __init__(self, dataset: str, metric: ResultColumn, rows: Sequence[ResultRow]) -> None:
        self.dataset, self.metric = dataset, metric
        self.values = [row.values.get(dataset, {}).get(metric.name) for row in rows]
        self.best = best_rows(self.values, metric.better)
        self.decimals = metric.decimals if metric.decimals is not None else decimals_of(self.values)
        self.cells = [self._cell(index) for index in range(len(rows))]

    def _cell(self, index: int) -> str:
        value = self.values[index]
        if value is None:
            return "--"
        mean = f"{value.mean:.{self.decimals}f}"
        shown = f"\\mathbf{{{mean}}}" if index in self.best else mean
        return f"${shown}$" if value.stderr is None else f"${shown} \\pm {value.stderr:.{self.decimals}f}$"

    @property
    def width(self) -> float:
        """The width at 10 pt, estimated, in points."""
        longest = max((_visible(cell) for cell in self.cells), default=0)
        return max(longest * DIGIT, _visible(self.metric.heading) * LETTER)


def _visible(cell: str) -> int:
    """Characters that a cell shows, about."""
    for command, shown in ((r"\mathbf", ""), (r"\pm", "+"), (r"~$\uparrow$", "  "), (r"~$\downarrow$", "  ")):
        cell = cell.replace(command, shown)
    return len(cell.replace("$", "").replace("{", "").replace("}", ""))


def decimals_of(values: Iterable[CellValue | None]) -> int:
    """Decimals for a column: one significant digit of its smallest standard error, else four of its largest mean."""
    known = [value for value in values if value is not None]
    errors = [value.stderr for value in known if value.stderr]
    if errors:
        decimals = -math.floor(math.log10(min(errors)))
    else:
        largest = max((abs(value.mean) for value in known), default=0.0)
        decimals = SIGNIFICANT - 1 - math.floor(math.log10(largest)) if largest else 0
    return min(max(decimals, 0), MOST_DECIMALS)


def best_rows(values: Sequence[CellValue | None], better: Literal["higher", "lower"] | None) -> set[int]:
    """Which rows are bold: the best and those not told from it; none where no way is better or all would be."""
    known = {index: value for index, value in enumerate(values) if value is not None}
    if better is None or len(known) < 2:
        return set()
    sign = 1 if better == "higher" else -1
    best = max(known.values(), key=lambda value: sign * value.mean)
    marked = {index for index, value in known.items() if not _told_apart(value, best)}
    return marked if len(marked) < len(known) else set()


def _told_apart(value: CellValue, best: CellValue) -> bool:
    gap = abs(value.mean - best.mean)
    if value.stderr is None or best.stderr is None:
        return gap > 0
    spread = math.hypot(value.stderr, best.stderr)
    return gap > 0 and (spread == 0 or gap / spread > _critical(value, best))


def _critical(a: CellValue, b: CellValue) -> float:
    """The two-sided 5% point: Student's t with Welch's degrees of freedom, or 1.96 where seeds are not known."""
    if not (a.seeds and b.seeds and a.stderr is not None and b.stderr is not None) or min(a.seeds, b.seeds) < 2:
        return 1.96
    from scipy.special import stdtrit

    parts = ((a.stderr**4 / (a.seeds - 1)), (b.stderr**4 / (b.seeds - 1)))
    freedom = (a.stderr**2 + b.stderr**2) ** 2 / sum(parts)
    return float(stdtrit(freedom, 0.975))


Layout = tuple[str, float, list[list[_PrintedColumn]]]


def _layout(columns: list[_PrintedColumn], rows: Sequence[ResultRow], datasets: list[str]) -> Layout:
    """Size, half of the space between columns, and the columns of each part: the largest size that fits, else parts."""
    by_dataset = [[column for column in columns if column.dataset == name] for name in datasets]
    for parts in ([columns], by_dataset):
        for size, share, space in SIZES:
            if all(_width(part, rows, share, space) <= TEXT_WIDTH for part in parts):
                return size, space, parts
    size, share, space = SIZES[-1]
    return size, space, [piece for part in by_dataset for piece in _pieces(part, rows, share, space)]


def _pieces(
    part: list[_PrintedColumn], rows: Sequence[ResultRow], share: float, space: float
) -> list[list[_PrintedColumn]]:
    """The columns in pieces that fit."""
    pieces: list[list[_PrintedColumn]] = [[]]
    for column in part:
        if pieces[-1] and _width([*pieces[-1], column], rows, share, space) > TEXT_WIDTH:
            pieces.append([])
        pieces[-1].append(column)
    return pieces


def _width(part: list[_PrintedColumn], rows: Sequence[ResultRow], share: float, space: float) -> float:
    labels = min(max((len(row.label) for row in rows), default=0), LONGEST_LABEL)
    return share * (labels * LETTER + sum(column.width for column in part)) + 2 * space * (len(part) + 1)


def _tabular(part: list[_PrintedColumn], rows: Sequence[ResultRow], *, headed: bool) -> str:
    long = any(len(row.label) > LONGEST_LABEL for row in rows)
    first = r">{\raggedright\arraybackslash\hangindent=1em}p{0.34\linewidth}" if long else "l"
    head = " & ".join(["", *(column.metric.heading for column in part)]) + r" \\"
    lines = [f"\\begin{{tabular}}{{{first}{'r' * len(part)}}}", r"\toprule", *(_groups(part) if headed else ()), head]
    lines.append(r"\midrule")
    for index, row in enumerate(rows):
        lines.append(" & ".join([escape(row.label), *(column.cells[index] for column in part)]) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])


def _groups(part: list[_PrintedColumn]) -> list[str]:
    """The heads of the datasets and the rules below them."""
    names = list(dict.fromkeys(column.dataset for column in part))
    heads, rules, at = [""], [], 2
    for name in names:
        count = sum(column.dataset == name for column in part)
        heads.append(f"\\multicolumn{{{count}}}{{c}}{{{escape(name)}}}")
        rules.append(f"\\cmidrule(lr){{{at}-{at + count - 1}}}")
        at += count
    return [" & ".join(heads) + r" \\", " ".join(rules)]
