"""Probabilities from small tables: a classifier is fitted to 100 cases and asked for the probabilities of the others.

python experiment.py --out_dir run_0 [--preset cpu|large|tiny] [--seeds 20]

Four sets of data that come with scikit-learn. Each seed is a split of its own; the same seed is the same split in all
runs, so that runs can be compared in pairs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from evaluation import DATASETS, Exam, Graded, stream, write_results
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import PCA
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.feature_selection import SelectKBest, VarianceThreshold
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, QuantileTransformer, StandardScaler
from threadpoolctl import threadpool_limits


@dataclass(frozen=True)
class Config:
    """All settings. The defaults are the preset `cpu`."""

    train_cases: int = 100  # of each dataset; all others are held out
    curve: tuple[float, ...] = (0.25, 0.5, 0.75, 1.0)  # shares of them on which a model is fitted; the last one counts
    scaling: str = "standard"  # of the features: "standard", "none", "range" or "ranks"
    selected: int = 0  # features kept, by the F test on the training cases; 0: all
    components: int = 0  # principal components in place of the features; 0: the features
    landmarks: int = 0  # of a Nystroem approximation of an RBF kernel, in place of the features; 0: the features
    model: str = "logistic"  # "logistic", "naive_bayes", "neighbours" or "forest"
    inverse_penalty: float = 1.0  # C of the logistic regression: larger is less regularised
    tuned: int = 0  # values of C from 0.01 to 100 among which cross-validation chooses; 0: `inverse_penalty`
    bags: int = 0  # models on bootstrap samples whose probabilities are averaged; 0: one model on all cases
    calibration: str = "none"  # "sigmoid" or "isotonic" maps fitted by cross-validation, or "none"
    folds: int = 5  # of the cross-validations
    label_noise: float = 0.0  # share of the training labels that are replaced by another class
    jitter: float = 0.0  # noise on copies of the training cases, in standard deviations of each feature; 0: no copies
    copies: int = 4  # of each training case where there is jitter
    seeds: tuple[int, ...] = tuple(range(20))  # one split each


# What this run changes, whatever the preset: {"inverse_penalty": 0.1} replaces that setting.
CHANGES: dict[str, Any] = {}

PRESETS: dict[str, dict[str, Any]] = {
    "cpu": {},
    "large": {"train_cases": 140, "curve": (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)},
    "tiny": {"train_cases": 60, "curve": (0.5, 1.0), "folds": 2, "seeds": (0, 1, 2)},
}


def prepared(config: Config, cases: int, features: int, state: int) -> list[Any]:
    """The steps before the model, for so many training cases."""
    scalers = {
        "standard": StandardScaler(),
        "none": FunctionTransformer(),
        "range": MinMaxScaler(),
        "ranks": QuantileTransformer(n_quantiles=cases, output_distribution="normal"),
    }
    steps: list[Any] = [scalers[config.scaling]]
    if config.selected:
        steps += [VarianceThreshold(), SelectKBest(k=min(config.selected, features))]
    if config.components:
        steps.append(PCA(min(config.components, features, cases)))
    if config.landmarks:
        steps.append(Nystroem(n_components=min(config.landmarks, cases), random_state=state))
    return steps


def classifier(config: Config, labels: np.ndarray, features: int, state: int) -> Any:
    """The untrained model with all that belongs to it, for training cases with these labels."""
    folds = min(config.folds, np.bincount(labels)[np.unique(labels)].min())
    weight = 1 + config.copies if config.jitter else 1  # copies count together as one case
    models = {
        "logistic": LogisticRegression(C=config.inverse_penalty / weight, solver="newton-cg", tol=1e-6, max_iter=500),
        "naive_bayes": GaussianNB(),
        "neighbours": KNeighborsClassifier(n_neighbors=min(10, len(labels))),
        "forest": RandomForestClassifier(100, random_state=state),
    }
    smallest = len(labels)
    if folds > 1 and (config.tuned or config.calibration != "none"):
        smallest = len(labels) - -(-len(labels) // folds)  # cases outside a fold
    made = make_pipeline(*prepared(config, smallest, features, state), models[config.model])
    if config.tuned and folds > 1:
        grid = {"logisticregression__C": np.logspace(-2, 2, config.tuned) / weight}
        made = GridSearchCV(made, grid, scoring="neg_log_loss", cv=int(folds))
    if config.bags:
        made = BaggingClassifier(made, config.bags, random_state=state)
    if config.calibration != "none" and folds > 1:
        made = CalibratedClassifierCV(made, method=config.calibration, cv=int(folds))
    return made


def noisy(labels: np.ndarray, classes: int, share: float, rng: np.random.Generator) -> np.ndarray:
    """The labels with a share of them, drawn at random, replaced by another class."""
    flipped = rng.random(len(labels)) < share
    return np.where(flipped, (labels + rng.integers(1, classes, size=len(labels))) % classes, labels)


def with_copies(inputs: np.ndarray, labels: np.ndarray, config: Config, rng: np.random.Generator) -> Any:
    """The cases and, where there is jitter, noisy copies of them."""
    if not config.jitter:
        return inputs, labels
    spread = config.jitter * inputs.std(axis=0)
    moved = [inputs + spread * rng.standard_normal(inputs.shape) for _ in range(config.copies)]
    return np.concatenate([inputs, *moved]), np.tile(labels, 1 + config.copies)


def fit_and_grade(dataset: str, config: Config, seed: int) -> Graded:
    """Fit on growing parts of the training cases, and grade each on the held-out cases."""
    exam = Exam(dataset, seed, config.train_cases)
    rng = stream(dataset, seed, "training")
    state = int(rng.integers(2**31))
    labels = noisy(exam.train_labels, exam.classes, config.label_noise, rng)
    cases, graded, bins = [round(share * config.train_cases) for share in config.curve], [], np.empty(0)
    for number in cases:
        x, y = with_copies(exam.train_inputs[:number], labels[:number], config, rng)
        with threadpool_limits(1):
            model = classifier(config, y, x.shape[1], state).fit(x, y)

        def predict(inputs: np.ndarray, model: Any = model) -> np.ndarray:
            p = np.zeros((len(inputs), exam.classes))
            p[:, model.classes_] = model.predict_proba(inputs)
            return p

        measures, bins = exam.grade(predict)
        graded.append(measures)
    return cases, graded, bins


def grade_all(jobs: list[tuple[str, Config, int]]) -> list[Graded]:
    """`fit_and_grade` for each (dataset, settings, seed), as many at a time as there are cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores == 1 or len(jobs) < 20:
        return [fit_and_grade(*job) for job in jobs]
    context = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with context.Pool(min(cores, len(jobs))) as pool:
        return pool.starmap(fit_and_grade, jobs, chunksize=1)


def main() -> None:
    """Fit and grade on all datasets, and write the results."""
    usual = os.environ.get("PEERASSAY_PRESET") or "cpu"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out_dir", type=Path, default=Path("run_0"), help="folder for the results")
    parser.add_argument("--preset", choices=PRESETS, default=usual, help=f"sizes and settings (default: {usual})")
    parser.add_argument("--seeds", type=int, metavar="N", help="number of seeds (default: 20, with tiny 3)")
    args = parser.parse_args()
    offset = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))  # to run the same code under other seeds
    config = replace(Config(), **PRESETS[args.preset] | CHANGES)
    seeds = tuple(range(offset, offset + (args.seeds or len(config.seeds))))
    config = replace(config, seeds=seeds)
    start = time.perf_counter()
    done = grade_all([(dataset, config, seed) for dataset in DATASETS for seed in seeds])
    results = {dataset: done[i * len(seeds) : (i + 1) * len(seeds)] for i, dataset in enumerate(DATASETS)}
    info = write_results(args.out_dir, results)
    for dataset, found in info.items():
        means = found["means"]
        print(f"{dataset:14} log loss {means['log_loss_mean']:.3f}  accuracy {means['accuracy_mean']:.1%}")
    print(f"{time.perf_counter() - start:.1f} s in all")


if __name__ == "__main__":
    main()
