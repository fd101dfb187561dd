"""Runs whose work was given out, by a process that is gone."""

from __future__ import annotations

from pathlib import Path

from peerassay.bench.crew.order import Order
from peerassay.bench.measure import Bench, BenchSettings, prepare_bench
from peerassay.bench.run import Run
from peerassay.llm.session import Session
from peerassay.reviewer.crew.member import Watch


def given_out(bench: Bench, *, patience: float = 1.0) -> Run:
    """The run of a bench."""
    run = bench.begin([])
    Watch.begin(run.work_path, patience=patience)
    Order.of(bench).write(run)
    return run


def sample_given_out(folder: Path, spec: str, *, limit: int | None = None, patience: float = 5.0) -> Run:
    """The run of one reviewer on the bundled sample, one call at a time."""
    settings = BenchSettings(split="all", limit=limit, out=folder, floors=False, audit=False)
    return given_out(prepare_bench("sample", [spec], Session.within(concurrency=1), settings), patience=patience)
