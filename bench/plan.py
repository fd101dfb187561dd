"""What a run would tell: papers that resolve a difference, what so many papers resolve, and what that costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
from pydantic import BaseModel, Field

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..llm.session import Session
from ..presentation.cell import NONE
from ..presentation.numbers import number
from ..presentation.table import Table
from ..reviewer.panel.panel import PanelReviewer
from ..reviewer.spec import load_reviewer
from ..statistics.delong import FEW
from ..statistics.significance import TYPICAL_PAPERS, TYPICAL_SE, detectable, papers_needed, power_of
from .automatic import base_rate_of
from .pair_tests import delong, fewest_groups
from .pdf_files import refuse_sight
from .pool import pool_runs
from .run import Run
from .runner import expect_all

DIFFERENCES = (0.02, 0.03, 0.05, 0.08)
"""Of two AUCs, where none is asked for."""


class PlannedDifference(BaseModel):
    """One difference of two AUCs."""

    difference: float
    papers: int | None = Field(description="that resolve it with the plan's power")
    power: float = Field(description="of the plan's papers")


class PlannedCost(BaseModel):
    """What a reviewer's reviews of the plan's papers would cost; None: a price is unknown."""

    reviewer: str
    usd_per_review: float | None
    papers: int
    usd: float | None


class Plan(BaseModel):
    """What so many papers tell of two reviewers' AUCs, by one paired test at .05."""

    papers: int
    power: float
    se: float = Field(description="standard error of the difference on so many papers")
    detectable: float = Field(description="the smallest difference that is resolved with this power")
    differences: list[PlannedDifference]
    source: str = Field(description="where the standard error comes from")
    costs: list[PlannedCost]


def make_plan(
    difference: float | None = None,
    papers: int | None = None,
    *,
    power: float = 0.8,
    se: float | None = None,
    run: Path | None = None,
) -> Plan:
    """The plan without costs. `se` is on `TYPICAL_PAPERS` papers; `run` is one whose pairs give it.

    Raises InputError for both of these, and where the run has no pair that gives one.
    """
    if se is not None and run is not None:
        raise InputError("give either --se or --from, not both")
    source = f"standard error {number(se or TYPICAL_SE)} on {TYPICAL_PAPERS} papers"
    if run is not None:
        se, source = _error_of(run)
    se = se or TYPICAL_SE
    needed = None if difference is None else papers_needed(difference, se, TYPICAL_PAPERS, power=power)
    count = papers or needed or TYPICAL_PAPERS
    here = se * math.sqrt(TYPICAL_PAPERS / count)
    differences = [
        PlannedDifference(
            difference=each, papers=papers_needed(each, se, TYPICAL_PAPERS, power=power), power=power_of(each, here)
        )
        for each in (DIFFERENCES if difference is None else (difference,))
    ]
    smallest = detectable(here, power=power)
    return Plan(
        papers=count, power=power, se=here, detectable=smallest, differences=differences, source=source, costs=[]
    )


def _error_of(folder: Path) -> tuple[float, str]:
    """The median standard error of a run's pairs, scaled to 500 papers, and where it comes from."""
    pooled = pool_runs([Run.open(folder)], floors=True)
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


def planned_costs(specs: Sequence[str], dataset: Dataset, papers: int) -> list[PlannedCost]:
    """Of each reviewer the US dollars for so many papers as long as the dataset's.

    Raises InputError for a wrong SPEC.
    """
    session = Session.within(dry=True)
    reviewers = [load_reviewer(spec, base_rate=base_rate_of(dataset), session=session) for spec in specs]
    refuse_sight(reviewers, "a plan knows no pages, and would leave out what they cost (`bench --dry-run` counts them)")
    for reviewer in reviewers:
        if reviewer.reads_text:
            dataset.require_texts(reviewer.name)
    expected = expect_all(reviewers, dataset.papers, None, scrubbed=True)
    found: list[PlannedCost] = []
    for reviewer in reviewers:
        each: float | None = 0.0
        if isinstance(reviewer, PanelReviewer):
            usd, reviews = expected[reviewer.name].usd, expected[reviewer.name].reviews
            each = None if usd is None else usd / reviews
        total = None if each is None else each * papers
        found.append(PlannedCost(reviewer=reviewer.name, usd_per_review=each, papers=papers, usd=total))
    return found


def plan_tables(plan: Plan, dataset: str) -> list[Table]:
    """The plan as a table, and the costs as another; `dataset` is whose papers the costs are of."""
    cells = tuple((number(r.difference), f"{r.papers:,}", number(r.power, 2)) for r in plan.differences)
    note = (
        f"{plan.papers:,} papers resolve a difference of {number(plan.detectable)} with power {number(plan.power, 2)}. "
        f"One paired test at .05, {plan.source}; the error falls with the root of the number of papers."
    )
    heads = ("Difference of AUCs", f"Papers for power {number(plan.power, 2)}", f"Power of {plan.papers:,} papers")
    table = Table("Plan", heads, cells, note)
    if not plan.costs:
        return [table]
    rows = tuple(
        (
            cost.reviewer,
            NONE if cost.usd_per_review is None else f"{cost.usd_per_review:.4f}",
            "unknown" if cost.usd is None else f"{cost.usd:,.2f}",
        )
        for cost in plan.costs
    )
    note = f"Estimates for papers as long as those of {dataset}; 0 for a reviewer that calls no language model itself."
    return [table, Table("Cost", ("Reviewer", "US$ per review", f"US$ for {plan.papers:,} papers"), rows, note)]
