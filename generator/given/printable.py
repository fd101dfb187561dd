"""Names that LaTeX cannot print here get plain ones, which is said."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...presentation.latex import escape
from ..latex.words import number_word
from .observations import Observations

LACKING = re.compile(r"\{\[\}U\+|\[U\+")


def make_printable(found: Observations) -> None:
    """Let runs have labels, and datasets and metrics names, in letters that a paper can show."""
    for run, label in _plain("configuration", [found.labels.get(run, run) for run in found.runs], found).items():
        found.labels |= {name: label for name in found.runs if found.labels.get(name, name) == run}
    datasets = _plain("dataset", found.datasets, found)
    metrics = _plain("metric", found.metrics, found)
    if datasets or metrics:
        found.cells = {(run, datasets.get(d, d), metrics.get(m, m)): cell for (run, d, m), cell in found.cells.items()}


def _plain(kind: str, names: Iterable[str], found: Observations) -> dict[str, str]:
    """New names for those that cannot be printed."""
    lacking = [name for name in dict.fromkeys(names) if LACKING.search(escape(name))]
    new = {name: f"{kind} {number_word(number)}" for number, name in enumerate(lacking, 1)}
    found.said += [f"{name!r} is called {plain!r}, since LaTeX has not its letters here" for name, plain in new.items()]
    return new
