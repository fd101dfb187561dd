"""A small experiment with known results, and what the audit flags in a text about it."""

from __future__ import annotations

import json
import math
from pathlib import Path

from peerassay.generator.provenance.audit import audit_paper
from peerassay.generator.provenance.records import Audit

LABELS = {"run_0": "Baseline", "run_1": "Wide", "run_2": "Narrow", "run_3": "Deep"}
MEANS = {
    ("cifar", "accuracy"): (0.7123, 0.8341, 0.6502, 0.7719),
    ("svhn", "accuracy"): (0.8214, 0.9012, 0.7631, 0.8423),
    ("cifar", "val_loss"): (0.9125, 0.4512, 1.3544, 0.7812),
    ("svhn", "val_loss"): (0.6125, 0.3051, 0.8744, 0.5512),
    ("cifar", "train_time"): (61.2, 123.5, 30.4, 95.7),
    ("svhn", "train_time"): (41.8, 82.9, 21.3, 63.6),
}
HALF_RANGE = {"accuracy": 0.012, "val_loss": 0.034, "train_time": 1.7}
"""Of the three seeds."""
CODE = "learning_rate = 0.003\ndropout = 0.1\nalpha = 0.25\ndepth = 6\n"
METRICS = {"accuracy": "higher", "val_loss": "lower", "train_time": "lower"}


def make_results(folder: Path) -> Path:
    """Four runs on two data sets with three seeds, and the statistics of their differences from the first."""
    statistics: dict[str, float] = {}
    for number, run in enumerate(LABELS):
        info: dict[str, dict[str, dict[str, object]]] = {}
        for (dataset, metric), means in MEANS.items():
            mean, half = means[number], HALF_RANGE[metric]
            cell = info.setdefault(dataset, {"means": {}, "stderrs": {}, "final_info_dict": {}})
            cell["means"][metric], cell["stderrs"][metric] = mean, half / math.sqrt(3)
            cell["final_info_dict"][metric] = [mean - half, mean, mean + half]
            if number:
                place = f"{dataset}/{metric}/{run}"
                difference = mean - means[0]
                statistics[f"difference/{place}"] = difference
                statistics[f"low/{place}"], statistics[f"high/{place}"] = difference - 2 * half, difference + 2 * half
        (folder / run).mkdir(parents=True)
        (folder / run / "final_info.json").write_text(json.dumps(info))
    better = [{"name": name, "better": way} for name, way in METRICS.items()]
    files = {"labels.json": LABELS, "statistics.json": statistics, "prompt.json": {"metrics": better}}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    (folder / "experiment.py").write_text(CODE)
    return folder


def audited(results: Path, body: str, section: str = "Results") -> Audit:
    """The audit of a paper with one section."""
    tex = results / "latex" / "paper.tex"
    tex.parent.mkdir(exist_ok=True)
    tex.write_text(f"\\documentclass{{article}}\\begin{{document}}\\section{{{section}}}\n{body}\n\\end{{document}}\n")
    return audit_paper(tex, None, results)


def flagged(results: Path, body: str, section: str = "Results") -> list[str]:
    """The numbers and words that are flagged, in order."""
    audit = audited(results, body, section)
    numbers = [number.text for number in (*audit.unsupported, *audit.settings_unmatched)]
    return numbers + [claim.word for claim in audit.contradicted]


def table(head: str, *rows: str, caption: str = "") -> str:
    """A table in a float; rows as LaTeX has them, without their ends."""
    body = "".join(f"{row} \\\\\n" for row in (head, *rows))
    columns = "l" + "r" * head.count("&")
    return (
        f"\\begin{{table}}\\caption{{{caption}}}\n\\begin{{tabular}}{{{columns}}}\n{body}\\end{{tabular}}\\end{{table}}"
    )
