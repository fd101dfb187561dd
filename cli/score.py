"""`peerassay score`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.text import Text

from ..bench.calibrate import calibration_for, read_calibrations
from ..bench.expect import expect_all, expectation_table
from ..bench.records import Calibration
from ..bench.run import locked
from ..bench.scores.batch import Batch, read_batch, record_of
from ..bench.scores.entries import Entry
from ..bench.scores.floor import floor_entries
from ..bench.scores.given import mapped, read_map
from ..bench.scores.grouping import guesses, told_apart
from ..bench.scores.one_reviewer import Choice, choose_reviewer
from ..bench.scores.reading import to_read
from ..bench.scores.records import ScoreFigures, ScoreReviewer
from ..bench.scores.run import ScoreRun, default_folder, open_score_run, start_score_run
from ..bench.scores.sources import find_entries
from ..data.errors import InputError, printable, unknown
from ..llm.ledger import Ledger
from ..llm.model import Metering
from ..llm.session import Session
from ..presentation.terminal import print_tables
from ..reviewer.review import Review, reasons_in_words
from .output import dollars, log, noting, print_json, progress_bars, tell_budget_reached, working


@click.command("score")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("-r", "--reviewer", "spec", metavar="SPEC", help="Who reviews, see `bench --help` [default: see above].")
@click.option("--out", type=click.Path(path_type=Path), help="The folder of the score run [default: runs/score-...].")
@click.option(
    "--map", "map_file", type=click.Path(path_type=Path), help="CSV: path (or pattern), template, configuration."
)
@click.option("--tried", multiple=True, metavar="GROUP=N|FILE", help="Ideas tried, those without a paper included.")
@click.option("--floor", is_flag=True, help="Add each paper with its sentences shuffled, as a group of each template.")
@click.option("--calibration", type=click.Path(path_type=Path), help="What `peerassay calibrate` fitted.")
@click.option("--calibrated-as", metavar="NAME", help="Use the calibration of this reviewer for another's reviews.")
@click.option("--reviewed-by", metavar="NAME", help="Who made the reviews in tables that do not say it.")
@click.option("--raw", is_flag=True, help="Give the reviewer the whole text, not the scrubbed one it is measured on.")
@click.option("--budget", type=click.FloatRange(min=0), help="US dollars that all starts of the run may cost.")
@click.option("--concurrency", type=click.IntRange(min=1), default=8, show_default=True, help="Calls at once.")
@click.option("--cache/--no-cache", "cached", default=True, help="Reuse answers to calls that were made before.")
@click.option("--retry-failed", is_flag=True, help="Review again what failed before.")
@click.option("--dry-run", is_flag=True, help="Only say which calls, tokens and cost to expect; needs no key.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def score_command(
    paths: tuple[str, ...],
    spec: str | None,
    out: Path | None,
    map_file: Path | None,
    tried: tuple[str, ...],
    floor: bool,
    calibration: Path | None,
    calibrated_as: str | None,
    reviewed_by: str | None,
    raw: bool,
    budget: float | None,
    concurrency: int,
    cached: bool,
    retry_failed: bool,
    dry_run: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Score batches of generated papers by template and configuration, ideas that came to nothing included.

    \b
    PATH is a run of the scientist or a folder of runs, a folder of papers
    (TEMPLATE/CONFIGURATION/paper.pdf), earlier reviews (.csv, .tsv, reviews.jsonl)
    or an earlier score run:
      peerassay score runs/diffusion runs/grokking
      peerassay score papers -r 'openai/MODEL?ensemble=5' --budget 5
      peerassay score ratings/diffusion/*.csv --tried diffusion/claude=49

    Without -r, earlier reviews stand, and papers without one are reviewed by a learned reviewer, at once and without a
    key. All papers of one table have one reviewer.
    """
    metering = Metering(None, dollars(budget), Ledger())
    if calibrated_as and calibration is None:
        raise InputError("--calibrated-as names an entry of a calibration file; give that with --calibration FILE")
    session = Session(metering, concurrency=concurrency, cached=cached, dry=dry_run)
    with working("looking"), contextlib.redirect_stdout(sys.stderr):
        entries = _entries(paths, map_file, reviewed_by, floor=floor)
        choice = choose_reviewer(entries, spec, session, raw=raw, retry_failed=retry_failed)
        fitted = _calibration(choice.record, calibration, calibrated_as) if calibration else None
    batch = _read(choice, tried, raw=raw)
    record = record_of(batch, choice, ["peerassay", *sys.argv[1:]], fitted)
    folder = out or default_folder(record)
    if dry_run:
        _tell_expectation(batch, choice, folder, as_json, retry_failed=retry_failed)
        return
    with locked(folder), contextlib.redirect_stdout(sys.stderr):
        run = start_score_run(folder, record)
        run.take_over(batch.reviews())
        try:
            reached = _review(run, batch, choice, session, retry_failed=retry_failed)
        finally:
            run.note(session.notes)
    if reached:
        tell_budget_reached(run.folder, session.metering.budget, as_json=as_json)
        raise click.exceptions.Exit(4)
    figures, report = _figures(run, seed)
    _tell(figures, run, report, as_json)
    failed = sum(idea.stage in ("review failed", "unread") for idea in figures.ideas)
    if failed:
        log().print(Text(f"{failed} papers have no score; they stay in the table. --retry-failed reviews them again"))
        why = reasons_in_words(review for review in run.reviews().values() if review.status == "failed")
        if why:
            _note(f"why reviews failed: {why}")
        raise click.exceptions.Exit(3)


def _entries(paths: Sequence[str], map_file: Path | None, reviewed_by: str | None, *, floor: bool) -> list[Entry]:
    rules = read_map(map_file) if map_file else []
    found = find_entries(paths, reviewed_by=reviewed_by)
    entries, numbered = told_apart(mapped(found.entries, rules))
    _note(*found.notes, *guesses(entries), *numbered)
    if not floor:
        return entries
    shuffled = floor_entries(entries)
    if not any(entry.shuffled for entry in (*entries, *shuffled)):
        raise InputError("--floor shuffles papers, and there is no file of one here; leave it out")
    return [*entries, *shuffled]


def _calibration(reviewer: ScoreReviewer, path: Path, calibrated_as: str | None) -> Calibration:
    if calibrated_as is None:
        return calibration_for(reviewer.name, reviewer.fingerprint, path)
    fitted = read_calibrations(path)
    if calibrated_as not in fitted:
        raise unknown("calibration", calibrated_as, fitted, hint=str(path))
    return fitted[calibrated_as]


def _read(choice: Choice, tried: Sequence[str], *, raw: bool) -> Batch:
    with progress_bars() as bars:
        files = to_read(choice.entries)
        task = bars.add_task("reading", total=len(files), visible=bool(files))
        batch = read_batch(choice, tried, raw=raw, done=lambda: bars.advance(task))
    _note(*batch.notes)
    return batch


def _tell_expectation(batch: Batch, choice: Choice, folder: Path, as_json: bool, *, retry_failed: bool) -> None:
    reviews = open_score_run(folder)[1] if (folder / "score.json").is_file() else {}
    todo = batch.still_to_review(reviews, retry_failed=retry_failed)
    expected = expect_all([choice.reviewer] if choice.reviewer else [], todo, None, scrubbed=False)
    if as_json:
        print_json({"expected": {name: e.model_dump(mode="json") for name, e in expected.items()}})
    elif expected:
        print_tables([expectation_table(expected)])
    else:
        print(f"{len(todo)} papers to review by {choice.record.name}: no calls of a language model of ours to expect")


def _review(run: ScoreRun, batch: Batch, choice: Choice, session: Session, *, retry_failed: bool) -> bool:
    """Review what is not reviewed yet; whether the budget put an end to it."""
    todo = batch.still_to_review(run.reviews(), retry_failed=retry_failed)
    if choice.reviewer is None or not todo:
        return False
    session.open_ledger(run.ledger_path, run.spent(batch.papers))
    name = choice.reviewer.name
    with progress_bars() as bars:
        session.on_note = noting(bars)
        task = bars.add_task(name, total=len(batch.papers), completed=len(batch.papers) - len(todo))

        def done(_: Review) -> None:
            spent = session.metering.budget.spent
            bars.update(task, advance=1, description=f"{name} ${spent:.2f}" if spent else name)

        return asyncio.run(
            run.review(
                choice.reviewer,
                todo,
                concurrency=session.concurrency,
                budget=session.metering.budget,
                watched=not retry_failed,
                done=done,
            )
        )


def _figures(run: ScoreRun, seed: int) -> tuple[ScoreFigures, Path]:
    from ..bench.scores.report import write_score_report
    from ..bench.scores.summary import summarise_scores

    with working("testing") as tell, contextlib.redirect_stdout(sys.stderr):
        figures = summarise_scores(run.record, run.reviews(), seed=seed)
        tell("drawing the report")
        return figures, write_score_report(run.folder, run.record, figures)


def _tell(figures: ScoreFigures, run: ScoreRun, report: Path, as_json: bool) -> None:
    if as_json:
        print_json({**figures.model_dump(mode="json"), "run": str(run.folder), "report": str(report)})
        return
    from ..bench.scores.tables import score_tables

    print_tables(score_tables(figures))
    _note(*figures.notes)
    log().print(Text(f"report: {report}", style="bold"))


def _note(*lines: str) -> None:
    for line in lines:
        log().print(Text(f"note: {printable(line)}", style="yellow"), soft_wrap=True)
