"""Language-model reviewers against the loopback server: wall time, CPU, memory, and tokens that the prompt cache saves.

300 papers, half a second per call, 64 calls in flight. The ideal wall time is calls x latency / concurrency. The server
runs in a process of its own; CPU and memory are this process's, everything between the papers and reviews.jsonl
included.

    python bench/speed/throughput.py [--papers 300] [--latency 0.5] [--concurrency 64]
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import asyncio
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

from peerassay.bench.run import run_dataset, start_run
from peerassay.bench.runner import Outcome, review_all
from peerassay.data.dataset import Dataset, build
from peerassay.data.records import DatasetCard, Judgement, Paper
from peerassay.data.registry import load_dataset
from peerassay.llm.budget import Budget
from peerassay.llm.ledger import Ledger
from peerassay.llm.messages import Tokens
from peerassay.llm.model import Metering
from peerassay.llm.session import Session
from peerassay.reviewer.spec import load_reviewer

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.loopback.running import Spawned, spawn_loopback

CHARACTERS = 36_000
"""About ten thousand tokens, what a paper of nine pages has."""
FULL = "ensemble=5&meta=true&reflections=5"


def papers(count: int) -> Dataset:
    """Manuscripts as long as papers, put together from the bundled ones."""
    texts = [paper.text for paper in load_dataset("sample").papers]
    made = []
    for number in range(count):
        rotated = texts[number % len(texts) :] + texts[: number % len(texts)]
        text = f"Manuscript {number}\n\n" + "\n\n".join(rotated)
        made.append(Paper(id=f"paper-{number}", title=f"Manuscript {number}", text=text[:CHARACTERS]))
    judgements = [Judgement(paper_id=p.id, decision="accept" if i % 2 else "reject") for i, p in enumerate(made)]
    return build(DatasetCard(name="throughput", labels="constructed"), made, judgements)


def megabytes() -> float:
    """Resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(
    server: Spawned, dataset: Dataset, spec: str, concurrency: int
) -> tuple[Outcome, Ledger, float, float, list[float]]:
    """Outcome, ledger, wall and CPU seconds of one bench, and memory along the way."""
    server.reset()
    memory: list[float] = []

    def progress(_name: str, done: int, total: int) -> None:
        if done and done % max(total // 3, 1) == 0:
            memory.append(megabytes())

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PEERASSAY_CACHE"] = folder
        described = run_dataset(dataset, source="throughput", split="all", limit=None, scrub_rules=None)
        run = start_run(Path(folder) / "run", described, dataset, [])
        session = Session(Metering(None, Budget(None), Ledger(run.ledger_path)), concurrency=concurrency)
        reviewer = load_reviewer(spec, session=session)
        run.add_reviewer(reviewer, spec)
        run.save()
        cpu, wall = time.process_time(), time.perf_counter()
        outcome = asyncio.run(review_all(run, [reviewer], dataset.papers, concurrency=concurrency, progress=progress))
        return outcome, session.metering.ledger, time.perf_counter() - wall, time.process_time() - cpu, memory


def report(
    title: str, found: tuple[Outcome, Ledger, float, float, list[float]], latency: float, concurrency: int
) -> Tokens:
    """Print what was measured; returns the tokens."""
    outcome, ledger, wall, cpu, memory = found
    took = ledger.all()
    ideal = took.calls * latency / concurrency
    along = " ".join(f"{m:.0f}" for m in memory)
    print(f"{title}: {outcome.reviewed} reviews, {outcome.failed} failed, {took.calls} calls")
    print(f"  wall {wall:.2f} s, ideal {ideal:.2f} s, ratio {wall / ideal:.3f} (target 1.15 for the panel)")
    print(f"  CPU {1000 * cpu / took.calls:.2f} ms per call (target 5 for the panel); memory at thirds {along} MB")
    return took.tokens


def main() -> None:
    """Run both providers, one call per paper and the whole panel."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, default=300)
    parser.add_argument("--latency", type=float, default=0.5)
    parser.add_argument("--concurrency", type=int, default=64)
    options = parser.parse_args()
    dataset, concurrency = papers(options.papers), options.concurrency
    with spawn_loopback(latency=options.latency) as server:
        for provider, url in (("openai", server.openai_url), ("anthropic", server.anthropic_url)):
            spec = f"{provider}/scripted@{url}"
            measure(server, papers(2), spec, concurrency)  # imports the SDK
            tokens = report(
                f"{provider}, {FULL}",
                measure(server, dataset, f"{spec}?{FULL}", concurrency),
                options.latency,
                concurrency,
            )
            billed, whole = (tokens.uncached + tokens.written) / options.papers, tokens.input / options.papers
            print(
                f"  input tokens per review: {whole:,.0f} without prompt caching, "
                f"{billed:,.0f} billed in full with it: {billed / whole:.1%} (target 30%)"
            )
            title = f"{provider}, one call per paper (each paper is searched for hidden orders once, most of the CPU)"
            report(title, measure(server, dataset, spec, concurrency), options.latency, concurrency)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
