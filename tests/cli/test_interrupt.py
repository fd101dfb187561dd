"""Ctrl-C while a reviewer of any kind hangs: the command ends, and what was reviewed is kept."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.loopback.running import Loopback

PATIENCE = 60
"""Seconds after which something hangs that should not."""
HANGS = {
    "python in a loop": "while True: pass",
    "python in C with the lock": "re.match(r'(a+)+$', 'a' * 60 + 'b')",
    "python in C": "time.sleep(600)",
}


def program() -> str:
    found = shutil.which("peerassay", path=str(Path(sys.executable).parent))
    assert found
    return found


def wait_until(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def interrupted(folder: Path, spec: str, hangs: Callable[[], bool], *options: str) -> tuple[float, int]:
    """Start a bench, wait until it hangs, press Ctrl-C: seconds until the end, and reviews on disk."""
    command = [program(), "bench", "-d", "sample", "--split", "all", "--no-floors", "--no-audit", "--out", "run"]
    process = subprocess.Popen(
        [*command, "-r", spec, *options], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    wait_until(hangs, process)
    begun = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    took = time.monotonic() - begun
    assert process.returncode == 130, err
    assert "the same command continues" in err and "Traceback" not in err
    lines = (folder / "run" / "reviews.jsonl").read_text().splitlines()
    assert all(json.loads(line)["status"] == "ok" for line in lines)
    return took, len(lines)


def gone(pid: int) -> bool:
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("how", HANGS)
def test_python(tmp_path: Path, how: str) -> None:
    """Five papers are reviewed, all others hang; when it is started again with a mended plug-in, it goes on."""
    hanging = (
        "import os, re, time\nfrom pathlib import Path\n"
        "def review(paper):\n"
        "    with open('begun', 'a') as file:\n        file.write(f'{os.getpid()}\\n')\n"
        "    if len(Path('begun').read_text().split()) > 5:\n"
        f"        {HANGS[how]}\n"
        "    return len(paper.text)\n"
    )
    (tmp_path / "hanging.py").write_text(hanging)

    def hangs() -> bool:
        begun, run = tmp_path / "begun", tmp_path / "run" / "reviews.jsonl"
        reviewed = run.read_text().count("\n") if run.exists() else 0
        return reviewed >= 5 and begun.exists() and len(begun.read_text().split()) >= 6

    took, reviewed = interrupted(tmp_path, "python:hanging:review", hangs, "--concurrency", "1")
    assert reviewed == 5
    assert took < PATIENCE / 2
    assert gone(int((tmp_path / "begun").read_text().split()[-1]))


def test_a_command(tmp_path: Path) -> None:
    (tmp_path / "slow.sh").write_text("#!/bin/sh\nsleep 600 &\necho $! > child\nwait\n")
    (tmp_path / "slow.sh").chmod(0o755)

    def hangs() -> bool:
        child = tmp_path / "child"
        return child.exists() and bool(child.read_text().strip())

    took, reviewed = interrupted(tmp_path, "command:./slow.sh", hangs, "--concurrency", "1")
    assert reviewed == 0 and took < PATIENCE / 2
    assert gone(int((tmp_path / "child").read_text()))


def test_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache"))
    with Loopback(latency=0.3) as server:

        def hangs() -> bool:
            stats = server.stats()
            if stats["calls"] >= 2:
                server.set_faults("hang:1")
            return stats["calls"] >= 2 and stats["in_flight"] >= 2

        took, reviewed = interrupted(tmp_path, f"openai/m@{server.openai_url}", hangs, "--concurrency", "2")
    assert took < PATIENCE / 2
    assert reviewed >= 2
