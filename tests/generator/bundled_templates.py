"""What the tests of the bundled templates share."""

from __future__ import annotations

import importlib
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from PIL import Image

TEMPLATES = Path(__file__).resolve().parents[2] / "generator" / "templates"


def script(folder: Path, *command: str, **environment: str) -> str:
    """What a script of the folder prints under the preset for tests, without a GPU and corpora of the user's own."""
    own = {name: value for name, value in os.environ.items() if name != "PEERASSAY_CORPORA"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**own, "PEERASSAY_PRESET": "tiny", "MPLBACKEND": "Agg", "CUDA_VISIBLE_DEVICES": "", **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextmanager
def modules(template: Path) -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules experiment and evaluation, as a script in the template's folder would import them."""
    names = ("experiment", "evaluation", "evidence")
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(template))
    try:
        yield importlib.import_module("experiment"), importlib.import_module("evaluation")
    finally:
        sys.path.remove(str(template))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(kept)


def run_main(experiment: ModuleType, monkeypatch: pytest.MonkeyPatch, out: Path, *arguments: str, offset: int) -> Any:
    """final_info.json of a tiny run in this process, with the seeds moved."""
    monkeypatch.setenv("PEERASSAY_SEED_OFFSET", str(offset))
    monkeypatch.setattr(sys, "argv", ["experiment.py", "--preset", "tiny", "--out_dir", str(out), *arguments])
    experiment.main()
    return json.loads((out / "final_info.json").read_text(encoding="utf-8"))


def changed(template: Path, variant: dict[str, Any]) -> dict[str, Any]:
    """The settings that the variant's edits set in CHANGES."""
    source = (template / "experiment.py").read_text(encoding="utf-8")
    (edit,) = variant["edits"]
    assert edit["file"] == "experiment.py"
    assert source.count(edit["search"]) == 1
    scope: dict[str, Any] = {"Any": Any}
    exec(edit["replace"], scope)
    return scope["CHANGES"]


def check_results(run: Path, datasets: tuple[str, ...], seeds: int) -> dict[str, Any]:
    """final_info.json, of which the layout and the standard errors are checked."""
    info = json.loads((run / "final_info.json").read_text(encoding="utf-8"))
    assert tuple(info) == datasets
    for result in info.values():
        for metric, values in result["final_info_dict"].items():
            assert len(values) == seeds
            assert all(math.isfinite(value) for value in values)
            assert result["means"][f"{metric}_mean"] == pytest.approx(np.mean(values))
            expected = np.std(values, ddof=1) / math.sqrt(seeds)
            assert result["stderrs"][f"{metric}_stderr"] == pytest.approx(expected)
    assert sorted(path.name for path in run.iterdir()) == ["all_results.npz", "final_info.json"]
    return info


def check_figures(run: Path, folder: Path, template: Path) -> None:
    """The figures that captions.json names are written, over two runs, and hold something."""
    for name in ("plot.py", "evaluation.py"):
        shutil.copy(template / name, folder)
    for name in ("run_0", "run_2"):
        shutil.copytree(run, folder / name)
    script(folder, "plot.py")
    captions = json.loads((template / "captions.json").read_text(encoding="utf-8"))
    assert {path.name for path in folder.glob("*.png")} == set(captions)
    for name in captions:
        with Image.open(folder / name) as picture:
            assert picture.width >= 1000
            assert len(picture.convert("RGB").getcolors(2**20) or []) > 20


def check_texts(template: Path, info: dict[str, Any]) -> None:
    """Knobs, ideas, background and bibliography agree with the results and with each other."""
    knobs = json.loads((template / "knobs.json").read_text(encoding="utf-8"))
    assert list(knobs["datasets"]) == list(info)
    assert {metric["name"] for metric in knobs["metrics"]} == set(next(iter(info.values()))["means"])
    assert sum(metric["primary"] for metric in knobs["metrics"]) == 1
    assert len(knobs["knobs"]) >= 10
    for knob in knobs["knobs"]:
        assert set(knob) == {"name", "title", "question", "hypothesis", "why", "variants", "query"}
        assert 2 <= len(knob["variants"]) <= 3
    background = json.loads((template / "latex" / "background.json").read_text(encoding="utf-8"))
    bibliography = (template / "latex" / "references.bib").read_text(encoding="utf-8")
    prose = background["background"] + background["method"]
    cited = {
        key
        for part in prose.split("\\cite")[1:]
        for key in part[part.index("{") + 1 : part.index("}")].split(",")
    } | {entry["key"] for entry in background["related"]}  # fmt: skip
    entries = [line.split("{")[1].rstrip(",") for line in bibliography.splitlines() if line.startswith("@")]
    assert cited == set(entries)
    assert len(entries) == len(set(entries)) >= 12
    assert set(json.loads((template / "prompt.json").read_text(encoding="utf-8"))) == {"system", "task_description"}
    ideas = json.loads((template / "seed_ideas.json").read_text(encoding="utf-8"))
    assert len(ideas) >= 3
    for idea in ideas:
        assert all(1 <= idea[field] <= 10 for field in ("Interestingness", "Feasibility", "Novelty"))
        assert all(idea[field] for field in ("Name", "Title", "Experiment"))
