"""The script for Slurm, run by bash as one element of its array: to the end, and through the end of its time."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.bench.crew.order import Order
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.bench.run import Run
from peerassay.llm.session import Session
from peerassay.reviewer.crew.member import Watch

from tests.loopback.running import Loopback

Call = Callable[..., tuple[int, str, str]]
SCONTROL = '#!/bin/sh\necho "$@" > "$REQUEUED"\n'


def given_out(folder: Path, spec: str) -> Run:
    settings = BenchSettings(split="all", limit=14, out=folder, floors=False, audit=False)
    bench = prepare_bench("sample", [spec], Session.within(concurrency=1), settings)
    run = bench.begin([])
    Watch.begin(run.work_path, patience=5.0)
    Order.of(bench).write(run)
    return run


def element(script: Path, place: Path) -> subprocess.Popen[str]:
    """The script as Slurm starts it; `scontrol` writes down what it is asked."""
    tools = place / "bin"
    tools.mkdir(exist_ok=True)
    (tools / "scontrol").write_text(SCONTROL)
    (tools / "scontrol").chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{tools}:{os.environ['PATH']}",
        "REQUEUED": str(place / "requeued"),
        "SLURM_ARRAY_JOB_ID": "71",
        "SLURM_ARRAY_TASK_ID": "3",
        "OPENAI_API_KEY": "sk-secret",
    }
    return subprocess.Popen(["bash", script], env=env, stderr=subprocess.PIPE, text=True)


def test_an_element_goes_on_after_the_end_of_its_time(
    tmp_path: Path, typed: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    with Loopback(latency=0.1) as server:
        run = given_out(tmp_path / "a run", f"openai/scripted@{server.openai_url}")
        code, _, err = typed("slurm", run.folder, "--setup", "export DONE='yes'", "--option=--gres=gpu:1")
        assert (code, err) == (0, f"sbatch '{run.folder}/slurm.sh'\n")
        script = run.folder / "slurm.sh"
        assert "sk-secret" not in script.read_text()
        first = element(script, tmp_path)
        while server.stats()["calls"] < 3:
            time.sleep(0.05)
        first.send_signal(signal.SIGUSR1)
        _, said = first.communicate(timeout=60)
        assert first.returncode == 130, said
        assert (tmp_path / "requeued").read_text() == "requeue 71_3\n"
        (tmp_path / "requeued").unlink()
        second = element(script, tmp_path)
        _, said = second.communicate(timeout=60)
        assert second.returncode == 0, said
        assert said.count("openai/scripted") == 1, "one bar"
        assert not (tmp_path / "requeued").exists()
        assert server.stats()["finished"] == 14
        assert server.stats()["repeated"] <= 1
    assert len(run.reviews()) == 14


def test_the_script_is_one_that_shells_and_sbatch_read(tmp_path: Path, typed: Call) -> None:
    run = given_out(tmp_path / "run", "floor:length")
    shutil.rmtree(run.work_path)
    asked = ("--workers", 32, "--time", "1-12", "--partition", "short", "--out", "job.sh")
    code, _, err = typed("slurm", run.folder, *asked)
    assert code == 0
    assert "it gives no work out yet: first start the command of the bench with --workers 0" in err
    text = (tmp_path / "job.sh").read_text()
    head = [line for line in text.splitlines() if line.startswith("#SBATCH")]
    assert {"#SBATCH --array=1-32", "#SBATCH --time=1-12", "#SBATCH --partition=short"} <= {*head}
    assert {"#SBATCH --requeue", "#SBATCH --signal=B:USR1@120"} <= {*head}
    assert text.startswith("#!/bin/bash\n#SBATCH") and str(sys.executable) in text
    subprocess.run(["bash", "-n", "job.sh"], check=True)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--time", "soon"), "is no time of sbatch"),
        (("--option", "gres"), "is no option of sbatch"),
        (("--setup", "a\nb"), "is not one line"),
        (("--memory", ""), "is not one line"),
        (("--workers", 0), "not in the range"),
        (("--out", "."), "is a folder"),
    ],
)
def test_wrong_options_are_one_line(tmp_path: Path, typed: Call, asked: tuple[object, ...], message: str) -> None:
    run = given_out(tmp_path / "run", "floor:length")
    code, _, err = typed("slurm", run.folder, *asked)
    assert (code, message in err) == (2, True), err


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, typed: Call) -> None:
    code, _, err = typed("slurm", tmp_path)
    assert (code, "no run there" in err) == (2, True)
