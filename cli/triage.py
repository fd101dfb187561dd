"""`peerassay triage`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.text import Text

from ..bench.run import Run
from ..bench.triage import triage
from ..bench.triage_tables import risk_coverage_plot, triage_tables
from ..data.files import make_folder
from ..presentation.drawing import write_plots
from ..presentation.table import Format
from . import kinds, options
from .output import log, only_one, print_json, tell_notes, tell_tables, working


@click.command("triage")
@click.argument("folder", metavar="RUN", type=kinds.RUN)
@click.option("--abstain", "bound", type=kinds.Number(0, 1, min_open=True, max_open=True), default=0.2,
              show_default=True, metavar="RISK", help="Decide only where so few wrong ones are promised.")  # fmt: skip
@click.option("--lowest", "percents", type=kinds.Number(0, 100, min_open=True, max_open=True), multiple=True,
              default=(10.0, 20.0, 40.0), show_default=True, metavar="PERCENT",
              help="Turn away so many with the lowest scores; may be given several times.")  # fmt: skip
@click.option("--submissions", type=click.IntRange(min=1), default=20_000, show_default=True, help="Of a conference.")
@click.option("--out", type=kinds.PATH, help="Also write a plot of risk against coverage here.")
@options.CONCURRENCY
@options.SEED
@options.TABLE
@options.AS_JSON
def triage_command(
    folder: Path,
    bound: float,
    percents: tuple[float, ...],
    submissions: int,
    out: Path | None,
    concurrency: int,
    seed: int,
    form: Format | None,
    as_json: bool,
) -> None:
    """What the reviewers of a RUN are good for short of deciding everything.

    How many decisions are wrong when only the surest are made, how many can be made at a promised risk, how many
    accepted papers are lost when the lowest are turned away unread, and what becomes of a committee of three in which
    the machine takes a place, beside another human; US$ and hours for a conference.
    """
    only_one(as_json=as_json, form=form)
    with working("reading the run") as tell:
        found = triage(
            Run.open(folder),
            bound=bound,
            shares=[percent / 100 for percent in percents],
            submissions=submissions,
            concurrency=concurrency,
            seed=seed,
            progress=tell,
        )
    if out is not None:
        make_folder(out)
        write_plots(out, [risk_coverage_plot(found)])
    if as_json:
        print_json(found.document())
        return
    tables = triage_tables(found)
    tell_tables(tables, tables, form)
    tell_notes(found.notes)
    if out is not None:
        log().print(Text(f"written: {out}", style="bold"), soft_wrap=True)
