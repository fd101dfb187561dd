"""Figures over all runs in this folder: python plot.py (reads run_*/final_info.json, and prompt.json for the metrics).

values_N.png shows every value of the N-th metric that decides, by dataset and run; differences_N.png the differences
from run_0 under the same seed. Datasets beyond the first six are left out. The file is copied to the paper's
workspace, so it imports nothing of this project.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

# The runs to show, and their names.
labels = {
    "run_0": "Baseline",
}

MOST_PANELS, COLUMNS, LONGEST = 6, 3, 30
BASELINE = "run_0"
DARK, LIGHT, GREY = "#0072B2", "#8fc3e4", "#5B5B5B"
plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})


def main() -> None:
    """Write the figures of all metrics that decide."""
    infos = {run: json.loads(Path(run, "final_info.json").read_text(encoding="utf-8")) for run in labels}
    metrics = json.loads(Path("prompt.json").read_text(encoding="utf-8"))["metrics"]
    for number, metric in enumerate((metric for metric in metrics if metric["primary"]), 1):
        values_figure(infos, metric, f"values_{number}.png")
        if len(labels) > 1:
            differences_figure(infos, metric, f"differences_{number}.png")


def values_figure(infos: dict[str, Any], metric: dict[str, Any], name: str) -> None:
    """A panel per dataset: a row for each run with its seeds and their mean; the dashed line is the baseline's mean."""
    datasets = [name for name in infos[BASELINE] if metric["name"] in infos[BASELINE][name]["means"]][:MOST_PANELS]
    runs = list(infos)
    figure, panels = grid(len(datasets), runs)
    for axes, dataset in zip(panels, datasets, strict=False):
        for row, run in enumerate(runs):
            info = infos[run].get(dataset, {})
            mean = info.get("means", {}).get(metric["name"])
            if mean is None:
                continue
            seeds = [value for value in info["final_info_dict"].get(metric["name"], []) if value is not None]
            if len(seeds) > 1:
                axes.plot(seeds, [row] * len(seeds), "o", ms=3.5, mfc="none", mec=LIGHT, mew=1.1, ls="", zorder=2)
            axes.plot([mean], [row], "D", ms=4.5, color=GREY if run == BASELINE else DARK, zorder=3)
        axes.axvline(infos[BASELINE][dataset]["means"][metric["name"]], color=GREY, lw=0.9, ls="--", zorder=1)
        axes.set_title(shortened(dataset), fontsize=9)
        axes.set_xlabel(shortened(metric["label"]))
    save(figure, name)


def differences_figure(infos: dict[str, Any], metric: dict[str, Any], name: str) -> None:
    """A panel per dataset: for each run its seeds' differences from the baseline, and their mean."""
    key, runs = metric["name"], [run for run in infos if run != BASELINE]
    found = {
        dataset: {run: differences(infos, run, dataset, key) for run in runs}
        for dataset in infos[BASELINE]
        if key in infos[BASELINE][dataset]["means"]
    }
    shown = [dataset for dataset, of_run in found.items() if any(len(d) > 1 for d in of_run.values())][:MOST_PANELS]
    if not shown:
        return
    figure, panels = grid(len(shown), runs)
    for axes, dataset in zip(panels, shown, strict=False):
        for row, run in enumerate(runs):
            values = found[dataset][run]
            if values:
                axes.plot(values, [row] * len(values), "o", ms=3.5, mfc="none", mec=LIGHT, mew=1.1, ls="", zorder=2)
                axes.plot([sum(values) / len(values)], [row], "D", ms=4.5, color=DARK, zorder=3)
        axes.axvline(0, color=GREY, lw=0.9, ls="--", zorder=1)
        axes.set_title(shortened(dataset), fontsize=9)
        axes.set_xlabel(f"Difference in {shortened(metric['label'])}")
    save(figure, name)


def differences(infos: dict[str, Any], run: str, dataset: str, key: str) -> list[float]:
    """A run's values less the baseline's, under the seeds that both have; in their order where they share none."""
    before, after = (seeds_of(infos[name].get(dataset, {}), key) for name in (BASELINE, run))
    shared = [seed for seed in before if seed in after]
    pairs = [(before[seed], after[seed]) for seed in shared] or list(zip(before.values(), after.values(), strict=False))
    return [b - a for a, b in pairs if a is not None and b is not None]


def seeds_of(info: dict[str, Any], key: str) -> dict[str, float | None]:
    """The values of a metric by the names of their seeds."""
    return dict(
        zip(info.get("seed_names", {}).get(key, []), info.get("final_info_dict", {}).get(key, []), strict=False)
    )


def grid(number: int, runs: list[str]) -> tuple[Any, list[Any]]:
    """A figure with so many panels, the runs from top to bottom."""
    columns = min(COLUMNS, number)
    rows = math.ceil(number / columns)
    height = rows * (0.85 + 0.24 * len(runs))
    size = (min(6.8, 3.2 + 1.8 * columns), min(height, 9.0))
    figure, panels = plt.subplots(rows, columns, figsize=size, sharey=True, squeeze=False, layout="constrained")
    for axes in panels.flat[number:]:
        axes.set_visible(False)
    for axes in panels.flat:
        axes.set_yticks(range(len(runs)), [shortened(labels[run]) for run in runs])
        axes.set_ylim(len(runs) - 0.5, -0.5)
        axes.locator_params(axis="x", nbins=4)
        axes.grid(axis="y", lw=0.4, color="#dddddd")
        axes.set_axisbelow(True)
    return figure, list(panels.flat)


def shortened(text: str) -> str:
    """The text, its middle cut out where it is long; dollars are no formulae."""
    half = LONGEST // 2
    cut = text if len(text) <= LONGEST else f"{text[: half - 1].rstrip()}…{text[-half:].lstrip()}"
    return cut.replace("$", r"\$")


def save(figure: Any, name: str) -> None:
    """Write the figure."""
    figure.savefig(name, dpi=200)
    plt.close(figure)


if __name__ == "__main__":
    main()
