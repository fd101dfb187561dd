"""Thresholds and calibrators fitted on a whole run, to be used on other papers."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from ..data.errors import InputError
from ..data.files import read_text
from ..presentation.cell import NONE
from ..presentation.numbers import number, show
from ..presentation.table import Table
from ..reviewer.protocol import paper_key
from ..statistics.calibration import IsotonicCalibrator, PlattCalibrator, ThresholdRule
from ..statistics.metrics import brier_score_loss
from .decisions import PLATT_DEALS, cross_fitted, varies
from .load_outcomes import load_outcomes
from .outcomes import Humans, Machine
from .records import Calibration
from .resampled import Bootstrap, confusion_cells
from .run import Run

Calibrations = dict[str, Calibration]
CALIBRATIONS: TypeAdapter[Calibrations] = TypeAdapter(Calibrations)
"""What a calibration file holds, by the names of reviewers."""
CALIBRATORS = {"platt": PlattCalibrator, "isotonic": IsotonicCalibrator}


def calibrate(
    run: Run, method: Literal["platt", "isotonic"] = "platt", *, draws: int = 2000
) -> tuple[Calibrations, Table]:
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
        found[machine.name] = Calibration(
            reviewer=machine.name,
            fingerprint=fingerprints[machine.name],
            dataset=run.record.dataset.name,
            split=run.record.dataset.split,
            n=len(humans),
            threshold=ThresholdRule.fit(humans.accepted, machine.score),
            method=method,
            calibrator=CALIBRATORS[method].fit(humans.accepted, machine.score),
            fitted_on=frozenset(map(paper_key, humans.ids)),
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


def read_calibrations(path: Path) -> Calibrations:
    """What `calibrate` wrote, by reviewer. Raises InputError where the file is something else."""
    try:
        return CALIBRATIONS.validate_json(read_text(path))
    except ValidationError as error:
        raise InputError(f"{path}: not a file of `peerassay calibrate` ({error.errors()[0]['msg']})") from None


def calibration_for(name: str, fingerprint: str, path: Path) -> Calibration:
    """What the file has for the reviewer of this name and fingerprint.

    Raises InputError where it has nothing for it, or was fitted on other reviews than this reviewer gives now.
    """
    found = read_calibrations(path)
    entry = next((c for c in found.values() if c.fingerprint == fingerprint), None)
    if entry is None and name in found:
        raise InputError(
            f"{path}: {name} has changed since it was calibrated there; calibrate it anew "
            f"(`bench --split calibration`, then `calibrate`)"
        )
    if entry is None:
        raise InputError(f"{path}: no calibration of {name}; it has {', '.join(sorted(found)) or 'none'}")
    return entry
