"""Python plug-ins that hang, crash, print, and end: each in a real process of its own."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.reviewer.engine import review_papers
from peerassay.reviewer.function_reviewer import FunctionReviewer
from peerassay.reviewer.plugin_process import PluginReviewer
from peerassay.reviewer.review import Review
from peerassay.reviewer.spec import load_reviewer

NUMBERS = itertools.count()
PAPERS = [Paper(id=name, title=name, text="some words") for name in ("good", "bad", "fine")]
HANGS = {
    "in a loop": "while True: pass",
    "in C, without the lock": "time.sleep(600)",
    "in C, with the lock": "re.match(r'(a+)+$', 'a' * 60 + 'b')",
    "in a coroutine": "await asyncio.sleep(600)",
    "in what it started": "subprocess.run(['sleep', '600'])",
}
CRASHES = {"at once": "os._exit(3)", "by a signal": "os.kill(os.getpid(), signal.SIGSEGV)"}


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Write a module whose `review` does something odd with the paper `bad`; the SPEC."""
    monkeypatch.chdir(tmp_path)

    def write(bad: str, before: str = "") -> str:
        name = f"odd_{next(NUMBERS)}"
        kind = "async def" if "await" in bad else "def"
        (tmp_path / f"{name}.py").write_text(
            f"import asyncio, os, re, signal, subprocess, time\n{before}\n"
            f"{kind} review(paper):\n"
            f"    open('pids', 'a').write(f'{{os.getpid()}}\\n')\n"
            f"    if paper.id == 'bad':\n        {bad}\n"
            f"    return len(paper.text)\n"
        )
        return f"python:{name}:review"

    return write


def reviewed(spec: str, papers: list[Paper] = PAPERS) -> dict[str, Review]:
    return asyncio.run(review_papers(load_reviewer(spec), papers))[0]


def all_gone(pids: list[int]) -> bool:
    """Whether none of the processes runs, after a moment at most."""
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("how", HANGS)
def test_a_hanging_plug_in_fails_after_the_limit_and_the_others_go_on(plugin: Callable[..., str], how: str) -> None:
    found = reviewed(plugin(HANGS[how]) + "?timeout=1.5")
    assert found["bad"].reason == "RuntimeError: no answer within 1.5 s (?timeout=SECONDS sets it)"
    held = how == "in C, with the lock"  # those that ran beside it in its process may hang with it
    assert held or [found[name].overall for name in ("good", "fine")] == [10, 10]
    assert all_gone([int(pid) for pid in Path("pids").read_text().split()])


def test_papers_after_a_hang_are_reviewed(plugin: Callable[..., str]) -> None:
    spec = plugin("while True: pass") + "?timeout=1"
    found = asyncio.run(review_papers(load_reviewer(spec), [PAPERS[1], PAPERS[0], PAPERS[2]], concurrency=1))[0]
    assert [(name, review.overall) for name, review in found.items()] == [("bad", None), ("good", 10), ("fine", 10)]
    assert len(set(Path("pids").read_text().split())) == 2


@pytest.mark.parametrize("how", CRASHES)
def test_a_crash_fails_one_review(plugin: Callable[..., str], how: str) -> None:
    found = reviewed(plugin(CRASHES[how]))
    assert [found[name].overall for name in ("good", "fine")] == [10, 10]
    told = "exit code 3" if how == "at once" else "SIGSEGV"
    assert found["bad"].reason == f"RuntimeError: the plug-in's process ended by itself ({told})"


def test_a_crash_while_loading_is_told(plugin: Callable[..., str]) -> None:
    with pytest.raises(InputError, match=r"ended by itself \(exit code 7\)"):
        load_reviewer(plugin("pass", "os._exit(7)"))


def test_a_plug_in_is_loaded_once_and_reviews_at_once(plugin: Callable[..., str]) -> None:
    """All three wait for one another."""
    spec = plugin("pass", "import threading\nbarrier = threading.Barrier(3, timeout=20)")
    name = spec.split(":")[1]
    text = Path(f"{name}.py").read_text().replace("    return", "    barrier.wait()\n    return")
    Path(f"{name}.py").write_text(text)
    assert [review.overall for review in reviewed(spec).values()] == [10, 10, 10]
    assert len(set(Path("pids").read_text().split())) == 1


def test_what_a_plug_in_prints_goes_to_standard_error(
    plugin: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    reviewed(plugin("print('told'); os.system('echo from a shell')", "print('loaded')"))
    out, err = capfd.readouterr()
    assert out == "" and "told" in err and "loaded" in err and "from a shell" in err


def test_a_plug_in_finds_no_input(plugin: Callable[..., str]) -> None:
    assert "EOFError" in reviewed(plugin("input()"))["bad"].reason


def test_files_beside_a_plug_in_shadow_nothing(plugin: Callable[..., str], tmp_path: Path) -> None:
    for name in ("json", "queue", "types", "click"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    assert reviewed(plugin("pass"))["good"].overall == 10


def test_traits_repeats_and_closing_reach_a_plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "whole.py").write_text(
        "from pathlib import Path\n"
        "from peerassay.reviewer.protocol import Traits\n"
        "class Whole:\n"
        "    name, fingerprint, paper_ids = 'whole', 'f1', frozenset({'good'})\n"
        "    traits = Traits(kind='plug-in', scale=(1, 10), trained_on=frozenset({'ab'}))\n"
        "    number = 0\n"
        "    def repeated(self, number):\n"
        "        again = Whole()\n        again.number = number\n        return again\n"
        "    async def review(self, paper):\n        return {'overall': 5 + self.number}\n"
        "    async def aclose(self):\n        Path('closed').write_text('yes')\n"
    )
    reviewer = PluginReviewer("python", "whole:Whole")
    assert (reviewer.name, reviewer.fingerprint, reviewer.paper_ids) == ("whole", "f1", {"good"})
    assert (reviewer.traits.scale, reviewer.traits.trained_on) == ((1, 10), {"ab"})

    async def both() -> list[float | None]:
        reviews = [await r.review(PAPERS[0]) for r in (reviewer, reviewer.repeated(3))]
        await reviewer.aclose()
        return [review.overall for review in reviews]

    assert asyncio.run(both()) == [5, 8]
    assert (tmp_path / "closed").read_text() == "yes"
    assert asyncio.run(both()) == [5, 8], "a closed one is loaded again when it is asked again"


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "inf"])
def test_limits_that_are_none(plugin: Callable[..., str], seconds: str) -> None:
    with pytest.raises(InputError, match="timeout"):
        load_reviewer(f"{plugin('pass')}?timeout={seconds}")


def test_a_command_takes_its_limit_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "slow.toml"
    file.write_text(f"reviewer = \"command:{sys.executable} -c 'import time; time.sleep(60)'\"\ntimeout = 0.5\n")
    found = reviewed(str(file))
    assert {review.reason for review in found.values()} == {"RuntimeError: no answer within 0.5 s"}


def test_a_command_that_leaves_something_behind_with_its_output_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "left.sh").write_text(f"#!/bin/sh\nsetsid sleep 60 &\necho $! > {tmp_path}/pid\n")
    (tmp_path / "left.sh").chmod(0o755)
    file = tmp_path / "left.toml"
    file.write_text(f'reviewer = "command:{tmp_path}/left.sh"\ntimeout = 1\n')
    begun = time.monotonic()
    found = reviewed(str(file), PAPERS[:1])
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert found["good"].reason == "RuntimeError: no answer within 1 s"
    assert time.monotonic() - begun < 30


def test_a_function_that_hangs_does_not_keep_the_program() -> None:
    begun = time.monotonic()
    reviewer = FunctionReviewer("mine", lambda _: time.sleep(60), timeout=0.3)
    found = asyncio.run(review_papers(reviewer, PAPERS))[0]
    assert {review.reason for review in found.values()} == {"RuntimeError: no answer within 0.3 s"}
    assert time.monotonic() - begun < 30


def test_the_process_ends_with_this_one(tmp_path: Path) -> None:
    (tmp_path / "lasting.py").write_text(
        "import os\nopen('pid', 'w').write(str(os.getpid()))\ndef review(paper):\n    return 1\n"
    )
    program = (
        f"import os, signal\nos.chdir({str(tmp_path)!r})\n"
        "from peerassay.reviewer.spec import load_reviewer\n"
        "load_reviewer('python:lasting:review')\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -9
    assert all_gone([int((tmp_path / "pid").read_text())])
