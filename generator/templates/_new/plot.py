"""Figures over all runs in this folder: python plot.py (reads run_*/final_info.json)."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

# The runs to show and their names in the legend; a run that is not named here is shown under its folder's name.
labels = {
    "run_0": "Baseline",
}

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B5B5B")  # Okabe & Ito (2008)


def main() -> None:
    """Write error.png: seeds as dots, means as bars with standard errors."""
    found = {path.parent.name: json.loads(path.read_text()) for path in sorted(Path().glob("run_*/final_info.json"))}
    if not found:
        raise SystemExit("no run_*/final_info.json here; run experiment.py --out_dir run_0 first")
    figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
    width = 0.8 / len(found)
    for i, (run, info) in enumerate(found.items()):
        colour = COLOURS[i % len(COLOURS)]
        for j, result in enumerate(info.values()):
            place = j - 0.4 + width * (i + 0.5)
            mean, error = result["means"]["error_mean"], result["stderrs"]["error_stderr"]
            axes.bar(place, mean, 0.85 * width, color=colour, alpha=0.4, label=labels.get(run, run) if j == 0 else None)
            axes.errorbar(place, mean, error, color="black", capsize=3)
            seeds = result["final_info_dict"]["error"]
            axes.plot(place + np.linspace(-0.25, 0.25, len(seeds)) * width, seeds, "o", ms=3, color=colour)
    datasets = list(next(iter(found.values())))
    axes.set_xticks(range(len(datasets)), datasets)
    axes.set_ylabel("Root mean squared error")
    axes.set_ylim(0)
    figure.legend(loc="outside lower center", ncols=min(4, len(found)))
    figure.savefig("error.png", dpi=150)
    print("wrote error.png")


if __name__ == "__main__":
    main()
