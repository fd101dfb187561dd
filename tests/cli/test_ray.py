"""Workers on a Ray cluster of two machines, both of them here."""

from __future__ import annotations

import os
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from peerassay.cli import ray as command
from peerassay.reviewer.crew.ray_cluster import Ended

from tests.bench.giving_out import sample_given_out
from tests.loopback.running import Loopback

Call = Callable[..., tuple[int, str, str]]
SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="a cluster: make ray runs it")


@SLOW
def test_two_machines_share_a_run(tmp_path: Path, typed: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_utils = pytest.importorskip("ray.cluster_utils", reason="ray is not installed: make ray installs it")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    cluster = cluster_utils.Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    cluster.add_node(num_cpus=2)
    try:
        with Loopback(latency=0.2) as server:
            run = sample_given_out(tmp_path / "run", f"openai/scripted@{server.openai_url}")
            code, _, err = typed("ray", run.folder, "--workers", 4, "--address", cluster.address)
            assert (code, "4 workers on a cluster of 2 machines" in err) == (0, True), err
            assert (server.stats()["finished"], server.stats()["repeated"]) == (32, 0)
        members = [path.parent for path in run.work_path.glob("*/reviews.jsonl")]
        assert len(members) > 1
        assert len(run.reviews()) == 32
    finally:
        cluster.shutdown()


def test_a_cluster_that_is_not_there_is_one_line(tmp_path: Path, typed: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", types.ModuleType("ray"))
    run = sample_given_out(tmp_path / "run", "floor:length")
    code, _, err = typed("ray", run.folder, "--address", "127.0.0.1:9")
    assert (code, err.startswith("peerassay: Ray: no cluster at 127.0.0.1:9")) == (2, True), err


def test_without_ray_the_command_says_what_to_install(
    tmp_path: Path, typed: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    run = sample_given_out(tmp_path / "run", "floor:length")
    code, _, err = typed("ray", run.folder)
    assert (code, err) == (2, "peerassay: Ray is not installed: pip install 'peerassay[ray]'\n")


def test_a_run_that_gives_no_work_out_is_refused(typed: Call) -> None:
    assert typed("bench", "-d", "sample", "-r", "floor:length", "--no-audit", "--draws", 100, "--out", "run")[0] == 0
    code, _, err = typed("ray", "run")
    assert (code, "gives no work out" in err) == (2, True)


@pytest.mark.parametrize(("codes", "expected"), [((0, -9), 0), ((4, 1), 4), ((-9, -15), 3), ((1,), 3), ((-9, 2), 2)])
def test_how_workers_ended_is_an_exit_code_of_ours(
    tmp_path: Path, typed: Call, monkeypatch: pytest.MonkeyPatch, codes: tuple[int, ...], expected: int
) -> None:
    ends = [Ended("there", code, "") for code in codes]
    monkeypatch.setattr(command, "work_on_cluster", lambda *_, **__: iter(ends))
    assert typed("ray", sample_given_out(tmp_path / "run", "floor:length").folder)[0] == expected
