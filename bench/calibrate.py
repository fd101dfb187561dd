"""Thresholds and calibrators fitted on a whole run, to be used on other papers."""

from __future__ import annotations

import numpy as np

from ..data.errors import InputError
from ..reviewer.calibration import PlattCalibrator, ThresholdRule
from .evaluate import Bootstrap, Calibration, decision_rows
from .outcomes import load_outcomes
from .run import Run
from .tables import Table, number, show


def calibrate(run: Run, *, draws: int = 2000) -> tuple[dict[str, Calibration], Table]:
    """A calibration per reviewer whose scores vary, and a table that says what to expect of it on other papers.

    Raises InputError where no reviewer of the run gives scores that vary.
    """
    humans, machines = load_outcomes(run)
    bootstrap = Bootstrap(humans, draws)
    fingerprints = {entry.name: entry.fingerprint for entry in run.record.reviewers}
    found: dict[str, Calibration] = {}
    rows: list[tuple[str, ...]] = []
    for machine in machines:
        if machine.score is None or not machine.ok.any() or np.ptp(machine.score[machine.ok]) == 0:
            continue
        fitted = Calibration(
            reviewer=machine.name,
            fingerprint=fingerprints[machine.name],
            dataset=run.record.dataset.name,
            split=run.record.dataset.split,
            n=len(humans),
            threshold=ThresholdRule.fit(humans.accepted, machine.score),
            platt=PlattCalibrator.fit(humans.accepted, machine.score),
        )
        found[machine.name] = fitted
        crossed = next((r for r in decision_rows(humans, machine, bootstrap) if r.kind == "cross-fitted"), None)
        expected = show(crossed.metrics["balanced_accuracy"]) if crossed else "–"
        rows.append((machine.name, number(fitted.threshold.threshold), expected, str(len(humans))))
    if not found:
        raise InputError(f"{run.folder}: no reviewer there gives scores that vary; there is nothing to calibrate")
    heads = ("Reviewer", "Threshold", "Bal acc to expect (cross-fitted)", "n")
    return found, Table(f"Calibration on {run.record.dataset.name} {run.record.dataset.split}", heads, tuple(rows))
