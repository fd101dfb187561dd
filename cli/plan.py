"""`peerassay plan`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click
from click.core import ParameterSource

from ..bench.conference import SECONDS, WORDS, Pace, conference_costs, conference_tables
from ..bench.plan import make_plan, plan_tables, planned_costs
from ..data.errors import InputError
from ..data.registry import load_dataset
from ..presentation.terminal import print_tables
from . import kinds, options
from .output import print_json, working

OF_CONFERENCES = {"words", "concurrency", "seconds", "rpm", "tpm", "days"}
"""Options that count with --conference alone."""
OF_PAPERS = {"difference", "papers", "power", "se", "run", "dataset"}
"""Options that count without it alone."""


@click.command("plan")
@click.option(
    "--difference",
    type=kinds.Number(0, 1, min_open=True, max_open=True),
    help="Of two AUCs: how many papers resolve it?",
)
@click.option("--papers", type=click.IntRange(min=2), help="What can so many papers resolve?  [default: 500]")
@click.option("--power", type=kinds.Number(0.05, 1, min_open=True, max_open=True), default=0.8, show_default=True)
@click.option("--se", type=kinds.Number(0, 1, min_open=True), help="Standard error of the difference on 500 papers.")
@click.option("--from", "run", metavar="RUN", type=kinds.RUN, help="Take it from the pairs of a run.")
@options.reviewers("Also what its reviews would cost.")
@options.dataset("dataset", told="Papers as long as these, for the cost.", default="sample", show_default=True)
@click.option(
    "--conference", metavar="N", type=click.IntRange(min=1), help="What one review of each of N submissions takes."
)
@click.option("--words", type=click.IntRange(min=100), default=WORDS, show_default=True, help="Of a submission.")
@options.CONCURRENCY
@click.option(
    "--seconds", type=kinds.Number(0, min_open=True), default=SECONDS, show_default=True, help="That a call takes."
)
@click.option("--rpm", type=click.IntRange(min=1), help="Requests a minute that the account may make.")
@click.option("--tpm", type=click.IntRange(min=1), help="Tokens a minute that it may use.")
@click.option(
    "--days", type=kinds.Number(0, min_open=True), default=7.0, show_default=True, help="That there are for it."
)
@options.AS_JSON
def plan_command(
    difference: float | None,
    papers: int | None,
    power: float,
    se: float | None,
    run: Path | None,
    specs: tuple[str, ...],
    dataset: str,
    conference: int | None,
    words: int,
    concurrency: int,
    seconds: float,
    rpm: int | None,
    tpm: int | None,
    days: float,
    as_json: bool,
) -> None:
    """How many papers resolve a difference of two reviewers' AUCs, what so many resolve, and what that costs.

    For one paired test at .05; more tests need more papers. Without --se or --from the standard error is .027 on 500
    papers, that of GPT-4o with one example less GPT-4o without, on ICLR 2022.

    --conference 20000 -r SPEC: calls, US$ (and in batches), hours, the rates that an account must allow, and storage.
    """
    _refuse_idle(OF_CONFERENCES if conference is None else OF_PAPERS, conference)
    if not specs and _is_typed("dataset"):
        raise InputError(f"-d {dataset}: of use for the cost of reviews alone; name the reviewer with -r SPEC")
    if conference is not None:
        pace = Pace(concurrency, seconds, rpm, tpm)
        costs = conference_costs(specs, conference, words=words, pace=pace, days=days)
        if as_json:
            print_json({"conference": [cost.model_dump(mode="json") for cost in costs]})
        else:
            print_tables(conference_tables(costs, words, days))
        return
    with working("testing pairs") if run else contextlib.nullcontext():
        plan = make_plan(difference, papers, power=power, se=se, run=run)
    if specs:
        with working(f"reading {dataset}"), contextlib.redirect_stdout(sys.stderr):
            plan.costs = planned_costs(specs, load_dataset(dataset), plan.papers)
    if as_json:
        print_json(plan.model_dump(mode="json"))
    else:
        print_tables(plan_tables(plan, dataset))


def _refuse_idle(names: set[str], conference: int | None) -> None:
    """Raises InputError for options of the other plan that were typed: they would change nothing."""
    params = click.get_current_context().command.params
    typed = [option.opts[-1] for option in params if option.name in names and _is_typed(option.name)]
    if typed and conference is None:
        raise InputError(f"{', '.join(typed)}: of use with --conference N alone")
    if typed:
        raise InputError(
            f"--conference is a plan of its own: it goes without {', '.join(typed)} (--words: how long its papers are)"
        )


def _is_typed(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE
