"""What the workers of a bench are to do.

RUN/work/order.json    what was asked for, and how one knows that it is the same on another machine
"""

from __future__ import annotations

import os
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel

from ...data.errors import InputError
from ...data.files import read_validated, write_json
from ...llm.config import Config
from ...llm.session import Session
from ..measure import Bench, BenchSettings, prepare_bench
from ..run import Run, RunDataset


class Order(BaseModel):
    """order.json."""

    peerassay: str
    """The version; workers of another one are refused."""
    folder: Path
    """From where paths count."""
    source: str
    specs: list[str]
    settings: BenchSettings
    reviewers: dict[str, str]
    """Fingerprints by name."""
    papers: RunDataset
    budget: float | None
    spent_before: float
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
            peerassay=version("peerassay"),
            folder=Path.cwd(),
            source=bench.papers.source,
            specs=[entrant.spec for entrant in asked],
            settings=replace(bench.settings, out=bench.folder.absolute(), redo=(), calibration=None, audit=False),
            reviewers={entrant.reviewer.name: entrant.reviewer.fingerprint for entrant in bench.entrants},
            papers=bench.papers,
            budget=bench.session.metering.budget.limit,
            spent_before=bench.session.metering.budget.spent,
            concurrency=bench.session.concurrency,
            cached=bench.session.cached,
            config=bench.session.config,
        )

    def asked(self) -> dict[str, Any]:
        """What was asked for, by this start or another one."""
        return self.model_dump(mode="json", exclude={"spent_before"})

    @classmethod
    def read(cls, run: Run) -> Self:
        """The order of a run. Raises InputError where there is none, or it is of another version."""
        path = run.order_path
        if not path.exists():
            raise InputError(
                f"{run.folder}: gives no work out; `peerassay bench ... --out {run.folder} --workers N` does, "
                f"as long as it runs"
            )
        order = read_validated(cls, path)
        if order.peerassay != version("peerassay"):
            raise InputError(
                f"{path}: was given by peerassay {order.peerassay}, this is {version('peerassay')}; "
                f"workers need the same version"
            )
        return order

    def write(self, run: Run) -> None:
        """Give the work out."""
        write_json(run.order_path, self.model_dump(mode="json"))

    def bench(self, run: Run) -> Bench:
        """The bench, made ready in this process. Raises InputError where it would not be the same."""
        if self.folder.is_dir():
            os.chdir(self.folder)
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
