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
from ...statistics.arrays import Floats
from ...statistics.calibration import PlattCalibrator
from ...statistics.cross_fitting import cross_fit
from ...statistics.metrics import balanced_accuracy_score, brier_score_loss, roc_auc_score
from ..scrub import rules_fingerprint, scrub_paper
from ..surface import NAMES, read
from .artefact import Kind, Model, ModelCard, check_path, save_artefact
from .recipe import FOLDS, Fit, Ints, Progress, described, folds, groups_of, keys_of, labels_of
from .scale import ScoreScale
from .train_words import fit_words
from .trees import DEPTH, SurfaceModel, trees_of

MIN_PAPERS = 40
DRAWS = 2000
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
BOOSTING: dict[str, Any] = {
    "n_estimators": 400,
    "learning_rate": 0.02,
    "subsample": 0.5,
    "max_features": 0.2,
    "min_samples_leaf": 10,
}
"""Small steps, each on half of the papers and a fifth of the counts: chosen by cross-validation."""
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
    for one in (dataset, *extra):
        one.require_texts("training")
    if kind == "surface" and extra:
        raise InputError("surface counts are those of whole manuscripts; leave the abstracts (--extra) out")
    calibration = _calibration(dataset)
    accepted, groups = labels_of(calibration.judgements), [j.group for j in calibration.judgements]
    fit = fit_words(calibration, dataset, extra, seed, say) if kind == "words" else fit_surface(calibration, seed, say)
    scale = ScoreScale.fit(accepted, fit.held_out)
    if not scale.informed:
        raise InputError("the texts of the calibration papers tell nothing of their decisions; nothing to train")
    model = fit.model(scale)
    measured: dict[str, Any] = {
        "calibration, cross-fitted": agreement(
            accepted,
            fit.held_out,
            cross_fit(accepted, fit.held_out, ScoreScale.fit, groups=groups, seed=seed),
            cross_fit(accepted, fit.held_out, PlattCalibrator.fit, groups=groups, seed=seed),
        )
    }
    if test and dataset.card.splits.get("test"):
        say("scoring the test papers, once")
        measured["test"] = _test_metrics(dataset.subset("test"), model)
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


def _test_metrics(test: Dataset, model: Model) -> dict[str, Any] | None:
    accepted = labels_of(test.judgements)
    if not 0 < accepted.sum() < len(accepted):
        return None
    scores = np.array([model.score(scrub_paper(paper)) for paper in test.papers])
    return agreement(accepted, scores, model.scale.predict(scores), model.scale.probabilities(scores))


def agreement(accepted: Ints, scores: Floats, decided: Floats, probabilities: Floats) -> dict[str, Any]:
    """Agreement with human decisions for the card: AUC, balanced accuracy, Brier score; all inputs are (n,).

    Intervals are 95 % percentiles of a bootstrap over papers, class by class (a seed for each draw).
    """
    weights = np.array([_resampled(accepted, np.random.default_rng(draw)) for draw in range(DRAWS)])
    found: dict[str, Any] = {"papers": len(accepted), "accepted": int(accepted.sum())}
    for name, metric, values in (
        ("auc", roc_auc_score, scores),
        ("balanced_accuracy", balanced_accuracy_score, decided),
    ):
        drawn = metric(accepted, values, sample_weight=weights)
        found[name] = round(float(metric(accepted, values)), 4)
        found[f"{name}_interval"] = [round(float(q), 4) for q in np.quantile(drawn, (0.025, 0.975))]
    found["brier"] = round(float(brier_score_loss(accepted, probabilities)), 4)
    found["brier_of_base_rate"] = round(float(accepted.mean() * (1 - accepted.mean())), 4)
    return found


def _resampled(accepted: Ints, random: np.random.Generator) -> Ints:
    """How often each paper is drawn, (n,): as many of each class as there are."""
    classes = [np.flatnonzero(accepted == label) for label in (0, 1)]
    return np.bincount(np.concatenate([random.choice(rows, len(rows)) for rows in classes]), minlength=len(accepted))


def fit_surface(calibration: Dataset, seed: int, say: Progress) -> Fit:
    """The trees fitted on the scrubbed texts of `calibration`."""
    say(f"scrubbing and counting {len(calibration)} calibration papers")
    counts = np.array([read(scrub_paper(paper).text) for paper in calibration.papers])
    accepted, groups = labels_of(calibration.judgements), groups_of(calibration.judgements)
    say("cross-fitting")
    held_out = np.empty(len(accepted))
    for rows, rest in folds(accepted, groups, seed):
        held_out[rest] = boosted(counts[rows], accepted[rows], seed).decision_function(counts[rest])
    trees = trees_of(boosted(counts, accepted, seed))
    training = {
        "trees": "gradient boosting of the decision (logistic loss); calibration papers only",
        "seed": seed,
        "folds": FOLDS,
        "depth": DEPTH,
        **BOOSTING,
    }
    features = {"text": "scrubbed", "surface": list(NAMES)}
    return Fit(held_out, lambda scale: SurfaceModel(trees, scale), features, training)


def boosted(counts: Floats, accepted: Ints, seed: int) -> Any:
    """scikit-learn's GradientBoostingClassifier fitted on counts (n, len(NAMES)) and labels 0/1 (n,)."""
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(max_depth=DEPTH, random_state=seed, **BOOSTING).fit(counts, accepted)
