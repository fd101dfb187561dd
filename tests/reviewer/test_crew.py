"""Leases of pieces of work, and a budget that several members share."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from peerassay.data.errors import InputError
from peerassay.llm.errors import BudgetReached
from peerassay.llm.shared_budget import SharedBudget
from peerassay.reviewer.crew.member import End, Member, Watch
from peerassay.reviewer.crew.place import Place


def claims(member: Member, work: str) -> bool:
    with member.locked():
        return member.claim(work)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Watch.begin(tmp_path / "work", patience=1.5)
    return tmp_path / "work"


def test_a_piece_of_work_is_of_one_member_until_it_lets_it_go(folder: Path) -> None:
    with Member.joined(folder) as one, Member.joined(folder) as other:
        assert claims(one, "a")
        assert not claims(other, "a")
        assert claims(other, "b")
        time.sleep(2.0)
        assert not claims(other, "a"), "it is alive, however long it takes"
        with one.locked():
            one.release("a")
        assert claims(other, "a")
        with one.locked():
            one.release("a")
        assert other.has("a"), "nobody lets go what another has"


def test_work_of_a_member_without_a_sign_of_life_goes_to_others_whatever_its_clock_says(folder: Path) -> None:
    with Member.joined(folder) as other:
        with Member.joined(folder) as silent:
            assert claims(silent, "a")
        os.utime(silent.own / "beat", (2e9, 2e9))
        assert not claims(other, "a"), "nobody is lost at first sight"
        time.sleep(1.8)
        assert claims(other, "a")
        assert not silent.has("a")


def test_a_member_that_ended_is_lost_at_once(folder: Path) -> None:
    with Member.joined(folder) as other:
        with Member.joined(folder) as one:
            assert claims(one, "a")
            one.leave(End())
        assert claims(other, "a")


def test_a_member_whose_process_was_killed_is_lost_at_once(folder: Path) -> None:
    program = (
        "import os, sys, pathlib; from peerassay.reviewer.crew.member import Member\n"
        "with Member.joined(pathlib.Path(sys.argv[1])) as one:\n"
        "    with one.locked(): one.claim('a')\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=False)
    with Member.joined(folder) as other:
        assert len(other.members()) == 2
        assert claims(other, "a")


def test_a_process_of_another_machine_is_never_known_to_have_ended() -> None:
    here = Place.here()
    assert not here.has_ended()
    assert not here.model_copy(update={"host": "elsewhere", "pid": 1}).has_ended()
    assert here.model_copy(update={"started": "12"}).has_ended(), "its number was given to another process"


def test_the_end_of_all_is_waited_for(folder: Path) -> None:
    with Member.joined(folder) as one:
        assert not Watch(folder).all_lost()
    start = time.monotonic()
    assert Watch(folder).all_lost()
    assert time.monotonic() - start > 1.4
    one.leave(End())
    assert Watch(folder).all_lost()


def test_a_folder_that_is_gone_is_named(folder: Path) -> None:
    with Member.joined(folder) as one:
        shutil.rmtree(folder)
        with pytest.raises(InputError, match=r"work/\.lock\.0: cannot be written or locked"):
            claims(one, "a")


def test_a_budget_holds_for_all_members(folder: Path) -> None:
    async def spend(budget: SharedBudget) -> int:
        calls = 0
        try:
            while True:
                await budget.reserve(0.3)
                assert budget.spent + budget.reserved <= 2.0 + 1e-9
                await asyncio.sleep(0.001)
                budget.settle(0.3, 0.1)
                calls += 1
        except BudgetReached:
            return calls

    async def all_of(budgets: list[SharedBudget]) -> list[int]:
        return await asyncio.gather(*(spend(budget) for budget in budgets for _ in range(3)))

    with Member.joined(folder) as one, Member.joined(folder) as other:
        budgets = [SharedBudget(2.0, member, before=0.45) for member in (one, other)]
        calls = asyncio.run(all_of(budgets))
    assert sum(calls) == 13, "13 calls of .1 after .45: a 14th could cost .3"


def test_what_a_lost_member_had_set_aside_counts_as_spent(folder: Path) -> None:
    with Member.joined(folder) as other:
        with Member.joined(folder) as lost:
            asyncio.run(SharedBudget(1.0, lost).reserve(0.6))
            lost.leave(End())
        budget = SharedBudget(1.0, other)
        with pytest.raises(BudgetReached, match=r"0\.6000 of the 1.0 USD budget are spent"):
            asyncio.run(budget.reserve(0.5))
        asyncio.run(budget.reserve(0.4))


JUMPS = """
import itertools, pathlib, sys, time
days = itertools.cycle((400, -400, 0))
wall = time.time
time.time = lambda: wall() + 86400 * next(days)
from peerassay.reviewer.crew.member import End, Member
with Member.joined(pathlib.Path(sys.argv[1])) as one:
    with one.locked():
        print(one.claim("a"), one.claim("b"), flush=True)
    sys.stdin.read(1)
    with one.locked():
        print(one.claim("a"), flush=True)
    one.leave(End())
"""


def test_a_clock_that_jumps_takes_no_work_from_anybody(folder: Path) -> None:
    with Member.joined(folder) as steady:
        assert claims(steady, "a")
        program = [sys.executable, "-c", JUMPS, str(folder)]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as jumping:
            assert jumping.stdout is not None
            assert jumping.stdout.readline() == "False True\n"
            assert not claims(steady, "b")
            time.sleep(1.8)
            assert not claims(steady, "b"), "it has given signs of life for longer than the patience"
            said, _ = jumping.communicate("\n", timeout=30)
        assert said == "False\n"
        assert claims(steady, "b")


def test_leases_that_cannot_be_written_are_named(folder: Path) -> None:
    with Member.joined(folder) as one:
        (folder / "leases").rmdir()
        (folder / "leases").write_text("")
        with pytest.raises(InputError, match=r"work/leases"):
            claims(one, "a")
        with pytest.raises(InputError, match=r"work/leases: the folder cannot be made"):
            Member(folder)
