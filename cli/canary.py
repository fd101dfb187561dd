"""`peerassay canary`: save, check, show."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from ..bench.canary import LEVEL, Canary, prepared, save
from ..bench.canary_check import Check
from ..bench.measure import Bench
from ..data.errors import InputError
from ..llm.config import Config, read_config
from ..llm.session import Session
from ..presentation.numbers import dollars
from ..presentation.table import Table
from ..presentation.terminal import print_tables
from . import kinds, options
from .output import noting, print_json, progress_bars, tell_budget_reached, tell_expectations, trouble, working


@click.group("canary")
def canary_command() -> None:
    """Tell whether a provider's model still reviews as it did.

    Save a reviewer's answers on fixed papers once, then check every night: the same papers are reviewed again, never
    from the cache, and an exact test says whether the answers still come from where they came from.
    """


FOLDER = click.argument("folder", metavar="CANARY", type=kinds.PATH)


@canary_command.command("save")
@click.option(
    "-r",
    "--reviewer",
    "spec",
    required=True,
    type=kinds.REVIEWER,
    metavar="SPEC",
    help="The reviewer; see `bench --help`.",
)
@options.dataset(default="sample", show_default=True)
@click.option("--papers", type=click.IntRange(min=5), default=12, show_default=True, help="So many, half accepted.")
@click.option("--repeats", type=click.IntRange(1, 100), default=3, show_default=True, help="Answers to each paper.")
@click.option("--level", type=kinds.Number(0.004, 0.2), default=LEVEL, show_default=True, help="Of false alarms.")
@click.option("--out", type=kinds.PATH, required=True, help="The canary's folder.")
@options.RAW
@options.BUDGET
@options.DRY_RUN
@options.CONCURRENCY
@options.CONFIG
@options.AS_JSON
def save_command(
    spec: str,
    source: str,
    papers: int,
    repeats: int,
    level: float,
    out: Path,
    raw: bool,
    budget: float | None,
    dry_run: bool,
    concurrency: int,
    config: Path | None,
    as_json: bool,
) -> None:
    """Review fixed papers several times, and keep the answers as what is to be expected."""
    if (out / "canary.json").is_file():
        raise InputError(f"{out}: holds a canary already; `peerassay canary check {out}` checks it")
    session = Session.within(
        budget, concurrency=concurrency, cached=False, dry=dry_run, config=read_config(config, Config)
    )
    with working(f"reading {source}"):
        bench = prepared(source, spec, session, papers=papers, repeats=repeats, raw=raw, out=out / "saved")
    if dry_run:
        tell_expectations(bench.expect(), "answers to save", as_json=as_json)
        return
    with _watched(bench) as progress:
        canary = save(bench, spec, out, level=level, progress=progress)
    if canary is None:
        _stop_at_budget(bench, as_json=as_json)
        return
    record = canary.record
    if as_json:
        print_json(record.model_dump(mode="json"))
        return
    cost = dollars(record.usd / record.repeats) if record.usd else "nothing"
    each = "one answer" if record.repeats == 1 else f"{record.repeats} answers"
    click.echo(f"saved: {out}, {len(bench.dataset)} papers, {each} each; a check costs {cost}")
    if record.fixed:
        click.echo("this reviewer says the same whenever it is asked: a check finds any difference")
    for shift, share in record.finds.items():
        click.echo(f"a check finds all scores shifted by {shift} in {share:.0%} of cases")
    click.echo(f"every night: peerassay canary check {out}")


@canary_command.command("check")
@FOLDER
@click.option("--repeats", type=click.IntRange(1, 100), default=1, show_default=True, help="Answers to each paper.")
@options.BUDGET
@options.DRY_RUN
@options.CONCURRENCY
@options.CONFIG
@options.AS_JSON
def check_command(
    folder: Path,
    repeats: int,
    budget: float | None,
    dry_run: bool,
    concurrency: int,
    config: Path | None,
    as_json: bool,
) -> None:
    """Review the papers again and test for drift: exit 1 where there is some, 3 where reviews failed, else 0."""
    canary = Canary.open(folder)
    session = Session.within(
        budget, concurrency=concurrency, cached=False, dry=dry_run, config=read_config(config, Config)
    )
    bench = canary.prepare(session, repeats)
    if dry_run:
        tell_expectations(bench.expect(), "answers to compare", as_json=as_json)
        return
    with _watched(bench) as progress:
        run, outcome = bench.review(["peerassay", "canary", "check", str(folder)], progress=progress)
    if outcome.budget_reached:
        _stop_at_budget(bench, as_json=as_json)
        return
    check = canary.compare(run, outcome)
    if as_json:
        print_json(check.model_dump(mode="json"))
    else:
        print_tables([_table([check], canary.record.level)])
    for note in run.failure_notes([canary.record.reviewer]) if check.failed else ():
        trouble().print(note, markup=False)
    if check.drift or check.failed:
        raise click.exceptions.Exit(1 if check.drift else 3)


@canary_command.command("show")
@FOLDER
@options.AS_JSON
def show_command(folder: Path, as_json: bool) -> None:
    """What all checks found so far."""
    canary = Canary.open(folder)
    checks = canary.checks()
    if as_json:
        print_json({
            "canary": canary.record.model_dump(mode="json"), "checks": [c.model_dump(mode="json") for c in checks]
        })  # fmt: skip
    elif checks:
        print_tables([_table(checks, canary.record.level)])
    else:
        click.echo(f"no check yet: peerassay canary check {folder}")


@contextlib.contextmanager
def _watched(bench: Bench) -> Iterator[Callable[[str, int, int], None]]:
    """A bar of the reviews on stderr, where whatever a reviewer prints goes too."""
    with contextlib.redirect_stdout(sys.stderr), progress_bars() as bars:
        bench.session.on_note = noting(bars)
        task = bars.add_task(bench.entrants[0].reviewer.name, total=len(bench.dataset))
        yield lambda _, done, total: bars.update(task, completed=done, total=total)


def _stop_at_budget(bench: Bench, *, as_json: bool) -> None:
    tell_budget_reached(bench.folder, bench.session.metering.budget, as_json=as_json)
    raise click.exceptions.Exit(4)


def _table(checks: Sequence[Check], level: float) -> Table:
    rows = tuple(
        (
            f"{check.at:%Y-%m-%d %H:%M}",
            str(check.papers),
            f"{check.shift:+.2f}",
            f"{check.changed}/{check.papers}",
            f"{check.failed}/{check.asked}",
            f"{check.p_value:.5f}",
            "drift" if check.drift else "none found",
        )
        for check in checks
    )
    note = (
        f"Drift is p up to {level:g}, which happens in that share of checks though nothing has changed. Shift: mean "
        "change of the scores. Decisions: papers decided as never before."
    )
    heads = ("Checked (UTC)", "Papers", "Shift", "Decisions", "Failed", "p", "Verdict")
    return Table("Canary", heads, rows, note)
