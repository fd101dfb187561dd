"""Drawings of the experiments: the learning curves of all runs, a panel per measure and dataset."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ...presentation.pages import embedded
from ...reviewer.review_view import line
from ..nodes import Journal
from .curves import Curves, curves_of
from .reading import Reader

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
    x, y = curves[name]
    step = -(-len(x) // MOST_POINTS)
    return tuple(x[::step]), tuple(y[::step])


@lru_cache(maxsize=16)
def _drawn(names: tuple[tuple[str, str], ...], runs: tuple[tuple[str, tuple[Line, ...]], ...]) -> str:
    """Kept, since most events change nothing in it."""
    from ...presentation.drawing import COLOURS, encoded, panels, style, wrap

    with style():
        figure, axes = panels(len(names), height=2.5)
        place: Mapping[tuple[str, str], int] = {name: index for index, name in enumerate(names)}
        for number, (label, lines) in enumerate(runs):
            for name, x, y in lines:
                axes[place[name]].plot(x, y, color=COLOURS[number % len(COLOURS)], linewidth=1.2, label=wrap(label, 40))
        for (dataset, measure), panel in zip(names, axes, strict=True):
            panel.set_title(line(f"{dataset} {measure}".replace("_", " ")), loc="left", fontsize=8.5)
        handles, labels = max((panel.get_legend_handles_labels() for panel in axes), key=lambda found: len(found[0]))
        figure.legend(handles, labels, loc="outside lower left", ncols=2)
    return embedded(encoded(figure, "svg"))
