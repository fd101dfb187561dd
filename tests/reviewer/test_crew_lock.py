"""The lock of a crew: one holder at a time, and none that is stopped keeps the others waiting for ever."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from peerassay.data.errors import InputError, NotRecorded
from peerassay.llm.shared_budget import SharedBudget
from peerassay.reviewer.crew.lock import PatientLock
from peerassay.reviewer.crew.member import Member, Watch

from tests.bench.test_full_disk import files_up_to

COUNTS = """
import pathlib, sys
from peerassay.reviewer.crew.lock import PatientLock
lock = PatientLock(pathlib.Path(sys.argv[1]), sys.argv[2], 60, lambda _: False)
count = pathlib.Path(sys.argv[1], "count")
for _ in range(100):
    with lock.held():
        number = int(count.read_text())
        lock.check()
        count.write_text(str(number + 1))
"""
HOLDS = """
import pathlib, sys
from peerassay.data.errors import InputError, NotRecorded
from peerassay.reviewer.crew.member import Member
with Member.joined(pathlib.Path(sys.argv[1])) as one:
    try:
        with one.locked():
            print("held", flush=True)
            sys.stdin.read(1)
            one.claim("b")
    except InputError as error:
        print(error, flush=True)
"""


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    counting = [start(COUNTS, str(tmp_path), f"member-{number}") for number in range(3)]
    assert [process.wait(60) for process in counting] == [0, 0, 0]
    assert (tmp_path / "count").read_text() == "300"


def test_others_go_on_without_a_holder_that_is_stopped_and_it_writes_nothing_when_it_goes_on(tmp_path: Path) -> None:
    Watch.begin(tmp_path, patience=1.0)
    stopped = start(HOLDS, str(tmp_path))
    assert stopped.stdout is not None and stopped.stdout.readline() == "held\n"
    os.kill(stopped.pid, signal.SIGSTOP)
    try:
        with Member.joined(tmp_path) as one, Member.joined(tmp_path) as other:
            begun = time.monotonic()
            with one.locked():
                assert one.claim("a")
            assert 0.9 < time.monotonic() - begun < 30
            with other.locked():
                assert not other.claim("a")
            os.kill(stopped.pid, signal.SIGCONT)
            said, _ = stopped.communicate("\n", timeout=30)
            assert "others went on without it; start it again" in said
            assert not one.has("b")
    finally:
        stopped.kill()
        stopped.wait()


class Interrupted(SharedBudget):
    """Of a member that is stopped while it looks what is left."""

    def _look(self) -> None:
        super()._look()
        (self._crew.folder / ".lock.1").touch()


def test_a_holder_that_goes_on_sets_no_money_aside(tmp_path: Path) -> None:
    with Member.joined(tmp_path) as one:
        with pytest.raises(InputError, match="others went on without it"):
            asyncio.run(Interrupted(1.0, one).reserve(0.1))
        assert not (one.own / "purse.jsonl").exists()


def test_a_holder_that_is_alive_is_waited_for_in_the_file_before(tmp_path: Path) -> None:
    """Somebody took an earlier holder for lost just before another one got the lock."""
    alive = {"late": False, "holder": True}
    holder = PatientLock(tmp_path, "holder", 60, lambda name: not alive[name])
    late = PatientLock(tmp_path, "late", 60, lambda name: not alive[name])
    with holder.held():
        (tmp_path / ".lock.1").touch()
        with late._path(1).open("a+b") as stream:
            late._number = 1
            assert stream and not late._has_settled()
    assert late._has_settled()
    with late.held(), pytest.raises(InputError):
        holder.check()


def test_one_that_has_no_room_for_its_name_lets_the_lock_go(tmp_path: Path) -> None:
    full, other = (PatientLock(tmp_path, name, 2, lambda _: False) for name in ("full", "other"))
    with files_up_to(0), pytest.raises(NotRecorded, match="cannot be written or locked") as kept, full.held():
        pass
    with other.held():
        assert not (tmp_path / ".lock.1").exists(), kept


def test_one_that_has_just_got_it_is_not_taken_for_the_killed_one_whose_name_is_still_there(tmp_path: Path) -> None:
    late = PatientLock(tmp_path, "late", 60, lambda name: name == "killed")
    (tmp_path / ".lock.0").write_text("killed")
    stream = late._locked(0)
    threading.Timer(0.2, stream.close).start()
    with late.held():
        late.check()
    assert not (tmp_path / ".lock.1").exists()
