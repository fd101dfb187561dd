"""A tree of twelve experiments, two at once, by a scripted model, with people asked, killed again and again."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from peerassay.generator.nodes import Journal
from peerassay.generator.state import State
from tiny_template import make_template

from tests.loopback.running import Loopback

SLOW = bool(os.environ.get("PEERASSAY_SLOW"))
COMMAND = [sys.executable, "-m", "peerassay.cli.main", "scientist"]
pytestmark = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here (pdflatex is not on PATH)")
ASKED = {"idea", "experiments", "draft"}


def scientist(*options: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, options)], capture_output=True, text=True, check=False)


def killed(command: list[str], line: int, moment: float) -> bool:
    """Start it, and kill it a moment after so many lines; whether it had ended before that."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    read = sum(1 for _ in zip(range(line), process.stderr, strict=False))
    if read == line:
        time.sleep(moment)
    ended = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    return ended


def approved(idea: Path) -> str:
    """What was waited for, which is approved now; empty where nothing was."""
    done = scientist("approve", idea, "--by", "Ann Ho")
    return done.stdout.split("approved the ")[1].split(";")[0] if done.returncode == 0 else ""


@pytest.mark.parametrize("seed", [0])
def test_a_tree_goes_through_kills_at_random_moments(server: Loopback, tmp_path: Path, seed: int) -> None:
    """Nothing that was answered is asked again, no node is lost, and nothing that a person decided."""
    kills, runs = (10, 12) if SLOW else (2, 4)
    out, chance = tmp_path / "run", random.Random(seed)
    idea, model = out / "idea_01", f"openai/grower-clumsy@{server.openai_url}?price_in=1&price_out=4"
    asked = sorted(ASKED) if SLOW else ["experiments"]
    template = make_template(tmp_path / "lines")
    start = ["run", "-t", str(template), "-m", model, "--offline-literature", "--out", str(out),
             "--search", "tree", "--runs", str(runs), "--workers", "2", "--skip-novelty", "--ask", ",".join(asked),
             *([] if SLOW else ["--no-pdf"])]  # fmt: skip
    again, decided, left = ["resume", str(out)], set[str](), kills
    known: dict[str, dict[str, object]] = {}
    for _ in range(kills + 12):
        command = again if (out / "scientist.json").exists() else start
        if left:
            ended = killed([*COMMAND, *command], chance.randint(1, 6), chance.random())
            left -= not ended
        else:
            ended = scientist(*command).returncode in (0, 3)
        known = still_there(idea, known)
        if ended and (what := approved(idea)):
            decided.add(what)
        state = State.read(idea) if (idea / "state.json").exists() else None
        if state and (state.finished or (not SLOW and state.stages["writeup"].status == "done")):
            break
    assert left == 0, "killed as often as meant"
    assert decided == set(asked)
    stats = server.stats()
    assert stats["repeated"] == stats["lost"] == 0 or stats["repeated"] <= kills
    journal = Journal.read(idea / "experiments.json")
    assert sum(node.kind in ("draft", "tune", "ablate") for node in journal.nodes) == runs
    assert all(node.status in ("ok", "failed") for node in journal.nodes)
    assert {"draft", "debug", "tune", "ablate", "confirm"} <= {node.kind for node in journal.nodes} or not SLOW
    if SLOW:
        assert (idea / "paper.pdf").read_bytes().startswith(b"%PDF")
        assert json.loads((idea / "audit.json").read_text())["ok"]


def still_there(idea: Path, known: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """All nodes that have ended, among them those that were known to have ended, as they were."""
    path = idea / "experiments.json"
    nodes = json.loads(path.read_text())["nodes"] if path.exists() else []
    now = {node["run"]: node for node in nodes if node["status"] != "planned"}
    assert {run: now.get(run) for run in known} == known
    return now
