"""Time and peak memory of a bench of replayed reviews at 1,000, 10,000 and 100,000 papers, and how they grow.

    python bench/speed/scale.py [--papers 1000 10000 100000] [--texts] [--draws 10000]

Every paper has four human ratings, a decision and a replayed review; `--texts` gives it a short text too, which the
floors read. Each bench is a process of its own, started a second time when all is reviewed: what is left then are the
records, all metrics with their intervals, and the report. The peak is the higher one of both. The ratios are to the
first size in the same run, and the slope is that of log seconds, or log memory, on log papers: 1 is linear.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import csv
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from peerassay.data.dataset import build, save
from peerassay.data.records import DatasetCard, Judgement, Paper


def written(folder: Path, count: int, *, texts: bool) -> tuple[Path, Path]:
    """A dataset of so many papers in the folder, and a table of reviews of them."""
    rng = np.random.default_rng(count)
    quality = rng.normal(size=count)
    ratings = np.clip(np.round(5.5 + quality[:, None] + rng.normal(scale=1.3, size=(count, 4))), 1, 10)
    accepted = ratings.mean(axis=1) + rng.normal(scale=0.4, size=count) > np.quantile(ratings.mean(axis=1), 0.7)
    scores = np.clip(np.round(5.5 + quality + rng.normal(scale=2, size=count)), 1, 10)
    ids = [f"paper{number:07}" for number in range(count)]
    papers = [
        Paper(id=i, title=f"On {i}", text=f"On {i}. {'We measure and report. ' * 20}" if texts else "") for i in ids
    ]
    judged = [
        Judgement(paper_id=i, decision="accept" if good else "reject", ratings=tuple(row))
        for i, good, row in zip(ids, accepted.tolist(), ratings.tolist(), strict=True)
    ]
    card = DatasetCard(name="scale", labels="constructed", scale=tuple(range(1, 11)), get_texts="" if texts else "-",
                       text_version="unknown" if texts else "none")  # fmt: skip
    save(build(card, papers, judged), folder / "data")
    with (folder / "reviews.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("paper_id", "score"), *zip(ids, scores.tolist(), strict=True)])
    return folder / "data", folder / "reviews.csv"


def measured(count: int, draws: int, *, texts: bool) -> tuple[float, float, float, float]:
    """Wall and CPU seconds of a bench on so many papers, wall seconds of its second start, and peak memory in MB."""
    with tempfile.TemporaryDirectory() as name:
        data, reviews = written(Path(name), count, texts=texts)
        arguments = ["bench", "-d", data, "-r", f"replay:{reviews}", "--split", "all", "--draws", draws, "--no-audit",
                     "--out", Path(name) / "run"]  # fmt: skip
        wall, used = _spent([str(each) for each in arguments], count)
        again, used_again = _spent([str(each) for each in arguments], count)
        kilobytes = max(used.ru_maxrss, used_again.ru_maxrss) / (1024 if sys.platform == "darwin" else 1)
        return wall, used.ru_utime + used.ru_stime, again, kilobytes / 1000


def _spent(arguments: list[str], count: int) -> tuple[float, resource.struct_rusage]:
    """Wall seconds of the command, and what its process used."""
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "peerassay", *arguments], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True) as process:  # fmt: skip
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{count} papers: {said[-2000:]}")
    return time.perf_counter() - begun, used


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--texts", action="store_true")
    options = parser.parse_args()
    print(f"{options.draws:,} draws, {'short texts' if options.texts else 'scores only'}\n")
    heads = (("papers", 8), ("wall, s", 9), ("CPU, s", 9), ("peak, MB", 10), ("again, s", 10), ("of wall", 9))
    print("".join(f"{head:>{width}}" for head, width in (*heads, ("of peak", 9), ("slopes", 14))))
    first: tuple[int, float, float] | None = None
    for count in options.papers:
        wall, cpu, again, peak = measured(count, options.draws, texts=options.texts)
        line = f"{count:8,}{wall:9.1f}{cpu:9.1f}{peak:10.0f}{again:10.1f}"
        if first is not None:
            grown = [now / before for now, before in zip((wall, peak), first[1:], strict=True)]
            slopes = " ".join(f"{math.log(each) / math.log(count / first[0]):6.2f}" for each in grown)
            line += f"{grown[0]:9.1f}{grown[1]:9.1f}{slopes:>14}"
        else:
            first = count, wall, peak
        print(line, flush=True)


if __name__ == "__main__":
    main()
