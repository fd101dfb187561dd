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

from tests.bench.giving_out import sample_given_out
from tests.loopback.running import Loopback

Call = Callable[..., tuple[int, str, str]]
SCONTROL = '#!/bin/sh\necho "$@" > "$REQUEUED"\n'


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
        run = sample_given_out(tmp_path / "a run", f"openai/scripted@{server.openai_url}", limit=14)
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
    run = sample_given_out(tmp_path / "run", "floor:length")
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
        (("--time", 3), "time 3 is over before any work is sure to be done: a worker stops 120 s before its end"),
        (("--time", "1:31", "--ending", 31), "time 1:31 is over before"),
        (("--time", "0:03:00"), "time 0:03:00 is over before"),
        (("--workers", 0), "not in the range"),
        (("--out", "."), "is a folder"),
    ],
)
def test_wrong_options_are_one_line(tmp_path: Path, typed: Call, asked: tuple[object, ...], message: str) -> None:
    run = sample_given_out(tmp_path / "run", "floor:length")
    code, _, err = typed("slurm", run.folder, *asked)
    assert (code, message in err) == (2, True), err


@pytest.mark.parametrize(
    "asked", [("--time", 4), ("--time", "3:01"), ("--time", "1-0"), ("--time", "0"), ("--time", 2, "--ending", 30)]
)
def test_times_that_leave_some_to_work_are_taken(tmp_path: Path, typed: Call, asked: tuple[object, ...]) -> None:
    assert typed("slurm", sample_given_out(tmp_path / "run", "floor:length").folder, *asked)[0] == 0


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("100%", "{}/100%%/slurm-%A_%a.log"),
        ('a "b" #1 %j', r'"{}/a \"b\" #1 %%j/slurm-%A_%a.log"'),
        ("it's", """"{}/it's/slurm-%A_%a.log\""""),
    ],
)
def test_the_log_lies_in_the_run_whatever_its_name(tmp_path: Path, typed: Call, name: str, line: str) -> None:
    run = sample_given_out(tmp_path / name, "floor:length")
    assert typed("slurm", run.folder)[0] == 0
    assert f"#SBATCH --output={line.format(tmp_path)}\n" in (run.folder / "slurm.sh").read_text()


def test_a_folder_that_slurm_cannot_name_is_refused(tmp_path: Path, typed: Call) -> None:
    run = sample_given_out(tmp_path / "a\\b", "floor:length")
    code, _, err = typed("slurm", run.folder)
    assert (code, "Slurm cannot write to a folder with a backslash" in err) == (2, True)


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, typed: Call) -> None:
    code, _, err = typed("slurm", tmp_path)
    assert (code, "no run there" in err) == (2, True)
