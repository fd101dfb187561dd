"""What is known of the baseline, measured anew: python evidence.py. Extend it by what your README claims."""

from __future__ import annotations

import numpy as np
from evaluation import DATASETS
from experiment import Config, run


def main() -> None:
    """Print mean ± standard error of the baseline's error."""
    config = Config()
    for dataset in DATASETS:
        errors = [run(dataset, config, seed)["error"] for seed in config.seeds]
        print(f"{dataset:8} {np.mean(errors):.3f} ± {np.std(errors, ddof=1) / len(errors) ** 0.5:.3f}")


if __name__ == "__main__":
    main()
