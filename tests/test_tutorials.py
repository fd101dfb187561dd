"""The tutorials and the start, as a reader goes through them: all blocks of a page, in order, in one folder."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"
BLOCK = re.compile(
    r"(?:Save (?:it|this) as `(?P<file>[\w.]+)`:\n\n)?```(?P<language>python|sh)\n(?P<code>.*?)```", re.DOTALL
)
MADE = {
    "start": ["runs/decisions/report.html", "runs/mine/report.html"],
    "benchmark": ["runs/table/report.html", "runs/mine/report.html"],
    "score": ["runs/released/report.html", "runs/batch/report.html"],
    "leaderboards": ["site/reviewers.html", "board-site/reviewers.html"],
    "scientist": ["runs/epidemic/idea_01/paper.pdf", "runs/epidemic-scores/report.html"],
}
"""What a page promises to its reader, in the folder in which he works."""

SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="minutes: make tutorials, or make slow")


def page(name: str) -> Path:
    return next(DOCS.rglob(f"{name}.md"))


def run(block: re.Match[str], folder: Path) -> None:
    """A block that is to be saved is saved, any other one is run."""
    if block["file"]:
        (folder / block["file"]).write_text(block["code"], encoding="utf-8")
        return
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    shell = ["bash", "-e", "-c", block["code"]] if block["language"] == "sh" else [sys.executable, "-c", block["code"]]
    done = subprocess.run(
        shell, cwd=folder, env={**os.environ, "PATH": programs}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{block['code']}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


@SLOW
@pytest.mark.parametrize("name", MADE)
def test_a_tutorial_does_what_it_says(name: str, tmp_path: Path) -> None:
    if name == "scientist" and not shutil.which("pdflatex"):
        pytest.skip("no LaTeX")
    blocks = list(BLOCK.finditer(page(name).read_text(encoding="utf-8")))
    assert len(blocks) >= 2
    for block in blocks:
        run(block, tmp_path)
    assert [path for path in MADE[name] if not (tmp_path / path).is_file()] == []


def test_every_tutorial_is_run() -> None:
    assert {path.stem for path in (DOCS / "tutorials").glob("*.md")} == MADE.keys() - {"start"}
