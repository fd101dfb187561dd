"""The figures of README.md, measured anew: python evidence.py [--seeds 3]. Two to three minutes on two cores.

Trains the baseline on all operations, and x + y with other weight decays; prints the updates at which training and
held-out accuracy pass 99% (mean ± standard error over seeds; a seed that never does counts with the last update).
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from typing import Any

import numpy as np
from evaluation import OPERATIONS, aggregate, summarise
from experiment import CHANGES, PRESETS, Config, train_all

DECAYS = (0.0, 0.3, 2.0)
"""Weight decays beside the baseline's."""
STUDIED = "x_plus_y"
"""The operation of the study of weight decay."""


def main() -> None:
    """Train, and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="number of seeds (default: 3)")
    preset = PRESETS[os.environ.get("PEERASSAY_PRESET", "cpu")]
    config = replace(Config(), **preset | CHANGES | {"seeds": tuple(range(parser.parse_args().seeds))})
    start = time.perf_counter()
    jobs = [(operation, config, "cpu") for operation in OPERATIONS]
    baseline = dict(zip(OPERATIONS, train_all(jobs), strict=True))
    seconds = time.perf_counter() - start
    table("operation", baseline)
    print(f"baseline: {len(config.seeds)} seeds of {len(jobs)} operations in {seconds:.1f} s\n")
    others = train_all([(STUDIED, replace(config, weight_decay=decay), "cpu") for decay in DECAYS])
    decays = dict(zip(DECAYS, others, strict=True)) | {config.weight_decay: baseline[STUDIED]}
    table("weight decay", {str(decay): decays[decay] for decay in sorted(decays)})


def table(head: str, results: dict[str, tuple[list[int], np.ndarray]]) -> None:
    """One line per result of `train`."""
    columns = ("step train 99%", "step held-out 99%", "crossed", "max held-out", "final held-out", "final loss")
    print(f"{head:14}" + "".join(f"{column:>19}" for column in columns))
    for name, result in results.items():
        info = aggregate(summarise(*result))
        crossed = f"{sum(info['final_info_dict']['crossed']):.0f} of {len(info['final_info_dict']['crossed'])}"
        cells = (
            pair(info, "step_train_acc_99", 0),
            pair(info, "step_val_acc_99", 0),
            crossed,
            pair(info, "max_val_acc", 3),
            pair(info, "final_val_acc", 3),
            pair(info, "final_val_loss", 2),
        )
        print(f"{name:14}" + "".join(f"{cell:>19}" for cell in cells))


def pair(info: dict[str, Any], metric: str, digits: int) -> str:
    """Mean ± standard error."""
    return f"{info['means'][f'{metric}_mean']:.{digits}f} ± {info['stderrs'][f'{metric}_stderr']:.{digits}f}"


if __name__ == "__main__":
    main()
