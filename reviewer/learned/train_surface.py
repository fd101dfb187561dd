"""Fit boosted trees on the surface counts of a dataset's calibration papers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...data.dataset import Dataset
from ...statistics.arrays import Floats
from ..scrub import scrub_paper
from ..surface import NAMES, read
from .recipe import FOLDS, Fit, Ints, Progress, folds, groups_of, labels_of
from .trees import DEPTH, SurfaceModel, trees_of

BOOSTING: dict[str, Any] = {
    "n_estimators": 400,
    "learning_rate": 0.02,
    "subsample": 0.5,
    "max_features": 0.2,
    "min_samples_leaf": 10,
}
"""Small steps, each on half of the papers and a fifth of the counts: chosen by cross-validation."""


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
