"""A run of the scientist is given out to several processes, this one among them."""

from __future__ import annotations

import asyncio
import re

from ...reviewer.crew.gather import gather
from ...reviewer.crew.joining import at_work
from ...reviewer.crew.member import Watch
from ...reviewer.crew.processes import Processes
from ..batch import IdeaBatch, ScientistRun, idea_folders
from ..project import Stage
from ..state import State
from .order import ScientistOrder
from .together import Together

LOOK_EVERY = 0.5
"""Seconds between two looks at what other workers say."""
TOLD = re.compile(r"(idea_\d+): (.*)")


async def share_out(
    batch: IdeaBatch,
    run: ScientistRun,
    stages: dict[str, Stage],
    *,
    processes: int,
    patience: float,
    parallel: int = 1,
    until: str | None = None,
) -> list[State]:
    """Work on all ideas in so many processes, this one included; others may join on any machine.

    `patience`: seconds without a sign of life after which others take a worker's ideas and experiments over. Raises as
    `IdeaBatch.work`; what other workers could not do is tried here.
    """
    Watch.begin(run.work_path, patience)
    order = ScientistOrder.of(batch, parallel, until)
    order.write(run)
    with Processes.of(run, processes - 1) as others:
        with at_work(run.work_path, batch.session.metering, order) as member:
            batch.share = Together(member, batch.run_job)
            listening = asyncio.create_task(_listen(batch, others))
            try:
                await batch.work(stages, parallel=parallel, until=until)
                while not others.have_ended(but=[member.name]):
                    await asyncio.sleep(LOOK_EVERY)
            finally:
                listening.cancel()
        _pass_on(batch, others)
        batch.budget_reached |= any(end.code == 4 for end in others.troubles())
    gather(run)
    batch.session.open_ledger(run.ledger_path)
    return [State.read(folder) for folder in idea_folders(batch.folder) if (folder / "state.json").exists()]


async def help_out(batch: IdeaBatch, run: ScientistRun, stages: dict[str, Stage]) -> None:
    """Work on the ideas of a run that gives them out, and run experiments of others, until nothing is left.

    Raises InputError where this would be another run, or the folder cannot be used, and as `IdeaBatch.work`.
    """
    order = ScientistOrder.read(run)
    order.check(run, batch)
    with at_work(run.work_path, batch.session.metering, order) as member:
        batch.share = Together(member, batch.run_job)
        await batch.work(stages, parallel=order.parallel, until=order.until)
        member.code = 4 if batch.budget_reached else 0


async def _listen(batch: IdeaBatch, others: Processes) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        _pass_on(batch, others)


def _pass_on(batch: IdeaBatch, others: Processes) -> None:
    """Tell what the others say of ideas."""
    for line in others.said():
        if told := TOLD.fullmatch(line.strip()):
            batch.tell(told[1], told[2])
