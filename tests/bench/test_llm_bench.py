"""Benches of language models under faults, kills, budgets and company, against the loopback server."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peerassay.bench.run import Run, run_dataset, start_run
from peerassay.bench.runner import Outcome, expect_all, review_all
from peerassay.data.dataset import Dataset, build, save
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import data_home, load_dataset
from peerassay.llm.budget import Budget
from peerassay.llm.cache import ReplyCache
from peerassay.llm.ledger import Ledger
from peerassay.llm.model import Metering, RetryPolicy
from peerassay.llm.session import Session
from peerassay.reviewer.spec import load_reviewer

from tests.loopback.running import Loopback, Peer
from tests.processes import PEERASSAY

QUICK = RetryPolicy(attempts=10, seconds=30, timeout=5, first_wait=0.01, longest_wait=0.1)
FAULTS = [
    "429:0.5,retry-after=0.02",
    "storm=1,retry-after=0.1",
    "max-in-flight=4,retry-after=0.05",
    "500:0.4",
    "503:0.4",
    "drop-early:0.4",
    "drop:0.3",
    "drop-mid:0.3",
    "slow:0.2,slow-seconds=0.3",
    "truncated:0.5",
    "malformed:0.5",
    "fenced:1",
    "wrong-type:0.5",
    "out-of-range:0.5",
    "missing-field:0.5",
    "refusal:0.4",
    "empty:0.5",
    "429:0.1,500:0.1,drop:0.1,malformed:0.2,refusal:0.1,truncated:0.1",
]
OVERCOME = ("429:0.5", "storm", "max-in-flight", "500:0.4", "503", "drop", "slow", "fenced")


@pytest.fixture(scope="module")
def server() -> Iterator[Loopback]:
    with Loopback(spread=0.5) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(server: Loopback) -> None:
    server.set_faults("")
    server.reset()


def manuscripts(count: int, name: str = "many") -> Dataset:
    bundled = load_dataset("sample")
    accepted = {judgement.paper_id: judgement.accepted for judgement in bundled.judgements}
    papers, judgements = [], []
    for number in range(count):
        original = bundled.papers[number % len(bundled)]
        text = original.text.replace("## Abstract\n", f"## Abstract\nManuscript {number}. ", 1)
        paper = Paper(id=f"m{number}", title=original.title, text=text)
        papers.append(paper)
        decision = "accept" if accepted[original.id] else "reject"
        judgements.append(Judgement(paper_id=paper.id, decision=decision))
    return build(DatasetCard(name=name, labels="constructed"), papers, judgements)


def bench(
    folder: Path, dataset: Dataset, spec: str, *, concurrency: int = 16, budget: float | None = None
) -> tuple[Run, Outcome, Session]:
    described = run_dataset(dataset, source="many", split="all", limit=None, scrub_rules=None)
    run = start_run(folder, described, dataset, [])
    session = Session(Metering(None, Budget(budget), Ledger()), concurrency=concurrency, retry=QUICK)
    reviewer = load_reviewer(spec, session=session)
    session.open_ledger(run.ledger_path, run.spent())
    run.add_reviewer(reviewer, spec)
    run.save()
    outcome = asyncio.run(
        review_all(run, [reviewer], dataset.papers, concurrency=concurrency, budget=session.metering.budget)
    )
    return run, outcome, session


SLOW = pytest.mark.skipif(not os.environ.get("PEERASSAY_SLOW"), reason="PEERASSAY_SLOW=1 runs it (make slow)")


def both_providers() -> list[Any]:
    """Each fault with both providers, every other pair in the slow tests alone."""
    pairs = [(fault, provider) for fault in FAULTS for provider in ("openai", "anthropic")]
    return [pytest.param(*pair, marks=SLOW if n % 4 in (1, 2) else ()) for n, pair in enumerate(pairs)]


@pytest.mark.parametrize(("fault", "provider"), both_providers())
def test_a_bench_of_60_papers_ends_complete_or_with_its_failures_recorded(
    server: Loopback, tmp_path: Path, provider: str, fault: str
) -> None:
    server.set_faults(fault)
    url = server.openai_url if provider == "openai" else server.anthropic_url
    run, outcome, _ = bench(tmp_path / "run", manuscripts(60), f"{provider}/scripted@{url}")
    reviews = list(run.reviews().values())
    assert len(reviews) == outcome.reviewed == 60
    bad = [review for review in reviews if review.status == "failed"]
    assert outcome.failed == len(bad)
    assert all(review.reason and review.fields["raw"] for review in bad)
    if fault.startswith(OVERCOME):
        assert not bad
    else:
        assert 0 < len(bad) < 60


def bench_command(name: str, spec: str, out: Path, *options: str) -> list[str]:
    command = [*PEERASSAY, "bench", "-d", name, "-r", spec, "--out", str(out), "--split", "all", *options]
    return [*command, "--no-floors", "--no-audit", "--draws", "100"]


def test_kill_9_and_start_again_repeats_no_call_that_was_answered(tmp_path: Path) -> None:
    """120 papers; the process is killed in the middle. Only calls under way at a kill can be made again."""
    save(manuscripts(120), data_home() / "many")
    with Loopback(latency=0.1) as server:
        command = bench_command("many", f"openai/scripted@{server.openai_url}", tmp_path / "run")
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for_calls(server, 60)
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.3)
        cache = ReplyCache()
        [(kept,)] = cache.execute("SELECT count(*) FROM replies")
        cache.close()
        answered = server.stats()["finished"]
        assert 52 <= kept <= answered <= kept + 8
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        stats = server.stats()
        assert stats["finished"] == 120
        assert stats["repeated"] <= 8
        assert stats["calls"] == 120 + stats["repeated"]
    assert len(Run.open(tmp_path / "run").reviews()) == 120


def wait_for_calls(server: Peer, count: int) -> None:
    seen, last = 0, time.monotonic()
    while (calls := server.stats()["calls"]) < count:
        if calls > seen:
            seen, last = calls, time.monotonic()
        if time.monotonic() - last > 120:
            pytest.fail(f"{calls} of {count} calls, and no new one within two minutes")
        time.sleep(0.01)


@pytest.mark.parametrize("fault", ["", "drop:0.1,500:0.1,429:0.1,retry-after=0.02"])
def test_the_budget_of_a_run_is_never_exceeded(server: Loopback, tmp_path: Path, fault: str) -> None:
    """32 calls at once, started three times with a budget for about half of the papers; the server keeps the bill."""
    server.set_faults(fault)
    price = "price_in=1&price_cached=0.5&price_out=4"
    spec = f"openai/scripted@{server.openai_url}?ensemble=3&{price}"
    limit = 0.6
    for _ in range(3):
        run, outcome, session = bench(tmp_path / "run", manuscripts(60), spec, concurrency=32, budget=limit)
        tokens = server.stats()["tokens"]
        billed = (tokens["uncached"] + 0.5 * tokens["cached"] + 4 * tokens["output"]) / 1e6
        assert billed <= session.metering.budget.spent + 1e-9 <= limit + 2e-9
        assert outcome.budget_reached
        assert all(review.status == "ok" for review in run.reviews().values())
    assert 0.4 * limit < billed  # lost calls count at the most they may have cost


def test_two_processes_share_the_cache(tmp_path: Path) -> None:
    save(manuscripts(30), data_home() / "many")
    with Loopback(latency=0.02) as server:
        spec = f"anthropic/scripted@{server.anthropic_url}?ensemble=2"
        commands = [bench_command("many", spec, tmp_path / name) for name in ("one", "two", "three")]
        both = [subprocess.Popen(c, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for c in commands[:2]]
        assert [(process.communicate()[1], process.returncode)[1] for process in both] == [0, 0]
        calls = server.stats()["calls"]
        assert 60 <= calls <= 120
        assert subprocess.run(commands[2], capture_output=True, check=False).returncode == 0
        assert server.stats()["calls"] == calls
    assert ReplyCache().execute("PRAGMA integrity_check") == [("ok",)]
    scores = [
        {key[2]: review.overall for key, review in Run.open(tmp_path / name).reviews().items()}
        for name in ("one", "two", "three")
    ]
    assert scores[0] == scores[1] == scores[2]
    assert len(scores[0]) == 30


def test_a_paper_of_which_no_text_is_left_takes_no_call(server: Loopback, tmp_path: Path) -> None:
    papers = [Paper(id="none", text="\u200b\u200b"), Paper(id="some", text="A study of words.")]
    judgements = [Judgement(paper_id="none", decision="accept"), Judgement(paper_id="some", decision="reject")]
    dataset = build(DatasetCard(name="two", labels="constructed"), papers, judgements)
    spec = f"openai/scripted@{server.openai_url}"
    expected = expect_all([load_reviewer(spec, session=Session(dry=True))], dataset.papers, None, scrubbed=False)
    assert [(found.reviews, found.calls) for found in expected.values()] == [(2, 1)]
    _, outcome, session = bench(tmp_path / "run", dataset, spec)
    assert (outcome.reviewed, outcome.failed, session.metering.ledger.all().calls) == (2, 1, 1)


def test_the_dry_run_needs_no_key_and_makes_no_call(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    out = tmp_path / "run"
    done = subprocess.run(
        [*bench_command("sample", "openai/gpt-4o?config=ai-scientist", out, "--dry-run", "--json")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ},
    )
    assert done.returncode == 0, done.stderr
    assert '"calls": 320' in done.stdout
    assert not out.exists()
    real = subprocess.run(bench_command("sample", "openai/gpt-4o", out), capture_output=True, text=True, check=False)
    assert real.returncode == 2
    assert "OPENAI_API_KEY" in real.stderr
    assert server.stats()["attempts"] == 0
