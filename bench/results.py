"""What the Python API gives back of a bench, a comparison, and an audit: DataFrames, axes, tables as text."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.errors import unknown
from ..data.records import Judgement
from ..presentation.drawing import GREY, draw_differences, style
from ..presentation.formats import written
from ..presentation.table import FORMATS, Format, Table
from ..reviewer.review import Review
from .audit.records import AuditSummary
from .audit.report import audit_tables
from .compare import METRICS
from .frames import (
    NAMES,
    decisions_frame,
    humans_frame,
    metrics_frame,
    own_name,
    probes_frame,
    records_frame,
    reviews_frame,
)
from .load_outcomes import load_outcomes
from .measure import Measured
from .outcomes import Humans, Machine
from .plots import draw_reliability, draw_score_vs_rating
from .plots_roc import draw_roc
from .plots_summary import ShownReviewer, as_differences, draw_confusion, draw_leaks, shown_reviewers
from .pool import PooledComparison, compare_runs
from .records import Calibration, ReviewerMetrics
from .report import run_tables
from .run import Run
from .summary import RunMetrics, summarise

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

METRIC_OF = {own_name(metric): metric for metric in METRICS}
"""What is compared, by its name in DataFrames."""


class Result(ABC):
    """Whatever has tables; in a notebook it shows the first of them."""

    @abstractmethod
    def tables(self) -> list[Table]:
        """The tables that the command prints, in their order."""

    def table(self, form: Format = "md", number: int = 0) -> str:
        """A table as text: "md" (Markdown), "latex" (booktabs), or "csv" (unrounded). `number` counts from 0 on.

        Raises InputError for another form, and where there are fewer tables.
        """
        tables = self.tables()
        if form not in FORMATS:
            raise unknown("form of a table", form, FORMATS)
        if number >= len(tables):
            titles = [f"{i} ({table.title})" for i, table in enumerate(tables)]
            raise unknown("table", str(number), titles)
        return written([tables[number]], form)

    def _repr_markdown_(self) -> str:
        return self.table("md")


def draw(axes: Axes | None, on: Callable[[Axes], Any]) -> Axes:
    """Draw on these axes, or on new ones of pyplot; returns them."""
    with style():
        if axes is None:
            import matplotlib.pyplot as plt

            axes = plt.subplots(layout="constrained")[1]
        on(axes)
    return axes


class BenchResult(Result):
    """A run of `bench`: what is in its folder, and what can be computed from that."""

    def __init__(
        self,
        run: Run,
        measured: Measured | None = None,
        *,
        calibrations: Mapping[str, Calibration] | None = None,
        budget_reached: bool = False,
    ) -> None:
        self.run = run
        self.budget_reached = budget_reached
        """Whether the budget put an end to it: the same call with more goes on, and nothing is paid twice."""
        self._measured = measured
        self._calibrations = calibrations or {}

    @property
    def folder(self) -> Path:
        """The run folder; report.html in it shows everything."""
        return self.run.folder

    @cached_property
    def all_metrics(self) -> RunMetrics:
        """Everything that metrics.json holds. Raises InputError where no reviewer has reviewed all papers yet."""
        if self._measured:
            return self._measured.figures
        stored, reviews = self.folder / "metrics.json", self.run.reviews_path
        if stored.is_file() and stored.stat().st_mtime >= reviews.stat().st_mtime:
            return RunMetrics.model_validate_json(stored.read_bytes())
        return summarise(self.run)[0]

    @cached_property
    def _arrays(self) -> tuple[Humans, list[Machine]]:
        return (self._measured.humans, self._measured.machines) if self._measured else load_outcomes(self.run)

    @property
    def complete(self) -> bool:
        """Whether every reviewer has reviewed every paper, failed reviews included."""
        return self.run.complete

    @property
    def notes(self) -> list[str]:
        """What a reader of the numbers has to know."""
        return self.all_metrics.notes

    def metrics(self) -> pd.DataFrame:
        """A row per reviewer: metrics under scikit-learn's names, with _low and _high of 95% intervals, and n.

        Raises InputError where no reviewer has reviewed all papers yet.
        """
        return metrics_frame(self.all_metrics)

    def decisions(self) -> pd.DataFrame:
        """A row per reviewer and rule for its decisions."""
        return decisions_frame(self.all_metrics)

    def humans(self) -> pd.DataFrame:
        """What humans reach on the same papers, a row per kind of judgement."""
        return humans_frame(self.all_metrics)

    def reviews(self) -> pd.DataFrame:
        """A row per reviewer, paper and repeat: score, decision, cost, and the human decision."""
        return reviews_frame(self._reviews(), self._judgements)

    def _reviews(self) -> list[Review]:
        return [review for by_key in self.run.repeats().values() for review in by_key.values()]

    def failures(self) -> pd.DataFrame:
        """The rows of `reviews` that failed; `reason` says why."""
        return reviews_frame([review for review in self._reviews() if review.status == "failed"], self._judgements)

    @property
    def _judgements(self) -> Sequence[Judgement]:
        return self.run.record.judgements

    def compare(self, **options: Any) -> CompareResult:
        """Paired tests between the reviewers, see `peerassay.compare`."""
        return CompareResult.of([self.run], **options)

    def tables(self) -> list[Table]:
        """Scores, decisions, and whatever else the command prints."""
        return run_tables(self.all_metrics)

    def plot_roc(self, ax: Axes | None = None) -> Axes:
        """ROC curves with bands and own decisions."""

        def on(axes: Axes) -> None:
            axes.legend(*draw_roc(axes, self.all_metrics, *self._arrays), fontsize=7)

        return draw(ax, on)

    def plot_reliability(self, reviewer: str, ax: Axes | None = None) -> Axes:
        """Share accepted against the probability of one reviewer. Raises InputError for an unknown one."""
        shown, humans = self._shown(reviewer), self._arrays[0]
        return draw(ax, lambda axes: draw_reliability(axes, shown, humans, self._calibrations.get(reviewer)))

    def plot_scores(self, reviewer: str, ax: Axes | None = None) -> Axes:
        """Scores of one reviewer against mean human ratings. Raises InputError where it gives no scores."""
        shown, humans = self._shown(reviewer), self._arrays[0]
        return draw(ax, lambda axes: draw_score_vs_rating(axes, shown, humans, np.random.default_rng(0)))

    def plot_confusion(self, reviewer: str, ax: Axes | None = None) -> Axes:
        """The confusion matrix of one reviewer's headline decisions. Raises InputError where it makes none."""
        shown = self._shown(reviewer)
        row = shown.figures.headline
        if row is None:
            deciding = [r.name for r in self.all_metrics.reviewers if r.headline]
            raise unknown("reviewer with decisions", reviewer, deciding)
        constructed = self.all_metrics.card.labels == "constructed"
        return draw(ax, lambda axes: draw_confusion(axes, shown, row, constructed=constructed))

    def _shown(self, name: str) -> ShownReviewer:
        """The reviewer with its colour; a floor is grey."""
        by_name: dict[str, ReviewerMetrics] = {r.name: r for r in self.all_metrics.reviewers}
        if name not in by_name:
            raise unknown("reviewer", name, by_name)
        machines = {machine.name: machine for machine in self._arrays[1]}
        coloured = {shown.name: shown for shown in shown_reviewers(self.all_metrics, self._arrays[1])}
        return coloured.get(name) or ShownReviewer(by_name[name], machines[name], GREY, "-")


class CompareResult(Result):
    """Paired tests of all reviewers of one or more runs."""

    def __init__(self, found: PooledComparison) -> None:
        self.found = found

    @classmethod
    def of(
        cls,
        runs: Sequence[Run],
        *,
        metrics: Sequence[str] = METRICS,
        calibration: str | os.PathLike[str] | None = None,
        **options: Any,
    ) -> CompareResult:
        """The tests between the reviewers of the runs, with metrics by either name; see `compare_runs`."""
        named = [METRIC_OF.get(name, name) for name in metrics]
        return cls(compare_runs(runs, metrics=named, calibration=Path(calibration) if calibration else None, **options))

    @property
    def notes(self) -> list[str]:
        """What was left out, and what the labels are."""
        return self.found.pool.notes

    def pairs(self) -> pd.DataFrame:
        """A row per pair and metric: difference, interval, p, p corrected for all, and whether it is resolved."""
        found = records_frame(self.found.pairs)
        return found.assign(metric=found["metric"].replace(NAMES))

    def ranks(self) -> pd.DataFrame:
        """A row per reviewer: ROC AUC, rank and the interval of the rank."""
        return records_frame(self.found.ranks).rename(columns={"auc": "roc_auc"})

    def equivalence(self) -> pd.DataFrame:
        """A row per pair: whether their AUCs are equal within the margin; empty where none was asked for."""
        return records_frame(self.found.equivalent)

    def tables(self) -> list[Table]:
        """Pairs by metric, equivalence, ranks."""
        return self.found.tables()

    def plot_differences(self, metric: str = "roc_auc", ax: Axes | None = None) -> Axes:
        """The differences of all pairs with their intervals, resolved ones filled (a forest plot)."""
        rows = [pair for pair in self.found.pairs if own_name(pair.metric) == metric and pair.difference is not None]
        if not rows:
            raise unknown("metric", metric, {own_name(pair.metric) for pair in self.found.pairs})

        def on(axes: Axes) -> None:
            draw_differences(axes, as_differences(rows))
            axes.set_xlabel(f"difference of {metric}")

        return draw(ax, on)


class AuditResult(Result):
    """The leak audit of a dataset."""

    def __init__(self, summary: AuditSummary) -> None:
        self.summary = summary

    @property
    def verdict(self) -> str:
        """`leak`, `suspect` or `clean`, of the text that a bench would use."""
        return self.summary.verdict

    def metrics(self) -> pd.DataFrame:
        """A row per probe and form of the text (raw, scrubbed): what it tells of the decision, and its verdict."""
        return probes_frame(self.summary)

    def tables(self) -> list[Table]:
        """Probes, signs, and what scrubbing removes."""
        return audit_tables(self.summary)

    def plot(self, ax: Axes | None = None) -> Axes:
        """What each probe tells, raw and scrubbed."""
        return draw(ax, lambda axes: axes.legend(*draw_leaks(axes, self.summary), fontsize=7))
