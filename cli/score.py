"""`peerassay score`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from ..bench.scores.batch import Chosen, ScoreSettings, Scoring, choose_scored, prepare_scores
from ..bench.scores.metrics import ScoreMetrics
from ..bench.scores.run import ScoreRun
from ..bench.scores.tables import score_tables
from ..data.errors import printable
from ..llm.config import Config, read_config
from ..llm.session import Session
from ..presentation.table import Format
from ..reviewer.review import reasons_in_words
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


@click.command("score")
@click.argument("paths", type=kinds.FILE, metavar="PATH...", nargs=-1, required=True)
@click.option(
    "-r",
    "--reviewer",
    "spec",
    type=kinds.REVIEWER,
    metavar="SPEC",
    help="Who reviews, see `bench --help` [default: see above].",
)
@options.OUT
@click.option("--map", "map_file", type=kinds.PATH, help="CSV: path (or pattern), template, configuration.")
@click.option("--humans", type=kinds.PATH, help="Human scores: paper, score, or MLR-Bench's or FARS' file.")
@click.option("--human-scale", metavar="LOW-HIGH", help="The lowest and highest score that these humans can give.")
@click.option("--tried", multiple=True, metavar="GROUP=N|FILE", help="Ideas tried, those without a paper included.")
@click.option("--floor", is_flag=True, help="Add each paper with its sentences shuffled, as a group of each template.")
@options.CALIBRATION
@click.option("--calibrated-as", metavar="NAME", help="Use the calibration of this reviewer for another's reviews.")
@click.option("--reviewed-by", metavar="NAME", help="Who made the reviews in tables that do not say it.")
@options.RAW
@options.BUDGET
@options.CONCURRENCY
@options.CONFIG
@options.CACHED
@options.RETRY_FAILED
@options.DRY_RUN
@options.SEED
@options.TABLE
@options.AS_JSON
def score_command(
    paths: tuple[str, ...],
    spec: str | None,
    budget: float | None,
    concurrency: int,
    config: Path | None,
    cached: bool,
    dry_run: bool,
    form: Format | None,
    as_json: bool,
    **settings: Any,
) -> None:
    """Score batches of generated papers by template and configuration, ideas that came to nothing included.

    \b
    PATH is a run of the scientist or a folder of runs, a folder of papers
    (TEMPLATE/CONFIGURATION/paper.pdf), earlier reviews (.csv, .tsv, reviews.jsonl)
    an earlier score run, or bundled:generated (released scores):
      peerassay score runs/diffusion runs/grokking
      peerassay score papers -r 'openai/MODEL?ensemble=5' --budget 5
      peerassay score ratings/diffusion/*.csv --tried diffusion/claude=49

    Without -r, earlier reviews stand, and papers without one are reviewed by a learned reviewer, at once and without a
    key. All papers of one table have one reviewer.
    """
    only_one(as_json=as_json, form=form)
    session = Session.within(
        budget, concurrency=concurrency, cached=cached, dry=dry_run, config=read_config(config, Config)
    )
    asked = ScoreSettings(**settings)
    with working("looking"), contextlib.redirect_stdout(sys.stderr):
        chosen = choose_scored(paths, spec, session, asked)
    tell_notes(chosen.notes)
    scoring = _read(chosen, session, asked)
    tell_notes([*scoring.batch.notes, *scoring.batch.unseen])
    if dry_run:
        todo, expected = scoring.expect()
        tell_expectations(expected, f"{todo} papers to review by {scoring.record.reviewer.name}", as_json=as_json)
        return
    with contextlib.redirect_stdout(sys.stderr):
        run, reached = _review(scoring)
    if reached:
        tell_budget_reached(run.folder, session.metering.budget, as_json=as_json)
        raise click.exceptions.Exit(4)
    with working("testing"):
        figures = scoring.measure(run)
    if not as_json:
        _tell_figures(figures, form)
    with working("drawing the report"), contextlib.redirect_stdout(sys.stderr):
        report = scoring.report(run, figures)
    if as_json:
        print_json({**figures.model_dump(mode="json"), "run": str(run.folder), "report": str(report)})
    else:
        log().print(Text(f"report: {report}", style="bold"))
    failed = sum(idea.stage in ("review failed", "unread") for idea in figures.ideas)
    if failed:
        kept = "they stay in the table. --retry-failed reviews them again"
        trouble().print(Text(f"{failed} papers have no score; {kept}"))
        why = reasons_in_words(review for review in run.reviews().values() if review.status == "failed")
        if why:
            trouble().print(Text(f"why reviews failed: {printable(why)}"), soft_wrap=True)
        raise click.exceptions.Exit(3)


def _read(chosen: Chosen, session: Session, settings: ScoreSettings) -> Scoring:
    command = as_typed()
    with progress_bars() as bars:
        task = bars.add_task("reading", total=chosen.files, visible=bool(chosen.files))
        return prepare_scores(chosen, session, settings, command, done=lambda: bars.advance(task))


def _review(scoring: Scoring) -> tuple[ScoreRun, bool]:
    name, session = scoring.record.reviewer.name, scoring.session
    with progress_bars() as bars:
        session.on_note = noting(bars)
        task = bars.add_task(name, visible=False)

        def progress(done: int, total: int) -> None:
            spent = session.metering.budget.spent
            words = f"{name} ${spent:.2f}" if spent else name
            bars.update(task, completed=done, total=total, description=words, visible=True)

        return scoring.review(progress=progress)


def _tell_figures(figures: ScoreMetrics, form: Format | None) -> None:
    """The tables, which need not wait for the drawings."""
    tables = score_tables(figures)
    tell_tables(tables, tables, form)
    tell_notes(figures.notes)
