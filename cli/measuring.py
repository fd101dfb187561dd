"""Reviewing with progress, and telling what came of it: what `bench`, `evaluate` and opened seals share."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import NamedTuple

import click
from rich.text import Text

from ..bench.crew.lead import review_by_crew
from ..bench.decision_tables import decisions_table
from ..bench.measure import Bench, Measured
from ..bench.presented import presented, short_names
from ..bench.run import Run
from ..bench.runner import Outcome
from ..bench.tables import scores_table, summary_table
from ..presentation.numbers import dollars
from ..presentation.table import Format
from .output import (
    log,
    noting,
    print_json,
    progress_bars,
    tell_budget_reached,
    tell_notes,
    tell_tables,
    trouble,
    working,
)
from .user_file import as_typed


class Crew(NamedTuple):
    """How many workers share the papers, and how many seconds each may be without a sign of life."""

    workers: int
    patience: float


def measure(bench: Bench, *, as_json: bool, form: Format | None = None, crew: Crew | None = None) -> None:
    """Review what is not reviewed yet, by a crew or in this process, and print and write the report.

    Raises InputError where the folder holds something else; Exit 3 where reviews failed, 4 where the budget is spent.
    """
    with contextlib.redirect_stdout(sys.stderr):
        run, outcome = review(bench, crew)
    if outcome.budget_reached:
        tell_budget_reached(run.folder, bench.session.metering.budget, as_json=as_json)
        raise click.exceptions.Exit(4)
    audit, problem = None, ""
    if bench.audited:
        with working("auditing the texts for leaks (once per dataset)") as tell:
            audit, problem = bench.audit(progress=tell)
    if problem:
        log().print(Text(problem, style="yellow"))
    with working("bootstrapping") as tell:
        measured = bench.measure(run, audit, progress=tell)
    if not as_json:
        _tell_figures(measured, form)
    with working("drawing the report"):
        report = bench.report(run, measured)
    if as_json:
        print_json({**measured.figures.model_dump(mode="json"), "run": str(run.folder), "report": str(report)})
    else:
        _tell_rest(measured, outcome, report)
    reviewers = measured.figures.reviewers
    failed = sum(r.n - r.reviewed for r in reviewers)
    if failed:
        again = any(r.kind != "replay" and r.reviewed < r.n for r in reviewers)
        retry = " Retry them with --retry-failed" if again else ""
        trouble().print(Text(f"{failed} reviews failed; they count as wrong.{retry}"))
        raise click.exceptions.Exit(3)


def review(bench: Bench, crew: Crew | None = None) -> tuple[Run, Outcome]:
    """Review what is not reviewed yet, with bars. Raises as `Bench.review` and `review_by_crew`."""
    with progress_bars() as bars:
        bench.session.on_note = noting(bars)
        names = [entrant.reviewer.name for entrant in bench.entrants]
        short = dict.fromkeys(names) | short_names(names)
        tasks = {name: bars.add_task(short[name] or name, total=len(bench.dataset)) for name in names}
        told: list[float] = []

        def progress(name: str, done: int, total: int) -> None:
            spent = told[-1] if told else bench.session.metering.budget.spent
            words = f"{short[name] or name}{f' {dollars(spent)}' if spent else ''}"
            bars.update(tasks[name], completed=done, total=total, description=words)

        command = as_typed()
        if crew is None:
            return bench.review(command, progress=progress)
        if not crew.workers:
            bars.console.print(Text(f"waiting for others: peerassay worker {bench.folder}"), soft_wrap=True)
        return review_by_crew(bench, command, *crew, progress=progress, spent=told.append)


def _tell_figures(measured: Measured, form: Format | None) -> None:
    """The tables, which need not wait for the drawings."""
    shown, _ = presented(measured.figures, measured.machines)
    tell_tables([summary_table(shown)], [scores_table(shown), decisions_table(shown)], form)
    tell_notes(shown.notes)


def _tell_rest(measured: Measured, outcome: Outcome, report: Path) -> None:
    console = log()
    if measured.figures.audit is not None:
        console.print(Text(f"leak audit of {measured.figures.audit.in_words}"))
    console.print(Text(f"{outcome.reviewed} reviews made, {outcome.reused} reused"))
    console.print(Text(f"report: {report} (all tables, tests and drawings)", style="bold"), soft_wrap=True)
