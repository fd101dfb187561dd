"""`peerassay plan`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

import click

from ..bench.plan import make_plan, plan_tables, planned_costs
from ..data.registry import load_dataset
from ..presentation.terminal import print_tables
from . import options
from .output import print_json, working


@click.command("plan")
@click.option(
    "--difference",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    help="Of two AUCs: how many papers resolve it?",
)
@click.option("--papers", type=click.IntRange(min=2), help="What can so many papers resolve?  [default: 500]")
@click.option("--power", type=click.FloatRange(0.05, 1, min_open=True, max_open=True), default=0.8, show_default=True)
@click.option(
    "--se", type=click.FloatRange(0, 1, min_open=True), help="Standard error of the difference on 500 papers."
)
@click.option("--from", "run", metavar="RUN", type=click.Path(path_type=Path), help="Take it from the pairs of a run.")
@click.option("-r", "--reviewer", "specs", multiple=True, metavar="SPEC", help="Also what its reviews would cost.")
@click.option("-d", "--dataset", default="sample", show_default=True, help="Papers as long as these, for the cost.")
@options.AS_JSON
def plan_command(
    difference: float | None,
    papers: int | None,
    power: float,
    se: float | None,
    run: Path | None,
    specs: tuple[str, ...],
    dataset: str,
    as_json: bool,
) -> None:
    """How many papers resolve a difference of two reviewers' AUCs, what so many resolve, and what that costs.

    For one paired test at .05; more tests need more papers. Without --se or --from the standard error is .027 on 500
    papers, that of GPT-4o with one example less GPT-4o without, on ICLR 2022.
    """
    with working("testing pairs") if run else contextlib.nullcontext():
        plan = make_plan(difference, papers, power=power, se=se, run=run)
    if specs:
        with working(f"reading {dataset}"), contextlib.redirect_stdout(sys.stderr):
            plan.costs = planned_costs(specs, load_dataset(dataset), plan.papers)
    if as_json:
        print_json(plan.model_dump(mode="json"))
    else:
        print_tables(plan_tables(plan, dataset))
