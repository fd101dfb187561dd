"""`peerassay plan`."""

from __future__ import annotations

import contextlib
import math
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

import click
import numpy as np

from ..bench.automatic import base_rate_of
from ..bench.expect import expect_all
from ..bench.pair_tests import delong, fewest_groups
from ..bench.pool import pool_runs
from ..bench.run import open_run
from ..data.errors import InputError
from ..data.registry import load_dataset
from ..llm.ledger import Ledger
from ..llm.model import Metering
from ..llm.session import Session
from ..presentation.numbers import NONE, number
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from ..reviewer.panel.panel import PanelReviewer
from ..reviewer.spec import load_reviewer
from ..statistics.delong import FEW
from ..statistics.significance import TYPICAL_PAPERS, TYPICAL_SE, detectable, papers_needed, power_of
from .output import dollars, print_json, working

DIFFERENCES = (0.02, 0.03, 0.05, 0.08)


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
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
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
    if se is not None and run is not None:
        raise InputError("give either --se or --from, not both")
    source = f"standard error {number(se or TYPICAL_SE)} on {TYPICAL_PAPERS} papers"
    if run is not None:
        with working("testing pairs"):
            se, source = _error_of(run)
    se = se or TYPICAL_SE
    needed = None if difference is None else papers_needed(difference, se, TYPICAL_PAPERS, power=power)
    count = papers or needed or TYPICAL_PAPERS
    here = se * math.sqrt(TYPICAL_PAPERS / count)
    shown = DIFFERENCES if difference is None else (difference,)
    rows = [
        {
            "difference": d,
            "papers": papers_needed(d, se, TYPICAL_PAPERS, power=power),
            "power": power_of(d, here),
        }
        for d in shown
    ]
    costs = _costs(specs, dataset, count)
    if as_json:
        smallest = detectable(here, power=power)
        plan = {"papers": count, "power": power, "se": here, "detectable": smallest, "differences": rows}
        print_json({**plan, "source": source, "costs": costs})
        return
    print_tables(
        [_plan_table(rows, count, power, detectable(here, power=power), source), *_cost_tables(costs, dataset)]
    )


def _error_of(folder: Path) -> tuple[float, str]:
    """The median standard error of a run's pairs, scaled to 500 papers, and where it comes from."""
    pooled = pool_runs([open_run(folder)], floors=True)
    if fewest_groups(pooled.humans) < FEW:
        raise InputError(f"{folder}: too few papers of a class for a standard error ({FEW} are needed)")
    scored = [m for m in pooled.machines if m.score is not None and not m.in_sample]
    mine = [m for m in scored if not m.automatic]
    pairs = list(combinations(mine if len(mine) > 1 else scored, 2))
    errors = [found for found in (delong(pooled.humans, a, b).se for a, b in pairs) if found > 0]
    if not errors:
        raise InputError(f"{folder}: no two reviewers with different scores to take a standard error from")
    n = len(pooled.humans)
    source = (
        f"median standard error of {len(errors)} pairs in {folder}: {number(float(np.median(errors)))} on {n} papers"
    )
    return float(np.median(errors)) * math.sqrt(n / TYPICAL_PAPERS), source


def _costs(specs: tuple[str, ...], source: str, count: int) -> list[dict[str, Any]]:
    """Of each reviewer the US dollars for so many papers of the dataset's length; None: a price is unknown."""
    if not specs:
        return []
    with working(f"reading {source}"), contextlib.redirect_stdout(sys.stderr):
        dataset = load_dataset(source)
        session = Session(Metering(None, dollars(None), Ledger()), dry=True)
        reviewers = [load_reviewer(spec, base_rate=base_rate_of(dataset), session=session) for spec in specs]
        expected = expect_all(reviewers, dataset.papers, None, scrubbed=True)
    found: list[dict[str, Any]] = []
    for reviewer in reviewers:
        each: float | None = 0.0
        if isinstance(reviewer, PanelReviewer):
            usd, reviews = expected[reviewer.name].usd, expected[reviewer.name].reviews
            each = None if usd is None else usd / reviews
        total = None if each is None else each * count
        found.append({"reviewer": reviewer.name, "usd_per_review": each, "papers": count, "usd": total})
    return found


def _plan_table(rows: list[dict[str, Any]], count: int, power: float, smallest: float, source: str) -> Table:
    cells = tuple((number(r["difference"]), f"{r['papers']:,}", number(r["power"], 2)) for r in rows)
    note = (
        f"{count:,} papers resolve a difference of {number(smallest)} with power {number(power, 2)}. One paired test "
        f"at .05, {source}; the error falls with the root of the number of papers."
    )
    heads = ("Difference of AUCs", f"Papers for power {number(power, 2)}", f"Power of {count:,} papers")
    return Table("Plan", heads, cells, note)


def _cost_tables(costs: list[dict[str, Any]], dataset: str) -> list[Table]:
    if not costs:
        return []
    rows = tuple(
        (
            c["reviewer"],
            NONE if c["usd_per_review"] is None else f"{c['usd_per_review']:.4f}",
            "unknown" if c["usd"] is None else f"{c['usd']:,.2f}",
        )
        for c in costs
    )
    note = (
        f"Estimates for papers as long as those of {dataset}; 0 for a reviewer that calls no language model by itself."
    )
    return [Table("Cost", ("Reviewer", "US$ per review", f"US$ for {costs[0]['papers']:,} papers"), rows, note)]
