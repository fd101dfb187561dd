"""Ideas and experiments shared out among several processes."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from peerassay.generator.crew.together import Together
from peerassay.generator.nodes import Journal, Node
from peerassay.generator.share import Job
from peerassay.reviewer.crew.member import End, Member, Watch

SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="minutes: PEERASSAY_SLOW=1 runs it (make slow)")


class Crew:
    """Members of one folder, each with the experiments that it has run."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder = Watch.begin(folder / "work", patience=1.0).folder
        self.ran: dict[str, list[str]] = {}
        self._stack = stack

    def member(self, name: str, *, seconds: float = 0.0) -> Together:
        async def run(job: Job) -> Node:
            self.ran.setdefault(name, []).append(job.node.run)
            await asyncio.sleep(seconds)
            return job.node.model_copy(update={"status": "ok", "reason": name})

        member = self._stack.enter_context(Member.joined(self.folder))
        return Together(member, run)

    async def run(self, owner: Together, name: str, number: int, *, seconds: float = 0.0) -> Node:
        job = Job(
            idea="idea_01", place=f"benches/run_{number}", node=Node(run=f"run_{number}", label="x"), run_seconds=9
        )

        async def here() -> Node:
            self.ran.setdefault(name, []).append(job.node.run)
            await asyncio.sleep(seconds)
            return job.node.model_copy(update={"status": "ok", "reason": name})

        return await owner.run(job, here)


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with ExitStack() as stack:
        yield Crew(tmp_path, stack)


def ideas(crew: Crew, count: int) -> list[Path]:
    return [crew.folder.parent / f"idea_{number:02d}" for number in range(1, count + 1)]


def test_each_idea_is_of_one_worker_and_none_is_taken_once_all_are_done(crew: Crew) -> None:
    one, other = crew.member("one"), crew.member("other")
    for share in (one, other):
        share.open(ideas(crew, 3))

    async def work(share: Together) -> list[str]:
        done = []
        while (idea := await share.take()) is not None:
            await asyncio.sleep(0.05)
            share.finish(idea)
            done.append(idea.name)
        return done

    async def both() -> list[list[str]]:
        return list(await asyncio.gather(work(one), work(other), work(one)))

    assert sorted(name for done in asyncio.run(both()) for name in done) == ["idea_01", "idea_02", "idea_03"]


def test_a_worker_without_an_idea_runs_experiments_of_others(crew: Crew) -> None:
    owner, helper = crew.member("owner"), crew.member("helper", seconds=0.2)
    for share in (owner, helper):
        share.open(ideas(crew, 1))

    async def own() -> list[Node]:
        idea = await owner.take()
        assert idea is not None
        nodes = await asyncio.gather(*(crew.run(owner, "owner", number, seconds=0.7) for number in (1, 2)))
        owner.finish(idea)
        return nodes

    async def both() -> list[Node]:
        nodes, nothing = await asyncio.gather(own(), helper.take())
        assert nothing is None
        return nodes

    assert [node.reason for node in asyncio.run(both())] == ["owner", "helper"]
    assert crew.ran == {"owner": ["run_1"], "helper": ["run_2"]}
    assert not list((crew.folder / "jobs").iterdir())


def test_experiments_of_a_lost_worker_are_run_by_the_idea_s_own_and_ideas_by_others(crew: Crew) -> None:
    owner, lost = crew.member("owner"), crew.member("lost", seconds=60)
    folders = ideas(crew, 2)
    for share in (owner, lost):
        share.open(folders)

    async def go() -> None:
        first, second = await owner.take(), await lost.take()
        assert (first, second) == (folders[0], folders[1])
        stuck = asyncio.create_task(
            lost.run(Job(idea="idea_02", place="b", node=Node(run="run_5", label="x"), run_seconds=9), never)
        )
        await asyncio.sleep(0.2)
        stuck.cancel()
        lost.member.leave(End())
        assert (await crew.run(owner, "owner", 1)).reason == "owner"
        owner.finish(folders[0])
        assert await owner.take() == folders[1]

    async def never() -> Node:
        await asyncio.sleep(60)
        raise AssertionError

    asyncio.run(go())


def test_what_is_done_one_at_a_time_is_so_among_all_workers(crew: Crew) -> None:
    inside, most = 0, 0

    async def think(share: Together) -> None:
        nonlocal inside, most
        async with share.lock("thinking"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.05)
            inside -= 1

    async def all_of() -> None:
        await asyncio.gather(*(think(share) for share in (crew.member("one"), crew.member("other")) for _ in range(2)))

    asyncio.run(all_of())
    assert most == 1


RUN = ("-t", "epidemic", "-m", "offline", "--offline-literature", "--no-pdf", "--search", "tree", "--runs", "4")


def scientist(folder: Path, *options: str) -> list[str]:
    run = ["run", *RUN, "--ideas", "2", "--workers", "2", "--out", str(folder)]
    return [sys.executable, "-m", "peerassay", "scientist", *run, "--seeds", "3", *options]


@SLOW
def test_three_processes_that_are_killed_make_what_one_makes(tmp_path: Path) -> None:
    """Workers and the process that gave the work out are killed in turn; the journals end as without all that."""
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    subprocess.run(scientist(alone), check=True, capture_output=True)
    command, chance = scientist(shared, "--processes", "3", "--patience", "4"), random.Random(3)
    for number in range(9):
        lead = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(4, 12))
        while number % 3 and (victims := workers_of(shared, lead.pid)):
            os.kill(chance.choice(victims), signal.SIGKILL)
            if chance.random() < 0.5:
                break
            time.sleep(chance.uniform(1, 4))
        lead.kill()
        lead.wait()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for idea in ("idea_01", "idea_02"):
        assert told(alone / idea) == told(shared / idea)
    assert not (shared / "work").exists()


def workers_of(folder: Path, lead: int) -> list[int]:
    places = [json.loads(path.read_text())["pid"] for path in (folder / "work").glob("*/place.json")]
    return [pid for pid in places if pid != lead and Path(f"/proc/{pid}").exists()]


def told(idea: Path) -> list[tuple[object, ...]]:
    """What came of each experiment, but for the seconds it took."""
    nodes = Journal.read(idea / "experiments.json").nodes
    return [(node.run, node.parent, node.kind, node.label, node.status, node.results) for node in nodes]


COMES_AND_GOES = """
import pathlib, sys
path = pathlib.Path(sys.argv[1])
while True:
    path.with_suffix(".new").write_text(sys.argv[2])
    path.with_suffix(".new").rename(path)
    path.unlink()
"""


def test_a_job_that_goes_while_it_is_looked_for_is_passed_over(crew: Crew) -> None:
    helper = crew.member("helper")
    job = Job(idea="idea_01", place="benches/run_1", node=Node(run="run_1", label="x"), run_seconds=9)
    path = crew.folder / "jobs" / "1.json"
    with subprocess.Popen([sys.executable, "-c", COMES_AND_GOES, str(path), job.model_dump_json()]) as other:
        try:
            until = time.monotonic() + 0.5
            while time.monotonic() < until or not path.parent.exists():
                assert helper._open_jobs() in ([], [(path, job)])
        finally:
            other.kill()


TAKES = """
import asyncio, pathlib, sys
from peerassay.data.errors import InputError
from peerassay.generator.crew.together import Together
from peerassay.reviewer.crew.member import Member
class Stopped(Member):
    def claim(self, work):
        print("held", flush=True)
        sys.stdin.read(1)
        return super().claim(work)
with Stopped.joined(pathlib.Path(sys.argv[1])) as member:
    share = Together(member, None)
    share.open([pathlib.Path("idea_01"), pathlib.Path("idea_02")])
    try:
        print(asyncio.run(share.take()))
    except InputError as error:
        print(error)
"""


def test_one_that_is_stopped_while_it_takes_an_idea_keeps_nobody_waiting_and_takes_none(crew: Crew) -> None:
    program = [sys.executable, "-c", TAKES, str(crew.folder)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == "held\n"
        os.kill(stopped.pid, signal.SIGSTOP)
        try:
            owner = crew.member("owner")
            owner.open(ideas(crew, 2))
            assert asyncio.run(owner.take()) == ideas(crew, 2)[0]
        finally:
            os.kill(stopped.pid, signal.SIGCONT)
        said, _ = stopped.communicate("\n", timeout=30)
    assert "others went on without it; start it again" in said
    assert asyncio.run(owner.take()) == ideas(crew, 2)[1]
