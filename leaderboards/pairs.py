"""Differences between any two entries of a board, metric by metric, for whoever wants to look at just these two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..bench.decisions import decision_as_made
from ..bench.outcomes import Humans, Machine
from ..bench.pair_tests import fewest_groups
from ..bench.resampled import CELLS, DECISION_METRICS, Bootstrap, confusion_cells
from ..statistics.arrays import Bools, Floats, cluster_numbers, over_draws
from ..statistics.delong import FEW
from ..statistics.margins import bootstrap_margins, delong_margins, differing_groups
from ..statistics.metrics import matched_balanced_accuracy
from .boards import ReviewerBoard
from .recompute import SEED, board_humans, machine_from_scores

DRAWS = 2000
"""Of the bootstrap: a standard deviation is known to 2% from so many."""
MOST = 200
"""Entries of a board that are compared with each other, the first ones."""
DRAWN = 400_000_000
"""Entries times papers times draws, some ten seconds: of a large dataset fewer entries are compared."""
DECIDED = {
    "balanced_accuracy": "Bal. acc.",
    "f1": "F1",
    "accuracy": "Accuracy",
    "fpr": "FPR",
    "fnr": "FNR",
    "mcc": "MCC",
}
"""Metrics of decisions as they were made, and what the board calls them."""
FEW_PAPERS = f"fewer than {FEW} papers, or groups of them, of one class, or a difference that does not vary"
FEW_DIFFER = f"they decide otherwise on fewer than {FEW} of these papers, or the difference does not vary"
UNDECIDED = "no decisions of its own"
AS_MADE = "paired bootstrap, decisions as made"


@dataclass(frozen=True)
class PairedMetric:
    """A metric of the first k entries of a board, and the 95% interval of the difference of any two of them."""

    label: str
    how: str
    """How the intervals are found."""
    lacking: str
    """Why an entry has no value."""
    unsure: str
    """Why two entries have no interval."""
    papers: tuple[int, ...]
    """(k,) that the value of each entry is of."""
    values: Floats
    """(k,) NaN where an entry has none."""
    margins: Floats
    """(k, k) how far the lower end lies below the difference of row less column, and so the upper end above that of
    column less row; NaN where there is no interval, 0 where two entries say the same of all papers."""
    how_paired: str = ""
    """How the intervals are found where two entries have units in common, if only some have."""
    shared: NDArray[np.int64] | None = None
    """(k, k) on how many units two entries are paired; 0 where on none. None where all have the same units."""


def paired_reviewers(board: ReviewerBoard) -> list[PairedMetric]:
    """Every metric that the scores and decisions on record can be compared by, of all entries on the same papers.

    None where a class has fewer than two papers.
    """
    humans = board_humans(board.dataset)
    if not 1 < humans.accepted.sum() < len(humans) - 1:
        return []
    results = [entry.result for entry in board.entries[: compared(len(humans))]]
    machines = [machine_from_scores(r.id, r.traits, r.papers, humans) for r in results]
    bootstrap = Bootstrap(humans, DRAWS, SEED)
    return [*_by_scores(humans, machines, bootstrap), *_by_decisions(humans, machines, bootstrap)]


def compared(papers: int) -> int:
    """How many of the first entries are compared on so many papers."""
    return max(2, min(MOST, DRAWN // (DRAWS * papers)))


def _by_scores(humans: Humans, machines: Sequence[Machine], bootstrap: Bootstrap) -> list[PairedMetric]:
    known = [i for i, machine in enumerate(machines) if machine.score is not None]
    scores = [score for machine in machines if (score := machine.score) is not None]
    if not scores:
        return []
    areas, margins = delong_margins(humans.accepted, np.stack(scores), groups=humans.groups)
    drawn = [bootstrap.drawn(matched_balanced_accuracy, humans.accepted, score) for score in scores]
    matched = np.array([value for value, _ in drawn])
    spread = _margins(humans, matched, np.stack([draws for _, draws in drawn]))
    papers = (len(humans),) * len(machines)
    alike = "Bal. acc., both accept as many papers as the venue"
    found = (("AUC", "DeLong", areas, margins), (alike, "paired bootstrap", matched, spread))
    return [
        PairedMetric(label, how, "no scores", FEW_PAPERS, papers, *_among(known, len(machines), values, matrix))
        for label, how, values, matrix in found
    ]


def _by_decisions(humans: Humans, machines: Sequence[Machine], bootstrap: Bootstrap) -> list[PairedMetric]:
    made = [decision_as_made(humans, machine) for machine in machines]
    known = [i for i, decision in enumerate(made) if decision is not None]
    decisions = np.array([decision for decision in made if decision is not None], dtype=bool)
    if not known:
        return []
    cells = [confusion_cells(humans.accepted, decision) for decision in decisions]
    sample = np.stack([c.sum(axis=1) for c in cells])
    drawn = [over_draws(lambda w, c=c: (c @ w).T, bootstrap.counts, len(humans)) for c in cells]
    found: list[PairedMetric] = []
    for name, label in DECIDED.items():
        where = _papers_of(name, humans)
        metric = DECISION_METRICS[name]
        values = np.asarray(metric(*CELLS, sample_weight=sample))
        margins = _margins(humans, values, np.stack([metric(*CELLS, sample_weight=d) for d in drawn]))
        differ = differing_groups(decisions[:, where], cluster_numbers(humans.groups, len(humans))[where])
        margins[(differ > 0) & (differ < FEW)] = np.nan
        papers = (int(where.sum()),) * len(machines)
        among = _among(known, len(machines), values, margins)
        found.append(PairedMetric(label, AS_MADE, UNDECIDED, FEW_DIFFER, papers, *among))
    return found


def _papers_of(metric: str, humans: Humans) -> Bools:
    """The papers (n,) that a metric looks at."""
    whole = np.ones(len(humans), dtype=bool)
    return {"fpr": ~humans.accepted, "fnr": humans.accepted}.get(metric, whole)


def _margins(humans: Humans, values: Floats, draws: Floats) -> Floats:
    """Of a bootstrapped metric; NaN off the diagonal of equal entries where a class has few groups of papers."""
    freedom = max(len(set(humans.groups)) - 2, 1)
    margins = bootstrap_margins(values, draws, freedom=freedom)
    return margins if fewest_groups(humans) >= FEW else np.where(margins == 0, 0.0, np.nan)


def _among(known: Sequence[int], entries: int, values: Floats, margins: Floats) -> tuple[Floats, Floats]:
    """Values (entries,) and margins (entries, entries) with those that are known in their places."""
    all_values, all_margins = np.full(entries, np.nan), np.full((entries, entries), np.nan)
    all_values[list(known)] = values
    all_margins[np.ix_(known, known)] = margins
    return all_values, all_margins
