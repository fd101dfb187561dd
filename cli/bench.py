"""`peerassay bench`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.text import Text

from ..bench.audit import AuditSummary
from ..bench.audit_store import stored_audit
from ..bench.automatic import automatic_specs
from ..bench.expect import expect_all, expectation_table
from ..bench.mixes import Mix, chosen_mixes
from ..bench.outcomes import humans_of
from ..bench.records import Calibration
from ..bench.report import write_report
from ..bench.run import Run, RunDataset, check_folder, default_folder, locked, run_dataset, start_run
from ..bench.runner import Outcome, review_all
from ..bench.summary import RunFigures, summarise
from ..bench.tables import run_tables
from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.files import validated
from ..data.records import DatasetCard
from ..data.registry import load_dataset
from ..llm.ledger import Ledger
from ..llm.model import Books
from ..llm.session import Session
from ..reviewer.panel.expectation import Expectation
from ..reviewer.protocol import Reviewer, repeatable
from ..reviewer.scrub import rules_fingerprint
from .calibrate import read_calibrations
from .entrants import Entrant, load_entrants, papers_of_all, with_columns
from .output import dollars, log, noting, print_json, print_tables, progress_bars, tell_budget_reached, working


@click.command("bench")
@click.option("-d", "--dataset", "source", required=True, metavar="DATASET", help="A name (see `data list`) or a path.")
@click.option(
    "-r", "--reviewer", "specs", multiple=True, metavar="SPEC", help="A reviewer; may be given several times."
)
@click.option(
    "--map",
    "mapped",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="In replays, our field (score, ...) is called COLUMN.",
)
@click.option("--split", type=click.Choice(["test", "calibration", "all"]), default="test", show_default=True)
@click.option("--limit", type=click.IntRange(min=2), help="At most this many papers, base rate kept.")
@click.option("--reviewed-only", is_flag=True, help="Only the papers that all replays have a review of; it is said.")
@click.option("--dataset-date", metavar="DATE", help="When the decisions were made public: YYYY[-MM[-DD]].")
@click.option("--out", type=click.Path(path_type=Path), help="The run folder [default: runs/...].")
@click.option("--budget", type=click.FloatRange(min=0), help="US dollars that all starts of the run may cost.")
@click.option("--dry-run", is_flag=True, help="Only say which calls, tokens and cost to expect; needs no key.")
@click.option("--batch", is_flag=True, help="Send calls in the providers' batches: half the price, hours of waiting.")
@click.option("--cache/--no-cache", "cached", default=True, help="Reuse answers to calls that were made before.")
@click.option("--raw", is_flag=True, help="Do not scrub the texts (figures may then come from leaks).")
@click.option("--floors/--no-floors", default=True, help="Add the rows that every table has.", show_default=True)
@click.option("--repeats", type=click.IntRange(1, 100), default=1, show_default=True, help="Reviews of each paper.")
@click.option("--recall", is_flag=True, help="Ask each model what it remembers of the papers: one short call each.")
@click.option("--audit/--no-audit", "audited", default=True, help="Add the leak audit's verdict.", show_default=True)
@click.option("--calibration", type=click.Path(path_type=Path), help="Thresholds fitted by `peerassay calibrate`.")
@click.option(
    "--mix", "mixes", multiple=True, metavar="NAME", help="AUC at this mix of papers too: a bundled one, or FILE.toml."
)
@click.option("--retry-failed", is_flag=True, help="Review again what failed before.")
@click.option(
    "--concurrency", type=click.IntRange(min=1), default=8, show_default=True, help="Calls under way at once."
)
@click.option(
    "--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="Bootstrap draws."
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def bench_command(
    source: str,
    specs: tuple[str, ...],
    mapped: tuple[str, ...],
    split: str,
    limit: int | None,
    reviewed_only: bool,
    dataset_date: str | None,
    out: Path | None,
    budget: float | None,
    dry_run: bool,
    batch: bool,
    cached: bool,
    raw: bool,
    floors: bool,
    repeats: int,
    recall: bool,
    audited: bool,
    calibration: Path | None,
    mixes: tuple[str, ...],
    retry_failed: bool,
    concurrency: int,
    draws: int,
    seed: int,
    as_json: bool,
) -> None:
    """Measure reviewers against the human decisions of a dataset.

    \b
    Reviewers (SPEC):
      floor:always-reject | always-accept | random | base-rate | constant?value=5.5
      floor:length | header | surface
      learned:iclr2022              bundled weights, or learned:FILE
      replay:FILE                   reviews made earlier (.csv, .tsv, .json, .jsonl), columns by
                                    --map score=COLUMN, or of one replay by ?map=score=COLUMN
      openai/MODEL  anthropic/MODEL  openai/MODEL@BASE_URL
                                    with ?config=ai-scientist, ?ensemble=5&meta=true&reflections=4&shots=1&form=iclr2022
      python:module:attribute       command:./program       FILE.toml
      options: ?name=...&threshold=6&scale=1-10

    Without -r, the floors and the learned reviewer alone. A run that was stopped goes on when the same command is
    started again.
    """
    if not specs and not floors:
        raise InputError("nothing to measure: give a reviewer with -r, or leave --floors on")
    specs = with_columns(specs, mapped)
    at_mixes = chosen_mixes(mixes)
    books = Books(None, dollars(budget), Ledger())
    with working(f"reading {source}"), contextlib.redirect_stdout(sys.stderr):
        whole = _dated(load_dataset(source), dataset_date)
        session = Session(books, concurrency=concurrency, batch=batch, cached=cached, dry=dry_run)
        entrants = load_entrants(whole, specs, automatic_specs(whole) if floors else (), session, recall=recall)
        reviewers = [entrant.reviewer for entrant in entrants]
        chosen = whole.only(papers_of_all(entrants)) if reviewed_only else whole
        dataset = chosen.subset(split, limit)
        humans_of(list(dataset.judgements))  # one class alone is refused before anything is paid for
        calibrations = read_calibrations(calibration) if calibration else {}
    if repeats > 1:
        _tell_repeats(reviewers, repeats)
    papers = run_dataset(
        dataset,
        source=source,
        split=split,
        limit=limit,
        scrub_rules=None if raw else rules_fingerprint(),
        reviewed_only=reviewed_only,
    )
    folder = out or default_folder(papers, specs)
    check_folder(folder)
    if dry_run:
        run = start_run(folder, papers, dataset, []) if (folder / "run.json").exists() else None
        expected = expect_all(reviewers, dataset.papers, run, scrubbed=not raw, repeats=repeats)
        _tell_expectations(expected, as_json)
        return
    measure(
        Measuring(dataset, entrants, papers, folder, session, retry_failed, repeats),
        audit=lambda: _audit(whole, raw) if audited else None,
        calibrations=calibrations,
        mixes=at_mixes,
        draws=draws,
        seed=seed,
        as_json=as_json,
    )


@dataclass(frozen=True)
class Measuring:
    """Who reviews which papers, and where that is kept."""

    dataset: Dataset
    entrants: Sequence[Entrant]
    papers: RunDataset
    folder: Path
    session: Session
    retry_failed: bool = False
    repeats: int = 1


def measure(
    work: Measuring,
    *,
    calibrations: Mapping[str, Calibration],
    mixes: Mapping[str, Mix],
    draws: int,
    seed: int,
    as_json: bool,
    audit: Callable[[], AuditSummary | None] = lambda: None,
) -> None:
    """Review what is not reviewed yet, and print and write the report.

    Raises InputError where the folder holds something else; Exit 3 where reviews failed, 4 where the budget is spent.
    """
    check_folder(work.folder)
    session, folder = work.session, work.folder
    with locked(folder), contextlib.redirect_stdout(sys.stderr):
        run = start_run(folder, work.papers, work.dataset, ["peerassay", *sys.argv[1:]])
        for entrant in work.entrants:
            run.add_reviewer(entrant.reviewer, entrant.spec, automatic=entrant.automatic, recall_by=entrant.recall_by)
        run.save()
        session.keep_books(run.ledger_path, run.spent())
        reviewers = [entrant.reviewer for entrant in work.entrants]
        try:
            outcome = _review(run, reviewers, work.dataset, session, work.retry_failed, work.repeats)
        finally:
            run.note(session.notes)
    if outcome.budget_reached:
        tell_budget_reached(run.folder, session.books.budget, as_json=as_json)
        raise click.exceptions.Exit(4)
    audited = audit()
    with working("bootstrapping") as tell:
        figures, humans, machines = summarise(
            run, draws=draws, seed=seed, calibrations=calibrations, audit=audited, mixes=mixes, progress=tell
        )
        tell("drawing the report")
        report = write_report(run.folder, figures, humans, machines, calibrations)
    _tell(figures, run, report, outcome, as_json)
    failed = sum(r.n - r.reviewed for r in figures.reviewers)
    if failed:
        again = any(r.kind != "replay" and r.reviewed < r.n for r in figures.reviewers)
        retry = " Retry them with --retry-failed" if again else ""
        log().print(Text(f"{failed} reviews failed; they count as wrong.{retry}"))
        raise click.exceptions.Exit(3)


def _dated(dataset: Dataset, date: str | None) -> Dataset:
    """The dataset with another date of its decisions, where one is given. Raises InputError for no date."""
    if date is None:
        return dataset
    validated(DatasetCard, {"name": "x", "decided": date}, "--dataset-date")
    return dataset.with_card(decided=date)


def _tell_repeats(reviewers: list[Reviewer], repeats: int) -> None:
    """Say which reviewers are not repeated."""
    fixed = [reviewer.name for reviewer in reviewers if not repeatable(reviewer)]
    if fixed:
        others = "" if len(fixed) < len(reviewers) else "; nothing is left to repeat"
        words = f"--repeats {repeats}: {', '.join(fixed)} would say the same again: done once{others}"
        log().print(Text(words, style="yellow"))


def _review(
    run: Run, reviewers: list[Reviewer], dataset: Dataset, session: Session, retry_failed: bool, repeats: int
) -> Outcome:
    with progress_bars() as bars:
        session.on_note = noting(bars)
        tasks = {r.name: bars.add_task(r.name, total=len(dataset)) for r in reviewers}

        def progress(name: str, done: int, total: int) -> None:
            spent = session.books.budget.spent
            bars.update(tasks[name], completed=done, total=total, description=f"{name} ${spent:.2f}" if spent else name)

        return asyncio.run(
            review_all(
                run,
                reviewers,
                dataset.papers,
                concurrency=len(dataset) if session.batch else session.concurrency,
                budget=session.books.budget,
                retry_failed=retry_failed,
                repeats=repeats,
                progress=progress,
            )
        )


def _tell_expectations(expected: dict[str, Expectation], as_json: bool) -> None:
    if as_json:
        print_json({"expected": {name: e.model_dump(mode="json") for name, e in expected.items()}})
    else:
        print_tables([expectation_table(expected)])


def _audit(dataset: Dataset, raw: bool) -> AuditSummary | None:
    """The audit's verdict; None, with a remark, where the dataset is too small for one."""
    try:
        with working("auditing the texts for leaks (once per dataset)") as tell:
            return stored_audit(dataset, progress=tell).on("raw" if raw else "scrubbed")
    except InputError as error:
        log().print(Text(f"no leak audit: {error}", style="yellow"))
        return None


def _tell(figures: RunFigures, run: Run, report: Path, outcome: Outcome, as_json: bool) -> None:
    if as_json:
        print_json({**figures.model_dump(mode="json"), "run": str(run.folder), "report": str(report)})
        return
    print_tables(run_tables(figures))
    console = log()
    for note in figures.notes:
        console.print(Text(f"note: {note}", style="yellow"))
    if figures.audit is not None:
        console.print(Text(f"leak audit of {figures.audit.told}"))
    console.print(Text(f"{outcome.reviewed} reviews made, {outcome.reused} reused"))
    console.print(Text(f"report: {report}", style="bold"))
