"""`peerassay review`."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from rich.text import Text

from ..bench.paper_reviews import (
    PaperBatch,
    Reviews,
    calibrated_for,
    expect_batch,
    read_batch,
    review_batch,
)
from ..data.errors import InputError, printable
from ..data.files import make_folder, write_atomic
from ..data.papers.arxiv import on_disk
from ..data.papers.find import find_papers
from ..llm.config import Config, read_config
from ..llm.session import Session
from ..presentation.numbers import counted
from ..reviewer.panel.panel import names_a_model
from ..reviewer.protocol import Reviewer
from ..reviewer.review import Review, reasons_in_words
from ..reviewer.spec import load_reviewer
from ..reviewer.verdict import Calibrated
from . import kinds, options
from .output import log, noting, print_json, progress_bars, tell_expectations, trouble, working
from .review_output import print_reviews, reviews_document

DEFAULT = "learned:iclr2022"


@click.command("review")
@click.argument("patterns", type=kinds.FILE, metavar="PAPER...", nargs=-1, required=True)
@click.option(
    "-r",
    "--reviewer",
    "spec",
    default=DEFAULT,
    show_default=True,
    type=kinds.REVIEWER,
    metavar="SPEC",
    help="See `bench --help`.",
)
@click.option(
    "--form",
    type=kinds.FORM,
    metavar="NAME|FILE",
    help="The review form of a language model: neurips-v2, iclr2022-v2, ...",
)
@options.CALIBRATION
@options.RAW
@click.option("--budget", type=kinds.Number(min=0), help="US dollars that the reviews may cost.")
@options.DRY_RUN
@options.CONCURRENCY
@options.CONFIG
@options.CACHED
@click.option("--html", "page", type=kinds.FileOrFolder(".html", ".htm"), help="Write a page to this file too.")
@options.AS_JSON
def review_command(
    patterns: tuple[str, ...],
    spec: str,
    form: str | None,
    calibration: Path | None,
    raw: bool,
    budget: float | None,
    dry_run: bool,
    concurrency: int,
    config: Path | None,
    cached: bool,
    page: Path | None,
    as_json: bool,
) -> None:
    """Review papers: PDF, Word, LaTeX, Markdown or text files, folders of them, patterns such as 'drafts/*.pdf', or
    numbers and addresses of arXiv (2408.06292, https://arxiv.org/abs/2408.06292v2), which are fetched.

    \b
    Without -r a learned reviewer judges at once and without a key. With a language model:
      peerassay review paper.pdf -r 'openai/MODEL?ensemble=5' --form iclr2022 --budget 1

    Hidden text is taken out and reported, and so are passages that speak to the reviewer.
    """
    session = Session.within(
        budget, concurrency=concurrency, cached=cached, dry=dry_run, config=read_config(config, Config)
    )
    if page is not None:
        make_folder(page.parent)
    with working("reading"), contextlib.redirect_stdout(sys.stderr):
        reviewer = load_reviewer(with_form(spec, form), session=session)
        calibrated = calibrated_for(reviewer, calibration)
        paths = find_papers(on_disk(patterns, lambda line: log().print(Text(line))))
    batch = _read(paths, raw=raw)
    if dry_run:
        expected = expect_batch(reviewer, batch)
        tell_expectations({reviewer.name: expected} if expected else {}, reviewer.name, as_json=as_json)
        return
    with contextlib.redirect_stdout(sys.stderr):
        reviews = _review(reviewer, batch, session, calibrated)
    _tell(reviews, page, as_json=as_json)
    if reviews.budget_reached:
        left = counted(reviews.left, "paper")
        trouble().print(
            Text(f"budget of ${budget:g} reached, {left} not reviewed; reviews made already cost nothing again")
        )
        raise click.exceptions.Exit(4)
    if reviews.failed or batch.unread:
        failed, unread = counted(len(reviews.failed), "review"), counted(len(batch.unread), "file")
        trouble().print(Text(f"{failed} failed, {unread} not read"))
        if reviews.failed:
            trouble().print(Text(f"why reviews failed: {printable(reasons_in_words(reviews.failed))}"), soft_wrap=True)
        raise click.exceptions.Exit(3)


def with_form(spec: str, form: str | None) -> str:
    """The SPEC with `--form` as its option. Raises InputError where the reviewer fills in no form."""
    if form is None:
        return spec
    if not names_a_model(spec):
        where = f"write it into {spec}" if spec.endswith(".toml") else "leave it out"
        raise InputError(f"--form: {spec} is not named as a model (openai/MODEL, anthropic/MODEL); {where}")
    return f"{spec}{'&' if '?' in spec else '?'}{urlencode({'form': form})}"


def _read(paths: list[Path], *, raw: bool) -> PaperBatch:
    def note(line: str) -> None:
        log().print(Text(line, style="yellow"))

    if len(paths) == 1:
        return read_batch(paths, raw=raw, note=note)
    with progress_bars() as bars:
        task = bars.add_task("reading", total=len(paths))
        return read_batch(paths, raw=raw, done=lambda: bars.advance(task), note=note)


def _review(reviewer: Reviewer, batch: PaperBatch, session: Session, calibrated: Calibrated | None) -> Reviews:
    with progress_bars() as bars:
        session.on_note = noting(bars)
        task = bars.add_task(reviewer.name, total=len(batch.papers))

        def done(_: Review) -> None:
            spent = session.metering.budget.spent
            bars.update(task, advance=1, description=f"{reviewer.name} ${spent:.2f}" if spent else reviewer.name)

        return review_batch(reviewer, batch, session, calibrated, done=done)


def _tell(reviews: Reviews, page: Path | None, *, as_json: bool) -> None:
    reviewer, batch, shown = reviews.reviewer, reviews.batch, reviews.reviewed
    if as_json:
        heading: dict[str, Any] = {
            "reviewer": {"name": reviewer.name, "fingerprint": reviewer.fingerprint, "kind": reviewer.traits.kind},
            "text": batch.text,
            "budget_reached": reviews.budget_reached,
            "paid": reviews.paid.model_dump(mode="json"),
        }
        print_json(heading | reviews_document(shown, batch.unread))
    else:
        print_reviews(shown, reviewer.name, batch.text, reviews.paid)
    if page is not None:
        from ..reviewer.review_page import review_page

        write_atomic(page, review_page(shown, reviewer=reviewer.name, text=batch.text, unread=batch.unread))
        log().print(Text(f"page: {page}", style="bold"))
