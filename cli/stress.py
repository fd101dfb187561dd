"""`peerassay stress`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..bench.presented import short_names
from ..bench.runner import Outcome
from ..bench.stress.card import stress_tables, write_cards
from ..bench.stress.manipulation import Manipulation
from ..bench.stress.manipulations import MANIPULATIONS
from ..bench.stress.model_moves import laundering
from ..bench.stress.result import StressOutcome, measured
from ..bench.stress.rewrites import Rewrites
from ..bench.stress.run import StressRun
from ..bench.stress.settings import StressSettings
from ..bench.stress.stress import Stress, prepare_stress
from ..data.errors import InputError
from ..llm.config import Config, read_config
from ..llm.session import Session
from ..presentation.numbers import dollars
from ..presentation.table import Format, listed
from ..presentation.terminal import print_tables
from . import kinds, options
from .output import (
    log,
    noting,
    only_one,
    print_json,
    progress_bars,
    tell_budget_reached,
    tell_expectations,
    tell_notes,
    tell_tables,
    trouble,
    working,
)
from .user_file import as_typed


@click.command("stress")
@options.dataset("dataset")
@click.option("--papers", type=kinds.PATH, help="A folder of papers without human decisions instead.")
@options.reviewers("See `bench --help`; several times.")
@click.option(
    "--manipulations",
    multiple=True,
    default=("all",),
    metavar="NAMES",
    help="Names or families, by commas; --list-manipulations names them.",
)
@click.option("--list-manipulations", "listing", is_flag=True, help="Only name the manipulations.")
@options.SPLIT
@click.option("--limit", type=click.IntRange(min=2), help="At most this many papers, base rate kept.")
@click.option("--files", type=click.IntRange(min=2), help="Write at most this many papers as files to plant in.")
@click.option("--repeats", type=click.IntRange(1, 100), default=1, show_default=True, help="Reviews of intact papers.")
@click.option("--recall", is_flag=True, help="Ask each model what it remembers of the papers: one short call each.")
@click.option("--attack", "attacks", multiple=True, metavar="PART", help="Rewrite the abstract or the presentation.")
@click.option(
    "--rewriter",
    default="",
    metavar="SPEC",
    help="A language model that rewrites: attacks, and laundering:rewrite.",
)
@click.option("--rounds", type=click.IntRange(1, 100), default=8, show_default=True, help="Of an attack, per paper.")
@click.option("--attack-usd", type=kinds.Number(min=0), default=1.0, show_default=True, help="Of an attack, per paper.")
@click.option("--defences", is_flag=True, help="Also read clean papers unscrubbed, and with injections removed.")
@options.OUT
@options.BUDGET
@options.DRY_RUN
@options.CACHED
@options.RAW
@options.RETRY_FAILED
@options.CONCURRENCY
@options.CONFIG
@options.SEED
@options.TABLE
@options.AS_JSON
def stress_command(
    dataset: str | None,
    papers: Path | None,
    specs: tuple[str, ...],
    manipulations: tuple[str, ...],
    listing: bool,
    budget: float | None,
    concurrency: int,
    config: Path | None,
    cached: bool,
    dry_run: bool,
    form: Format | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Change papers in ways that should not matter, and in ways that should, and see what a reviewer makes of it.

    Ends in a card of each reviewer: cards/NAME/card.html, .pdf, .md and .json in the run folder. A run that was
    stopped goes on when the same command is started again.
    """
    only_one(as_json=as_json, form=form)
    if listing:
        _list(as_json=as_json)
        return
    if (dataset is None) == (papers is None):
        raise InputError("give either -d DATASET or --papers FOLDER")
    names = [name.strip() for given in manipulations for name in given.split(",") if name.strip()]
    session = Session.within(
        budget, concurrency=concurrency, cached=cached, dry=dry_run, config=read_config(config, Config)
    )
    source = papers if papers is not None else dataset or ""
    with working(f"reading {source}"), contextlib.redirect_stdout(sys.stderr):
        stress = prepare_stress(source, specs, session, StressSettings(manipulations=names, **settings))
    if dry_run:
        _expect(stress, as_json=as_json)
        return
    with contextlib.redirect_stdout(sys.stderr):
        run, outcome = _review(stress)
    if outcome.budget_reached:
        tell_budget_reached(run.folder, session.metering.budget, as_json=as_json)
        raise click.exceptions.Exit(4)
    with working("drawing the cards"):
        outcomes = measured(run)
        cards = write_cards(run, outcomes)
    _tell(run, outcome, outcomes, cards, form, as_json=as_json)
    failed = sum(review.status == "failed" for review in run.reviews().values())
    if failed:
        trouble().print(Text(f"{failed} reviews failed; they count as wrong. Retry them with --retry-failed"))
    if stress.unwritten:
        told = f"{len(stress.unwritten)} papers were not rewritten, e.g. {next(iter(stress.unwritten.values()))}"
        trouble().print(Text(f"{told}; start the same command again"))
    if failed or stress.unwritten:
        raise click.exceptions.Exit(3)


def _list(*, as_json: bool) -> None:
    known = [*MANIPULATIONS, laundering(Rewrites())]

    def told(one: Manipulation) -> dict[str, object]:
        return {"name": one.name, "family": one.family, "expected": one.expected, "level": one.level,
                "strengths": one.strengths, "says": one.says}  # fmt: skip

    if as_json:
        print_json({"manipulations": [told(one) for one in known]})
        return
    rows = [(one.name, f"{one.says} (score: {one.expected}; {one.level})") for one in known]
    print_tables([listed("Manipulations", rows)])


def _expect(stress: Stress, *, as_json: bool) -> None:
    with progress_bars() as bars, contextlib.redirect_stdout(sys.stderr):
        task = bars.add_task("changing papers", total=len(stress.papers.papers))
        forms, expected = stress.expect(planned=lambda done, _: bars.update(task, completed=done))
    tell_expectations(expected, f"{forms} papers in all forms", as_json=as_json)


def _review(stress: Stress) -> tuple[StressRun, Outcome]:
    with progress_bars() as bars:
        stress.session.on_note = noting(bars)
        names = [entrant.reviewer.name for entrant in stress.entrants]
        names += [stress.rewriter.name] if stress.rewriter else []
        short = dict.fromkeys(names) | short_names(names)
        making = bars.add_task("changing papers", total=len(stress.papers.papers))
        tasks = {name: bars.add_task(short[name] or name, total=None) for name in names}

        def progress(name: str, done: int, total: int) -> None:
            spent = stress.session.metering.budget.spent
            words = f"{short[name] or name}{f' {dollars(spent)}' if spent else ''}"
            bars.update(tasks[name], completed=done, total=total, description=words)

        command = as_typed()
        return stress.review(command, planned=lambda done, _: bars.update(making, completed=done), progress=progress)


def _tell(
    run: StressRun,
    outcome: Outcome,
    outcomes: list[StressOutcome],
    cards: dict[str, Path],
    form: Format | None,
    *,
    as_json: bool,
) -> None:
    if as_json:
        found = [{**one.stress.model_dump(mode="json"), "card": str(cards[one.entry.name])} for one in outcomes]
        print_json({"run": str(run.folder), "reviewers": found, "reviewed": outcome.reviewed, "reused": outcome.reused})
        return
    for one in outcomes:
        tables = stress_tables(one)
        tell_tables(tables, tables, form)
        tell_notes(f"{one.entry.name}: {note}" for note in one.stress.notes)
        log().print(Text(f"card: {cards[one.entry.name]}", style="bold"), soft_wrap=True)
    log().print(Text(f"{outcome.reviewed} reviews made, {outcome.reused} reused"))
