"""`peerassay bench --seal` and `--open`."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.text import Text

from ..bench.measure import BenchSettings
from ..bench.sealing.opening import prepare_opening
from ..bench.sealing.records import shown
from ..bench.sealing.run import KEPT, SEAL
from ..bench.sealing.sealing import FailedReviews, prepare_sealing
from ..data.errors import InputError
from ..llm.session import Session
from ..presentation.table import Format
from . import kinds
from .measuring import measure, review
from .output import log, print_json, tell_budget_reached, tell_expectations, tell_notes, trouble, working

Command = TypeVar("Command", bound=Callable[..., Any])
OPTIONS = (
    click.option("--seal", is_flag=True, help="Papers that are not decided yet: review them and commit to the scores."),
    click.option("--seal-failed", is_flag=True, help="With --seal: reviews that failed are sealed as failures."),
    click.option("--open", "opened", type=kinds.PATH, metavar="SEAL", help="Score a seal against -d, decided."),
    click.option("--private", type=kinds.PATH, help=f"With --open: the {KEPT}, if not beside it."),
    click.option("--withdrawn", multiple=True, metavar="ID", help="With --open: a paper that left without a decision."),
    click.option("--published", default="", metavar="WORDS", help="With --open: where it was published, or the line."),
)


@dataclass(frozen=True)
class SealOptions:
    """What the options of seals say."""

    seal: bool
    seal_failed: bool
    opened: Path | None
    private: Path | None
    withdrawn: Sequence[str]
    published: str

    @classmethod
    def taken(cls, settings: dict[str, Any]) -> SealOptions:
        """Those among the options of a command, which are taken out. Raises InputError for some that do not fit."""
        options = cls(**{name: settings.pop(name) for name in cls.__dataclass_fields__})
        if options.seal and options.opened:
            raise InputError("give --seal or --open, not both: a seal is opened when the decisions are out")
        if options.seal_failed and not options.seal:
            raise InputError("--seal-failed goes with --seal")
        for name in ("private", "withdrawn", "published"):
            if getattr(options, name) and not options.opened:
                raise InputError(f"--{name} goes with --open SEAL")
        return options


def seal_options(command: Command) -> Command:
    """The options of seals on a command."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def seal(
    source: str,
    reviewers: Sequence[str],
    session: Session,
    settings: BenchSettings,
    options: SealOptions,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Review what is not reviewed yet, seal it, and print the line to publish.

    Raises InputError as `prepare_sealing`; Exit 3 where reviews failed and nothing was sealed, 4 where the budget is
    spent.
    """
    with working(f"reading {source}"), contextlib.redirect_stdout(sys.stderr):
        sealing = prepare_sealing(source, reviewers, session, settings)
    tell_notes(sealing.notes)
    if dry_run:
        tell_expectations(sealing.expect(), "reviews of all papers", as_json=as_json)
        return
    with contextlib.redirect_stdout(sys.stderr):
        run, outcome = review(sealing)
    if outcome.budget_reached:
        tell_budget_reached(run.folder, session.metering.budget, as_json=as_json)
        raise click.exceptions.Exit(4)
    try:
        made = sealing.seal(with_failures=options.seal_failed)
    except FailedReviews as failures:
        if as_json:
            print_json({"sealed": None, "run": str(run.folder), "reason": str(failures)})
        trouble().print(Text(str(failures), style="yellow"))
        raise click.exceptions.Exit(3) from None
    public, private = run.folder / SEAL, run.folder / KEPT
    if as_json:
        said = made.model_dump(mode="json", exclude={"papers"})
        files = {"seal": str(public), "private": str(private)}
        print_json({"line": made.line, **files, "papers": len(made.papers), **said})
        return
    click.echo(made.line)
    names = ", ".join(one.name for one in made.reviewers)
    console = log()
    console.print(Text(f"sealed on {shown(made.sealed)}: {len(made.papers)} papers of {made.dataset} by {names}"))
    console.print(Text(
        f"publish the line above where its date is kept by others (a commit that is pushed, a post, an e-mail): only "
        f"that proves how old the scores are; {public} may be published too\n"
        f"keep {private} to yourself, and safe: without it the seal cannot be opened\n"
        f"when the decisions are out: peerassay bench --open {public} -d DATASET"
    ), soft_wrap=True)  # fmt: skip


def open_seal(
    source: str,
    reviewers: Sequence[str],
    settings: BenchSettings,
    options: SealOptions,
    *,
    as_json: bool,
    form: Format | None,
) -> None:
    """Score a seal against the decisions, and print and write the report.

    Raises InputError as `prepare_opening`; Exit 3 where sealed reviews had failed.
    """
    assert options.opened is not None
    with working(f"reading {options.opened} and {source}"), contextlib.redirect_stdout(sys.stderr):
        opening = prepare_opening(
            options.opened,
            source,
            settings,
            reviewers=reviewers,
            private=options.private,
            withdrawn=options.withdrawn,
            published=options.published,
        )
    measure(opening, as_json=as_json, form=form)
