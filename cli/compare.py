"""`peerassay compare`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..bench.calibrate import read_calibrations
from ..bench.compare import METRICS, compare, equivalence, rank
from ..bench.compare_tables import equivalence_table, pairs_tables, ranks_table
from ..bench.evaluate import DRAWS, Bootstrap
from ..bench.pool import pool_runs
from ..bench.run import open_run
from ..data.errors import InputError
from ..presentation.terminal import print_tables
from .output import log, print_json, working


@click.command("compare")
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--floors", is_flag=True, help="Also the rows that `bench` added by itself.")
@click.option("--calibration", type=click.Path(path_type=Path), help="Thresholds fitted by `peerassay calibrate`.")
@click.option(
    "--fail-on",
    type=click.Choice(["worse", "difference"]),
    help="Exit 1 where the first reviewer is significantly worse than another (any metric), or any pair differs.",
)
@click.option("--metric", "only", multiple=True, type=click.Choice(METRICS), help="Only these: a smaller family.")
@click.option("--equivalence", "margin", type=click.FloatRange(0, 0.5, min_open=True, max_open=True), metavar="MARGIN",
              help="Also test whether AUCs are equal within +-MARGIN, such as .05.")  # fmt: skip
@click.option("--draws", type=click.IntRange(100, 1_000_000), default=DRAWS, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def compare_command(
    folders: tuple[Path, ...],
    floors: bool,
    calibration: Path | None,
    fail_on: str | None,
    only: tuple[str, ...],
    margin: float | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Paired tests between all reviewers of one or more RUNs, on the papers that all of them reviewed.

    AUC is the primary endpoint (DeLong); balanced accuracy where both accept as many papers as the venue and Spearman
    (bootstrap) and accuracy of the decisions as made (exact McNemar) stand beside it. One correction covers all pairs
    and metrics (step-down max-T). "Not resolved" means that these papers cannot tell the two apart, and names how many
    would.
    """
    if margin is not None and only and "auc" not in only:
        raise InputError("--equivalence tests AUC: leave --metric out, or add --metric auc")
    with working("testing"):
        pooled = pool_runs([open_run(folder) for folder in folders], floors=floors)
        bootstrap = Bootstrap(pooled.humans, draws, seed)
        calibrations = read_calibrations(calibration) if calibration else {}
        pairs = compare(pooled.humans, pooled.machines, bootstrap, calibrations=calibrations, only=only or METRICS)
        pooled.notes.extend(
            f"the calibration of {name} was fitted on {c.seen(pooled.humans)} of these papers and is not used"
            for name, c in calibrations.items()
            if c.seen(pooled.humans)
        )
        ranks = rank(pooled.humans, pooled.machines, bootstrap, pairs if not only or "auc" in only else None)
        same = equivalence(pairs, margin) if margin is not None else []
    if as_json:
        rows = {"pairs": [p.model_dump() for p in pairs], "ranks": [r.model_dump() for r in ranks]}
        if margin is not None:
            rows["equivalence"] = [e.model_dump() for e in same]
        print_json({"n": len(pooled.humans), "dataset": pooled.dataset.model_dump(), **rows, "notes": pooled.notes})
    else:
        print_tables([*pairs_tables(pairs), *([equivalence_table(same)] if same else []), ranks_table(ranks)])
        for note in pooled.notes:
            log().print(Text(f"note: {note}", style="yellow"))
    first = pooled.machines[0].name
    worse = any(
        p.resolved and (p.difference or 0) * (1 if p.a == first else -1) < 0 for p in pairs if first in (p.a, p.b)
    )
    if (fail_on == "worse" and worse) or (fail_on == "difference" and any(p.resolved for p in pairs)):
        raise click.exceptions.Exit(1)
