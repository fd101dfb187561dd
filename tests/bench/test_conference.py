"""What a whole conference takes: by hand, and beside a real run."""

from __future__ import annotations

from pathlib import Path

import pytest
from peerassay.bench.conference import Pace, conference_costs
from peerassay.bench.measure import BenchSettings, prepare_bench
from peerassay.data.dataset import build, save
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import data_home
from peerassay.llm.session import Session

from tests.loopback.running import Loopback

PRICE = "price_in=2&price_cached=1&price_out=8"
PANEL = "?ensemble=3&meta=true&reflections=2"


def test_the_sums_are_those_of_a_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    [one] = conference_costs(["openai/gpt-4o"], 1_000, pace=Pace(4, 30.0), days=2)
    [ten] = conference_costs(["openai/gpt-4o"], 10_000, pace=Pace(4, 30.0), days=2)
    assert (one.calls, ten.calls) == (1_000, 10_000)
    assert ten.usd == pytest.approx(10 * (one.usd or 0))
    dollars = (one.tokens_in * 2.5 + one.tokens_cached * 1.25 + one.tokens_out * 10) / 1e6
    assert one.usd == pytest.approx(dollars, rel=1e-3)
    assert one.usd_batch == pytest.approx(dollars / 2, rel=0.05)
    assert (one.hours, one.held_by) == (pytest.approx(1_000 * 30 / 4 / 3600), "4 calls of 30 s at once")
    assert one.requests_per_minute == pytest.approx(1_000 / 2_880)
    [held] = conference_costs(["openai/gpt-4o"], 1_000, pace=Pace(400, 30.0, requests=500, tokens=60_000))
    tokens = held.tokens_in + held.tokens_cached + held.tokens_out
    assert (held.hours, held.held_by) == (pytest.approx(tokens / 60_000 / 60), "60,000 tokens a minute")


def test_rounds_that_wait_for_each_other_are_batches_of_their_own() -> None:
    [panel] = conference_costs([f"openai/gpt-4o{PANEL}"], 10)
    assert (panel.batch_rounds, panel.batch_hours) == (4, 96)


@pytest.mark.parametrize("query", ["?", f"{PANEL}&"])
def test_a_real_run_takes_what_was_planned(tmp_path: Path, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("PEERASSAY_CACHE", str(tmp_path / "cache"))
    papers = [Paper(id=f"p{n}", title=f"Paper {n}", text=f"{n} " + "result " * 3_576) for n in range(12)]
    judged = [Judgement(paper_id=paper.id, decision="accept" if n % 2 else "reject") for n, paper in enumerate(papers)]
    card = DatasetCard(name="long", title="Long papers", source="made for a test", licence="none")
    save(build(card, papers, judged), data_home() / "long")
    with Loopback() as server:
        spec = f"openai/scripted@{server.openai_url}{query}{PRICE}"
        [planned] = conference_costs([spec], 12)
        settings = BenchSettings(split="all", out=tmp_path / "run", floors=False, audit=False, raw=True)
        prepare_bench("long", [spec], Session.within(), settings).review([])
        stats = server.stats()
    assert planned.calls == stats["calls"]
    sent = stats["tokens"]["uncached"] + stats["tokens"]["cached"]
    assert 0.95 < (planned.tokens_in + planned.tokens_cached) / sent < 1.3
    kept = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    kept += sum(len(paper.text) for paper in papers)
    assert 0.5 < planned.megabytes * 1e6 / kept < 2.5
