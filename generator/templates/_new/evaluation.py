"""Data, measures and results: what no run may change.

Replace `DATASETS`, `training_points` and `Exam` by data and measures of your own, and keep `write_results`. The code
under study gets training points and is graded on points that it never sees.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

CURVES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "wave": lambda x: np.sin(3 * x),
    "bump": lambda x: np.exp(-8 * x**2),
}
DATASETS = tuple(CURVES)
NOISE = 0.2
"""Standard deviation of the noise on the training points."""
GRID = np.linspace(-1, 1, 201)
"""Where a fitted curve is graded."""


def stream(dataset: str, seed: int) -> np.random.Generator:
    """Random numbers, other ones for each dataset and seed, and the same in all runs."""
    return np.random.default_rng([seed, *dataset.encode()])


def training_points(dataset: str, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """So many noisy points of the curve: x and y, each (number,)."""
    rng = stream(dataset, seed)
    x = 2 * (np.arange(number) + rng.random(number)) / number - 1  # one in each of as many equal parts
    return x, CURVES[dataset](x) + NOISE * rng.standard_normal(number)


def grade(dataset: str, predict: Callable[[np.ndarray], np.ndarray]) -> dict[str, float]:
    """Measures of a fitted curve against the true one."""
    error = np.abs(predict(GRID.copy()) - CURVES[dataset](GRID))
    return {"error": float(np.sqrt(np.square(error).mean())), "largest_error": float(error.max())}


def write_results(out_dir: Path, results: dict[str, list[dict[str, float]]]) -> None:
    """Write final_info.json from the measures of each seed, by dataset."""
    info: dict[str, Any] = {}
    for dataset, seeds in results.items():
        values = {name: [seed[name] for seed in seeds] for name in seeds[0]}
        errors = {name: np.std(v, ddof=1) / len(v) ** 0.5 if len(v) > 1 else 0.0 for name, v in values.items()}
        info[dataset] = {
            "means": {f"{name}_mean": float(np.mean(v)) for name, v in values.items()},
            "stderrs": {f"{name}_stderr": float(error) for name, error in errors.items()},
            "final_info_dict": values,
        }
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / "final_info.json").write_text(json.dumps(info, indent=2), encoding="utf-8")
