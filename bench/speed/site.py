"""Seconds and megabytes of the leaderboards' site with 5, 50 and 200 reviewers on one board.

python bench/speed/site.py [ENTRIES...]

The rows are that of `learned:iclr2022` with noise added to each score, made here. CPU seconds of
checking the results, of ranking, and of writing the pages; the size of all files and of the largest ones; and, where
playwright and Chromium are there, seconds until the table of reviewers is there, is sorted by a click, and two entries
are compared.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from peerassay.leaderboards.assemble import boards_of
from peerassay.leaderboards.places import installed_results
from peerassay.leaderboards.recompute import BoardPapers, machine_from_scores
from peerassay.leaderboards.records import BoardDataset, ReviewerResult
from peerassay.leaderboards.site.build import write_site
from peerassay.leaderboards.store import read_record, record_files, with_digest, write_record
from peerassay.leaderboards.validation import check_results

SIZES = (5, 50, 200)
DATASET = "iclr2022-test"


def main() -> None:
    """Print a line for each number of entries."""
    sizes = tuple(map(int, sys.argv[1:])) or SIZES
    print(f"{'entries':>7}{'check, s':>10}{'rank, s':>9}{'pages, s':>10}{'MB':>7}  largest, MB")
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results"
        stored = installed_results() / "datasets" / f"{DATASET}.json"
        (results / "datasets").mkdir(parents=True)
        shutil.copy(stored, results / "datasets")
        [first] = [
            record
            for path in record_files(installed_results() / "reviewers" / DATASET)
            if path.name.startswith("learned-iclr2022")
            for record in [read_record(path, ReviewerResult)]
        ]
        papers = BoardPapers.of(read_record(stored, BoardDataset))
        made = 0
        for size in sizes:
            for number in range(made, size):
                write_record(results, noised(first, papers, number))
            made = size
            site = Path(folder) / f"site{size}"
            measured(results, site, size)
            in_browser(site)


def noised(first: ReviewerResult, papers: BoardPapers, number: int) -> ReviewerResult:
    """The row with other scores, under a name of its own."""
    rng = np.random.default_rng(number)
    scores = np.array([paper.score for paper in first.papers], dtype=float)
    spread = scores.std() * (0.2 + number % 7 / 3)
    noisy = np.round(scores + spread * rng.normal(size=len(scores)), 6)
    name = f"model-{number:03d}"
    kept = tuple(
        paper.model_copy(update={"score": float(score), "p_accept": None})
        for paper, score in zip(first.papers, noisy, strict=True)
    )
    traits = first.traits.model_copy(update={"kind": "plug-in"})
    machine = machine_from_scores(name, traits, kept, papers.humans)
    machine = replace(machine, seconds=float("nan"), usd=None)
    changed = {
        "name": name,
        "spec": f"command:./{name}",
        "fingerprint": f"{number:012x}",
        "traits": traits,
        "status": "self-reported",
        "papers": kept,
        "worth": None,
        "usd_per_review": None,
        "seconds_per_review": None,
        "figures": papers.metrics_of(machine),
    }
    return with_digest(first.model_copy(update=changed))


def measured(results: Path, site: Path, entries: int) -> None:
    """Check, rank and write, with the CPU seconds of each."""
    checking, checked = timed(lambda: check_results([results]))
    assert not checked.refused, checked.refused[0]
    ranking, boards = timed(lambda: boards_of(checked))
    writing, _ = timed(lambda: write_site(boards, site))
    sizes = sorted(((path.stat().st_size / 1e6, path) for path in site.rglob("*") if path.is_file()), reverse=True)
    largest = ", ".join(f"{path.relative_to(site)} {size:.2f}" for size, path in sizes[:3])
    total = sum(size for size, _ in sizes)
    print(f"{entries:7}{checking:10.1f}{ranking:9.1f}{writing:10.1f}{total:7.1f}  {largest}")


def timed(job: Callable[[], Any]) -> tuple[float, Any]:
    """CPU seconds of all threads, and what the job returned."""
    start = time.process_time()
    found = job()
    return time.process_time() - start, found


def in_browser(site: Path) -> None:
    """Print seconds in Chromium until the reviewers' table is there, sorted, and two entries are compared."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None or importlib.util.find_spec("playwright") is None:
        print(f"{'':7}no Chromium or no playwright here")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        begun = time.perf_counter()
        page.goto((site / "reviewers.html").as_uri())
        page.wait_for_selector("[data-sortable] tbody tr")
        shown = time.perf_counter() - begun
        begun = time.perf_counter()
        page.click("th[data-key=fpr] button")
        page.wait_for_selector("th[data-key=fpr][aria-sort]")
        sorted_after = time.perf_counter() - begun
        begun = time.perf_counter()
        page.goto((site / "compare.html").as_uri())
        page.wait_for_selector("#compared table")
        compared = time.perf_counter() - begun
        browser.close()
    print(f"{'':7}Chromium: table {shown:.2f} s, sorted {sorted_after:.2f} s, two compared {compared:.2f} s")


if __name__ == "__main__":
    main()
