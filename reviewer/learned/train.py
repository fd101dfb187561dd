"""Fit a reviewer on the calibration papers of a dataset and write it down with its card."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from ...data.dataset import Dataset
from ...data.errors import InputError
from ...statistics.calibration import PlattCalibrator
from ...statistics.cross_fitting import cross_fit
from ..scrub import rules_fingerprint, scrub_paper
from .artefact import Kind, Model, ModelCard, check_path, save_artefact
from .figures import figures
from .recipe import Progress, described, keys_of, labels_of
from .scale import Scale
from .train_surface import fit_surface
from .train_words import fit_words

MIN_PAPERS = 40
MIN_OF_CLASS = 10
READS: dict[Kind, str] = {
    "words": "it reads habits of writing and topics, no argument and no result.",
    "surface": "it counts words, marks and lines, and understands none of them.",
}
LIMITS = [
    "A floor for other reviewers: one that does not beat it has shown nothing beyond what it reads.",
    "Scores measure likeness to accepted papers of one venue in one year; elsewhere they are untested.",
    "Easily gamed: a manuscript rewritten to please it gains score without better science.",
    "The same paper as PDF and as TeX gets different scores: compare papers in one format only.",
    "Where texts are camera-ready for accepted papers, what authors revised after the reviews cannot be scrubbed: "
    "part of the agreement may come from that.",
    "The chance of acceptance assumes a base rate near that of the calibration papers.",
]
CALIBRATION = {
    "calibration": "Platt's logistic on raw scores of models that were fitted, in all their parts, without the paper",
    "threshold": "where P(accept) reaches the base rate of the calibration papers",
    "percentile": "among the same raw scores",
}


def train(
    dataset: Dataset,
    *,
    kind: Kind = "words",
    extra: Sequence[Dataset] = (),
    out: Path,
    seed: int = 0,
    test: bool = True,
    notes: Sequence[str] = (),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fit on the calibration papers of `dataset` and write the artefact `out` with its card beside it.

    `kind` is what is read: `words` (and habits of writing), or the `surface` counts alone. `extra`, for words only, are
    datasets of abstracts with ratings (or decisions); papers that are in `dataset` too, even in another version, are
    left out of them. The test papers, where there are any, are scored once, when all is fitted, and with `test=False`
    not at all: every look at them has to be told. The same input gives the same bytes. `notes` go on the card.

    Returns the card. Raises InputError for a dataset without calibration papers, with too few or of one class only,
    for `extra` where it has no use, and for an `out` that does not end in .npz.
    """
    say = progress or (lambda _: None)
    check_path(out)
    if kind == "surface" and extra:
        raise InputError("surface counts are those of whole manuscripts; leave the abstracts (--extra) out")
    calibration = _calibration(dataset)
    accepted, groups = labels_of(calibration.judgements), [j.group for j in calibration.judgements]
    fit = fit_words(calibration, dataset, extra, seed, say) if kind == "words" else fit_surface(calibration, seed, say)
    scale = Scale.fit(accepted, fit.held_out)
    if not scale.informed:
        raise InputError("the texts of the calibration papers tell nothing of their decisions; nothing to train")
    model = fit.model(scale)
    measured: dict[str, Any] = {
        "calibration, cross-fitted": figures(
            accepted,
            fit.held_out,
            cross_fit(accepted, fit.held_out, Scale.fit, groups=groups, seed=seed),
            cross_fit(accepted, fit.held_out, PlattCalibrator.fit, groups=groups, seed=seed),
        )
    }
    if test and dataset.card.splits.get("test"):
        say("scoring the test papers, once")
        measured["test"] = _test_figures(dataset.subset("test"), model)
    card = ModelCard(
        name=f"learned:{out.stem}" if kind == "words" else f"surface:{out.stem}",
        kind=kind,
        data=[described(calibration, "calibration"), *fit.data],
        features={**fit.features, "scrub_rules": rules_fingerprint()},
        training={**fit.training, **CALIBRATION},
        figures=measured,
        limits=[f"Not for decisions about people's papers: {READS[kind]}", *LIMITS],
        notes=[*dataset.card.notes, *notes],
        software={"python": platform.python_version(), **{p: version(p) for p in ("numpy", "scipy", "scikit-learn")}},
        trained_on={dataset.card.name: keys_of(calibration.papers), **fit.keys},
    )
    return save_artefact(out, model, card).model_dump(mode="json")


def _calibration(dataset: Dataset) -> Dataset:
    name = dataset.card.name
    if not any(j.split == "calibration" for j in dataset.judgements):
        raise InputError(f"dataset {name} has no calibration papers to train on; mark them in its column `split`")
    calibration = dataset.subset("calibration")
    accepted = int(labels_of(calibration.judgements).sum())
    counts = f"{len(calibration)} calibration papers, {accepted} accepted"
    if len(calibration) < MIN_PAPERS or not MIN_OF_CLASS <= accepted <= len(calibration) - MIN_OF_CLASS:
        raise InputError(
            f"dataset {name} has {counts}; training needs {MIN_PAPERS}, and {MIN_OF_CLASS} of each decision"
        )
    return calibration


def _test_figures(test: Dataset, model: Model) -> dict[str, Any] | None:
    accepted = labels_of(test.judgements)
    if not 0 < accepted.sum() < len(accepted):
        return None
    scores = np.array([model.score(scrub_paper(paper)) for paper in test.papers])
    return figures(accepted, scores, model.scale.predict(scores), model.scale.probabilities(scores))
