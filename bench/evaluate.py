"""From a run to its figures: every metric with n and a 95% interval, floors and ceilings in the same table."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..statistics import metrics, rank_metrics
from ..statistics.arrays import Bools, Floats, over_draws, ratio
from ..statistics.estimate import Estimate, finite
from ..statistics.rating_matched import matched_metrics
from .decisions import OWN_WORD, contradictions, decision_rules, probabilities
from .outcomes import Humans, Machine
from .records import Calibration, DecisionRow, OtherScore, ReviewerMetrics, TierRow
from .resampled import RATING_METRICS, Bootstrap, confusion_cells


def evaluate(
    humans: Humans, machine: Machine, bootstrap: Bootstrap, *, calibration: Calibration | None = None
) -> ReviewerMetrics:
    """All metrics of a reviewer; metrics that its answers or the human side do not allow are left out."""
    figures = ReviewerMetrics(
        name=machine.name,
        kind=machine.traits.kind,
        automatic=machine.automatic,
        n=len(humans),
        reviewed=int(machine.ok.sum()),
        coverage=float(machine.ok.mean()),
        in_sample=machine.in_sample,
        failures=machine.reasons,
        decisions=decision_rows(humans, machine, bootstrap, calibration),
        worded=int(machine.worded.sum()),
        usd_per_review=machine.usd,
        seconds_per_review=finite(machine.seconds),
        usage=machine.usage,
        findings=machine.findings,
        noted=machine.noted,
    )
    if machine.score is not None:
        figures.scores = _score_metrics(humans, machine, machine.score, bootstrap)
        figures.matched = matched_metrics(humans.accepted, machine.score, humans.rating, bootstrap.counts)
        if figures.matched.auc is not None:
            figures.scores["auc_rating_matched"] = figures.matched.auc
        figures.tiers = _tier_rows(humans, machine.score, bootstrap)
    source, probability = probabilities(humans, machine, calibration)
    if probability is not None:
        figures.probability = source
        figures.scores["brier"] = bootstrap.estimate(metrics.brier_score_loss, humans.accepted, probability)
        figures.scores["ece"] = bootstrap.calibration_error(probability)
    figures.other_scores = other_scores(humans, machine, bootstrap)
    return figures


def _score_metrics(humans: Humans, machine: Machine, score: Floats, bootstrap: Bootstrap) -> dict[str, Estimate]:
    found = {
        "auc": bootstrap.auc(score),
        "average_precision": bootstrap.estimate(metrics.average_precision_score, humans.accepted, score),
    }
    rated = ~np.isnan(humans.rating)
    if rated.any():
        for name, metric in RATING_METRICS.items():
            found[name] = bootstrap.estimate(metric, humans.rating, score, rated)
        if machine.traits.scale is not None and humans.scale in (None, machine.traits.scale):
            low, high = machine.traits.scale
            farther = np.where(humans.rating - low > high - humans.rating, low, high)
            on_scale = np.where(np.isfinite(score), score, farther)
            found["mae"] = bootstrap.estimate(rank_metrics.mean_absolute_error, humans.rating, on_scale, rated)
    tiered = ~np.isnan(humans.tier)
    if len(np.unique(humans.tier[tiered])) > 2:
        found["tier_concordance"] = bootstrap.estimate(rank_metrics.tier_concordance, humans.tier, score, tiered)
    return found


def _tier_rows(humans: Humans, score: Floats, bootstrap: Bootstrap) -> list[TierRow]:
    rows: list[TierRow] = []
    for tier in np.unique(humans.tier[~np.isnan(humans.tier)]):
        where = (humans.tier == tier) & np.isfinite(score)
        if where.any():
            rows.append(TierRow(tier=int(tier), score=bootstrap.estimate(_weighted_mean, score, score, where)))
    return rows


def _weighted_mean(values: Floats, _: Floats, *, sample_weight: Any = None) -> Any:
    return over_draws(lambda w: ratio(values @ w, w.sum(axis=0)), sample_weight, len(values))


def decision_rows(
    humans: Humans, machine: Machine, bootstrap: Bootstrap, calibration: Calibration | None = None
) -> list[DecisionRow]:
    """The reviewer's decisions under each rule that applies to it."""
    return [_decision_row(humans, machine, bootstrap, *rule) for rule in decision_rules(humans, machine, calibration)]


def _decision_row(
    humans: Humans,
    machine: Machine,
    bootstrap: Bootstrap,
    rule: str,
    kind: str,
    threshold: float | None,
    decision: Bools | Floats,
) -> DecisionRow:
    cells = confusion_cells(humans.accepted, decision)
    found = bootstrap.decisions(cells)
    if kind == "cross-fitted" and machine.score is not None and (value := found["balanced_accuracy"].value) is not None:
        found["balanced_accuracy"] = found["legacy_auc_of_decisions"] = bootstrap.fitted(value, machine.score)
    tp, fp, fn, tn = np.rint(cells.sum(axis=1)).astype(int).tolist()
    return DecisionRow(
        rule=rule,
        kind=kind,
        threshold=threshold,
        in_sample=kind in ("oracle", "in-sample"),
        contradicted=None if kind == "own" else contradictions(machine, decision >= 0.5),
        metrics=found,
        confusion={"tp": tp, "fp": fp, "fn": fn, "tn": tn},
    )


def other_scores(humans: Humans, machine: Machine, bootstrap: Bootstrap) -> list[OtherScore]:
    """What the other numbers of a reviewer are worth; a chance that is its score anyway is none of them."""
    found: list[OtherScore] = []
    chance = None if machine.traits.kind in ("floor", "learned") else machine.probability
    for name, values in (("P(accept)", chance), ("percentile", machine.percentile)):
        if values is None:
            continue
        measured = {"auc": bootstrap.auc(values)}
        rated = ~np.isnan(humans.rating)
        if rated.any():
            measured["spearman"] = bootstrap.estimate(rank_metrics.spearman, humans.rating, values, rated)
        if values is chance:
            measured["brier"] = bootstrap.estimate(metrics.brier_score_loss, humans.accepted, values)
            measured["ece"] = bootstrap.calibration_error(values)
        of = "its own word" if values is not chance else "fitted to decisions" if machine.p_calibrated else OWN_WORD
        said = float(np.mean(values[machine.ok])) if machine.ok.any() else None
        found.append(OtherScore(name=name, of=of, mean=said, metrics=measured))
    return found
