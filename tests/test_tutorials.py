"""The tutorials and the start, as a reader goes through them: all blocks of a page, in order, in one folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(
    r"(?:Save (?:it|this) as `(?P<file>[\w.]+)`:\n\n)?```(?P<language>python|sh)\n(?P<code>.*?)```", re.DOTALL
)
MADE = {
    "start.md": ["runs/decisions/report.html", "runs/mine/report.html"],
    "tutorials/benchmark.md": ["runs/table/report.html", "runs/mine/report.html"],
    "tutorials/score.md": ["runs/released/report.html", "runs/batch/report.html"],
    "tutorials/leaderboards.md": ["site/reviewers.html", "board-site/reviewers.html"],
    "huggingface.md": ["shared/sample/README.md", "runs/back/report.html"],
    "trackers.md": ["figures.csv"],
    "tutorials/scientist.md": ["runs/epidemic/idea_01/paper.pdf", "runs/epidemic-scores/report.html"],
}
"""What a page promises to its reader, in the folder of his work."""

SECONDS = 900
"""For one block; a command that waits for its reader has no place in a tutorial."""

OTHERS = re.compile(r"^import (wandb|mlflow)$", re.MULTILINE)
"""Libraries that a page speaks of and the development install has not: their blocks are run where they are there."""

SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="minutes: make tutorials, or make slow")


def run(block: re.Match[str], folder: Path) -> None:
    """A block that is to be saved is saved, any other one is run; not one of a library that is not here."""
    if not all(map(find_spec, OTHERS.findall(block["code"]))):
        return
    if block["file"]:
        (folder / block["file"]).write_text(block["code"], encoding="utf-8")
        return
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = ["bash", "-e", "-c", block["code"]] if block["language"] == "sh" else [sys.executable, "-c", block["code"]]
    done = subprocess.run(
        shell,
        cwd=folder,
        env={**os.environ, "PATH": programs, "WANDB_MODE": "offline", "MLFLOW_TRACKING_URI": (folder / "ml").as_uri()},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{block['code']}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@SLOW
@pytest.mark.parametrize("page", MADE)
def test_a_tutorial_does_what_it_says(page: str, tmp_path: Path) -> None:
    if page == "tutorials/scientist.md" and not shutil.which("pdflatex"):
        pytest.skip("no LaTeX")
    blocks = list(BLOCK.finditer((DOCS / page).read_text(encoding="utf-8")))
    assert len(blocks) >= 2
    for block in blocks:
        run(block, tmp_path)
    assert [path for path in MADE[page] if not (tmp_path / path).is_file()] == []


def test_every_tutorial_is_run() -> None:
    tutorials = {path.relative_to(DOCS).as_posix() for path in (DOCS / "tutorials").glob("*.md")}
    assert tutorials == {page for page in MADE if page.startswith("tutorials/")}
