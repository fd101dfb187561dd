"""From a reviewer's answers to decisions and probabilities, by every rule that applies to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from ..statistics.arrays import Bools, Floats, settling_repeats
from ..statistics.calibration import PlattCalibrator, Predictor, ThresholdRule
from ..statistics.cross_fitting import FOLD_SEEDS, cross_fit
from .outcomes import Humans, Machine
from .records import Calibration

PLATT_DEALS = 5
"""Deals of the folds over which calibrated probabilities are means."""
OWN_WORD = "own word, uncalibrated"
"""Where probabilities come from that a reviewer says and nobody fitted to decisions."""
Fit = Callable[[Floats, Floats], Predictor]
Rule = tuple[str, str, float | None, Bools | Floats]
"""Name, kind, threshold (where it is one number), decisions (n,): of a cross-fitted one the shares of acceptances."""


def decision_rules(humans: Humans, machine: Machine, calibration: Calibration | None = None) -> list[Rule]:
    """Every way to turn the reviewer's answers into decisions."""
    rules: list[Rule] = []
    if machine.decision is not None:
        rules.append((machine.traits.decision_rule, "own", None, machine.decision))
    score = machine.score
    if score is None:
        return rules
    at = machine.traits.accept_at
    if at is not None:
        rules.append((f"score >= {at:g}", "form", at, score >= at))
    if calibration is not None:
        at = calibration.threshold.threshold
        name, seen = f"threshold from {calibration.dataset} {calibration.split}", calibration.seen(humans)
        if seen:
            rules.append((f"{name} (in-sample: {seen} of these papers)", "in-sample", at, score >= at))
        else:
            rules.append((name, "calibrated", at, score >= at))
    if _fittable(humans, machine):
        rules.append(("cross-fitted threshold", "cross-fitted", None, cross_fitted(humans, score, ThresholdRule.fit)))
        best = ThresholdRule.fit(humans.accepted, score).threshold
        rules.append(("oracle threshold (in-sample)", "oracle", best, score >= best))
    return rules


def decision_as_made(humans: Humans, machine: Machine, calibration: Calibration | None = None) -> Bools | None:
    """The decisions (n,) of a reviewer for which nothing was fitted to these papers; None where there are none."""
    if machine.score is not None:
        if calibration is not None and not calibration.seen(humans):
            return machine.score >= calibration.threshold.threshold
        if machine.traits.kind == "llm" and machine.traits.accept_at is not None:
            return machine.score >= machine.traits.accept_at
    return machine.decision


def cross_fitted(humans: Humans, score: Floats, fit: Fit, deals: int = FOLD_SEEDS) -> Floats:
    """The predictions (n,) of `cross_fit`, means over so many deals of the folds: one deal is a matter of chance."""
    return _cross_fitted(
        humans.accepted.tobytes(), humans.groups, np.asarray(score, dtype=np.float64).tobytes(), fit, deals
    )


@lru_cache(512)
def _cross_fitted(accepted: bytes, groups: tuple[str, ...], score: bytes, fit: Fit, deals: int) -> Floats:
    """The same for arrays as bytes: tables, drawings and checks ask for the same ones."""
    y, s = np.frombuffer(accepted, dtype=bool), np.frombuffer(score)
    return np.mean(
        [cross_fit(y, s, fit, groups=groups, seed=seed) for seed in range(settling_repeats(deals, len(y)))], axis=0
    )


def varies(machine: Machine) -> bool:
    """Whether a reviewer gives scores that are not all the same."""
    scores = np.array([]) if machine.score is None else machine.score[np.isfinite(machine.score)]
    return len(np.unique(scores)) > 1


def _fittable(humans: Humans, machine: Machine) -> bool:
    """Whether a threshold can be cross-fitted: scores that vary, and a few groups of papers in either class."""
    if not varies(machine):
        return False
    by_class = [{g for g, a in zip(humans.groups, humans.accepted, strict=True) if a == label} for label in (0, 1)]
    return min(len(groups) for groups in by_class) >= 4


def contradictions(machine: Machine, decision: Bools) -> int | None:
    """In how many reviews the reviewer's own word is not the decision (n,) that a rule makes of its score.

    None where no review has both.
    """
    if machine.decision is None or not machine.worded.any():
        return None
    return int((machine.worded & (machine.decision != decision)).sum())


def probabilities(
    humans: Humans, machine: Machine, calibration: Calibration | None = None
) -> tuple[str, Floats | None]:
    """Where the reviewer's probabilities come from, and the probabilities (n,); None where it has no scores."""
    if machine.probability is not None and (calibration is None or machine.p_calibrated):
        return "own" if machine.p_calibrated else OWN_WORD, machine.probability
    if machine.score is None:
        return "", None
    if calibration is not None and not calibration.seen(humans):
        source = f"{calibration.method}, fitted on {calibration.dataset} {calibration.split}"
        found = calibration.calibrator.predict(machine.score)
    elif _fittable(humans, machine):
        source = "platt, cross-fitted"
        found = cross_fitted(humans, machine.score, PlattCalibrator.fit, deals=PLATT_DEALS)
    else:
        return "", None
    return source, np.where(np.isfinite(machine.score), found, ~humans.accepted)
