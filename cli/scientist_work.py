"""The work of `peerassay scientist`: a run is opened, done as far as it goes, and what came of it told."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..data.files import validated
from ..generator.batch import IdeaBatch, ScientistRecord, ScientistRun
from ..generator.config import ScientistConfig
from ..generator.literature.search import Literature
from ..generator.project import Stage, open_state, redo_from
from ..generator.seeds import check_seeds
from ..generator.state import STAGES, State
from ..generator.template import load_template
from ..reviewer.run_folder import RunRecord, locked
from .output import log
from .scientist_output import tell_run
from .scientist_page import following
from .scientist_progress import stoppable


def begun(settings: ScientistConfig) -> dict[str, Any]:
    """What the record of a run says of its beginning: time and versions, the command line, the configuration."""
    return {**RunRecord.now(), "command": ["peerassay", *sys.argv[1:]], "config": settings.given()}


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
) -> None:
    """Do a run as far as it goes, tell what came of it, and end with the exit code that says so.

    `until`: the last stage that is done; `redo`: stages to be done again, by idea's folder.
    """
    from ..generator.stages import stages_of

    batch = _open(folder, record, budget)
    with stoppable(folder), locked(folder):
        for idea in redo or {}:
            open_state(batch.project(idea))
        for idea, stage in (redo or {}).items():
            redo_from(idea, stage)
        batch.session.open_ledger(batch.begin().ledger_path)
        if batch.sandbox.warning:
            log().print(Text(f"sandbox: {batch.sandbox.warning}", style="yellow"))
        states = asyncio.run(_run_all(batch, stages_of(batch.template), parallel, until))
    tell_run(batch.folder, as_json=as_json)
    if batch.budget_reached:
        log().print(Text(f"budget reached; `peerassay scientist resume {folder} --budget ...` with more continues"))
        raise click.exceptions.Exit(4)
    if any(state.stages[name].status == "failed" for state in states for name in STAGES):
        log().print(Text(f"some stages failed; `peerassay scientist resume {folder}` tries them again"))
        raise click.exceptions.Exit(3)
    if any(state.problems for state in states):
        log().print(Text("done with problems: a paper is made, and what is wrong with it is named above"))
        raise click.exceptions.Exit(3)


async def _run_all(batch: IdeaBatch, stages: dict[str, Stage], parallel: int, until: str | None) -> list[State]:
    try:
        if batch.scientist.viewer is not None:
            await batch.scientist.viewer.prepare()
        async with following(batch):
            if batch.record.model != "offline" and until != "novelty" and not batch.template.given:
                await batch.prove_baseline()
            return await batch.work(stages, parallel=parallel, until=until)
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
