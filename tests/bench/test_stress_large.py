"""Stress at its full size: killed twice, it goes on without paying twice, within one budget."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from peerassay.bench.stress.run import StressRun
from peerassay.data.dataset import save
from peerassay.data.registry import data_home

from tests.bench.stressed import made_papers
from tests.loopback.running import Peer, spawn_loopback

SLOW = os.environ.get("PEERASSAY_SLOW") == "1"
PAPERS = int(os.environ.get("PEERASSAY_STRESS_PAPERS", "500"))
TWELVE = (
    "injection:visible,injection:other-languages,laundering:adjectives,laundering:novelty,laundering:more-text,"
    "identity:high-prestige,identity:low-prestige,identity:accepted-at,degradation:sections-shuffled,"
    "invariance:white-space,invariance:numbering,invariance:heading-synonyms"
)
AT_ONCE = 16


def wait_for_calls(server: Peer, count: int) -> None:
    while server.stats()["calls"] < count:
        time.sleep(0.05)


@pytest.mark.skipif(not SLOW, reason="minutes of work; PEERASSAY_SLOW=1 runs it")
def test_500_papers_in_12_manipulations_survive_kill_9_and_a_budget(tmp_path: Path) -> None:
    save(made_papers(PAPERS), data_home() / "made")
    with spawn_loopback(latency=0.01) as server:
        spec = f"openai/scripted@{server.openai_url}?injections=keep&price_in=1&price_out=4"
        command = [sys.executable, "-m", "peerassay.cli.main", "stress", "-d", "made", "--split", "all", "-r", spec]
        command += ["--manipulations", TWELVE, "--out", str(tmp_path / "run"), "--concurrency", str(AT_ONCE), "--json"]
        dry = subprocess.run([*command, "--dry-run"], capture_output=True, text=True, check=True)
        [expected] = json.loads(dry.stdout)["expected"].values()
        assert server.stats()["attempts"] == 0
        for share in (0.2, 0.5):
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for_calls(server, round(share * expected["calls"]))
            process.send_signal(signal.SIGKILL)
            process.wait()
        short = subprocess.run([*command, "--budget", "0.01"], capture_output=True, text=True, check=False)
        assert short.returncode == 4
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        stats = server.stats()
        assert stats["repeated"] <= 2 * AT_ONCE
        assert stats["calls"] == stats["finished"] + stats["repeated"]
        assert stats["finished"] <= expected["calls"]
        before = stats["calls"]
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert json.loads(again.stdout)["reviewed"] == 0
        assert server.stats()["calls"] == before
    figures = json.loads(done.stdout)["reviewers"][0]["figures"]
    assert figures["n"] == PAPERS
    assert len({change["name"] for change in figures["changes"]}) == 12
    assert len(StressRun.open(tmp_path / "run").reviews()) == expected["reviews"]
