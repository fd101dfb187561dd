"""`peerassay compare`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..bench.compare import compare, rank
from ..bench.evaluate import DRAWS, Bootstrap
from ..bench.pool import pool_runs
from ..bench.run import open_run
from ..bench.tables import pairs_tables, ranks_table
from .calibrate import read_calibrations
from .output import log, print_json, print_tables, working


@click.command("compare")
@click.argument("folders", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--floors", is_flag=True, help="Also the rows that `bench` added by itself.")
@click.option("--calibration", type=click.Path(path_type=Path), help="Thresholds fitted by `peerassay calibrate`.")
@click.option(
    "--fail-on",
    type=click.Choice(["worse", "difference"]),
    help="Exit 1 where the first reviewer is significantly worse than another (any metric), or any pair differs.",
)
@click.option("--draws", type=click.IntRange(100, 1_000_000), default=DRAWS, show_default=True)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def compare_command(
    folders: tuple[Path, ...],
    floors: bool,
    calibration: Path | None,
    fail_on: str | None,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Paired tests between all reviewers of one or more RUNs, on the papers that all of them reviewed.

    DeLong for score AUC, exact McNemar for accuracy, paired bootstrap for balanced accuracy and Spearman; Holm's
    correction within each table. "Not resolved" means that these papers cannot tell the two apart.
    """
    with working("testing"):
        pooled = pool_runs([open_run(folder) for folder in folders], floors=floors)
        bootstrap = Bootstrap(pooled.humans, draws, seed)
        calibrations = read_calibrations(calibration) if calibration else {}
        pairs = compare(pooled.humans, pooled.machines, bootstrap, calibrations=calibrations)
        pooled.notes.extend(
            f"the calibration of {name} was fitted on {c.seen(pooled.humans)} of these papers and is not used"
            for name, c in calibrations.items()
            if c.seen(pooled.humans)
        )
        ranks = rank(pooled.humans, pooled.machines, bootstrap)
    if as_json:
        rows = {"pairs": [p.model_dump() for p in pairs], "ranks": [r.model_dump() for r in ranks]}
        print_json({"n": len(pooled.humans), "dataset": pooled.dataset.model_dump(), **rows, "notes": pooled.notes})
    else:
        print_tables([*pairs_tables(pairs), ranks_table(ranks)])
        for note in pooled.notes:
            log().print(Text(f"note: {note}", style="yellow"))
    first = pooled.machines[0].name
    worse = any(
        p.resolved and (p.difference or 0) * (1 if p.a == first else -1) < 0 for p in pairs if first in (p.a, p.b)
    )
    if (fail_on == "worse" and worse) or (fail_on == "difference" and any(p.resolved for p in pairs)):
        raise click.exceptions.Exit(1)
