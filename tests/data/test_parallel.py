"""Work on all cores: the same results in the same order, from a script without a guard too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from peerassay.data.parallel import aside, in_threads

SCRIPT = """
import os
from peerassay.data.parallel import aside, cores, in_processes
from peerassay.reviewer.scrub import scrub

print("begun")
texts = [f"Title {number}. Contact: a{number}@b.org. We thank nobody." for number in range(40)]
assert in_processes(scrub, texts, fewest=1) == [scrub(text) for text in texts]
wait = aside(os.getpid)
assert (wait() == os.getpid()) == (cores() < 2)
"""


def test_a_script_without_a_guard_is_not_run_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "LOKY_MAX_CPU_COUNT": "2"}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["begun"]


def test_threads_keep_the_order() -> None:
    assert in_threads(str, range(100)) == [str(number) for number in range(100)]


def test_what_is_changed_afterwards_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "2")
    numbers = list(range(300_000))
    wait = aside(sum, numbers)
    numbers.clear()
    assert wait() == sum(range(300_000))
