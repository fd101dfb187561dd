"""A user's own reviewers, really imported and really run."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.data.records import Paper
from peerassay.reviewer.plugins import CommandReviewer, entry_point_names, load_entry_point, load_python
from peerassay.reviewer.protocol import Reviewer
from peerassay.reviewer.review import Review

PAPER = Paper(id="a", title="On ä", text="three little words")
NUMBERS = itertools.count()
MODULE = """
from peerassay.reviewer.review import Review

def score(paper):
    return len(paper.text.split())

async def later(paper):
    return {"overall": 4, "decision": "accept"}

class Mine:
    name, fingerprint = "mine", "f1"

    def __init__(self, overall=7):
        self.overall = overall

    async def review(self, paper):
        return Review(paper_id=paper.id, overall=self.overall)

class Needy(Mine):
    def __init__(self, model):
        super().__init__(model)

class Nothing:
    pass

ready = Mine(9)
inside = Nothing()
inside.deeper = score
number = 3
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Write a module of a fresh name into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(content: str) -> str:
        name = f"own_reviewer_{next(NUMBERS)}"
        (tmp_path / f"{name}.py").write_text(content)
        return name

    return write


def said(reviewer: Reviewer) -> Review:
    return asyncio.run(reviewer.review(PAPER))


@pytest.mark.parametrize(
    ("attribute", "overall"), [("score", 3), ("later", 4), ("Mine", 7), ("ready", 9), ("inside.deeper", 3)]
)
def test_python_attributes(module: Callable[[str], str], attribute: str, overall: float) -> None:
    reviewer = load_python(f"{module(MODULE)}:{attribute}")
    assert isinstance(reviewer, Reviewer)
    review = said(reviewer)
    assert (review.paper_id, review.overall) == ("a", overall)
    assert review.decision == ("accept" if attribute == "later" else None)


def test_a_function_is_named_by_its_reference(module: Callable[[str], str]) -> None:
    name = module(MODULE)
    reviewer = load_python(f"{name}:score")
    assert reviewer.name == f"python:{name}:score"
    assert len(reviewer.fingerprint) == 12


@pytest.mark.parametrize(
    ("attribute", "message"),
    [
        ("scroe", "AttributeError: .*scroe"),
        ("score.deeper", "AttributeError: .*deeper"),
        ("number", "a int is neither a function nor a reviewer"),
        ("Nothing", "a Nothing is neither a function nor a reviewer"),
        ("Needy", "TypeError: .*model"),
    ],
)
def test_attributes_that_will_not_do(module: Callable[[str], str], attribute: str, message: str) -> None:
    name = module(MODULE)
    with pytest.raises(InputError, match=rf"^python:{name}:{attribute}: {message}"):
        load_python(f"{name}:{attribute}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("import no_such_package_at_all", "ModuleNotFoundError: No module named 'no_such_package_at_all'"),
        ("def score(paper:", "SyntaxError: "),
        ("raise RuntimeError('no weights here')", "RuntimeError: no weights here"),
    ],
)
def test_modules_that_cannot_be_imported(module: Callable[[str], str], content: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_python(f"{module(content)}:score")


def test_a_module_that_is_not_there() -> None:
    with pytest.raises(InputError, match="No module named 'no_such_module_at_all'"):
        load_python("no_such_module_at_all:score")


@pytest.mark.parametrize("reference", ["", "module", ":score", "module:"])
def test_references_of_the_wrong_form(reference: str) -> None:
    with pytest.raises(InputError, match=r"expected python:package\.module:attribute"):
        load_python(reference)


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str], str]:
    """Write a Python program and return its command."""

    def write(body: str) -> str:
        path = tmp_path / "program.py"
        path.write_text(f"import json, os, sys, time\n{body}\n")
        return f"{sys.executable} {path}"

    return write


def test_a_program_reads_the_paper_and_answers(program: Callable[[str], str]) -> None:
    reviewer = CommandReviewer(
        program(
            "p = json.load(sys.stdin)\n"
            "print('progress', file=sys.stderr)\n"
            "print(json.dumps({'overall': len(p['text'].split()), 'decision': 'reject', 'fields': {'t': p['title']}}))"
        )
    )
    assert isinstance(reviewer, Reviewer)
    assert reviewer.name.startswith("command:")
    assert said(reviewer) == Review(paper_id="a", overall=3, decision="reject", fields={"t": "On ä"})


def test_a_program_may_answer_with_a_number_and_read_nothing(program: Callable[[str], str]) -> None:
    reviewer = CommandReviewer(program("print(2.5)"))
    long = Paper(id="a", text="word " * 400_000)
    assert asyncio.run(reviewer.review(long)).overall == 2.5


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print('first', file=sys.stderr); sys.exit('no key\\n')", "exit code 1: no key"),
        ("print(5); sys.exit(3)", "exit code 3: no message"),
        ("os.kill(os.getpid(), 9)", "exit code -9: no message"),
    ],
)
def test_a_program_that_fails(program: Callable[[str], str], body: str, message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        said(CommandReviewer(program(body)))


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "print('Overall: 6')",
        "print('NaN')",
        "print('[6]')",
        "print('{}')",
        "print(json.dumps({'overall': 'high'}))",
        "print(json.dumps({'Overall': 6}))",
        "sys.stdout.buffer.write(b'\\xff\\xfe')",
    ],
)
def test_an_unusable_answer(program: Callable[[str], str], body: str) -> None:
    with pytest.raises(ValueError):
        said(CommandReviewer(program(body)))


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().split()[2] == "Z"


@pytest.mark.parametrize(
    "script", ["sleep 60", "sleep 60 & echo $! > {pid}; wait", "sleep 60 & echo $! > {pid}; exit 0"]
)
def test_a_program_that_hangs_is_stopped_with_its_children(tmp_path: Path, script: str) -> None:
    pid = tmp_path / "pid"
    path = tmp_path / "slow.sh"
    path.write_text(f"#!/bin/sh\n{script.format(pid=pid)}\n")
    path.chmod(0o755)
    begun = time.monotonic()

    async def ask() -> None:
        with pytest.raises(RuntimeError, match=r"no answer within 0\.4 s"):
            await CommandReviewer(str(path), timeout=0.4).review(PAPER)
        await asyncio.sleep(0.1)

    asyncio.run(ask())
    assert time.monotonic() - begun < 30
    if pid.exists():
        child = int(pid.read_text())
        assert any(_gone(child) or time.sleep(0.05) for _ in range(40))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("", "no such program"),
        ("no-such-program-at-all --x", "no such program, or not executable"),
        ("./not-here.sh", "no such program"),
        ("sh -c 'unclosed", "No closing quotation"),
    ],
)
def test_commands_that_cannot_be_run(command: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        CommandReviewer(command)


def test_a_file_that_is_not_executable_is_refused(tmp_path: Path) -> None:
    (tmp_path / "plain.sh").write_text("#!/bin/sh\necho 1\n")
    with pytest.raises(InputError, match="not executable"):
        CommandReviewer(str(tmp_path / "plain.sh"))


def test_a_long_argument_is_no_file_name() -> None:
    assert said(CommandReviewer(f"{sys.executable} -c 'print(1) #{'x' * 5000}'")).overall == 1


def test_the_fingerprint_follows_the_program(program: Callable[[str], str]) -> None:
    one = CommandReviewer(program("print(1)"))
    assert CommandReviewer(program("print(1)")).fingerprint == one.fingerprint
    assert CommandReviewer(program("print(2)")).fingerprint != one.fingerprint
    assert CommandReviewer(f"{one.command} --fast").fingerprint != CommandReviewer(one.command).fingerprint


@pytest.fixture
def installed(module: Callable[[str], str], tmp_path: Path) -> str:
    """A distribution on the path that offers reviewers, as an installer would leave it."""
    name = module(MODULE)
    info = tmp_path / "own_reviewers-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: own-reviewers\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[peerassay.reviewers]\nown = {name}:ready\nmaker = {name}:Needy\nbroken = {name}:gone\n"
        f"[another.group]\nelse = {name}:ready\n"
    )
    sys.path.insert(0, str(tmp_path))
    return name


@pytest.mark.usefixtures("installed")
def test_entry_points() -> None:
    assert entry_point_names() == ["broken", "maker", "own"]
    reviewer = load_entry_point("own", "")
    assert reviewer is not None
    assert said(reviewer).overall == 9
    made = load_entry_point("maker", "5")
    assert made is not None
    assert said(made).overall == 5
    assert load_entry_point("else", "") is None


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("name", "message"), [("broken", "^broken: AttributeError"), ("maker", "^maker: TypeError")])
def test_entry_points_that_cannot_be_loaded(name: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_entry_point(name, "")


def test_no_entry_points() -> None:
    assert load_entry_point("own", "") is None
    assert "own" not in entry_point_names()
