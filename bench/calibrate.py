"""Thresholds and calibrators fitted on a whole run, to be used on other papers."""

from __future__ import annotations

import numpy as np

from ..data.errors import InputError
from ..presentation.cell import NONE
from ..presentation.numbers import number, show
from ..presentation.table import Table
from ..statistics.calibration import ThresholdRule
from ..statistics.metrics import brier_score_loss
from .calibrations import CALIBRATORS, Calibrations, Method, fitted_calibration
from .decisions import PLATT_DEALS, cross_fitted, varies
from .load_outcomes import load_outcomes
from .outcomes import Humans, Machine
from .resampled import Bootstrap, confusion_cells
from .run import Run


def calibrate(run: Run, method: Method = "platt", *, draws: int = 2000) -> tuple[Calibrations, Table]:
    """A calibration per reviewer whose scores vary, and a table that says what to expect of it on other papers.

    What to expect is cross-fitted: neither threshold nor calibrator has seen the papers that it is measured on.

    Raises InputError where no reviewer of the run gives scores that vary.
    """
    humans, machines = load_outcomes(run)
    bootstrap = Bootstrap(humans, draws)
    fingerprints = {entry.name: entry.fingerprint for entry in run.record.reviewers}
    found: Calibrations = {}
    rows: list[tuple[str, ...]] = []
    for machine in machines:
        if machine.score is None or not varies(machine):
            continue
        found[machine.name] = fitted_calibration(
            humans,
            machine.score,
            reviewer=machine.name,
            fingerprint=fingerprints[machine.name],
            dataset=run.record.dataset.name,
            split=run.record.dataset.split,
            method=method,
        )
        rows.append(
            (
                machine.name,
                number(found[machine.name].threshold.threshold),
                *_expected(humans, machine, bootstrap, method),
            )
        )
    if not found:
        raise InputError(f"{run.folder}: no reviewer there gives scores that vary; there is nothing to calibrate")
    heads = ("Reviewer", "Threshold", "Bal acc to expect", "Brier to expect", "n")
    note = "To expect on other papers of the same kind: cross-fitted, with 95% intervals."
    return found, Table(
        f"Calibration ({method}) on {run.record.dataset.name} {run.record.dataset.split}", heads, tuple(rows), note
    )


def _expected(humans: Humans, machine: Machine, bootstrap: Bootstrap, method: str) -> tuple[str, str, str]:
    """Balanced accuracy and Brier score of a threshold and calibrator that were fitted without the paper, and n."""
    assert machine.score is not None
    try:
        decision = cross_fitted(humans, machine.score, ThresholdRule.fit)
        probability = cross_fitted(humans, machine.score, CALIBRATORS[method].fit, deals=PLATT_DEALS)
    except ValueError:
        return NONE, NONE, str(len(humans))
    brier = bootstrap.estimate(
        brier_score_loss, humans.accepted, np.where(np.isfinite(machine.score), probability, ~humans.accepted)
    )
    value = bootstrap.decisions(confusion_cells(humans.accepted, decision))["balanced_accuracy"].value
    return show(bootstrap.fitted(value or 0.0, machine.score)), show(brier), str(len(humans))
