"""Figures of all runs named in `labels`: training losses, generated points, and the held-out KL divergence.

Run it in the template's folder after the runs: python plot.py. It writes train_loss.png, generated_images.png and
kl_divergence.png.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

# The runs to show, in this order, and how to call them. A run without a folder is passed over.
labels = {
    "run_0": "Baseline",
}

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"]  # Okabe & Ito: safe for colour blindness
DASHES = ["-", "--", ":"]
SMOOTHED = 0.02  # the training loss is averaged over this share of all steps
SHOWN = 2000  # generated points per panel
plt.rcParams.update(
    {"font.size": 9, "axes.titlesize": 9, "legend.fontsize": 8, "axes.spines.top": False, "axes.spines.right": False}
)


def load_runs() -> dict[str, tuple[dict[str, Any], dict[str, np.ndarray]]]:
    """Results and arrays of each run that is there, by its label."""
    runs = {}
    for name, label in labels.items():
        folder = Path(name)
        if not (folder / "final_info.json").is_file() or not (folder / "all_results.npz").is_file():
            print(f"{name} has no results and is left out")
            continue
        with np.load(folder / "all_results.npz") as arrays:
            runs[label] = (json.loads((folder / "final_info.json").read_text()), dict(arrays))
    if not runs:
        raise SystemExit("no run has results: run experiment.py --out_dir run_0 first")
    return runs


def look(number: int) -> dict[str, Any]:
    """Colour and dashes of the run with this number."""
    return {"color": COLOURS[number % len(COLOURS)], "linestyle": DASHES[number // len(COLOURS) % len(DASHES)]}


def smoothed(losses: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Steps and the running mean of losses (seeds, steps)."""
    window = max(1, round(losses.shape[1] * SMOOTHED))
    sums = np.cumsum(np.pad(losses, ((0, 0), (1, 0))), axis=1)
    means = (sums[:, window:] - sums[:, :-window]) / window
    return np.arange(means.shape[1]) + window, means


def legend_below(figure: Figure, handles: list[Any], names: list[str]) -> None:
    """One legend for the whole figure, under the panels."""
    columns = 2 if max(map(len, names)) > 18 else 3
    figure.legend(handles, names, loc="outside lower center", ncols=min(columns, len(names)), frameon=False)


def plot_losses(runs: dict[str, tuple[dict[str, Any], dict[str, np.ndarray]]], datasets: list[str]) -> None:
    """Training loss of every dataset: mean over the seeds, band from the lowest to the highest seed."""
    figure, axes = plt.subplots(2, 2, figsize=(6.5, 4.9), layout="constrained", squeeze=False)
    handles: dict[str, Any] = {}
    for ax, dataset in zip(axes.flat, datasets, strict=False):
        for number, (label, (_, arrays)) in enumerate(runs.items()):
            if f"{dataset}/train_losses" not in arrays:
                continue
            steps, means = smoothed(arrays[f"{dataset}/train_losses"])
            (handles[label],) = ax.plot(steps, means.mean(axis=0), linewidth=1.3, **look(number))
            ax.fill_between(steps, means.min(0), means.max(0), color=look(number)["color"], alpha=0.2, linewidth=0)
        ax.set_title(dataset)
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.yaxis.set_minor_formatter(NullFormatter())
    for ax in axes.flat[len(datasets) :]:
        ax.set_visible(False)
    for ax in axes[-1]:
        ax.set_xlabel("training step")
    for ax in axes[:, 0]:
        ax.set_ylabel("training loss")
    legend_below(figure, list(handles.values()), list(handles))
    figure.savefig("train_loss.png", dpi=150)
    plt.close(figure)


def plot_samples(runs: dict[str, tuple[dict[str, Any], dict[str, np.ndarray]]], datasets: list[str]) -> None:
    """Points generated with the first seed, a row for each run, over the training points in grey."""
    rows, columns = len(runs), len(datasets)
    size = (1.62 * columns, 1.62 * rows + 0.25)
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    for row, (label, (info, arrays)) in zip(axes, runs.items(), strict=True):
        for ax, dataset in zip(row, datasets, strict=True):
            ax.set(xticks=[], yticks=[], aspect="equal")
            ax.spines[:].set(visible=True, color="#B0B0B0", linewidth=0.6)
            if dataset not in info:
                continue
            data, points = arrays[f"{dataset}/data"], arrays[f"{dataset}/samples"][0, :SHOWN]
            low, high = data.min(axis=0), data.max(axis=0)
            half = 0.6 * (high - low).max()
            ax.set_xlim((low + high)[0] / 2 - half, (low + high)[0] / 2 + half)
            ax.set_ylim((low + high)[1] / 2 - half, (low + high)[1] / 2 + half)
            ax.scatter(*data[:SHOWN].T, s=3, color="#D0D0D0", linewidths=0, rasterized=True)
            ax.scatter(*points.T, s=2, color=COLOURS[0], alpha=0.5, linewidths=0, rasterized=True)
            ax.text(
                0.5, 0.01, f"KL {info[dataset]['means']['kl_divergence']:.2f}", fontsize=7.5, transform=ax.transAxes,
                ha="center", va="bottom", bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
            )  # fmt: skip
        row[0].set_ylabel("\n".join(wrapped(label, 20)))
    for ax, dataset in zip(axes[0], datasets, strict=True):
        ax.set_title(dataset)
    figure.savefig("generated_images.png", dpi=150)
    plt.close(figure)


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of about `width` characters, broken at spaces."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def plot_divergence(runs: dict[str, tuple[dict[str, Any], dict[str, np.ndarray]]], datasets: list[str]) -> None:
    """Held-out KL divergence: every seed as a dot, mean and standard error, the fitted Gaussian as a black line."""
    figure, ax = plt.subplots(figsize=(6.5, 3.1), layout="constrained")
    handles: dict[str, Any] = {}
    room, lowest = 0.7 / len(runs), 0.0
    for number, (label, (info, _)) in enumerate(runs.items()):
        colour = COLOURS[number % len(COLOURS)]
        for place, dataset in enumerate(datasets):
            if dataset not in info:
                continue
            at = place + (number - (len(runs) - 1) / 2) * room
            found, mean = info[dataset], info[dataset]["means"]
            values = found["final_info_dict"]["kl_divergence"]
            ax.scatter(np.full(len(values), at + room / 5), values, s=9, color=colour, alpha=0.5, linewidths=0)
            error = found["stderrs"]["kl_divergence"]
            marker = "osD^vP"[number // len(COLOURS) % 6]
            lowest = min(lowest, *values)
            handles[label] = ax.errorbar(at, mean["kl_divergence"], error, fmt=marker, color=colour, markersize=4.5)
            ends = [at - room / 2, at + room / 2]
            (handles["Gaussian fit"],) = ax.plot(ends, [mean["gaussian_kl"]] * 2, color="black", linewidth=1.5)
    handles["Gaussian fit"] = handles.pop("Gaussian fit")
    ax.set_xticks(range(len(datasets)), datasets)
    ax.set_yscale("symlog", linthresh=0.1)
    ax.set_ylim(bottom=lowest - 0.02)
    ticks = [0, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
    ticks = [tick for tick in ticks if tick < ax.get_ylim()[1]]
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_ylabel("KL divergence (nats)")
    ax.grid(axis="y", color="#E4E4E4", linewidth=0.6)
    ax.set_axisbelow(True)
    legend_below(figure, list(handles.values()), list(handles))
    figure.savefig("kl_divergence.png", dpi=150)
    plt.close(figure)


def main() -> None:
    """Write all figures into the current folder."""
    runs = load_runs()
    datasets = list(dict.fromkeys(dataset for info, _ in runs.values() for dataset in info))
    plot_losses(runs, datasets[:4])
    plot_samples(runs, datasets)
    plot_divergence(runs, datasets)


if __name__ == "__main__":
    main()
