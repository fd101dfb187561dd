"""What the Python API gives back of a stress run: DataFrames, and cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ...data.errors import InputError
from ...presentation.table import Table
from ..frames import estimates, records_frame, reviews_frame
from ..results import Result
from .card import stress_tables, write_cards
from .figures import StressFigures
from .result import ReviewerStress, StressOutcome, measured
from .run import StressRun

if TYPE_CHECKING:
    import pandas as pd


class StressResult(Result):
    """A run of `stress`: what moves each reviewer that should not, and what should and does not."""

    def __init__(self, run: StressRun, *, budget_reached: bool = False) -> None:
        self.run = run
        self.budget_reached = budget_reached
        """Whether the budget put an end to it: the same call with more goes on, and nothing is paid twice."""

    @property
    def folder(self) -> Path:
        """The folder of the run; cards/ in it has a page for each reviewer."""
        return self.run.folder

    @cached_property
    def outcomes(self) -> dict[str, StressOutcome]:
        """All figures by reviewer. Raises InputError while no reviewer has reviewed all intact papers."""
        return {one.entry.name: one for one in measured(self.run)}

    @property
    def notes(self) -> list[str]:
        """What a reader of the numbers has to know."""
        return list(dict.fromkeys(note for one in self.outcomes.values() for note in one.stress.notes))

    @cached_property
    def cards(self) -> dict[str, Path]:
        """Each reviewer's card.html, with card.pdf, .md and .json beside it; written when first asked for."""
        return write_cards(self.run, list(self.outcomes.values()))

    @property
    def card(self) -> Path:
        """The card of the only reviewer. Raises InputError where there are several: see `cards`."""
        if len(self.cards) > 1:
            raise InputError(f"there are {len(self.cards)} cards; .cards has them by reviewer: {', '.join(self.cards)}")
        return next(iter(self.cards.values()))

    def metrics(self) -> pd.DataFrame:
        """A row per reviewer: AUC intact and under the worst change, false alarms, length bias, flaws named, ..."""
        return _frame([_metrics(name, one.stress) for name, one in self.outcomes.items()], "reviewer")

    def changes(self) -> pd.DataFrame:
        """A row per reviewer, manipulation and strength: shift, flips, order, AUC and more, each with its interval.

        `moved`: the score changes beyond chance, after Holm. `noticed`: degraded papers are told to be lower.
        """
        found = self._rows(lambda figures: figures.changes)
        every = [row for one in self.outcomes.values() for row in one.stress.figures.changes]
        return found.assign(moved=[row.moved for row in every], noticed=[row.noticed for row in every])

    def attacks(self) -> pd.DataFrame:
        """A row per reviewer and attack: gain, AUC and false accepts before and after."""
        return self._rows(lambda figures: figures.attacks)

    def defences(self) -> pd.DataFrame:
        """A row per reviewer and defence: what it changes on clean papers."""
        return self._rows(lambda figures: figures.defences)

    def reviews(self) -> pd.DataFrame:
        """A row per review; `paper_id` is that of the form of the paper, an intact one's is the paper's own."""
        return reviews_frame(self.run.all_reviews(), self.run.record.judgements)

    def tables(self) -> list[Table]:
        """The tables that the command prints, reviewer by reviewer."""
        return [table for one in self.outcomes.values() for table in stress_tables(one)]

    def _rows(self, of: Callable[[StressFigures], Sequence[BaseModel]]) -> pd.DataFrame:
        rows = [(name, row) for name, one in self.outcomes.items() for row in of(one.stress.figures)]
        found = records_frame(row for _, row in rows)
        found.insert(0, "reviewer", [name for name, _ in rows])
        return found


def _metrics(name: str, stress: ReviewerStress) -> dict[str, Any]:
    figures, rated, naming = stress.figures, stress.rated, stress.naming
    again = figures.repeats
    found = {
        "auc": figures.auc,
        "worst_auc": figures.worst_auc,
        "worst_false_accepts": figures.worst_accepts,
        "false_alarms": figures.false_alarms,
        "length_bias": rated.length,
        "inflation": rated.inflation,
        "run_to_run_sd": again and again.sd,
        "self_agreement": again and again.agreement,
        "names_flaw": naming and naming.named.estimate,
        "names_flaw_of_twin": naming and naming.alarms.estimate,
    }
    known = {metric: estimate for metric, estimate in found.items() if estimate is not None}
    return {"reviewer": name, "n": figures.n, "failed": figures.failed} | estimates(known, tuple(known), figures.n)


def _frame(rows: list[dict[str, Any]], index: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows).set_index(index)
