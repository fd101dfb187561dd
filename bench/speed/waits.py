"""Where the time of a bench, a review and a scientist's run goes, and their largest waits before and after.

    python bench/speed/waits.py [bench] [review] [scientist] [--preset cpu]

Each runs in a process of its own, which has nothing loaded; `--preset` is that of the scientist's experiments. "Before"
is run here too: the plain way, or that of the published tools, as the row says. Stages and waits marked * are wall
time, the other waits seconds of the processor, child processes included, the fastest of three rounds. The paper under
review is one that the scientist writes, so that both need LaTeX; nanogpt's rows need torch.
"""

# pyright: reportMissingImports=false
from __future__ import annotations

import argparse
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest.mock import patch

CHECKOUT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "bench" / "speed" / "loops")]
ROUNDS = 3
LIBRARIES = "import sklearn.linear_model, scipy.stats, matplotlib.figure, openai, anthropic"
"""What some commands need and others would wait for."""
PANEL, LATENCY = "ensemble=5", 0.2
PLAIN_LATEX = ("pdflatex", "bibtex", "pdflatex", "pdflatex")
"""What AI-Scientist calls for each version of a paper."""
STEPS = 250
SMALLEST = 0.05
"""Seconds below which a stage has no row."""
Seconds = tuple[str, float]
"""A stage and its seconds."""
Wait = tuple[str, float, float]
"""What it is, seconds before and after."""


class Stages:
    """Seconds of wall time by stage, each from the end of the one before."""

    def __init__(self) -> None:
        self.rows: list[Seconds] = []
        self._last = time.perf_counter()

    def done(self, stage: str) -> None:
        """The stage ends here."""
        now = time.perf_counter()
        self.rows.append((stage, now - self._last))
        self._last = now


def main() -> None:
    """Measure one of the three here, or several in a process each."""
    known: dict[str, Callable[[Path, str], None]] = {"bench": bench, "review": review, "scientist": scientist}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", metavar="job", help=f"of {', '.join(known)}; all by default")
    parser.add_argument("--preset", default="cpu")
    options = parser.parse_args()
    jobs = options.jobs or list(known)
    if strangers := sorted(set(jobs) - set(known)):
        parser.error(f"unknown job {strangers[0]!r}; known: {', '.join(known)}")
    if len(jobs) > 1:
        for job in jobs:
            subprocess.run([sys.executable, __file__, job, "--preset", options.preset], check=True)
    elif jobs != ["bench"] and shutil.which("pdflatex") is None:
        print(f"{jobs[0]} skipped: pdflatex is not installed")
    else:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["PEERASSAY_CACHE"] = f"{folder}/cache"
            known[jobs[0]](Path(folder), options.preset)


def bench(folder: Path, _preset: str) -> None:
    """`bench -d sample --split all -r learned:iclr2022`, its floors and report included."""
    stages = Stages()
    from peerassay.bench.measure import BenchSettings, prepare_bench
    from peerassay.llm.session import Session

    stages.done("start")
    settings = BenchSettings(split="all", out=folder / "run")
    prepared = prepare_bench("sample", ["learned:iclr2022"], Session(), settings)
    stages.done("dataset, reviewers")
    run, _ = prepared.review([])
    stages.done("scrubbing, reviews")
    summary, _ = prepared.audit()
    stages.done("leak audit")
    measured = prepared.measure(run, summary)
    stages.done("statistics")
    prepared.report(run, measured)
    stages.done("report, drawings")
    whole = sum(seconds for _, seconds in stages.rows)

    from bootstrap import compared
    from peerassay.bench.audit.leaks import audit, stored_audit

    draws, loop = compared(lambda _: None)["scikit-learn"]
    waits = [
        ("figures*: told when the report is drawn", whole, whole - stages.rows[-1][1]),
        ("10,000 draws of 500 papers: a loop over scikit-learn", loop, draws),
        (
            "leak audit: in every run",
            cpu(lambda: audit(prepared.dataset)),
            cpu(lambda: stored_audit(prepared.dataset)),
        ),
        start_of("peerassay.bench.measure", LIBRARIES, "all libraries at once"),
    ]
    show("A bench of the sample", stages.rows, waits)


def review(folder: Path, _preset: str) -> None:
    """`review paper.pdf` by the learned reviewer, then by a panel of models that takes some time for each call."""
    paper = written(folder / "run", "tiny") / "paper.pdf"
    stages = Stages()
    from peerassay.bench.paper_reviews import read_batch, review_batch
    from peerassay.llm.session import Session
    from peerassay.reviewer.spec import load_reviewer

    stages.done("start")
    batch = read_batch([paper], raw=False)
    stages.done("PDF, hidden text, scrubbing")
    session = Session()
    review_batch(load_reviewer("learned:iclr2022", session=session), batch, session)
    stages.done("learned reviewer, hidden orders")

    from peerassay.data.papers.load import load_paper
    from peerassay.data.papers.pdf import visibility

    from tests.loopback.running import spawn_loopback

    with spawn_loopback(latency=LATENCY) as server:
        stages.done("(the model's server)")
        stages.rows.pop()

        def ask(concurrency: int) -> None:
            session = Session.within(None, concurrency=concurrency, cached=False)
            review_batch(load_reviewer(f"openai/scripted@{server.openai_url}?{PANEL}", session=session), batch, session)

        ask(8)
        stages.done("panel of five")
        panel = wall(lambda: ask(1)), wall(lambda: ask(8))
    with patch.object(visibility, "_suspect", lambda _text: True):
        drawn = cpu(lambda: load_paper(paper))
    waits = [
        ("panel of five*: one call after the other", *panel),
        ("PDF: all texts looked for in the drawn pages", drawn, cpu(lambda: load_paper(paper))),
        start_of("peerassay.bench.paper_reviews", LIBRARIES, "all libraries at once"),
    ]
    show(f"A review of a paper, {LATENCY:g} s for a model's call", stages.rows, waits)


def scientist(folder: Path, preset: str) -> None:
    """`scientist run -t epidemic` with the rule-based scientist, to the review of its paper."""
    begun = time.perf_counter()
    idea = written(folder / "run", preset)
    whole = time.perf_counter() - begun
    stages = json.loads((idea / "state.json").read_text())["stages"]
    rows = [(name, stage["seconds"]) for name, stage in stages.items() if stage["seconds"] >= SMALLEST]
    rows.append(("start, novelty, pages of the run", whole - sum(stage["seconds"] for stage in stages.values())))

    from peerassay.generator.baselines import KeptBaseline
    from peerassay.generator.latex.compile import compile_tex

    (record,) = (folder / "run" / "baselines").glob("*.json")
    kept, other = KeptBaseline(record.with_suffix("")), folder / "other"
    other.mkdir()
    taking = wall(lambda: kept.take(other), rounds=1)
    waits = [
        ("baseline*: run again for the next idea", json.loads(record.read_text())["seconds"], taking),
        (
            "LaTeX: the four calls of AI-Scientist",
            cpu(lambda: plain_latex(idea / "latex")),
            cpu(lambda: compile_tex(idea / "latex")),
        ),
    ]
    if importlib.util.find_spec("torch"):
        waits += [start_of("peerassay.generator.batch", "import torch", "torch, as AI-Scientist's"), *nanogpt()]
    show(f"A scientist's run, epidemic, {preset}", rows, waits)


def written(folder: Path, preset: str) -> Path:
    """The folder of an idea that the rule-based scientist has taken to its end."""
    command = ["scientist", "run", "-t", "epidemic", "--preset", preset, "--runs", "2", "--offline-literature", "-q"]
    subprocess.run(
        [sys.executable, "-m", "peerassay", *command, "--out", str(folder)], check=True, stdout=subprocess.DEVNULL
    )
    return folder / "idea_01"


def plain_latex(folder: Path) -> None:
    """The paper compiled without a look at what has changed."""
    for program in PLAIN_LATEX:
        options = ["paper"] if program == "bibtex" else ["-interaction=nonstopmode", "paper.tex"]
        subprocess.run([program, *options], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def nanogpt() -> list[Wait]:
    """Training of the template nanogpt on one core, of a loop in the original's style and of ours."""
    from dataclasses import replace

    import torch
    from nanogpt import Config, load_corpus, original_style, ours, write_parts

    torch.set_num_threads(1)
    config, corpus = replace(Config(), steps=STEPS), load_corpus("stdlib")
    seldom = replace(config, eval_every=STEPS)
    with tempfile.TemporaryDirectory() as name:
        write_parts(corpus, Path(name))
        original_style(corpus, replace(config, steps=5), 0, Path(name), False)  # loads what the first step needs

        def ratio(label: str, chosen: Config, *, evaluate: bool) -> Wait:
            before = min(original_style(corpus, config, 0, Path(name), evaluate)[1] for _ in range(2))
            return f"nanogpt, {STEPS} steps, {label}", before, min(ours(chosen, 0)[1] for _ in range(2))

        return [
            ratio("as evaluated by each", config, evaluate=True),
            ratio("without evaluation", seldom, evaluate=False),
        ]


def start_of(module: str, libraries: str, before: str) -> Wait:
    """The start of a command in a new process, with the libraries and without."""
    lazy = cpu(lambda: subprocess.run([sys.executable, "-c", f"import {module}"], check=True))
    eager = cpu(lambda: subprocess.run([sys.executable, "-c", f"{libraries}\nimport {module}"], check=True))
    return f"start: {before}", eager, lazy


def cpu(work: Callable[[], object]) -> float:
    """Seconds of the processor, child processes included: the least of some rounds."""
    return min(_seconds(work, _processor) for _ in range(ROUNDS))


def _processor() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def wall(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of wall time: the least of some rounds."""
    return min(_seconds(work, time.perf_counter) for _ in range(rounds))


def _seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    work()
    return clock() - start


def show(title: str, stages: Sequence[Seconds], waits: Sequence[Wait]) -> None:
    """Print both tables."""
    from peerassay.presentation.table import Table
    from peerassay.presentation.terminal import print_tables

    whole = sum(seconds for _, seconds in stages)
    times = tuple((name, f"{seconds:.2f}", f"{seconds / whole:.0%}") for name, seconds in (*stages, ("all", whole)))
    rows = tuple((name, f"{old:.3f}", f"{new:.4f}", f"{old / new:,.1f}") for name, old, new in waits)
    print_tables(
        [
            Table(title, ("Stage", "s", "Share"), times),
            Table("Its waits, before and after", ("Wait", "Before, s", "After, s", "Ratio"), rows),
        ]
    )


if __name__ == "__main__":
    main()
