"""Figures over all runs in this folder: python plot.py (reads run_*/all_results.npz and run_*/final_info.json).

log_loss.png shows the loss on held-out cases, learning_curves.png how it falls with the number of training cases, and
reliability.png how often the likeliest class is right. Runs that are missing are left out.
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from evaluation import load
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, PercentFormatter, ScalarFormatter

# The runs to show and their names in the legend; a run that is not named here is shown under its folder's name.
labels = {
    "run_0": "Baseline",
}

TITLES = {"breast_cancer": "Breast cancer", "wine": "Wine", "digits": "Digits", "diabetes": "Diabetes"}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B5B5B")  # Okabe & Ito (2008)
FEWEST = 20
"""Cases of a bin that is drawn."""
plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})


def main() -> None:
    """Write the three figures."""
    runs = sorted(
        (path.parent for path in Path().glob("run_*/final_info.json")), key=lambda run: (len(run.name), run.name)
    )
    if not runs:
        raise SystemExit("no run_*/final_info.json here; run experiment.py --out_dir run_0 first")
    infos = {run.name: json.loads((run / "final_info.json").read_text(encoding="utf-8")) for run in runs}
    arrays = {run.name: dict(np.load(run / "all_results.npz")) for run in runs}
    save(loss_figure(infos), "log_loss.png")
    save(panels_of(arrays, draw_curve), "learning_curves.png")
    save(panels_of(arrays, draw_reliability), "reliability.png")


def loss_figure(infos: dict[str, dict]) -> Figure:
    """One panel per dataset: seeds as dots, means as bars with standard errors, and the loss of the base rates."""
    figure, panels = plt.subplots(1, 4, figsize=(7, 2.9), layout="constrained")
    for axes, dataset in zip(panels, TITLES, strict=True):
        for i, (run, info) in enumerate(infos.items()):
            if dataset not in info:
                continue
            colour, seeds = COLOURS[i % len(COLOURS)], info[dataset]["final_info_dict"]["log_loss"]
            mean, error = info[dataset]["means"]["log_loss_mean"], info[dataset]["stderrs"]["log_loss_stderr"]
            axes.plot(i + np.linspace(-0.3, 0.3, len(seeds)), seeds, "o", ms=2.5, color=colour, alpha=0.6)
            axes.errorbar(i, mean, error, fmt="_", ms=16, mew=2, color=colour, capsize=3, label=labels.get(run, run))
        axes.axhline(base_rate_loss(dataset), color="black", lw=1)
        axes.set_yscale("log")
        plain(axes.yaxis)
        axes.set_xticks([])
        axes.set_title(TITLES[dataset], fontsize=10)
        axes.grid(axis="y", alpha=0.25)
    panels[0].set_ylabel("Held-out log loss (nats)")
    return with_legend(figure, panels[0])


def base_rate_loss(dataset: str) -> float:
    """The loss of predicting the share of each class, in nats."""
    shares = np.bincount(load(dataset)[1]) / len(load(dataset)[1])
    return float(-(shares * np.log(shares)).sum())


def panels_of(arrays: dict[str, dict[str, np.ndarray]], draw: object) -> Figure:
    """A panel per dataset, in which `draw` draws each run."""
    figure, panels = plt.subplots(2, 2, figsize=(7, 5.2), layout="constrained")
    for axes, dataset in zip(panels.flat, TITLES, strict=True):
        for i, (run, found) in enumerate(arrays.items()):
            if f"{dataset}_cases" in found:
                draw(axes, found, dataset, COLOURS[i % len(COLOURS)], labels.get(run, run))  # type: ignore[operator]
        axes.set_title(TITLES[dataset], fontsize=10)
        axes.grid(alpha=0.25)
    across, up = {
        draw_curve: ("Training cases", "Held-out log loss (nats)"),
        draw_reliability: ("Probability of the likeliest class", "Right answers"),
    }[draw]  # type: ignore[index]
    for axes in panels[1]:
        axes.set_xlabel(across)
    for axes in panels[:, 0]:
        axes.set_ylabel(up)
    return with_legend(figure, panels[0, 0])


def draw_curve(axes: Axes, found: dict[str, np.ndarray], dataset: str, colour: str, name: str) -> None:
    """The loss by the number of training cases: mean over seeds with standard errors."""
    cases, losses = found[f"{dataset}_cases"], found[f"{dataset}_log_loss"]
    error = losses.std(axis=0, ddof=1) / len(losses) ** 0.5 if len(losses) > 1 else None
    axes.errorbar(cases, losses.mean(axis=0), error, marker="o", ms=3.5, lw=1.4, capsize=2, color=colour, label=name)
    axes.set_xscale("log")
    axes.set_xticks(cases)
    axes.set_ylim(0, max(axes.get_ylim()[1], 1.05 * losses.mean(axis=0).max()))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_formatter(NullFormatter())


def draw_reliability(axes: Axes, found: dict[str, np.ndarray], dataset: str, colour: str, name: str) -> None:
    """Share of right answers by the mean probability of the likeliest class, in the bins with enough cases."""
    cases, confidence, right = found[f"{dataset}_bins"].sum(axis=0)
    kept = cases >= FEWEST
    axes.plot([0, 1], [0, 1], color="#777777", lw=0.8, ls="--")
    axes.plot(confidence[kept] / cases[kept], right[kept] / cases[kept], "o-", ms=3.5, lw=1.4, color=colour, label=name)
    axes.set_xlim(0, 1.02)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1))


def plain(axis: object) -> None:
    """Plain numbers on a logarithmic axis, those of its subdivisions too."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))  # type: ignore[attr-defined]
    axis.set_major_formatter(ScalarFormatter())  # type: ignore[attr-defined]
    axis.set_minor_formatter(NullFormatter())  # type: ignore[attr-defined]


def with_legend(figure: Figure, axes: Axes) -> Figure:
    """The figure with the legend of a panel below."""
    handles, names = axes.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=min(4, len(names)), fontsize=9)
    return figure


def save(figure: Figure, name: str) -> None:
    """Write the figure and say so."""
    figure.savefig(name, dpi=150)
    plt.close(figure)
    print(f"wrote {name}")


if __name__ == "__main__":
    main()
