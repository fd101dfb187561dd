"""Benches by several workers that are killed, stopped, and refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from peerassay.bench.crew.share import CrewShare, lease
from peerassay.bench.crew.worker import work
from peerassay.bench.measure import Bench, BenchSettings, prepare_bench
from peerassay.bench.run import Run
from peerassay.cli.main import cli
from peerassay.data.dataset import save
from peerassay.data.errors import InputError
from peerassay.data.files import write_json
from peerassay.data.registry import data_home
from peerassay.llm.ledger_file import read_calls
from peerassay.llm.session import Session
from peerassay.reviewer.crew.member import End, Member
from peerassay.reviewer.crew.place import Place
from peerassay.reviewer.review import Review

from tests.bench.giving_out import given_out
from tests.bench.test_llm_bench import bench_command, manuscripts, wait_for_calls
from tests.loopback.running import Loopback, Peer, spawn_loopback

QUICK = "[calls]\nfirst_wait = 0.01\nlongest_wait = 0.1\n"


def crew_command(server: Peer, folder: Path, workers: int, *options: str, query: str = "") -> list[str]:
    spec = f"openai/scripted@{server.openai_url}{query}"
    settings = folder.parent / "quick.toml"
    settings.write_text(QUICK)
    shared = ("--workers", str(workers), "--patience", "3", "--config", str(settings), *options)
    return bench_command("many", spec, folder, *shared)


def pids(folder: Path) -> list[int]:
    """Of the workers that have joined and not ended."""
    places = [path for path in (folder / "work").glob("*/place.json") if not (path.parent / "end.json").exists()]
    found = [json.loads(path.read_text())["pid"] for path in places]
    return [
        pid
        for pid in found
        if Path(f"/proc/{pid}/cmdline").exists() and b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="minutes: PEERASSAY_SLOW=1 runs it (make slow)")


@SLOW
def test_a_killed_and_a_hanging_worker_are_replaced_by_the_others(tmp_path: Path) -> None:
    """Only the calls that these two had under way are made again, and none of them twice."""
    save(manuscripts(120), data_home() / "many")
    with Loopback(latency=0.2) as server:
        command = crew_command(server, tmp_path / "run", 3, "--concurrency", "4")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for_calls(server, 40)
        killed, hanging = random.Random(1).sample(pids(tmp_path / "run"), 2)
        os.kill(killed, signal.SIGKILL)
        os.kill(hanging, signal.SIGSTOP)
        try:
            _, said = process.communicate(timeout=300)
        finally:
            with suppress(ProcessLookupError):
                os.kill(hanging, signal.SIGKILL)
        assert process.returncode == 0, said
        stats = server.stats()
        assert stats["finished"] == 120
        assert stats["repeated"] <= 8
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
        assert server.stats()["calls"] == stats["calls"]
    run = Run.open(tmp_path / "run")
    assert len(run.reviews()) == len(list(run.all_reviews())) == 120
    assert not run.work_path.exists()


@SLOW
def test_eight_workers_and_thirty_kills_lose_nothing_and_pay_nothing_twice(tmp_path: Path) -> None:
    """Each killed worker is replaced by a new one; now and then the process that gave out the work is killed too."""
    save(manuscripts(200), data_home() / "many")
    folder, chance = tmp_path / "run", random.Random(7)
    with spawn_loopback(latency=0.5) as server:
        price = "price_in=1&price_cached=0.5&price_out=4"
        command = crew_command(
            server, folder, 8, "--concurrency", "2", "--budget", "50", "--patience", "30", query=f"?ensemble=3&{price}"
        )
        said = (tmp_path / "lead.log").open("wb")
        lead = subprocess.Popen(command, stdout=said, stderr=said)
        helpers: list[subprocess.Popen[bytes]] = []
        for number in range(30):
            wait_for_calls(server, 15 * (number + 1))
            victims = pids(folder)
            assert victims
            if number % 10 == 9:
                lead.kill()
                lead.wait()
                lead = subprocess.Popen(command, stdout=said, stderr=said)
                continue
            os.kill(chance.choice(victims), signal.SIGKILL)
            helper = [sys.executable, "-m", "peerassay", "worker", str(folder)]
            helpers.append(subprocess.Popen(helper, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        assert lead.wait(timeout=600) == 0, (tmp_path / "lead.log").read_text()
        for process in helpers:
            process.wait(60)
        stats = server.stats()
        assert stats["finished"] == 600
        under_way = 27 * 2 * 3 + 3 * 8 * 2 * 3
        assert stats["repeated"] <= under_way
        spent = sum(call.took.usd or 0.0 for call in read_calls(folder / "calls.jsonl"))
        tokens = stats["tokens"]
        billed = (tokens["uncached"] + 0.5 * tokens["cached"] + 4 * tokens["output"]) / 1e6
        assert billed <= spent + 1e-9
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0
        assert server.stats()["calls"] == stats["calls"]
    run = Run.open(folder)
    assert len(run.reviews()) == len(list(run.all_reviews())) == 200


def bench_of_floors(folder: Path) -> Bench:
    save(manuscripts(30), data_home() / "many")
    return prepare_bench(
        "many", ["floor:length"], Session.within(), BenchSettings(split="all", out=folder, floors=False)
    )


def test_a_worker_takes_over_from_one_that_hangs_and_its_reviews_become_the_runs(tmp_path: Path) -> None:
    bench = bench_of_floors(tmp_path / "run")
    run = given_out(bench)
    with Member.joined(run.work_path) as hanging, hanging.locked():
        assert hanging.claim(lease("floor:length", 0, "m7"))
    done = work(run)
    assert (done.reviewed, done.failed) == (30, 0)
    assert [review.paper_id for review in run.all_reviews()][-1] == "m7", "it waits for that one at last"
    assert work(run).reviewed == 0
    hanging.leave(End())
    _, outcome = bench.review([])
    assert (outcome.reviewed, outcome.reused) == (0, 30)
    assert not run.work_path.exists()
    assert len(run.reviews_path.read_text().splitlines()) == len(run.reviews()) == 30


def test_a_worker_that_wakes_up_after_others_took_over_drops_its_review_and_says_so(tmp_path: Path) -> None:
    run = given_out(bench_of_floors(tmp_path / "run"))
    with Member.joined(run.work_path) as woken, Member.joined(run.work_path) as other:
        share = CrewShare(run, woken)
        review = Review(paper_id="m1", reviewer="floor:length", overall=3)
        with woken.locked():
            assert woken.claim(lease("floor:length", 0, "m1"))
        assert share.owns(review)
        woken.leave(End())
        with other.locked():
            assert other.claim(lease("floor:length", 0, "m1"))
        assert not share.owns(review)
        assert share.dropped == 1


def test_work_that_is_given_out_waits_for_workers_from_elsewhere(tmp_path: Path) -> None:
    save(manuscripts(30), data_home() / "many")
    folder = tmp_path / "run"
    asked = ["bench", "-d", "many", "--split", "all", "-r", "floor:length", "--no-floors", "--no-audit", "--draws"]
    command = [sys.executable, "-m", "peerassay", *asked, "100", "--workers", "0", "--out", str(folder)]
    lead = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    while not (folder / "work" / "order.json").exists():
        assert lead.poll() is None
    with Member.joined(folder / "work") as stopped:
        stopped.leave(End(code=130))
    with Member.joined(folder / "work") as killed:
        write_json(killed.own / "place.json", Place.here().model_copy(update={"started": "1"}).model_dump())
    assert lead.poll() is None
    runner = CliRunner()
    done = runner.invoke(cli, ["worker", str(folder)])
    assert done.exit_code == 0, done.stderr
    _, said = lead.communicate(timeout=60)
    assert lead.returncode == 0, said
    assert f"waiting for others: peerassay worker {folder}" in said
    assert len(Run.open(folder).reviews()) == 30
    late = runner.invoke(cli, ["worker", str(folder)])
    assert (late.exit_code, late.stderr) == (0, "nothing is left to do\n")
    again = runner.invoke(cli, command[3:])
    assert again.exit_code == 0, "there is nobody to wait for"


def test_one_process_does_not_begin_where_workers_are_at_it(tmp_path: Path) -> None:
    bench = bench_of_floors(tmp_path / "run")
    run = given_out(bench)
    with Member.joined(run.work_path), pytest.raises(InputError, match="1 workers are at this run"):
        bench.review([])


def test_workers_refuse_what_is_not_the_same_everywhere(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    run = given_out(bench_of_floors(folder))
    asked = run.order_path.read_text()

    def changed(old: str, new: str) -> str:
        assert old in asked
        run.order_path.write_text(asked.replace(old, new))
        return refused("worker", str(folder))

    assert "workers need the same version" in changed('"peerassay": "', '"peerassay": "9')
    assert "floor:length is another one here" in changed('"floor:length": "', '"floor:length": "9')
    assert "asks for many (all, 30 papers, scrubbed) with the hash 9" in changed('"hash": "', '"hash": "9')
    assert "order.json" in changed('"concurrency": 8', '"concurrency": "many"')
    shutil.rmtree(run.work_path)
    assert "gives no work out" in refused("worker", str(folder))
    assert "no run there" in refused("worker", str(tmp_path))
    batch = ("bench", "-d", "sample", "--batch", "--workers", "2", "--out", str(tmp_path / "other"))
    assert "--workers goes without --batch" in refused(*batch)
    assert not (tmp_path / "other" / "run.json").exists()


def refused(*arguments: str) -> str:
    """What the command says where it refuses."""
    with pytest.raises(InputError) as refusal:
        cli.main(list(arguments), standalone_mode=False)
    return str(refusal.value)


CLAIMS = """
import pathlib, sys
from peerassay.bench.crew.worker import work
from peerassay.bench.run import Run
from peerassay.data.errors import InputError
from peerassay.reviewer.crew.member import Member
claim = Member.claim
def stopped(self, work):
    print("held", flush=True)
    sys.stdin.read(1)
    return claim(self, work)
Member.claim = stopped
try:
    work(Run.open(pathlib.Path(sys.argv[1])))
except InputError as error:
    print(error)
"""


def test_one_that_is_stopped_while_it_claims_a_paper_keeps_nobody_waiting_and_writes_nothing(tmp_path: Path) -> None:
    bench = bench_of_floors(tmp_path / "run")
    run = given_out(bench)
    program = [sys.executable, "-c", CLAIMS, str(run.folder)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stopped:
        assert stopped.stdout is not None
        assert stopped.stdout.readline() == "held\n"
        os.kill(stopped.pid, signal.SIGSTOP)
        try:
            assert work(run).reviewed == 30
        finally:
            os.kill(stopped.pid, signal.SIGCONT)
        said, _ = stopped.communicate("\n" * 40, timeout=60)
    assert "went on without it" in said or "took its work over" in said
    assert len(list(run.all_reviews())) == 30
