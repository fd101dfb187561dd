"""A disk without room: what is paid for is kept, no paper is to blame, and the same command goes on."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from peerassay.bench.crew.worker import work
from peerassay.bench.run import Run
from peerassay.data.dataset import save
from peerassay.data.errors import InputError, NotRecorded
from peerassay.data.files import append_line
from peerassay.data.registry import data_home
from peerassay.llm.ledger import Ledger
from peerassay.llm.ledger_file import read_calls
from peerassay.reviewer.crew.gather import gather

from tests.bench.giving_out import given_out
from tests.bench.test_llm_bench import bench, manuscripts, wait_for_calls
from tests.bench.test_workers import SLOW, bench_of_floors, crew_command
from tests.loopback.running import Loopback, spawn_loopback


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_line_for_which_there_is_no_room_leaves_no_half_of_it(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_line(path, "a" * 60)
    with files_up_to(100), pytest.raises(NotRecorded, match=r"lines: cannot be written \(File too large\)"):
        append_line(path, "b" * 60)
    append_line(path, "c")
    assert path.read_text() == "a" * 60 + "\nc\n"


def test_a_worker_without_room_for_reviews_ends_and_the_same_bench_goes_on(tmp_path: Path) -> None:
    asked = bench_of_floors(tmp_path / "run")
    run = given_out(asked)
    with files_up_to(3000), pytest.raises(InputError, match=r"reviews\.jsonl: cannot be written \(File too large\)"):
        work(run)
    [end] = run.work_path.glob("*/end.json")
    assert json.loads(end.read_text())["code"] == 2
    kept = len(list(run.all_reviews()))
    assert 0 < kept < 30
    with files_up_to(300), pytest.raises(NotRecorded, match=r"run/reviews\.jsonl: cannot be written .* is kept in"):
        gather(run)
    _, outcome = asked.review([])
    assert (outcome.reused, outcome.reviewed, outcome.failed) == (kept, 30 - kept, 0)


def test_a_paper_is_not_to_blame_where_a_call_cannot_be_booked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model's reviews had been put down as failed, and counted as wrong."""
    write = Ledger._write

    def small(self: Ledger, line: object) -> None:
        with files_up_to(2000):
            write(self, line)  # type: ignore[arg-type]

    with Loopback() as server:
        spec = f"openai/scripted@{server.openai_url}"
        with monkeypatch.context() as patched:
            patched.setattr(Ledger, "_write", small)
            with pytest.raises(NotRecorded, match=r"calls\.jsonl: cannot be written"):
                bench(tmp_path / "run", manuscripts(30), spec, concurrency=2)
        _, outcome, _ = bench(tmp_path / "run", manuscripts(30), spec, concurrency=2)
        assert outcome.reused > 0
        assert (outcome.reused + outcome.reviewed, outcome.failed) == (30, 0)
        assert server.stats()["repeated"] == 0, "what was answered is in the reply cache"


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("needs the right to mount a disk of 6 MB")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@SLOW
@pytest.mark.parametrize("there", ["run", "cache"])
def test_a_full_disk_under_eight_workers_costs_no_more_than_the_calls_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str
) -> None:
    save(manuscripts(120), data_home() / "many")
    with small_disk(tmp_path / "disk") as disk, spawn_loopback(latency=0.3) as server:
        price = "?price_in=1&price_cached=0.5&price_out=4"
        folder = (disk if there == "run" else tmp_path) / "run"
        if there == "cache":
            monkeypatch.setenv("PEERASSAY_CACHE", str(disk / "cache"))
        command = crew_command(server, folder, 8, "--concurrency", "2", "--budget", "50", query=price)
        lead = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            wait_for_calls(server, 30)
            with suppress(OSError), (disk / "ballast").open("wb", buffering=0) as ballast:
                while ballast.write(b"x" * 4096):
                    pass
            _, said = lead.communicate(timeout=600)
        finally:
            lead.kill()
        assert lead.returncode == 2
        if there == "run":
            assert "cannot be written (No space left on device)" in said.splitlines()[-1]
        assert str(disk / there) in said.splitlines()[-1]
        (disk / "ballast").unlink()
        again = subprocess.run(command, capture_output=True, text=True, check=False)
        assert again.returncode == 0, again.stderr
        stats = server.stats()
        assert stats["finished"] == 120
        assert stats["repeated"] <= 8 * 2
        spent = sum(call.took.usd or 0.0 for call in read_calls(folder / "calls.jsonl"))
        tokens = stats["tokens"]
        assert (tokens["uncached"] + 0.5 * tokens["cached"] + 4 * tokens["output"]) / 1e6 <= spent + 1e-9
        reviews = list(Run.open(folder).all_reviews())
        assert len(reviews) == 120
        assert all(review.status == "ok" for review in reviews)
