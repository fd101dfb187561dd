"""A template whose experiment takes a moment: a line fitted to points, a knob that matters and one that does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

EXPERIMENT = '''
"""Least squares with shrinkage."""

import argparse
import json
import os
import random
from pathlib import Path

from evaluation import POINTS, score

SHRINKAGE = 0.5  # 0 is plain least squares
OFFSET = 1  # of the seeds
ELSEWHERE = int(os.environ.get("PEERASSAY_SEED_OFFSET", "0"))

parser = argparse.ArgumentParser()
parser.add_argument("--out_dir", required=True)
out = Path(parser.parse_args().out_dir)
out.mkdir(exist_ok=True)

info = {}
for dataset in ("steep", "flat"):
    errors = []
    for seed in range(4):
        random.seed(f"{dataset} {seed + OFFSET + ELSEWHERE}")
        slope = 3.0 if dataset == "steep" else 0.5
        points = [(x / POINTS, slope * x / POINTS + random.gauss(0, 0.1)) for x in range(POINTS)]
        fitted = sum(x * y for x, y in points) / sum(x * x for x, _ in points) * (1 - SHRINKAGE)
        errors.append(score(fitted, slope))
    mean = sum(errors) / 4
    stderr = (sum((e - mean) ** 2 for e in errors) / 3) ** 0.5 / 2
    info[dataset] = {
        "means": {"error": mean}, "stderrs": {"error": stderr}, "final_info_dict": {"error": errors}
    }
(out / "final_info.json").write_text(json.dumps(info))
'''

EVALUATION = '''
"""How far a slope is from the true one."""

POINTS = 20


def score(fitted, slope):
    return abs(fitted - slope) / slope
'''

PLOT = '''
"""Bars of the error by run."""

import json
from pathlib import Path

import matplotlib.pyplot as plt

labels = {"run_0": "Baseline"}

figure, axes = plt.subplots(figsize=(4, 3))
for position, (run, label) in enumerate(labels.items()):
    path = Path(run) / "final_info.json"
    if path.exists():
        info = json.loads(path.read_text())
        axes.bar(position, sum(d["means"]["error"] for d in info.values()) / len(info), label=label)
axes.set_ylabel("error")
axes.legend()
figure.savefig("errors.png", dpi=100)
'''


def knob(name: str, variable: str, before: str, values: list[str]) -> dict[str, Any]:
    variants = [
        {
            "label": f"{name} {value}",
            "description": f"{name} is {value}.",
            "edits": [
                {"file": "experiment.py", "search": f"{variable} = {before}", "replace": f"{variable} = {value}"}
            ],
        }
        for value in values
    ]
    return {
        "name": name.lower(),
        "title": f"Does {name} Matter for Lines?",
        "question": f"Does {name.lower()} change the error of a fitted line?",
        "hypothesis": f"{name} changes the error.",
        "why": f"{name} enters the estimate directly.",
        "variants": variants,
        "query": f"{name.lower()} least squares",
    }


KNOBS = {
    "metrics": [{"name": "error", "label": "relative error", "better": "lower", "primary": True, "digits": 3}],
    "datasets": {"steep": "a steep line", "flat": "a flat line"},
    "setting": {"points": "Each line has 20 points."},
    "knobs": [
        knob("Shrinkage", "SHRINKAGE", "0.5", ["0.0", "0.25"]),
        knob("Offset", "OFFSET", "1", ["101", "201"]),
    ],
}
BIB = """@article{hoerl1970ridge, title={Ridge Regression: Biased Estimation for Nonorthogonal Problems},
 author={Hoerl, Arthur E. and Kennard, Robert W.}, journal={Technometrics}, year={1970}}
"""
BACKGROUND = {
    "related": [{"key": "hoerl1970ridge", "sentence": "Ridge regression shrinks estimates towards zero."}],
    "background": "Shrinkage trades bias for variance \\\\citep{hoerl1970ridge}.",
    "method": "The slope is fitted by least squares and multiplied by one minus the shrinkage.",
}


def make_template(folder: Path) -> Path:
    """Write the template into the folder."""
    (folder / "latex").mkdir(parents=True)
    files = {
        "experiment.py": EXPERIMENT,
        "evaluation.py": EVALUATION,
        "plot.py": PLOT,
        "prompt.json": json.dumps({"system": "You study lines.", "task_description": "Fit lines well."}),
        "seed_ideas.json": json.dumps(
            [{"Name": "more_points", "Title": "More Points", "Experiment": "Use more points.", "Novelty": 3,
              "Interestingness": 4, "Feasibility": 10}]
        ),
        "knobs.json": json.dumps(KNOBS),
        "latex/references.bib": BIB,
        "latex/background.json": json.dumps(BACKGROUND),
    }  # fmt: skip
    for name, content in files.items():
        (folder / name).write_text(content.lstrip("\n"), encoding="utf-8")
    return folder
