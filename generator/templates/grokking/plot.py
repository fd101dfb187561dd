"""Figures over all runs in this folder: python plot.py (reads run_*/all_results.npz and run_*/final_info.json).

accuracy.png and loss.png show the curves of training (dashed) and held-out equations (solid) per operation, mean over
seeds with the range in a shade; steps_to_99.png the updates until held-out accuracy passes 99%. Runs that are missing
are left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

# The runs to show and their names in the legend; a run that is not named here is shown under its folder's name.
labels = {
    "run_0": "Baseline",
}

TITLES = {
    "x_div_y": r"$x / y$",
    "x_minus_y": r"$x - y$",
    "x_plus_y": r"$x + y$",
    "permutation": r"$x \circ y$ (permutations)",
}
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5B5B5B")  # Okabe & Ito (2008)
MARKS = ("", "o", "s", "^", "v")
HATCHES = ("", "///", "...", "xxx", "---")
"""From the eighth run on colours come again, with marks on the lines and hatched bars."""
plt.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False, "legend.frameon": False})


def main() -> None:
    """Write the three figures."""
    runs = sorted(
        (path.parent for path in Path().glob("run_*/final_info.json")), key=lambda run: (len(run.name), run.name)
    )
    if not runs:
        raise SystemExit("no run_*/final_info.json here; run experiment.py --out_dir run_0 first")
    curves = {run.name: dict(np.load(run / "all_results.npz")) for run in runs}
    save(curve_figure(curves, "acc", "Accuracy"), "accuracy.png")
    save(curve_figure(curves, "loss", "Cross-entropy (nats)"), "loss.png")
    infos = {run.name: json.loads((run / "final_info.json").read_text(encoding="utf-8")) for run in runs}
    save(step_figure(infos), "steps_to_99.png")


def curve_figure(curves: dict[str, dict[str, np.ndarray]], measure: str, name: str) -> Figure:
    """One panel per operation: training and held-out curves of all runs over the updates, on a log axis."""
    figure, panels = plt.subplots(2, 2, figsize=(7, 5.2), sharex=True, sharey=True, layout="constrained")
    for axes, operation in zip(panels.flat, TITLES, strict=True):
        for i, run in enumerate(curves.values()):
            if f"{operation}_step" in run:
                draw(axes, run, operation, measure, look(i))
        axes.set_title(TITLES[operation], fontsize=10)
        axes.set_xscale("log")
        axes.grid(alpha=0.25)
        if measure == "acc":
            axes.set_ylim(-0.03, 1.03)
            axes.yaxis.set_major_formatter(PercentFormatter(1))
        else:
            axes.set_yscale("log")
    for axes in panels[1]:
        axes.set_xlabel("Updates")
    for axes in panels[:, 0]:
        axes.set_ylabel(name)
    runs = [Line2D([], [], lw=2, ms=4, label=label(run), **look(i)) for i, run in enumerate(curves)]
    parts = [Line2D([], [], color="#444444", ls=ls, label=part) for part, ls in (("held out", "-"), ("training", "--"))]
    figure.legend(handles=[*parts, *runs], loc="outside lower center", ncols=min(4, len(runs) + 2), fontsize=9)
    return figure


def look(number: int) -> dict[str, Any]:
    """Colour and marks of the lines of the run with this number."""
    return {"color": COLOURS[number % len(COLOURS)], "marker": MARKS[number // len(COLOURS) % len(MARKS)]}


def draw(axes: Axes, run: dict[str, np.ndarray], operation: str, measure: str, style: dict[str, Any]) -> None:
    """A run's two curves: mean over seeds, and for the held-out part the range of the seeds."""
    colour, sparse = style["color"], max(1, len(run[f"{operation}_step"]) // 6)
    steps, train, held_out = (run[f"{operation}_{key}"] for key in ("step", f"train_{measure}", f"val_{measure}"))
    axes.plot(steps, train.mean(axis=0), color=colour, ls="--", lw=1.1)
    axes.plot(steps, held_out.mean(axis=0), lw=1.8, ms=4, markevery=sparse, **style)
    axes.fill_between(steps, held_out.min(axis=0), held_out.max(axis=0), color=colour, alpha=0.13, lw=0)


def step_figure(infos: dict[str, dict]) -> Figure:
    """Updates until held-out accuracy passes 99%: seeds as dots (hollow: never), means as bars with standard errors."""
    figure, axes = plt.subplots(figsize=(7, 3.4), layout="constrained")
    width = 0.8 / len(infos)
    for i, (run, info) in enumerate(infos.items()):
        colour, hatch = COLOURS[i % len(COLOURS)], HATCHES[i // len(COLOURS) % len(HATCHES)]
        for j, operation in enumerate(TITLES):
            if operation in info:
                place = j - 0.4 + width * (i + 0.5)
                draw_steps(axes, info[operation], place, width, colour, label(run) if j == 0 else None)
                axes.patches[-1].set(hatch=hatch, edgecolor=colour if hatch else "none")
    axes.set_xticks(range(len(TITLES)), list(TITLES.values()))
    axes.set_ylabel("Updates to 99% held-out accuracy")
    axes.set_ylim(0)
    axes.grid(axis="y", alpha=0.25)
    axes.set_axisbelow(True)
    axes.plot([], [], "o", ms=4, color="#444444", label="one seed")
    axes.plot([], [], "o", ms=4, mec="#444444", mfc="white", label="never reached")
    figure.legend(loc="outside lower center", ncols=min(4, len(infos) + 2), fontsize=9)
    return figure


def draw_steps(axes: Axes, info: dict, place: float, width: float, colour: str, name: str | None) -> None:
    """The bar and dots of one run on one operation."""
    error = info["stderrs"]["step_val_acc_99_stderr"]
    mean = info["means"]["step_val_acc_99_mean"]
    axes.bar(place, mean, 0.85 * width, color=colour, alpha=0.35, label=name)
    axes.errorbar(place, mean, error, color=colour, capsize=3, lw=1.4)
    seeds = info["final_info_dict"]
    offsets = np.linspace(-0.25, 0.25, len(seeds["crossed"])) * width
    for step, crossed, offset in zip(seeds["step_val_acc_99"], seeds["crossed"], offsets, strict=True):
        axes.plot(place + offset, step, "o", ms=4, mec=colour, mfc=colour if crossed else "white", clip_on=False)


def label(run: str) -> str:
    """The run's name in the legend."""
    return labels.get(run, run)


def save(figure: Figure, name: str) -> None:
    """Write the figure and say so."""
    figure.savefig(name, dpi=150)
    plt.close(figure)
    print(f"wrote {name}")


if __name__ == "__main__":
    main()
