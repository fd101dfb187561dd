"""What all figures share: type, colours that stay with a reviewer, small multiples, and writing to files."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .evaluate import ReviewerFigures
from .outcomes import Machine
from .summary import RunFigures

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
}


@dataclass(frozen=True)
class Shown:
    """A reviewer that has a colour of its own in every figure."""

    figures: ReviewerFigures
    machine: Machine
    colour: str
    dash: str

    @property
    def name(self) -> str:
        """The reviewer's name."""
        return self.machine.name


def shown_reviewers(figures: RunFigures, machines: Sequence[Machine]) -> list[Shown]:
    """All reviewers but the floors, in the order of the run; the floors where there is nothing else."""
    by_name = {machine.name: machine for machine in machines}
    featured = [r for r in figures.reviewers if r.kind != "floor"] or figures.reviewers
    return [
        Shown(r, by_name[r.name], COLOURS[i % len(COLOURS)], ("-", "--")[i // 6 % 2]) for i, r in enumerate(featured)
    ]


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


def heading(axes: Axes, reviewer: Shown, line: str) -> None:
    """The reviewer's name in its colour above the panel, and a line of figures below it."""
    name = wrap(reviewer.name, 32)
    below = wrap(line, 46, 2)
    axes.set_title(
        name, loc="left", fontsize=8.5, fontweight="bold", color=reviewer.colour, pad=5 + 10.5 * lines(below)
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


def encoded(figure: Figure, form: Literal["svg", "png"]) -> bytes:
    """The figure as the content of a file, the same bytes every time; it is laid out once and then stays so."""
    stream = io.BytesIO()
    metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
    with style():
        figure.savefig(stream, format=form, dpi=160, metadata=metadata)
        figure.set_layout_engine("none")
    return stream.getvalue()
