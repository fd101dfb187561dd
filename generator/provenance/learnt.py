"""What a paper calls the runs, learnt from its own tables where no file says it.

The words at the head of a row or column that name no data set and no metric are taken for the name of a run if, in one
table, that run's means, and no other's, explain nearly all cells under them. A single tampered cell is outvoted, and
then reported.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from .logged import LoggedResults
from .names import Names, telling
from .numbers import find_numbers
from .passages import PaperPassage

CELLS = 3
"""Cells under a name at least; each with two printed digits or more."""
EXPLAINED = 0.75
"""Share of the cells that the run explains, at least; every other run explains at most half as many."""


def learnt_labels(passages: Iterable[PaperPassage], results: LoggedResults) -> dict[str, str]:
    """A name for each run that has none and that the tables give one, `{"run_1": "Wide Network"}`."""
    names = Names(results)
    votes: dict[tuple[str, ...], Counter[str]] = {}
    cells: Counter[tuple[str, ...]] = Counter()
    for passage in passages:
        if passage.kind != "cell" or names.named(passage.names).runs:
            continue
        for label in _labels(passage, names):
            runs = _runs_that_explain(passage, results, names)
            if runs is not None:
                key = (label, *passage.around)
                cells[key] += 1
                votes.setdefault(key, Counter()).update(runs)
    found: dict[str, str] = {}
    for key, count in cells.items():
        ranked = votes[key].most_common(2)
        rival = ranked[1][1] if len(ranked) > 1 else 0
        if ranked and count >= CELLS and ranked[0][1] >= EXPLAINED * count and 2 * rival <= ranked[0][1]:
            found.setdefault(ranked[0][0], key[0])
    return {run: label for run, label in found.items() if run not in results.labels}


def _labels(passage: PaperPassage, names: Names) -> Iterator[str]:
    """The parts of the heads that can be the name of a run."""
    for part in {part.strip() for part in passage.names.split("|")}:
        named = names.named(part)
        if part and not named.datasets and not named.metrics and any(c.isalpha() for c in "".join(telling(part))):
            yield part


def _runs_that_explain(passage: PaperPassage, results: LoggedResults, names: Names) -> set[str] | None:
    """The runs with a mean, of the data set and metric named, that the cell's first number stands for."""
    named = names.named(passage.names)
    number = next(iter(find_numbers(passage.text)), None)
    if number is None or number.digits < 2 or not named.metrics:
        return None
    return {
        x.run
        for x in results.logged
        if x.kind == "mean"
        and x.metric in named.metrics
        and (not named.datasets or x.dataset in named.datasets)
        and any(number.low <= x.value / scale <= number.high for scale in number.scales)
    }
