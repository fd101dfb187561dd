"""The work of `peerassay scientist`: a run is opened, done as far as it goes, and what came of it told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click
from rich.text import Text

from ..data.files import validated
from ..generator.batch import IdeaBatch, ScientistRecord, ScientistRun
from ..generator.config import ScientistConfig
from ..generator.crew.lead import help_out, share_out
from ..generator.crew.order import ScientistOrder
from ..generator.literature.search import Literature
from ..generator.page.write import write_pages
from ..generator.project import open_state, redo_from
from ..generator.seeds import check_seeds
from ..generator.state import STAGES, State
from ..generator.template import load_template
from ..reviewer.crew.gather import gather
from ..reviewer.run_folder import RunRecord, locked
from .output import log, trouble
from .scientist_output import tell_run
from .scientist_page import following
from .scientist_progress import stoppable
from .user_file import as_typed


class Crew(NamedTuple):
    """How many processes share a run, and how many seconds each may be without a sign of life."""

    processes: int
    patience: float


def begun(settings: ScientistConfig) -> dict[str, Any]:
    """What the record of a run says of its beginning: time and versions, the command line, the configuration."""
    return {**RunRecord.now(), "command": as_typed(), "config": settings.given()}


def folder_of(out: Path | None, subject: str, model: str) -> Path:
    """Where the run goes: as asked for, else a folder named after its subject, such as a template, model and time."""
    name = f"{Path(subject).name}-{model.partition('?')[0].replace('/', '-')}"
    return out or Path("runs") / f"{name}-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"


def work(
    folder: Path,
    record: ScientistRecord,
    *,
    budget: float | None,
    parallel: int = 1,
    until: str | None = None,
    as_json: bool,
    redo: dict[Path, str] | None = None,
    crew: Crew | None = None,
) -> None:
    """Do a run as far as it goes, tell what came of it, and end with the exit code that says so.

    `until`: the last stage that is done; `redo`: stages to be done again, by idea's folder; `crew`: by how many
    processes, None: by this one alone.
    """
    from ..generator.stages import stages_of

    batch = _open(folder, record, budget)
    with stoppable(folder), locked(folder):
        if ScientistRun.is_there(folder):
            gather(ScientistRun.open(folder))
        for idea in redo or {}:
            open_state(batch.project(idea))
        for idea, stage in (redo or {}).items():
            redo_from(idea, stage)
        run = batch.begin()
        batch.session.open_ledger(run.ledger_path)
        if batch.sandbox.warning:
            log().print(Text(f"sandbox: {batch.sandbox.warning}", style="yellow"))
        stages = stages_of(batch.template)
        if crew is None:
            states = asyncio.run(_run_all(batch, partial(batch.work, stages, parallel=parallel, until=until), until))
        else:
            sharing = partial(share_out, batch, run, stages, parallel=parallel, until=until)
            states = asyncio.run(_run_all(batch, partial(sharing, **crew._asdict()), until))
            write_pages(folder, running=False)
    tell_run(batch.folder, as_json=as_json)
    if batch.budget_reached:
        trouble().print(Text(f"budget reached; `peerassay scientist resume {folder} --budget ...` with more continues"))
        raise click.exceptions.Exit(4)
    if any(state.stages[name].status == "failed" for state in states for name in STAGES):
        trouble().print(Text(f"some stages failed; `peerassay scientist resume {folder}` tries them again"))
        raise click.exceptions.Exit(3)
    if any(state.problems for state in states):
        trouble().print(Text("done with problems: a paper is made, and what is wrong with it is named above"))
        raise click.exceptions.Exit(3)


def help_out_with(folder: Path) -> None:
    """Be a worker of a run that gives its ideas out. Raises InputError where it does not; Exit 4 as `work`."""
    from ..generator.stages import stages_of

    run = ScientistRun.open(folder.absolute())
    order = ScientistOrder.read(run)
    order.go_there()
    batch = _open(run.folder, run.record, order.budget)
    with stoppable(folder):
        asyncio.run(_close_after(batch, help_out(batch, run, stages_of(batch.template))))
    if batch.budget_reached:
        raise click.exceptions.Exit(4)


async def _close_after(batch: IdeaBatch, work: Awaitable[None]) -> None:
    try:
        await work
    finally:
        await batch.session.aclose()


async def _run_all(batch: IdeaBatch, working: Callable[[], Awaitable[list[State]]], until: str | None) -> list[State]:
    try:
        if batch.scientist.viewer is not None:
            await batch.scientist.viewer.prepare()
        async with following(batch):
            if batch.record.model != "offline" and until != "novelty" and not batch.template.given:
                await batch.prove_baseline()
            return await working()
    finally:
        await batch.session.aclose()


def _open(folder: Path, record: ScientistRecord, budget: float | None) -> IdeaBatch:
    from ..generator.sandbox.find import find_sandbox
    from ..generator.scientist import find_scientist
    from ..llm.session import Session
    from ..reviewer.spec import load_reviewer

    session = Session.within(
        budget, config=validated(ScientistConfig, record.config, f"{folder / ScientistRun.FILE}: config")
    )
    template = load_template(record.template)
    template.check_preset(record.lab.preset)
    check_seeds(template, record.lab.seeds)
    console = log()
    return IdeaBatch(
        folder=folder,
        record=record,
        template=template,
        scientist=find_scientist(record.model, session=session, editor=record.editor, seed=record.seed),
        literature=literature_of(online=record.online),
        reviewer=load_reviewer(record.reviewer, session=session),
        session=session,
        sandbox=find_sandbox(record.sandbox),  # type: ignore[arg-type]
        tell=lambda idea, line: console.print(Text(f"{idea}: {line}")),
    )


def literature_of(*, online: bool) -> Literature:
    """The bibliographies and abstracts of this machine, and the sources online where they are asked."""
    from ..generator.literature.local import default_index
    from ..generator.literature.online import online_sources

    return Literature(online_sources() if online else (), default_index())
