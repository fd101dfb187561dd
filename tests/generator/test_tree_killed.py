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
from peerassay.llm.ledger_file import read_calls
from tiny_template import make_template

from tests.loopback.running import Loopback

KILLS, RUNS = 10, 12
COMMAND = [sys.executable, "-m", "peerassay.cli.main", "scientist"]
pytestmark = [
    pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here (pdflatex is not on PATH)"),
    pytest.mark.skipif("PEERASSAY_SLOW" not in os.environ, reason="minutes: a run is started some twenty times"),
]
ASKED = ("idea", "plan", "experiments", "draft")


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
    out, template, chance = tmp_path / "run", make_template(tmp_path / "lines"), random.Random(seed)
    idea, model = out / "idea_01", f"openai/grower-clumsy@{server.openai_url}?price_in=1&price_out=4&vision=true"
    start = ["run", "-t", str(template), "-m", model, "--offline-literature", "--out", str(out), "--skip-novelty",
             "--search", "tree", "--runs", str(RUNS), "--workers", "2", "--ask", ",".join(ASKED)]  # fmt: skip
    decided, left = set[str](), KILLS
    known: dict[str, dict[str, object]] = {}
    for _ in range(KILLS + 14):
        command = ["resume", str(out)] if (out / "scientist.json").exists() else start
        if left:
            ended = killed([*COMMAND, *command], chance.randint(1, 6), chance.random())
            left -= not ended
        else:
            ended = scientist(*command).returncode in (0, 3)
        known = still_there(idea, known)
        if ended and (what := approved(idea)):
            decided.add(what)
        if (idea / "state.json").exists() and State.read(idea).finished:
            break
    assert left == 0, "killed as often as meant"
    assert decided == set(ASKED)
    assert server.stats()["repeated"] <= KILLS, "at most the call that was in work"
    calls = [call for call in read_calls(out / "calls.jsonl") if call.ended and call.begun.stage == "idea_01/plan"]
    assert len(calls) == RUNS, "each experiment was planned once"
    nodes = Journal.read(idea / "experiments.json").nodes
    assert sum(node.kind in ("draft", "tune", "ablate") for node in nodes) == RUNS
    assert {node.status for node in nodes} <= {"ok", "failed"}
    assert {node.kind for node in nodes} == {"", "draft", "debug", "tune", "ablate", "confirm"}
    assert (idea / "paper.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((idea / "audit.json").read_text())["ok"]


def still_there(idea: Path, known: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    """All nodes that have ended, among them those that were known to have ended, as they were."""
    path = idea / "experiments.json"
    nodes = json.loads(path.read_text())["nodes"] if path.exists() else []
    now = {node["run"]: node for node in nodes if node["status"] != "planned"}
    assert {run: now.get(run) for run in known} == known
    return now
