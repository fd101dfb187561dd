"""Ctrl-C while an experiment runs: the folder and the command that continues are named, and that command continues."""

from __future__ import annotations

import shlex
import signal
import subprocess
from pathlib import Path

import pytest
from peerassay.cli.scientist_progress import continuing
from peerassay.generator.nodes import Journal, Node
from peerassay.generator.progress import ideas_left, runs_left, time_in_words
from peerassay.generator.state import State

from tests.cli.test_interrupt import PATIENCE, program, wait_until
from tests.generator.tiny_template import make_template


def test_a_stopped_run_names_its_folder_and_what_continues_it(tmp_path: Path) -> None:
    template = make_template(tmp_path / "lines")
    code = template / "experiment.py"
    waiting = f'import time\nwhile out.name != "run_0" and not Path("{tmp_path}/go").exists():\n    time.sleep(0.05)\n'
    code.write_text(code.read_text().replace("info = {}", f"{waiting}info = {{}}", 1))
    command = [program(), "scientist", "run", "-t", "lines", "--offline-literature", "--no-pdf", "--runs", "1"]
    command += ["--sandbox", "limits"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    journals = lambda: list(tmp_path.glob("runs/*/idea_01/experiments.json"))  # noqa: E731
    wait_until(lambda: bool(journals()) and "run_1" in journals()[0].read_text(), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    [folder] = tmp_path.glob("runs/*")
    assert f"kept in runs/{folder.name}" in err and "Traceback" not in err
    (tmp_path / "go").touch()
    again = [program(), *shlex.split(" ".join(err.split()).partition("goes on with it: peerassay ")[2])]
    done = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [folder.name]
    assert State.read(folder / "idea_01").stages["writeup"].status == "done"


@pytest.mark.parametrize(
    ("given", "continues"),
    [
        ("scientist run -t a -m offline", "peerassay scientist run -t a -m offline --out r"),
        ("scientist run -t a --out r --runs 2", "peerassay scientist run -t a --runs 2 --out r"),
        ("scientist resume r --from writeup --budget 3", "peerassay scientist resume r --budget 3"),
        ("scientist resume r/idea_01 --from=writeup", "peerassay scientist resume r/idea_01"),
        ("scientist run -t 'my own'", "peerassay scientist run -t 'my own' --out r"),
    ],
)
def test_what_continues(given: str, continues: str) -> None:
    assert continuing(Path("r"), shlex.split(given)) == continues


def test_the_time_left_is_told() -> None:
    journal = Journal(
        nodes=[
            Node(run="run_0", label="Baseline", status="ok", seconds=20),
            Node(run="run_1", label="a", status="ok", seconds=40),
            Node(run="run_2", label="b"),
        ]
    )
    assert runs_left(journal, 5) == "at most 4 left, about 2 min"
    assert ideas_left([600, 660], 5, 2) == "2 of 5 ideas are through, about 16 min left"
    assert ideas_left([600], 1, 1) == ""
    assert [time_in_words(s) for s in (7.4, 100, 9000)] == ["7 s", "2 min", "2.5 h"]
