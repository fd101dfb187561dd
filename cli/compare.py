"""`peerassay compare`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..bench.compare import METRICS
from ..bench.pool import compare_runs
from ..bench.run import Run
from ..presentation.table import Format
from . import kinds, options
from .output import log, only_one, print_json, tell_notes, tell_tables, working


@click.command("compare")
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=kinds.RUN)
@click.option("--floors", is_flag=True, help="Also the rows that `bench` added by itself.")
@options.CALIBRATION
@click.option(
    "--fail-on",
    type=click.Choice(["worse", "difference"]),
    help="Exit 1 where the first reviewer is significantly worse than another (any metric), or any pair differs.",
)
@click.option("--metric", "only", multiple=True, type=click.Choice(METRICS), help="Only these: a smaller family.")
@click.option("--equivalence", "margin", type=kinds.Number(0, 0.5, min_open=True, max_open=True), metavar="MARGIN",
              help="Also test whether AUCs are equal within +-MARGIN, such as .05.")  # fmt: skip
@click.option("--against", metavar="NAME", help="Only pairs with this reviewer; the correction is for these alone.")
@click.option("--out", type=kinds.PATH, help="Also write tables and a forest plot into this folder.")
@options.DRAWS
@options.SEED
@options.TABLE
@options.AS_JSON
def compare_command(
    folders: tuple[Path, ...],
    floors: bool,
    calibration: Path | None,
    fail_on: str | None,
    only: tuple[str, ...],
    margin: float | None,
    against: str | None,
    out: Path | None,
    draws: int,
    seed: int,
    form: Format | None,
    as_json: bool,
) -> None:
    """Paired tests between all reviewers of one or more RUNs, on the papers that all of them reviewed.

    AUC is the primary endpoint (DeLong); balanced accuracy where both accept as many papers as the venue and Spearman
    (bootstrap) and accuracy of the decisions as made (exact McNemar) stand beside it. One correction covers all pairs
    and metrics (step-down max-T). "Not resolved" means that these papers cannot tell the two apart, and names how many
    would.
    """
    only_one(as_json=as_json, form=form)
    with working("testing") as tell:
        found = compare_runs(
            [Run.open(folder) for folder in folders],
            floors=floors,
            metrics=only or METRICS,
            calibration=calibration,
            margin=margin,
            against=against,
            draws=draws,
            seed=seed,
        )
        if out is not None:
            tell("drawing")
            found.write(out)
    pool = found.pool
    if as_json:
        rows = {"pairs": [p.model_dump() for p in found.pairs], "ranks": [r.model_dump() for r in found.ranks]}
        if margin is not None:
            rows["equivalence"] = [e.model_dump() for e in found.equivalent]
        print_json({"n": len(pool.humans), "dataset": pool.dataset.model_dump(), **rows, "notes": pool.notes})
    else:
        tables = found.tables()
        tell_tables(tables, tables, form)
        tell_notes(pool.notes)
        if out is not None:
            log().print(Text(f"written: {out}", style="bold"), soft_wrap=True)
    differs = any(pair.resolved for pair in found.pairs)
    if (fail_on == "worse" and found.worse()) or (fail_on == "difference" and differs):
        raise click.exceptions.Exit(1)
