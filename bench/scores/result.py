"""What the Python API gives back of a table of scores."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...data.errors import unknown
from ...presentation.table import Table
from ..frames import records_frame, reviews_frame
from ..results import Result, draw
from .metrics import ScoreMetrics
from .plots import draw_distributions, score_limits
from .plots_groups import shown_groups
from .run import ScoreRun
from .summary import summarise_scores
from .tables import score_tables

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class ScoreResult(Result):
    """A run of `score`: groups of papers by template and configuration."""

    def __init__(self, run: ScoreRun, figures: ScoreMetrics | None = None, *, budget_reached: bool = False) -> None:
        self.run = run
        self.budget_reached = budget_reached
        """Whether the budget put an end to it: the same call with more goes on, and nothing is paid twice."""
        self._given = figures

    @property
    def folder(self) -> Path:
        """The folder of the run; report.html in it shows everything."""
        return self.run.folder

    @cached_property
    def all_metrics(self) -> ScoreMetrics:
        """Everything that metrics.json holds; papers without a review count as failed."""
        return self._given or summarise_scores(self.run.record, self.run.reviews())

    @property
    def notes(self) -> list[str]:
        """What a reader of the numbers has to know."""
        return self.all_metrics.notes

    def metrics(self) -> pd.DataFrame:
        """A row per group: counts, mean and median score with 95% intervals, of the reviewed and of all tried."""
        return records_frame(self.all_metrics.groups)

    def papers(self) -> pd.DataFrame:
        """A row per idea: how far it came, its score, and why it has none."""
        return records_frame(self.all_metrics.ideas)

    def reviews(self) -> pd.DataFrame:
        """A row per review; `paper_id` is the id of the idea."""
        return reviews_frame(self.run.reviews().values())

    def compare(self) -> pd.DataFrame:
        """A row per pair of configurations: difference, interval, p and Holm's p, reviewed papers and all tried."""
        return records_frame(self.all_metrics.pairs)

    def tables(self) -> list[Table]:
        """The tables that the command prints."""
        return score_tables(self.all_metrics)

    def plot_scores(self, template: str | None = None, ax: Axes | None = None) -> Axes:
        """The scores of a template's groups; of the first where none is named. Raises InputError without scores."""
        groups = shown_groups(self.all_metrics)
        name = template or next(iter(groups), "")
        limits = score_limits([shown for found in groups.values() for shown in found], self.all_metrics)
        if name not in groups or limits is None:
            raise unknown("template with scores", name, groups if limits else ())
        rng = np.random.default_rng(0)

        def on(axes: Axes) -> None:
            draw_distributions(axes, name, groups[name], self.all_metrics, limits, rng)
            axes.set_xlabel(self.all_metrics.unit)

        return draw(ax, on)
