"""Resampled metrics of decisions and scores: the same draws of papers for all reviewers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..statistics import metrics, rank_metrics
from ..statistics.arrays import Bools, Floats, cluster_numbers, over_draws
from ..statistics.bootstrap import chosen_groups, drawn_papers
from ..statistics.cross_fitting import cross_fitted_balanced_accuracy
from ..statistics.delong import fewest
from ..statistics.draws import drawn
from ..statistics.estimate import Estimate, auc_estimate, finite, too_few
from ..statistics.intervals import balanced_accuracy_interval, centred_interval, spread_interval, wilson
from .outcomes import Humans

DRAWS = 10_000
Drawn = tuple[float, Floats]
"""A metric's value on the sample, and in each bootstrap draw."""

FITTED_DRAWS = 2000
"""Draws in which thresholds are fitted anew: their standard deviation is known to 2% from so many."""


DECISION_METRICS: dict[str, Callable[..., Any]] = {
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "accuracy": metrics.accuracy_score,
    "f1": metrics.f1_score,
    "mcc": metrics.matthews_corrcoef,
    "fpr": metrics.false_positive_rate,
    "fnr": metrics.false_negative_rate,
    "legacy_auc_of_decisions": metrics.decision_auc,
}

CELLS = ([1, 0, 1, 0], [1, 1, 0, 0])
"""Truth and decision of the cells tp, fp, fn, tn: with their counts as weights, a sample of any size."""

RATING_METRICS: dict[str, Callable[..., Any]] = {
    "spearman": rank_metrics.spearman,
    "kendall": rank_metrics.kendall,
    "pairwise_accuracy": rank_metrics.pairwise_accuracy,
}


class Bootstrap:
    """The same draws of papers for every reviewer of a table; papers of a group are drawn together."""

    def __init__(self, humans: Humans, draws: int = DRAWS, seed: int = 0) -> None:
        beside = (humans.rating, humans.tier)
        self.counts = drawn_papers(humans.accepted, draws, seed, groups=humans.groups, beside=beside)
        self.accepted, self.groups = humans.accepted, humans.groups
        self.few = too_few(humans.accepted, humans.groups)
        self._independent = len(set(humans.groups)) == len(humans)

    def estimate(self, metric: Callable[..., Any], truth: Any, other: Any, where: Bools | None = None) -> Estimate:
        """The metric with the percentile interval of its draws; on the papers `where` holds only, if given."""
        few = self.few
        if where is not None and not where.all():
            few = too_few(self.accepted[where], chosen_groups(self.groups, where))
        value, draws = self.drawn(metric, truth, other, where)
        found = Estimate.of(value, draws, len(truth) if where is None else int(where.sum()))
        return found.without_interval() if few else found

    def drawn(self, metric: Callable[..., Any], truth: Any, other: Any, where: Bools | None = None) -> Drawn:
        """The metric on the sample and in each draw; on the papers that `where` (n,) holds only, if given."""
        counts = self.counts
        if where is not None and not where.all():
            truth, other, counts = np.asarray(truth)[where], np.asarray(other)[where], counts[:, where]
        return float(metric(truth, other)), drawn(metric, counts, truth, other)

    def auc(self, score: Floats) -> Estimate:
        """The AUC with DeLong's interval, see `auc_estimate`."""
        return auc_estimate(self.accepted, score, groups=self.groups)

    def calibration_error(self, probability: Floats) -> Estimate:
        """The ECE, its interval centred on it, see `centred_interval`."""
        value = float(metrics.expected_calibration_error(self.accepted, probability))
        if self.few:
            return Estimate(value=finite(value), n=len(probability), few=True)
        draws = drawn(metrics.expected_calibration_error, self.counts, self.accepted, probability)
        return Estimate.between(value, centred_interval(value, draws), len(probability))

    def fitted(self, value: float, score: Floats) -> Estimate:
        """The balanced accuracy at cross-fitted thresholds, these fitted anew in each of `FITTED_DRAWS` draws."""
        if self.few:
            return Estimate(value=finite(value), n=len(score), few=True)
        counts = self.counts[:FITTED_DRAWS]
        drawn = cross_fitted_balanced_accuracy(
            self.accepted, score, groups=self.groups, sample_weight=counts, seeds=range(1)
        )
        smaller = fewest(self.accepted, cluster_numbers(self.groups, len(score)))
        return Estimate.between(value, spread_interval(value, drawn, smaller), len(score))

    def decisions(self, cells: Floats) -> dict[str, Estimate]:
        """All decision metrics: they depend on the draws by the `confusion_cells` alone."""
        counts, sample = drawn(_weight_in_cells, self.counts, *cells), cells.sum(axis=1)
        found = {
            name: Estimate.of(
                metric(*CELLS, sample_weight=sample), metric(*CELLS, sample_weight=counts), cells.shape[1]
            )
            for name, metric in DECISION_METRICS.items()
        }
        if self.few:
            return {name: each.without_interval() for name, each in found.items()}
        return {**found, **self._rates(*sample.tolist())} if self._independent else found

    def _rates(self, tp: float, fp: float, fn: float, tn: float) -> dict[str, Estimate]:
        """Rates of independent papers with the intervals of shares, which have a width where no paper is wrong too."""
        n, papers = int(tp + fp + fn + tn), [tp + fn, fp + tn]
        wrong = [fn, fp]
        value = (tp / papers[0] + tn / papers[1]) / 2
        balanced = Estimate.between(value, balanced_accuracy_interval([tp, tn], papers), n)
        lows, highs = wilson(wrong, papers)
        fnr, fpr = (
            Estimate.between(k / of, (low, high), n)
            for k, of, low, high in zip(wrong, papers, lows, highs, strict=True)
        )
        return {"balanced_accuracy": balanced, "legacy_auc_of_decisions": balanced, "fnr": fnr, "fpr": fpr}


def _weight_in_cells(*cells: Floats, sample_weight: Any) -> Floats:
    """The weight of each cell, (draws, 4)."""
    return over_draws(lambda w: (np.stack(cells) @ w).T, sample_weight, len(cells[0]))


def confusion_cells(accepted: Bools, decision: Bools | Floats) -> Floats:
    """Which papers are tp, fp, fn, tn, with `accept` as positive, (4, n); a decision is a share of acceptances."""
    accept = np.asarray(decision, dtype=np.float64)
    return np.stack([accepted * accept, ~accepted * accept, accepted * (1 - accept), ~accepted * (1 - accept)])
