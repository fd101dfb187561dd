"""The plot stage: text that an edge cuts off goes back, and captions hold for what they were written for."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest
from laid_out import made_up_lab
from peerassay.generator.drawn import DrawnFigures
from peerassay.generator.editors.blocks import parse_blocks
from peerassay.generator.figures import captioned_figures, relabel
from peerassay.generator.lab import Lab
from peerassay.generator.literature.search import Literature
from peerassay.generator.nodes import Node
from peerassay.generator.paper_problems import paper_problems
from peerassay.generator.project import PaperSettings, Project
from peerassay.generator.scientist import Scientist
from peerassay.generator.stages import plots
from peerassay.generator.template import load_template

pytest.importorskip("matplotlib")
EDGES = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

def figure():
    drawn, axes = plt.subplots(figsize=(3, 2))
    drawn.subplots_adjust(left=0.3, bottom=0.2)
    axes.plot([1, 2], [3, 4], label="a run")
    axes.set_ylabel("A label of the axis that is far too long for its height")
    return drawn, axes

drawn, axes = figure()
drawn.text(0.7, 0.5, "a legend that goes on beyond the edge")
axes.text(9, 9, "out of sight")
axes.text(1, 3, "clipped away", clip_on=True)
drawn.savefig("cut.png", dpi=150)
drawn, axes = figure()
axes.set_ylabel("short")
drawn.savefig("whole.png")
drawn, axes = figure()
drawn.text(0.9, 0.5, "this grows with the text")
drawn.savefig("tight.png", bbox_inches="tight")
"""


def test_text_beyond_an_edge_is_noted_from_what_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "plot.py").write_text(EDGES)
    command = [sys.executable, "-c", plots.WATCHER, "plot.py", "notes.json"]
    subprocess.run(command, cwd=tmp_path, check=True)
    notes = json.loads((tmp_path / "notes.json").read_text())
    assert list(notes) == ["cut.png"]
    found = "\n".join(notes["cut.png"])
    assert "'a legend that goes on beyond the edge' is cut off at the right edge by" in found
    assert "'A label of the axis that is far too long for its height' is cut off at the bottom edge" in found
    assert "'out of sight' is cut off at the right edge" in found
    assert "clipped" not in found and len(notes["cut.png"]) == 3


def test_a_script_without_matplotlib_runs_as_ever(tmp_path: Path) -> None:
    (tmp_path / "plot.py").write_text("import sys\nprint(__name__, sys.argv)\nraise SystemExit(3)\n")
    command = [sys.executable, "-c", plots.WATCHER, "plot.py", "notes.json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (3, "__main__ ['plot.py']\n")
    assert json.loads((tmp_path / "notes.json").read_text()) == {}


class Drawer:
    """A scientist that changes plot.py by one of its edits after another, and keeps what it is told."""

    viewer = None

    def __init__(self, *edits: Callable[[str], str]) -> None:
        self.edits = list(edits)
        self.told: list[str] = []

    async def draw(self, lab: Lab, nodes: Sequence[Node], problem: str) -> bool:
        self.told.append(problem)
        if not self.edits:
            return False
        path = lab.workspace / "plot.py"
        if not problem:
            relabel(path, {node.run: node.label for node in nodes})
        path.write_text(self.edits.pop(0)(path.read_text()))
        return True


def plotted(lab: Lab, drawer: Drawer) -> DrawnFigures:
    settings = PaperSettings()
    scientist = cast(Scientist, drawer)
    project = Project(lab, scientist, Literature((), None), cast(Any, None), cast(Any, None), settings)
    asyncio.run(plots.plot(project))
    return DrawnFigures.read(lab.folder)


def with_curves(lab: Lab) -> Lab:
    """The lab with files of results as its template's plot.py reads them."""
    import numpy as np

    steps = np.array([1, 10, 100])
    for node in lab.journal().nodes:
        folder = lab.workspace / node.run
        curves: dict[str, Any] = {}
        info: dict[str, Any] = {}
        for name, metrics in node.results.items():
            curves[f"{name}_step"] = steps
            for part in ("train_acc", "val_acc", "train_loss", "val_loss"):
                curves[f"{name}_{part}"] = np.array([[0.1, 0.5, 0.9], [0.2, 0.4, 0.8]])
            info[name] = {
                "means": {metric: value.mean for metric, value in metrics.items()},
                "stderrs": {f"{metric.removesuffix('_mean')}_stderr": v.stderr for metric, v in metrics.items()},
                "final_info_dict": {"crossed": [True, False], "step_val_acc_99": [5, 9], "final_val_acc": [0.4, 0.6]},
            }
        np.savez(folder / "all_results.npz", **curves)
        (folder / "final_info.json").write_text(json.dumps(info))
    return lab


def edited(answer: Path) -> Callable[[str], str]:
    """The edit of plot.py that a model gave."""

    def edit(text: str) -> str:
        for block in parse_blocks(answer.read_text(encoding="utf-8"), ["plot.py"]).blocks:
            before = "\n".join(block.search)
            assert text.count(before) == 1
            text = text.replace(before, "\n".join(block.replace))
        return text

    return edit


def test_what_a_model_has_drawn_itself_gets_its_own_caption(tmp_path: Path, shared_cases: Path) -> None:
    """A model's two answers to one request: the first fails, the second mends it and adds a figure."""
    lab = with_curves(made_up_lab(tmp_path, "grokking", 1))
    answers = shared_cases / "scientist-answers"
    drawer = Drawer(edited(answers / "015.txt"), edited(answers / "016.txt"))
    found = plotted(lab, drawer)
    assert drawer.told[0] == "" and "KeyError: 'final_val_acc'" in drawer.told[1] and len(drawer.told) == 2
    assert sorted(found.hashes) == ["accuracy.png", "final_accuracy.png", "loss.png", "steps_to_99.png"]
    assert set(found.as_template) == {"accuracy.png", "loss.png", "steps_to_99.png"}
    assert "final_figure" in (lab.workspace / "plot.py").read_text(), "the edited script stays"
    assert all((lab.latex / name).read_bytes() == (lab.workspace / name).read_bytes() for name in found.hashes)


LINES = """
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt

labels = {"run_0": "Baseline"}

for name in ("one", "two"):
    figure = plt.figure(figsize=(2, 2))
    figure.text(0.5, 0.5, NOTE if name == "two" else "a")
    figure.savefig(f"{name}.png", dpi=50)
"""


@pytest.fixture
def small(tmp_path: Path) -> Lab:
    """A lab whose template draws two small figures, with a caption for each."""
    lab = with_curves(made_up_lab(tmp_path / "lab", "grokking", 1))
    folder = shutil.copytree(lab.template.folder, tmp_path / "small", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "plot.py").write_text(LINES.replace("NOTE", '"b"'))
    (folder / "captions.json").write_text(json.dumps({"one.png": "Of one.", "two.png": "Of two."}))
    shutil.copy(folder / "plot.py", lab.workspace)
    for image in lab.workspace.glob("*.png"):
        image.unlink()
    lab.template = load_template(str(folder))
    return lab


def test_a_script_that_nobody_edits_keeps_its_captions(small: Lab) -> None:
    found = plotted(small, Drawer(lambda text: text))
    assert found.as_template == ("one.png", "two.png") and found.cut_off == {}
    assert not (small.folder / "logs" / "plot_of_template.log").exists(), "it is not run twice"


def test_cut_off_text_goes_back_and_what_stays_is_a_problem_of_the_paper(small: Lab) -> None:
    long, longer = "a word " * 9, "another word " * 9
    drawer = Drawer(lambda text: text.replace('"b"', repr(long)), lambda text: text.replace(long, longer))
    found = plotted(small, drawer)
    assert "two.png: 'a word a word" in drawer.told[1] and "is cut off at the right edge" in drawer.told[1]
    assert "another word" in drawer.told[2], "a third try, which the scientist gives up"
    assert found.as_template == ("one.png",)
    captioned = captioned_figures(small.template.captions, small.latex, found.as_template)
    assert [item.label for item in captioned] == ["fig:one"], "the edited one has lost its caption"
    assert len(found.cut_off["two.png"]) == 1
    (small.folder / "paper.pdf").touch()
    assert paper_problems(small.folder) == found.faults and "two.png" in found.faults[0]


def test_a_mended_script_that_cuts_off_more_leaves_the_drawing_before_it(small: Lab) -> None:
    long, longer = "a word " * 9, "another word " * 9
    drawer = Drawer(
        lambda text: text.replace('"b"', repr(long)),
        lambda text: text.replace(repr(long), repr(longer)).replace('"a"', repr(longer)),
    )
    found = plotted(small, drawer)
    assert len(drawer.told) == 3 and drawer.told[2].count("is cut off") == 2
    assert list(found.cut_off) == ["two.png"] and "another" not in (small.workspace / "plot.py").read_text()


def test_a_mended_script_that_fails_leaves_the_drawing_before_it(small: Lab) -> None:
    long = "a word " * 9
    found = plotted(small, Drawer(lambda text: text.replace('"b"', repr(long)), lambda text: text + "\n1 / 0\n"))
    assert sorted(found.hashes) == ["one.png", "two.png"]
    assert "1 / 0" not in (small.workspace / "plot.py").read_text()
