"""Data, split, examination and results of the tabular template. Not to be changed by a study.

The pipeline checks the hash of this file. The data come with scikit-learn, so that nothing is downloaded. The
scientist's code gets training cases only, and gives a function from inputs to probabilities, which `Exam.grade` judges
on all other cases.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn import datasets

DATASETS: tuple[str, ...] = ("breast_cancer", "wine", "digits", "diabetes")
STREAMS = {"split": 0, "training": 1}
FLOOR = 1e-6
"""Probabilities below it count as it in the logarithmic loss."""
BINS = 10
"""Of equal width, for the calibration error."""
Predict = Callable[[np.ndarray], np.ndarray]


@cache
def load(dataset: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (cases, features) as they were measured, and labels 0, 1, ... (cases,).

    `diabetes` asks whether the disease progressed by more than the median of all cases.
    """
    if dataset == "diabetes":
        inputs, progression = map(np.asarray, datasets.load_diabetes(return_X_y=True, scaled=False))
        return inputs, (progression > np.median(progression)).astype(int)
    loaders = {name: getattr(datasets, f"load_{name}") for name in DATASETS}
    inputs, labels = loaders[dataset](return_X_y=True)
    return inputs, labels.astype(int)


def stream(dataset: str, seed: int, name: str) -> np.random.Generator:
    """The random numbers of a seed for a purpose, other ones for each dataset."""
    return np.random.default_rng([seed, STREAMS[name], *dataset.encode()])


class Exam:
    """A dataset split at random into training cases and held-out cases, all classes in proportion.

    `train_inputs` (train_cases, features) and `train_labels` (train_cases,) come in such an order that the first n of
    them hold the classes in proportion too. Raises ValueError where either part would be without cases of a class.
    """

    def __init__(self, dataset: str, seed: int, train_cases: int):
        inputs, labels = load(dataset)
        self.classes = int(labels.max()) + 1
        order = _balanced_order(labels, stream(dataset, seed, "split"))
        train, held_out = np.split(order, [train_cases])
        if min(len(set(labels[part])) for part in (train, held_out)) < self.classes:
            raise ValueError(f"train_cases {train_cases} leaves a part of {dataset} without cases of a class")
        self.train_inputs, self.train_labels = inputs[train], labels[train]
        self._inputs, self._labels = inputs[held_out], labels[held_out]

    def grade(self, predict: Predict) -> tuple[dict[str, float], np.ndarray]:
        """Measures on the held-out cases, and what a calibration plot needs.

        `predict` maps inputs (n, features) to probabilities (n, classes). The array (3, BINS) holds, by the probability
        of the likeliest class, the number of cases, the sum of that probability, and the number of right answers.
        Raises ValueError where the probabilities are not finite, negative, or do not add up to 1.
        """
        p = np.asarray(predict(self._inputs.copy()), dtype=float)
        if p.shape != (len(self._labels), self.classes) or not np.isfinite(p).all():
            raise ValueError(f"expected finite probabilities of shape {(len(self._labels), self.classes)}")
        if (p < 0).any() or not np.allclose(p.sum(axis=1), 1, atol=1e-4):
            raise ValueError("probabilities must not be negative and have to add up to 1")
        truth = np.eye(self.classes)[self._labels]
        right, confidence = p.argmax(axis=1) == self._labels, p.max(axis=1)
        place = np.minimum((confidence * BINS).astype(int), BINS - 1)
        bins = np.stack(
            [np.bincount(place, weights=w, minlength=BINS) for w in (np.ones_like(p[:, 0]), confidence, right)]
        )
        return {
            "log_loss": float(-np.log(np.maximum((p * truth).sum(axis=1), FLOOR)).mean()),
            "accuracy": float(right.mean()),
            "brier_score": float(np.square(p - truth).sum(axis=1).mean()),
            "calibration_error": float(np.abs(bins[1] - bins[2]).sum() / len(p)),
        }, bins

    def base_rates(self, inputs: np.ndarray) -> np.ndarray:
        """The classes' shares of the training cases, for every input: what a model has to beat."""
        return np.tile(np.bincount(self.train_labels) / len(self.train_labels), (len(inputs), 1))


def _balanced_order(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order in which the classes alternate in proportion to their numbers of cases."""
    key = np.empty(len(labels))
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        key[members] = (rng.permutation(len(members)) + rng.random(len(members))) / len(members)
    return key.argsort()


def aggregate(seeds: list[dict[str, float]]) -> dict[str, dict[str, Any]]:
    """Means and standard errors, std(ddof=1)/sqrt(n), over seeds; with one seed there is no standard error (0)."""
    values = {key: [seed[key] for seed in seeds] for key in seeds[0]}
    errors = {key: np.std(v, ddof=1) / len(v) ** 0.5 if len(v) > 1 else 0.0 for key, v in values.items()}
    return {
        "means": {f"{key}_mean": float(np.mean(v)) for key, v in values.items()},
        "stderrs": {f"{key}_stderr": float(error) for key, error in errors.items()},
        "final_info_dict": values,
    }


Graded = tuple[list[int], list[dict[str, float]], np.ndarray]
"""Of a seed: numbers of training cases, the measures at each, and the bins at the last."""


def write_results(out_dir: Path, results: dict[str, list[Graded]]) -> dict[str, Any]:
    """Write final_info.json and all_results.npz, each whole or not at all; gives the content of the first.

    `final_info.json` has the measures with all training cases. In the .npz there are `DATASET_cases`,
    `DATASET_log_loss` (seeds, numbers of cases) and `DATASET_bins` (seeds, 3, BINS).
    """
    info = {dataset: aggregate([measures[-1] for _, measures, _ in seeds]) for dataset, seeds in results.items()}
    arrays: dict[str, Any] = {}
    for dataset, seeds in results.items():
        arrays[f"{dataset}_cases"] = np.array(seeds[0][0])
        arrays[f"{dataset}_log_loss"] = np.array([[m["log_loss"] for m in measures] for _, measures, _ in seeds])
        arrays[f"{dataset}_bins"] = np.stack([bins for _, _, bins in seeds])
    out_dir.mkdir(parents=True, exist_ok=True)
    _write_atomic(out_dir / "all_results.npz", lambda file: np.savez_compressed(file, **arrays))
    _write_atomic(out_dir / "final_info.json", lambda file: file.write(json.dumps(info, indent=2).encode()))
    return info


def _write_atomic(path: Path, write: Callable[[Any], Any]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        write(file)
    Path(temporary).chmod(0o644)
    Path(temporary).replace(path)
