"""What all drawings share: type, colours, small multiples, forest plots, and writing to files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..data.files import write_atomic
from ..data.parallel import aside
from .pages import embedded

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

ACCEPTED, REJECTED = "#004488", "#DDAA33"
GREY, INK, ALARM = "#767676", "#222222", "#B3334B"
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00",
           "#332288", "#882255", "#44AA99", "#999933", "#AA4499", "#5B5B5B")  # fmt: skip
"""After Okabe & Ito (2008) and Tol (2021): told apart with any colour vision; dashes help beyond six."""
RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": "#9a9a9a",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "peerassay",
    "pdf.fonttype": 42,
}


@dataclass(frozen=True)
class Plot:
    """A drawing with its place in a report."""

    name: str
    title: str
    caption: str
    figure: Figure


def style() -> AbstractContextManager[None]:
    """The type and lines of all figures, while one is drawn or written."""
    import matplotlib

    return matplotlib.rc_context(RC)


def panels(count: int, height: float = 3.3, width: float = 3.2) -> tuple[Figure, list[Axes]]:
    """A figure of `count` panels, at most three to a row; sizes in inches are those of a panel."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    columns = 2 if count == 4 else min(count, 3)
    rows = -(-count // columns)
    layout = ConstrainedLayoutEngine(w_pad=0.09, h_pad=0.09)
    figure = Figure(figsize=(max(columns * width, 3.8), rows * height), layout=layout)
    return figure, [figure.add_subplot(rows, columns, i + 1) for i in range(count)]


def heading(axes: Axes, name: str, colour: str, line: str) -> None:
    """A name in its colour above the panel, and a line of numbers below it."""
    below = wrap(line, 46, 2)
    axes.set_title(
        wrap(name, 32), loc="left", fontsize=8.5, fontweight="bold", color=colour, pad=5 + 10.5 * lines(below)
    )
    axes.text(0, 1.02, below, transform=axes.transAxes, fontsize=7.5, va="bottom")


def wrap(name: str, width: int, most: int = 3) -> str:
    """A long name on about `most` lines of like length, broken after separators; the middle of a longer one is cut."""
    name = " ".join(name.split())
    room = width * most * 5 // 6
    if len(name) > room:
        name = f"{name[: room // 2]}…{name[-(room // 2) :]}"
    fewest = len(_rows(name, width))
    candidates = (_rows(name, narrower) for narrower in range(width // 2, width + 1))
    return "\n".join(next(rows for rows in candidates if len(rows) <= fewest))


def _rows(name: str, width: int) -> list[str]:
    rows = [""]
    for part in re.findall(r"[^_:/\-. ]*[_:/\-. ]?", name):
        for piece in (part[i : i + width] for i in range(0, len(part), width)):
            if len(rows[-1]) + len(piece) > width:
                rows.append("")
            rows[-1] += piece
    return rows


def lines(text: str) -> int:
    """How many lines the text has."""
    return text.count("\n") + 1


def stacked(rows: Sequence[int], row: float, width: float = 9.3) -> tuple[Figure, list[Axes]]:
    """A figure with a panel below another, each of so many rows of `row` inches, below a legend."""
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    size = (width, 0.65 + sum(n * row + 0.62 for n in rows))
    figure = Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
    grid = figure.add_gridspec(len(rows), 1, height_ratios=rows)
    return figure, [figure.add_subplot(grid[i, 0]) for i in range(len(rows))]


def name_rows(axes: Axes, labels: Sequence[str], title: str = "") -> None:
    """Label the rows from the top down, and set the title above them."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    axes.set_title(wrap(title, 90, 1), loc="left", fontsize=10, fontweight="bold")


def round_ticks(axis: Axis, *, most: int = 8, whole: bool = False) -> None:
    """At most so many ticks at round numbers, at whole ones only where that is asked for."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10], integer=whole))


@dataclass(frozen=True)
class Difference:
    """A row of a forest plot: `words` stand to the right, a resolved one has a full mark."""

    label: str
    value: float
    low: float | None
    high: float | None
    resolved: bool
    colour: str
    words: str


def forest(panels: Mapping[str, Sequence[Difference]], axis: str, row: float = 0.3) -> Figure:
    """Differences with their intervals on one axis around 0, a panel for each title, its rows of `row` inches."""
    from matplotlib.lines import Line2D

    ends = [0.0, *(end for rows in panels.values() for found in rows
                   for end in (found.low, found.high, found.value) if end is not None)]  # fmt: skip
    margin = (max(ends) - min(ends)) * 0.05 or 0.5
    with style():
        figure, grid = stacked([len(rows) for rows in panels.values()], row)
        for axes, (title, rows) in zip(grid, panels.items(), strict=True):
            draw_differences(axes, rows, title)
            axes.set_xlim(min(ends) - margin, max(ends) + margin)
            round_ticks(axes.xaxis)
        grid[-1].set_xlabel(axis)
        marks = {"resolved after the correction": GREY, "not resolved": "white"}
        handles = [Line2D([], [], linestyle="none", marker="o", color=GREY, markerfacecolor=face, markersize=6)
                   for face in marks.values()]  # fmt: skip
        figure.legend(handles, list(marks), loc="outside upper right", ncols=2)
    return figure


def draw_differences(axes: Axes, rows: Sequence[Difference], title: str = "") -> None:
    """The rows of a forest plot on these axes, from the top down, below a title."""
    axes.axvline(0, color="#bbbbbb", linewidth=0.9, zorder=0)
    for at, row in enumerate(rows):
        if row.low is not None and row.high is not None:
            axes.plot([row.low, row.high], [at, at], color=row.colour, linewidth=1.5, solid_capstyle="butt")
        face = row.colour if row.resolved else "white"
        axes.plot([row.value], [at], "o", color=row.colour, markerfacecolor=face, markersize=6)
        axes.annotate(row.words, (1.01, at), xycoords=("axes fraction", "data"), va="center", fontsize=8, color=INK)
    name_rows(axes, [row.label for row in rows], title)


def encoded(figure: Figure, form: Literal["svg", "png", "pdf"]) -> bytes:
    """The drawing as the content of a file, the same bytes every time; it is laid out once and then stays so."""
    stream = io.BytesIO()
    metadata: dict[str, Any] = {
        "svg": {"Date": None, "Creator": None},
        "png": {"Software": None},
        "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    }[form]
    with style():
        figure.savefig(stream, format=form, dpi=160, metadata=metadata)
        figure.set_layout_engine("none")
    return stream.getvalue()


BESIDE: Collection[str] = ("png", "pdf")
"""The forms in which drawings are written beside SVG, which the pages hold."""


def write_plots(folder: Path, plots: Sequence[Plot]) -> dict[str, str]:
    """Write figures/NAME.svg, .png and .pdf into the folder; returns each drawing by name as a data URI.

    PDFs, whose fonts take long to cut down to what is used, are made in another process meanwhile.

    Raises InputError where a file cannot be written.
    """
    sources: dict[str, str] = {}
    pdfs: dict[str, Callable[[], bytes]] = {}
    for plot in plots:
        svg = encoded(plot.figure, "svg")
        write_atomic(folder / "figures" / f"{plot.name}.svg", svg)
        sources[plot.name] = embedded(svg)
        if "pdf" in BESIDE:
            pdfs[plot.name] = aside(encoded, plot.figure, "pdf")
        if "png" in BESIDE:
            write_atomic(folder / "figures" / f"{plot.name}.png", encoded(plot.figure, "png"))
    for name, pdf in pdfs.items():
        write_atomic(folder / "figures" / f"{name}.pdf", pdf())
    return sources
