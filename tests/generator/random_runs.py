"""Results of an experiment with four runs, four data sets and three metrics, drawn at random."""

from __future__ import annotations

import math
import random
import statistics
from dataclasses import dataclass

from peerassay.generator.provenance.logged import Logged, LoggedResults

LABELS = {"run_0": "Baseline", "run_1": "Wide Network", "run_2": "Cosine Schedule", "run_3": "Adaptive Weighting"}
DATASETS = ("circle", "dino", "line", "moons")
SCALES = {"training_time": 37.0, "eval_loss": 0.62, "kl_divergence": 0.4}


@dataclass
class Experiment:
    """A results folder in memory: means, standard errors and seeds by run, data set, metric."""

    mean: dict[tuple[int, str, str], float]
    stderr: dict[tuple[int, str, str], float]
    seeds: dict[tuple[int, str, str], list[float]]

    def change(self, run: int, dataset: str, metric: str) -> float:
        """Relative reduction against the baseline."""
        base = self.mean[0, dataset, metric]
        return (base - self.mean[run, dataset, metric]) / base


def made_experiment(seed: int = 0) -> Experiment:
    draw = random.Random(seed)
    experiment = Experiment({}, {}, {})
    for run in range(len(LABELS)):
        for dataset in DATASETS:
            for metric, scale in SCALES.items():
                level = scale * draw.uniform(0.4, 1.6)
                values = [level * draw.uniform(0.95, 1.05) for _ in range(3)]
                key = (run, dataset, metric)
                experiment.seeds[key] = values
                experiment.mean[key] = statistics.fmean(values)
                experiment.stderr[key] = statistics.stdev(values) / math.sqrt(3)
    return experiment


def in_memory(e: Experiment) -> LoggedResults:
    results = LoggedResults(labels=LABELS)
    for (run, dataset, metric), value in e.mean.items():
        cell = (f"run_{run}", dataset, metric)
        results.logged += [Logged(*cell, "mean", value), Logged(*cell, "stderr", e.stderr[run, dataset, metric])]
        results.logged += [Logged(*cell, "seed", seed) for seed in e.seeds[run, dataset, metric]]
    return results
