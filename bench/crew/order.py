"""What the workers of a bench are to do, and how they know that it is the same on another machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Self

from ...data.errors import InputError
from ...llm.config import Config
from ...llm.session import Session
from ...reviewer.crew.order import WorkOrder
from ..measure import Bench, BenchSettings, prepare_bench
from ..run import Run, RunDataset


class Order(WorkOrder):
    """A bench that is given out."""

    source: str
    specs: list[str]
    settings: BenchSettings
    reviewers: dict[str, str]
    """Fingerprints by name."""
    papers: RunDataset
    concurrency: int
    cached: bool
    config: Config

    @classmethod
    def of(cls, bench: Bench) -> Self:
        """What a bench asks for. Raises InputError where another process could not do it."""
        asked = [entrant for entrant in bench.entrants if not entrant.automatic]
        if unnamed := [entrant.reviewer.name for entrant in asked if not entrant.spec]:
            raise InputError(f"{unnamed[0]}: workers need a reviewer by its SPEC, such as python:module:attribute")
        if bench.session.batch:
            raise InputError("--workers goes without --batch: one process collects the calls of a batch")
        return cls(
            budget=bench.session.metering.budget.limit,
            source=bench.papers.source,
            specs=[entrant.spec for entrant in asked],
            settings=replace(bench.settings, out=bench.folder.absolute(), redo=(), calibration=None, audit=False),
            reviewers={entrant.reviewer.name: entrant.reviewer.fingerprint for entrant in bench.entrants},
            papers=bench.papers,
            concurrency=bench.session.concurrency,
            cached=bench.session.cached,
            config=bench.session.config,
        )

    def bench(self, run: Run) -> Bench:
        """The bench, made ready in this process. Raises InputError where it would not be the same."""
        self.go_there()
        session = Session.within(self.budget, concurrency=self.concurrency, cached=self.cached, config=self.config)
        settings = replace(self.settings, out=run.folder.absolute())
        bench = prepare_bench(self.source, self.specs, session, settings)
        if bench.papers != self.papers:
            raise InputError(f"{run.order_path}: asks for {_told(self.papers)}, here is {_told(bench.papers)}")
        for one in bench.entrants:
            if self.reviewers.get(one.reviewer.name) != one.reviewer.fingerprint:
                raise InputError(
                    f"{run.order_path}: {one.reviewer.name} is another one here than where the work was given out: "
                    f"its files, settings or libraries differ"
                )
        return bench


def _told(papers: RunDataset) -> str:
    return f"{papers.name} ({papers.split}, {papers.papers} papers, {papers.text}) with the hash {papers.hash[:12]}"
