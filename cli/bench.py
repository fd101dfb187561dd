"""`peerassay bench`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..bench.entrants import with_columns
from ..bench.measure import Bench, BenchSettings, prepare_bench
from ..data.errors import InputError
from ..llm.config import Config, read_config
from ..llm.session import Session
from ..presentation.table import Format
from . import kinds, options
from .measuring import Crew, measure
from .output import log, only_one, tell_expectations, tell_notes, working
from .seal import SealOptions, open_seal, seal, seal_options


@click.command("bench")
@options.dataset(required=True)
@options.reviewers("A reviewer; may be given several times.")
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="In replays, our field (score, ...) is called COLUMN.",
)
@options.SPLIT
@click.option("--limit", type=click.IntRange(min=2), help="At most this many papers, base rate kept.")
@click.option("--reviewed-only", is_flag=True, help="Only the papers that all replays have a review of; it is said.")
@click.option("--dataset-date", metavar="DATE", help="When the decisions were made public: YYYY[-MM[-DD]].")
@options.OUT
@options.BUDGET
@options.DRY_RUN
@click.option("--batch", is_flag=True, help="Send calls in the providers' batches: half the price, hours of waiting.")
@options.CACHED
@options.RAW
@click.option("--floors/--no-floors", default=True, help="Add the rows that every table has.", show_default=True)
@click.option("--repeats", type=click.IntRange(1, 100), default=1, show_default=True, help="Reviews of each paper.")
@click.option("--recall", is_flag=True, help="Ask each model what it remembers of the papers: one short call each.")
@click.option("--audit/--no-audit", default=True, help="Add the leak audit's verdict.", show_default=True)
@click.option("--pdfs", type=kinds.PATH, help="A folder with ID.pdf for the papers, for models with ?vision=true.")
@options.CALIBRATION
@options.MIXES
@options.RETRY_FAILED
@click.option(
    "--redo", multiple=True, metavar="NAME", help="A reviewer that changed reviews anew; old reviews are kept aside."
)
@seal_options
@options.CONCURRENCY
@click.option(
    "--workers",
    type=click.IntRange(0, 1000),
    help="Let N processes share the papers; `peerassay worker RUN` adds others, on any machine. 0: only others.",
)
@options.PATIENCE
@options.CONFIG
@options.DRAWS
@options.SEED
@options.TABLE
@options.AS_JSON
def bench_command(
    source: str,
    specs: tuple[str, ...],
    mapped: tuple[str, ...],
    budget: float | None,
    concurrency: int,
    workers: int | None,
    patience: float,
    config: Path | None,
    batch: bool,
    cached: bool,
    dry_run: bool,
    form: Format | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Measure reviewers against the human decisions of a dataset.

    \b
    Reviewers (SPEC):
      floor:always-reject | always-accept | random | base-rate | constant?value=5.5
      floor:length | header | surface
      learned:iclr2022              bundled weights, or learned:FILE
      replay:FILE                   reviews made earlier (.csv, .tsv, .json, .jsonl), columns by
                                    --map score=COLUMN, or of one replay by ?map=score=COLUMN
      replay:bundled:gpt-4o-1shot   bundled reviews of ICLR 2022 papers (-d iclr2022-scores)
      openai/MODEL  anthropic/MODEL  openai/MODEL@BASE_URL
                                    with ?config=ai-scientist, ?ensemble=5&meta=true&reflections=4&shots=1&form=iclr2022
      python:module:attribute       command:./program       FILE.toml
      options: ?name=...&threshold=6&scale=1-10

    Without -r, the floors and the learned reviewer alone. A run that was stopped goes on when the same command is
    started again. --seal and --open are for papers that are not decided yet: docs/sealed.md.
    """
    only_one(as_json=as_json, form=form)
    reviewers = with_columns(specs, mapped)
    session = Session.within(
        budget, concurrency=concurrency, cached=cached, dry=dry_run, batch=batch, config=read_config(config, Config)
    )
    sealed = SealOptions.taken(settings)
    asked = BenchSettings(**settings)
    if workers is not None and (sealed.seal or sealed.opened):
        raise InputError("--workers goes without --seal and --open: one process keeps a seal's secret")
    if sealed.seal and form is not None:
        raise InputError("--table goes without --seal: there are no figures before the decisions")
    if sealed.seal:
        seal(source, reviewers, session, asked, sealed, dry_run=dry_run, as_json=as_json)
        return
    if sealed.opened is not None:
        open_seal(source, reviewers, asked, sealed, as_json=as_json, form=form)
        return
    with working(f"reading {source}"), contextlib.redirect_stdout(sys.stderr):
        bench = prepare_bench(source, reviewers, session, asked)
    tell_notes(bench.notes)
    if bench.settings.repeats > 1 and bench.fixed:
        _tell_fixed(bench)
    if dry_run:
        tell_expectations(bench.expect(), "reviews of all papers", as_json=as_json)
    else:
        measure(bench, as_json=as_json, form=form, crew=None if workers is None else Crew(workers, patience))


def _tell_fixed(bench: Bench) -> None:
    """Say which reviewers are not repeated."""
    others = "" if len(bench.fixed) < len(bench.entrants) else "; nothing is left to repeat"
    words = f"{', '.join(bench.fixed)} would say the same again: done once{others}"
    log().print(Text(f"--repeats {bench.settings.repeats}: {words}", style="yellow"))
