"""Drawings of the experiments: the learning curves of all runs, a panel per measure and dataset."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...presentation.pages import embedded
from ...reviewer.review_view import line
from ..nodes import Journal
from .curves import Curves, curves_of
from .reading import Reader

if TYPE_CHECKING:
    from matplotlib.artist import Artist

MOST_PANELS = 9
MOST_RUNS = 12
MOST_POINTS = 300


def drawn_curves(reader: Reader, workspace: Path, journal: Journal) -> str:
    """The curves of all experiments that ran, as a data URI; empty where none were written."""
    runs = tuple((node.run, line(node.label)) for node in journal.finished[:MOST_RUNS])
    found = {run: curves_of(reader, workspace / run) for run, _ in runs}
    names = list(dict.fromkeys(name for curves in found.values() for name in curves))[:MOST_PANELS]
    if not names:
        return ""
    drawn = tuple(
        (f"{run}: {label}", tuple((name, *_thinned(found[run], name)) for name in names if name in found[run]))
        for run, label in runs
    )
    return _drawn(tuple(names), drawn)


Line = tuple[tuple[str, str], tuple[float, ...], tuple[float, ...]]


def _thinned(curves: Curves, name: tuple[str, str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """At most so many points, the last among them."""
    x, y = curves[name]
    last = len(x) - 1
    kept = [last - i for i in range(0, last + 1, -(-len(x) // MOST_POINTS))][::-1]
    return tuple(x[i] for i in kept), tuple(y[i] for i in kept)


@lru_cache(maxsize=16)
def _drawn(names: tuple[tuple[str, str], ...], runs: tuple[tuple[str, tuple[Line, ...]], ...]) -> str:
    """Kept, since most events change nothing in it."""
    from ...presentation.drawing import COLOURS, encoded, panels, style, wrap

    with style():
        figure, axes = panels(len(names), height=2.5)
        place: Mapping[tuple[str, str], int] = {name: index for index, name in enumerate(names)}
        first: dict[str, Artist] = {}
        for number, (label, lines) in enumerate(runs):
            for name, x, y in lines:
                (drawn,) = axes[place[name]].plot(x, y, color=COLOURS[number % len(COLOURS)], linewidth=1.2)
                first.setdefault(wrap(label, 40), drawn)
        for (dataset, measure), panel in zip(names, axes, strict=True):
            panel.set_title(line(f"{dataset} {measure}".replace("_", " ")), loc="left", fontsize=8.5)
        figure.legend(first.values(), first, loc="outside lower left", ncols=2)
    return embedded(encoded(figure, "svg"))
