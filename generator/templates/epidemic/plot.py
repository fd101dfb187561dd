"""Figures over all runs in this folder: python plot.py (reads run_*/all_results.npz and run_*/final_info.json).

prevalence.png shows the share of infectious people by day, attack_rate.png the attack rates, and cost.png attack rate
against contacts lost. Runs that are missing are left out.
"""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

# The runs to show and their names in the legend; a run that is not named here is shown under its folder's name.
labels = {
    "run_0": "Baseline",
}

TITLES = {
    "random": "Random ties",
    "small_world": "Ring, rewired",
    "scale_free": "Preferential attachment",
    "households": "Households",
}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B5B5B")  # Okabe & Ito (2008)
MARKERS = "osD^vPX"
plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})


def main() -> None:
    """Write the three figures."""
    runs = sorted(
        (path.parent for path in Path().glob("run_*/final_info.json")), key=lambda run: (len(run.name), run.name)
    )
    if not runs:
        raise SystemExit("no run_*/final_info.json here; run experiment.py --out_dir run_0 first")
    infos = {run.name: json.loads((run / "final_info.json").read_text(encoding="utf-8")) for run in runs}
    save(curve_figure({run.name: dict(np.load(run / "all_results.npz")) for run in runs}), "prevalence.png")
    save(attack_figure(infos), "attack_rate.png")
    save(cost_figure(infos), "cost.png")


def curve_figure(curves: dict[str, dict[str, np.ndarray]]) -> Figure:
    """One panel per network: mean over seeds and the range of the seeds, up to the day when hardly anybody is left."""
    figure, panels = plt.subplots(2, 2, figsize=(7, 5), layout="constrained")
    for axes, network in zip(panels.flat, TITLES, strict=True):
        last = 1
        for i, (run, arrays) in enumerate(curves.items()):
            if (share := arrays.get(f"{network}_prevalence")) is None:
                continue
            mean, days = share.mean(axis=0), np.arange(share.shape[1])
            colour = COLOURS[i % len(COLOURS)]
            axes.plot(days, mean, color=colour, lw=1.6, label=labels.get(run, run))
            axes.fill_between(days, share.min(axis=0), share.max(axis=0), color=colour, alpha=0.15, lw=0)
            last = max(last, int(np.flatnonzero(mean > 0.02 * mean.max()).max(initial=1)))
        axes.set_xlim(0, last)
        axes.set_ylim(0)
        axes.set_title(TITLES[network], fontsize=10)
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
        axes.grid(alpha=0.25)
    for axes in panels[1]:
        axes.set_xlabel("Day")
    for axes in panels[:, 0]:
        axes.set_ylabel("Infectious")
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=min(4, len(names)), fontsize=9)
    return figure


def attack_figure(infos: dict[str, dict]) -> Figure:
    """Attack rates: seeds as dots, means as bars with standard errors."""
    figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
    width = 0.8 / len(infos)
    for i, (run, info) in enumerate(infos.items()):
        colour = COLOURS[i % len(COLOURS)]
        for j, network in enumerate(TITLES):
            if network not in info:
                continue
            place, name = j - 0.4 + width * (i + 0.5), labels.get(run, run) if j == 0 else None
            mean, error = value(info[network], "attack_rate")
            seeds = info[network]["final_info_dict"]["attack_rate"]
            axes.bar(place, mean, 0.85 * width, color=colour, alpha=0.35, label=name)
            axes.plot(place + np.linspace(-0.28, 0.28, len(seeds)) * width, seeds, "o", ms=2.5, color=colour)
            axes.errorbar(place, mean, error, color="black", capsize=2.5, lw=1.1)
    axes.set_xticks(range(len(TITLES)), list(TITLES.values()))
    axes.set_ylabel("Attack rate")
    axes.set_ylim(0)
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y", alpha=0.25)
    axes.set_axisbelow(True)
    figure.legend(loc="outside lower center", ncols=min(4, len(infos)), fontsize=9)
    return figure


def cost_figure(infos: dict[str, dict]) -> Figure:
    """One panel per network: attack rate against the contacts that were lost, with standard errors of both."""
    figure, panels = plt.subplots(1, 4, figsize=(7, 2.9), sharey=True, layout="constrained")
    for axes, network in zip(panels, TITLES, strict=True):
        for i, (run, info) in enumerate(infos.items()):
            if network not in info:
                continue
            (x, x_error), (y, y_error) = (value(info[network], name) for name in ("contacts_lost", "attack_rate"))
            axes.errorbar(
                x, y, y_error, x_error, fmt=MARKERS[i % len(MARKERS)], color=COLOURS[i % len(COLOURS)], ms=6,
                alpha=0.8, label=labels.get(run, run),
            )  # fmt: skip
        axes.set_title(TITLES[network], fontsize=9)
        axes.set_xlim(0, max(0.1, 1.15 * max(value(info[network], "contacts_lost")[0] for info in infos.values())))
        axes.set_xlabel("Contacts lost", fontsize=9)
        axes.yaxis.set_major_formatter(PercentFormatter(1))
        axes.grid(alpha=0.25)
    panels[0].set_ylabel("Attack rate")
    panels[0].set_ylim(0, 1.15 * max(value(info[n], "attack_rate")[0] for info in infos.values() for n in info))
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=min(4, len(names)), fontsize=9)
    return figure


def value(result: dict, metric: str) -> tuple[float, float]:
    """Mean and standard error of a metric."""
    return result["means"][f"{metric}_mean"], result["stderrs"][f"{metric}_stderr"]


def save(figure: Figure, name: str) -> None:
    """Write the figure and say so."""
    figure.savefig(name, dpi=150)
    plt.close(figure)
    print(f"wrote {name}")


if __name__ == "__main__":
    main()
