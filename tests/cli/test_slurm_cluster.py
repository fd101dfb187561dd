"""`peerassay slurm` on a real cluster: workers whose time ends, and a machine that is lost under them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from peerassay.bench.run import Run
from peerassay.generator.batch import ScientistRun

from tests.cli.slurm_cluster import SlurmCluster, needs_slurm, until
from tests.loopback.running import spawn_loopback

Call = Callable[..., tuple[int, str, str]]
SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="minutes: PEERASSAY_SLOW=1 runs it (make slow)")


@pytest.fixture
def cluster() -> Iterator[SlurmCluster]:
    with SlurmCluster() as cluster:
        yield cluster


@SLOW
@needs_slurm
def test_a_bench_outlives_the_time_of_its_workers_and_a_machine(
    tmp_path: Path, typed: Call, cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is lost, and nothing is asked twice but one call for each stop of a worker."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    folder = tmp_path / 'a 100% "run" of %j'
    with spawn_loopback(latency=4.0) as server:
        spec = f"openai/scripted@{server.openai_url}?ensemble=3"
        asked = ("-d", "sample", "-r", spec, "--split", "all", "--no-floors", "--no-audit", "--draws", "100")
        command = [sys.executable, "-m", "peerassay", "bench", *asked, "--workers", "0", "--concurrency", "1"]
        lead = subprocess.Popen([*command, "--out", folder, "--patience", "20"], stderr=subprocess.PIPE, text=True)
        until((folder / "work" / "order.json").exists)
        code, _, err = typed("slurm", folder, "--workers", 3, "--time", 2, "--ending", 30, "--memory", "300M")
        assert code == 0, err
        job = cluster.asked("sbatch", "--parsable", str(folder / "slurm.sh")).strip()
        until(lambda: server.stats()["calls"] >= 12)
        assert cluster.lose("n2") >= 2
        time.sleep(20)
        cluster.start("n2")
        _, said = lead.communicate(timeout=600)
        assert lead.returncode == 0, said
        until(lambda: not cluster.asked("squeue", "--noheader"))
        shown = cluster.asked("scontrol", "show", "job", job)
        restarts = sum(int(word.partition("=")[2]) for word in shown.split() if word.startswith("Restarts="))
        stats = server.stats()
    print(f"{restarts} restarts, {stats['attempts']} calls begun for {stats['finished']} answers")
    assert restarts >= 4, "each element once for its time, one for the machine"
    assert stats["finished"] == 96
    assert stats["attempts"] - 96 <= restarts, "calls that were under way at a stop"
    assert len(Run.open(folder).reviews()) == 32
    logs = sorted(path.name for path in folder.glob("slurm-*.log"))
    assert logs == [f"slurm-{job}_{number}.log" for number in (1, 2, 3)]


@SLOW
@needs_slurm
def test_a_run_of_the_scientist_is_helped_by_slurm(tmp_path: Path, typed: Call, cluster: SlurmCluster) -> None:
    folder = tmp_path / "run"
    command = [sys.executable, "-m", "peerassay", "scientist", "run", "-t", "epidemic", "-m", "offline"]
    lead = subprocess.Popen(
        [*command, "--ideas", "4", "--processes", "1", "--out", folder], stderr=subprocess.PIPE, text=True
    )
    until((folder / "work" / "order.json").exists)
    assert typed("slurm", folder, "--workers", 2, "--memory", "400M")[0] == 0
    cluster.asked("sbatch", str(folder / "slurm.sh"))
    _, said = lead.communicate(timeout=600)
    assert lead.returncode == 0, said
    until(lambda: not cluster.asked("squeue", "--noheader"))
    assert ScientistRun.open(folder).complete
    logs = [path.read_text() for path in folder.glob("slurm-*.log")]
    assert len(logs) == 2
    assert any("all stages done" in log for log in logs)
