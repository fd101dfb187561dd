"""How to submit: the commands of the page and of the document are the same, and work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from made_results import only
from peerassay.leaderboards.site.submitting import submitting
from test_submission_workflow import git

ROOT = Path(__file__).parents[2]
COMMANDS = [line for chapter in submitting() for step in chapter.steps for line in step.command.splitlines()]


def test_the_document_has_the_commands_of_the_page() -> None:
    section = (ROOT / "docs" / "leaderboards.md").read_text(encoding="utf-8").partition("## Submitting")[2]
    block = re.search(r"```sh\n(.*?)```", section, re.DOTALL)
    assert block is not None
    assert block[1].splitlines() == COMMANDS


@pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="half a minute; PEERASSAY_SLOW=1 runs it")
def test_the_commands_work_in_a_clone(made_once: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    only(made_once, clone / "leaderboards" / "results", "generators/diffusion/strong-*.json")
    shutil.copy(ROOT / "pyproject.toml", clone)
    (clone / ".gitignore").write_text("runs/\n")
    git(tmp_path, "init", "-q", "-b", "main", "clone")
    git(clone, "add", ".")
    git(clone, "commit", "-qm", "base")
    git(clone, "config", "user.name", "a")
    git(clone, "config", "user.email", "a@b")
    script = (
        "\n".join(COMMANDS).replace("-d iclr2022", "-d sample --split all --no-audit").replace("SPEC", "floor:random")
    )
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    bash = ["bash", "-e", "-o", "pipefail", "-c", script]
    done = subprocess.run(bash, cwd=clone, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "floor:random" in done.stdout
    changed = ["git", "-C", str(clone), "diff", "--name-only", "main", "my-result"]
    names = subprocess.run(changed, capture_output=True, text=True, check=True).stdout.split()
    assert [Path(name).parts[2] for name in names] == ["datasets", "reviewers"]
