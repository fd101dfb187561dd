"""The figures of README.md, measured anew: python evidence.py [--seeds 20]. About a minute on two cores.

Grades the baseline and the base rates on all datasets, and the baseline with other penalties.
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace

from evaluation import DATASETS, Exam, aggregate
from experiment import CHANGES, PRESETS, Config, grade_all

PENALTIES = (0.01, 0.1, 10.0)
"""Inverse strengths beside the baseline's."""


def measured(config: Config) -> dict[str, dict]:
    """Means and standard errors of the measures by dataset, with all training cases."""
    done = grade_all([(dataset, config, seed) for dataset in DATASETS for seed in config.seeds])
    size = len(config.seeds)
    parts = [done[i * size : (i + 1) * size] for i in range(len(DATASETS))]
    return {dataset: aggregate([m[-1] for _, m, _ in part]) for dataset, part in zip(DATASETS, parts, strict=True)}


def base_rates(config: Config) -> dict[str, dict]:
    """The same for the base rates of the training cases."""
    exams = {name: [Exam(name, seed, config.train_cases) for seed in config.seeds] for name in DATASETS}
    return {name: aggregate([exam.grade(exam.base_rates)[0] for exam in found]) for name, found in exams.items()}


def line(name: str, info: dict, measures: tuple[str, ...]) -> str:
    """Mean ± standard error of the measures."""
    cells = (f"{info['means'][f'{m}_mean']:.3f} ± {info['stderrs'][f'{m}_stderr']:.3f}" for m in measures)
    return f"{name:16}" + "".join(f"{cell:>20}" for cell in cells)


def main() -> None:
    """Fit, grade, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20, metavar="N", help="number of seeds (default: 20)")
    preset = PRESETS[os.environ.get("PEERASSAY_PRESET", "cpu")]
    config = replace(Config(), **preset | CHANGES | {"seeds": tuple(range(parser.parse_args().seeds))})
    measures = ("log_loss", "accuracy", "brier_score", "calibration_error")
    print(f"{'dataset':16}" + "".join(f"{measure:>20}" for measure in measures))
    start = time.perf_counter()
    baseline = measured(config)
    seconds, floor = time.perf_counter() - start, base_rates(config)
    for dataset in DATASETS:
        print(line(dataset, baseline[dataset], measures))
        print(line("  base rates", floor[dataset], measures))
    print(f"baseline: {seconds:.1f} s\n\n{'C':16}" + "".join(f"{dataset:>20}" for dataset in DATASETS))
    penalties = {c: measured(replace(config, inverse_penalty=c)) for c in PENALTIES} | {
        config.inverse_penalty: baseline
    }
    for c, found in sorted(penalties.items()):
        print(f"{c:<16}" + "".join(line("", found[dataset], ("log_loss",))[16:] for dataset in DATASETS))


if __name__ == "__main__":
    main()
