"""Run the suite against a language model on this machine, and say what came of it. See `--help`.

What counts is not what so small a model says, but what the suite makes of it: every review is either read or failed for
a reason that is named, and nothing hangs, crashes or is silently wrong. Ctrl-C ends it, with what was done so far.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local_server import Serving, install, served
from rich.console import Console
from rich.table import Table

PROJECT = Path(__file__).resolve().parents[2]
SHORT = Path(__file__).with_name("short.toml")
PAIRS = PROJECT / "data" / "sample" / "pairs"
BEYOND = 12
"""The bodies of so many manuscripts make one that no context of 8,192 tokens holds."""
FINE = (0, 3)
"""Exit codes that say how it went: done, or finished with failures that are told."""
STOPPED = 130


@dataclass
class Outcome:
    """What a command came to."""

    what: str
    code: int
    seconds: float
    ok: int = 0
    failed: int = 0
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def book(self, reviews: Iterable[Mapping[str, Any]]) -> Outcome:
        """Count the reviews, with what they took and why they failed."""
        for review in reviews:
            good = review["status"] == "ok"
            self.ok, self.failed = self.ok + good, self.failed + (not good)
            self.calls += review["usage"]["calls"]
            self.tokens_in += review["usage"]["tokens_in"]
            self.tokens_out += review["usage"]["tokens_out"]
            if not good:
                self.reasons[review["reason"]] += 1
        return self


class Suite:
    """The command line, with a cache and a folder of its own."""

    def __init__(self, out: Path, options: argparse.Namespace) -> None:
        self.out = out
        self.options = options
        self.environment = {**os.environ, "PEERASSAY_CACHE": str(out / "cache")}
        self.stopped = False

    def run(self, what: str, *arguments: str) -> tuple[Outcome, str]:
        """The outcome and what stood on standard output; the words on standard error go to this one's."""
        print(f"\n$ peerassay {' '.join(arguments)}", file=sys.stderr, flush=True)
        start = time.monotonic()
        command = [str(Path(sys.executable).with_name("peerassay")), *arguments]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=self.environment, cwd=self.out)
        except KeyboardInterrupt:
            self.stopped = True
            return Outcome(what, STOPPED, time.monotonic() - start), ""
        return Outcome(what, done.returncode, time.monotonic() - start), done.stdout

    def review(self, what: str, paper: Path, spec: str) -> Outcome:
        """`peerassay review` of one paper."""
        outcome, said = self.run(what, "review", str(paper), "-r", spec, "--json")
        return outcome.book(r["review"] for r in json.loads(said)["reviews"]) if said else outcome

    def bench(self, spec: str) -> Outcome:
        """`peerassay bench` on the bundled manuscripts."""
        some, at_once = str(self.options.papers), str(self.options.concurrency)
        run = self.out / "bench"
        arguments = (
            "-d",
            "sample",
            "--split",
            "all",
            "--limit",
            some,
            "--concurrency",
            at_once,
            "-r",
            spec,
            "--out",
            str(run),
        )
        outcome, _ = self.run(f"bench, {some} papers", "bench", *arguments)
        lines = (json.loads(line) for line in _lines(run / "reviews.jsonl"))
        return outcome.book(line for line in lines if line["reviewer"].startswith("openai/"))

    def ideas(self, spec: str) -> Outcome:
        """The scientist's first stages, on one idea."""
        run = self.out / "ideas"
        arguments = ("-t", "nanogpt", "-m", spec, "--offline-literature", "--out", str(run), "--json")
        outcome, said = self.run("scientist ideas", "scientist", "ideas", *arguments)
        for idea in json.loads(said)["ideas"] if said else []:
            stages = {name: stage for name, stage in idea["state"]["stages"].items() if stage["status"] != "pending"}
            outcome.ok += sum(stage["status"] == "done" for stage in stages.values())
            outcome.failed += sum(stage["status"] == "failed" for stage in stages.values())
            outcome.reasons.update(
                f"{name}: {stage['message']}" for name, stage in stages.items() if stage["status"] == "failed"
            )
        for line in map(json.loads, _lines(run / "calls.jsonl")):
            tokens = line.get("tokens")
            outcome.calls += tokens is not None
            outcome.tokens_in += sum((tokens or {}).get(name, 0) for name in ("uncached", "cached", "written"))
            outcome.tokens_out += (tokens or {}).get("output", 0)
        return outcome


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.is_file() else []


def main() -> None:
    """Start the server, run the commands, print the table. Exit code 1 where a command ended in no way that is told."""
    options = _options()
    out = PROJECT / ".local-llm" / "runs" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    out.mkdir(parents=True)
    with _model(options, out) as model:
        outcomes = list(_work(Suite(out, options), model, options))
    _show(outcomes, model)
    print(f"all of it is in {out}")
    sys.exit(any(outcome.code not in FINE or not outcome.ok + outcome.failed for outcome in outcomes))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the suite against a language model on this machine.")
    parser.add_argument("--at", metavar="openai/NAME@URL", help="a server that runs already, instead of our own")
    parser.add_argument("--model", choices=["smollm2", "gemma3"], default="smollm2")
    parser.add_argument("--context", type=int, default=8192, help="tokens")
    parser.add_argument("--slots", type=int, default=1, help="calls that the server works at together")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--papers", type=int, default=20)
    parser.add_argument("--concurrency", type=int, default=1, help="calls that the suite makes at once")
    parser.add_argument("--options", default="max_tokens=600&timeout=900", help="of the reviewer and the scientist")
    return parser.parse_args()


@contextmanager
def _model(options: argparse.Namespace, out: Path) -> Iterator[str]:
    if options.at:
        yield options.at
        return
    python = install(PROJECT / ".local-llm" / "venv")
    what = Serving(options.model, options.context, options.slots, options.threads)
    with served(python, what, out / "server.log") as address:
        yield f"openai/{options.model}@{address}"


def _work(suite: Suite, model: str, options: argparse.Namespace) -> Iterator[Outcome]:
    spec = f"{model}?{options.options}"
    papers = sorted(PAIRS.glob("*/sound.md"))
    long = suite.out / "long.md"
    long.write_text(_long_paper([paper.read_text() for paper in papers[:BEYOND]]))
    steps = (
        lambda: suite.review("review", papers[0], spec),
        lambda: suite.review("review beyond the context", long, spec),
        lambda: suite.ideas(f"{spec}&reflections=1&novelty_rounds=2"),
        lambda: suite.bench(f"{spec}&form={SHORT}"),
    )
    for step in steps:
        if not suite.stopped:
            yield step()


def _long_paper(papers: list[str]) -> str:
    """The first paper, with the bodies of the others behind its own and before its references."""
    whole = [re.split(r"^## References$", paper, flags=re.MULTILINE) for paper in papers]
    bodies = [
        re.sub(r"^#+ .*$", "", text.partition("## 1 Introduction")[2], flags=re.MULTILINE) for text, _ in whole[1:]
    ]
    return "\n".join([whole[0][0], *bodies, "## References", whole[0][1]])


def _show(outcomes: list[Outcome], model: str) -> None:
    table = Table("Command", "Exit", "Ok", "Failed", "Seconds", "Calls", "Tokens in", "Tokens out", title=model)
    for o in outcomes:
        table.add_row(
            o.what,
            *map(str, (o.code, o.ok, o.failed, round(o.seconds), o.calls)),
            f"{o.tokens_in:,}",
            f"{o.tokens_out:,}",
        )
    console = Console()
    console.print(table)
    for o in outcomes:
        for reason, count in o.reasons.most_common():
            console.print(f"{o.what}: {count} x {reason}", markup=False, highlight=False)


if __name__ == "__main__":
    main()
