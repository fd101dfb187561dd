"""A run by the offline scientist within this process, that asks people."""

from __future__ import annotations

import asyncio
from pathlib import Path

from peerassay.generator.batch import IdeaBatch, ScientistRecord
from peerassay.generator.lab import LabSettings
from peerassay.generator.literature.local import LocalIndex
from peerassay.generator.literature.search import Literature
from peerassay.generator.offline.scientist import OfflineScientist
from peerassay.generator.project import PaperSettings
from peerassay.generator.sandbox.find import find_sandbox
from peerassay.generator.stages import ALL
from peerassay.generator.state import State
from peerassay.generator.template import load_template
from peerassay.llm.session import Session
from peerassay.reviewer.spec import load_reviewer


def offline_batch(out: Path, template: Path, *ask: str, search: str = "linear", runs: int = 2) -> IdeaBatch:
    """A run of one idea; started again it goes on."""
    record = ScientistRecord(
        template=str(template),
        model="offline",
        reviewer="learned:iclr2022",
        online=False,
        lab=LabSettings(runs=runs, run_seconds=60),
        paper=PaperSettings(search=search, ask=ask, novelty=False),
    )
    session = Session.within(None)
    batch = IdeaBatch(
        folder=out,
        record=record,
        template=load_template(str(template)),
        scientist=OfflineScientist(),
        literature=Literature((), LocalIndex([])),
        reviewer=load_reviewer(record.reviewer, session=session),
        session=session,
        sandbox=find_sandbox(),
    )
    batch.begin()
    return batch


def gone_on(batch: IdeaBatch, until: str | None = None) -> State:
    """The state of the only idea after it went as far as it could."""

    async def working() -> State:
        try:
            return (await batch.work(ALL, until=until))[0]
        finally:
            await batch.session.aclose()

    return asyncio.run(working())
