"""Loss curves of the runs in this folder: `train_loss_DATASET.png` and `val_loss_DATASET.png`.

A line is the mean over the seeds, the band one standard error to both sides. Runs without results are left out; runs
that `labels` does not name are shown under the name of their folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

labels = {
    "run_0": "Baseline",
}

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito: for any colour vision
DASHES = ("-", "--", "-.", ":")
AXES = {"train_loss": "Training loss (nats per character)", "val_loss": "Held-out loss (nats per character)"}
STYLE: dict[Any, Any] = {"font.size": 10, "axes.spines.top": False, "axes.spines.right": False}


def load_runs(folder: Path) -> dict[str, dict[str, Any]]:
    """Results of each run that has some, under the run's label, in the order of their numbers."""
    paths = [path for path in folder.glob("run_*/all_results.json") if path.parent.name[4:].isdigit()]
    paths.sort(key=lambda path: int(path.parent.name[4:]))
    return {labels.get(path.parent.name, path.parent.name): json.loads(path.read_text()) for path in paths}


def curve(runs: list[dict[str, Any]], quantity: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps, mean over the seeds and its standard error (0 for one seed)."""
    values = np.array([[point[quantity] for point in run["curve"]] for run in runs])
    steps = np.array([point["step"] for point in runs[0]["curve"]])
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.zeros(len(steps))
    return steps, values.mean(axis=0), error


def plot(dataset: str, quantity: str, results: dict[str, dict[str, Any]]) -> None:
    """Draw one quantity of all runs on a dataset; held-out losses with the n-gram models' for comparison."""
    figure, axes = plt.subplots(figsize=(5.2, 3.4), layout="constrained")
    for number, (label, result) in enumerate(results.items()):
        steps, mean, error = curve(result[dataset]["runs"], quantity)
        colour, dash = COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]
        axes.plot(steps, mean, dash, marker="o", markersize=3, color=colour, label=label)
        axes.fill_between(steps, mean - error, mean + error, color=colour, alpha=0.2, linewidth=0)
    if quantity == "val_loss":
        bounds = next(iter(results.values()))[dataset]["ngram_losses"]
        for name, dash in (("bigram", "--"), ("trigram", ":")):
            axes.axhline(bounds[name], color="#767676", linestyle=dash, linewidth=1, label=f"{name.title()} model")
    axes.set(xlabel="Step", ylabel=AXES[quantity])
    axes.legend(fontsize=9, frameon=True, framealpha=1, edgecolor="none")
    figure.savefig(f"{quantity}_{dataset}.png", dpi=150)
    plt.close(figure)


def main() -> None:
    """Write two pictures for each dataset that has results."""
    runs = load_runs(Path())
    with plt.rc_context(STYLE):
        for dataset in sorted({dataset for result in runs.values() for dataset in result}):
            shown = {label: result for label, result in runs.items() if dataset in result}
            if len({result[dataset]["corpus"]["sha256"] for result in shown.values()}) > 1:
                print(f"{dataset}: the runs saw different texts, so their losses cannot be compared")
            for quantity in AXES:
                plot(dataset, quantity, shown)


if __name__ == "__main__":
    main()
