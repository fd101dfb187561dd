"""Polynomials with a penalty, fitted to noisy points of a curve.

python experiment.py --out_dir run_0 [--preset cpu|tiny] [--seeds 10]

Replace `Config` and `run` by an experiment of your own. The scientist needs the rest: the options, the seeds and the
environment variable PEERASSAY_SEED_OFFSET, by which a run is repeated under other seeds.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from evaluation import DATASETS, grade, training_points, write_results


@dataclass(frozen=True)
class Config:
    """All settings. The defaults are the preset `cpu`."""

    points: int = 30  # of a curve
    degree: int = 8  # of the polynomial
    penalty: float = 0.01  # on the squares of the coefficients
    seeds: tuple[int, ...] = tuple(range(10))  # one set of points each


# What this run changes, whatever the preset: {"degree": 12} replaces that setting.
CHANGES: dict[str, Any] = {}

PRESETS: dict[str, dict[str, Any]] = {"cpu": {}, "tiny": {"points": 15}}


def fitted(x: np.ndarray, y: np.ndarray, config: Config) -> Callable[[np.ndarray], np.ndarray]:
    """The polynomial with the smallest penalised sum of squares."""

    def features(at: np.ndarray) -> np.ndarray:
        return np.polynomial.legendre.legvander(at, config.degree)

    design = features(x)
    coefficients = np.linalg.solve(design.T @ design + config.penalty * np.eye(config.degree + 1), design.T @ y)
    return lambda at: features(at) @ coefficients


def run(dataset: str, config: Config, seed: int) -> dict[str, float]:
    """The measures of one seed."""
    return grade(dataset, fitted(*training_points(dataset, seed, config.points), config))


def main() -> None:
    """Run all datasets and seeds, and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out_dir", type=Path, default=Path("run_0"), help="folder for the results")
    parser.add_argument("--preset", choices=PRESETS, default=os.environ.get("PEERASSAY_PRESET") or "cpu")
    parser.add_argument("--seeds", type=int, default=len(Config.seeds), metavar="N", help="number of seeds")
    args = parser.parse_args()
    offset = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))
    seeds = tuple(range(offset, offset + args.seeds))
    config = replace(Config(), **PRESETS[args.preset] | CHANGES | {"seeds": seeds})
    results = {dataset: [run(dataset, config, seed) for seed in seeds] for dataset in DATASETS}
    write_results(args.out_dir, results)
    for dataset, found in results.items():
        print(f"{dataset}: error {np.mean([seed['error'] for seed in found]):.3f}")


if __name__ == "__main__":
    main()
