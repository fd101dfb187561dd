"""Calibrations as files and as bundled ones: a reviewer's threshold and map from scores to P(accept).

`bundled:NAME` stands for a file with that of a bundled reviewer. It is fitted when it is asked for, from the bundled
scores and decisions: on the calibration papers, or on the test papers where the reviewer has scores of these alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from ..data.errors import InputError
from ..data.files import read_text
from ..data.iclr2022_scores import NAME, load_iclr2022_scores
from ..reviewer.bundled import PREFIX, BundledReplay, bundled_entry, bundled_replays, load_bundled
from ..reviewer.protocol import paper_key
from ..statistics.arrays import Floats
from ..statistics.calibration import IsotonicCalibrator, PlattCalibrator, ThresholdRule
from .load_outcomes import humans_of, machine_of
from .outcomes import Humans
from .records import Calibration

Calibrations = dict[str, Calibration]
CALIBRATIONS: TypeAdapter[Calibrations] = TypeAdapter(Calibrations)
"""What a calibration file holds, by the names of reviewers."""
CALIBRATORS = {"platt": PlattCalibrator, "isotonic": IsotonicCalibrator}
Method = Literal["platt", "isotonic"]


def fitted_calibration(
    humans: Humans,
    scores: Floats,
    *,
    reviewer: str,
    fingerprint: str,
    dataset: str,
    split: str,
    method: Method = "platt",
) -> Calibration:
    """Threshold and calibrator fitted to the scores (n,) of these papers."""
    return Calibration(
        reviewer=reviewer,
        fingerprint=fingerprint,
        dataset=dataset,
        split=split,
        n=len(humans),
        threshold=ThresholdRule.fit(humans.accepted, scores),
        method=method,
        calibrator=CALIBRATORS[method].fit(humans.accepted, scores),
        fitted_on=frozenset(map(paper_key, humans.ids)),
    )


def read_calibrations(path: Path) -> Calibrations:
    """What `calibrate` wrote, or a bundled one, by reviewer. Raises InputError where the file is something else."""
    if name := bundled_name(path):
        return bundled_calibration(name)
    try:
        return CALIBRATIONS.validate_json(read_text(path))
    except ValidationError as error:
        raise InputError(f"{path}: not a file of `peerassay calibrate` ({error.errors()[0]['msg']})") from None


def bundled_name(path: Path) -> str:
    """The bundled reviewer that is named instead of a file; empty where it is a file."""
    return str(path).removeprefix(PREFIX) if str(path).startswith(PREFIX) else ""


@cache
def bundled_calibration(name: str) -> Calibrations:
    """That of the bundled reviewer of this name, alone.

    Raises InputError for an unknown name, and a reviewer that nothing can be fitted for.
    """
    entry = bundled_entry(name)
    split = entry.split if entry.split != "all" else "calibration"
    part = load_iclr2022_scores().subset(split)
    reviewer = load_bundled(name)
    humans = humans_of(part.judgements, part.card.scale)
    _refuse_unfit(entry, {paper_key(i) for i in humans.ids} & reviewer.traits.trained_on)
    machine = machine_of(reviewer.name, reviewer.traits, [reviewer.reviews[i] for i in humans.ids], humans)
    if machine.score is None or np.ptp(machine.score) == 0:
        raise InputError(f"{PREFIX}{name}: its scores are all the same; there is nothing to calibrate")
    found = fitted_calibration(
        humans, machine.score, reviewer=reviewer.name, fingerprint=reviewer.fingerprint, dataset=NAME, split=split
    )
    return {reviewer.name: found}


def _refuse_unfit(entry: BundledReplay, seen: set[str]) -> None:
    if seen:
        fitting = ", ".join(f"{PREFIX}{name}" for name, one in bundled_replays().items() if one.source)
        raise InputError(
            f"{PREFIX}{entry.name}: it was fitted on the papers that a calibration would be fitted on, and its score "
            f"is calibrated already; leave --calibration out (it is for {fitting})"
        )


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


def calibrations_of(fingerprints: dict[str, str], path: Path) -> Calibrations:
    """What the file has for reviewers with these fingerprints by their names, under these names; an entry of another
    fingerprint stays under its own name.

    Raises InputError where it has nothing for any of them.
    """
    found = read_calibrations(path)
    ours = {
        name: calibration
        for name, fingerprint in fingerprints.items()
        for calibration in found.values()
        if calibration.fingerprint == fingerprint
    }
    known = {name: found[name] for name in fingerprints if name in found} | ours
    if not known:
        raise InputError(
            f"{path}: has no calibration of a reviewer here; it has {', '.join(sorted(found)) or 'none'}, the "
            f"reviewers are {', '.join(sorted(fingerprints))}"
        )
    return known
