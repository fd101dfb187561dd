"""`peerassay review`."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import click
from rich.text import Text

from ..bench.calibrate import calibration_for
from ..bench.expect import expectation_table
from ..data.errors import InputError, printable
from ..data.files import make_folder, write_atomic
from ..data.papers.arxiv import on_disk
from ..data.papers.find import find_papers
from ..data.papers.tokens import estimate_tokens
from ..data.records import Paper
from ..llm.ledger import Ledger
from ..llm.model import Metering
from ..llm.session import Session
from ..presentation.numbers import counted
from ..presentation.terminal import print_tables
from ..reviewer.engine import review_papers
from ..reviewer.findings import findings
from ..reviewer.panel.expectation import Expectation, expect
from ..reviewer.panel.panel import PanelReviewer, names_a_model
from ..reviewer.protocol import Reviewer
from ..reviewer.review import Review, reasons_in_words
from ..reviewer.review_view import Reviewed
from ..reviewer.spec import load_reviewer
from ..reviewer.verdict import Calibrated, verdict
from .output import dollars, log, noting, print_json, progress_bars, working
from .review_batch import Batch, read_batch
from .review_output import print_reviews, reviews_document

DEFAULT = "learned:iclr2022"


@click.command("review")
@click.argument("patterns", metavar="PAPER...", nargs=-1, required=True)
@click.option(
    "-r", "--reviewer", "spec", default=DEFAULT, show_default=True, metavar="SPEC", help="See `bench --help`."
)
@click.option("--form", metavar="NAME|FILE", help="The review form of a language model: neurips-v2, iclr2022-v2, ...")
@click.option("--calibration", type=click.Path(path_type=Path), help="What `peerassay calibrate` fitted.")
@click.option("--raw", is_flag=True, help="Give the reviewer the whole text, not the scrubbed one it is measured on.")
@click.option("--budget", type=click.FloatRange(min=0), help="US dollars that the reviews may cost.")
@click.option("--dry-run", is_flag=True, help="Only say which calls, tokens and cost to expect; needs no key.")
@click.option("--concurrency", type=click.IntRange(min=1), default=8, show_default=True, help="Calls at once.")
@click.option("--cache/--no-cache", "cached", default=True, help="Reuse answers to calls that were made before.")
@click.option("--html", "page", type=click.Path(path_type=Path, dir_okay=False), help="Write a page to this file too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def review_command(
    patterns: tuple[str, ...],
    spec: str,
    form: str | None,
    calibration: Path | None,
    raw: bool,
    budget: float | None,
    dry_run: bool,
    concurrency: int,
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
    metering = Metering(None, dollars(budget), Ledger())
    if page is not None:
        make_folder(page.parent)
    session = Session(metering, concurrency=concurrency, cached=cached, dry=dry_run)
    with working("reading"), contextlib.redirect_stdout(sys.stderr):
        reviewer = load_reviewer(with_form(spec, form), session=session)
        fitted = calibration_for(reviewer.name, reviewer.fingerprint, calibration) if calibration else None
        calibrated = fitted.applied() if fitted else None
        paths = find_papers(on_disk(patterns, lambda line: log().print(Text(line))))
    batch = read_batch(paths, raw=raw)
    if dry_run:
        _tell_expectation(reviewer, batch, as_json)
        return
    with contextlib.redirect_stdout(sys.stderr):
        reviews, budget_reached = _review(reviewer, batch, session)
    shown = [
        _reviewed(reviewer, batch, paper, reviews[paper.id], calibrated)
        for paper in batch.papers
        if paper.id in reviews
    ]
    _tell(reviewer, batch, shown, session, page, as_json, budget_reached=budget_reached)
    failed = sum(r.verdict is None for r in shown)
    if budget_reached:
        left = counted(len(batch.papers) - len(shown), "paper")
        log().print(
            Text(f"budget of ${budget:g} reached, {left} not reviewed; reviews made already cost nothing again")
        )
        raise click.exceptions.Exit(4)
    if failed or batch.unread:
        why = reasons_in_words(r.review for r in shown if r.review.status == "failed")
        log().print(Text(f"{counted(failed, 'review')} failed, {counted(len(batch.unread), 'file')} not read"))
        if why:
            log().print(Text(f"why reviews failed: {printable(why)}"), soft_wrap=True)
        raise click.exceptions.Exit(3)


def with_form(spec: str, form: str | None) -> str:
    """The SPEC with `--form` as its option. Raises InputError where the reviewer fills in no form."""
    if form is None:
        return spec
    if not names_a_model(spec):
        where = f"write it into {spec}" if spec.endswith(".toml") else "leave it out"
        raise InputError(f"--form: {spec} is not named as a model (openai/MODEL, anthropic/MODEL); {where}")
    return f"{spec}{'&' if '?' in spec else '?'}{urlencode({'form': form})}"


def _tell_expectation(reviewer: Reviewer, batch: Batch, as_json: bool) -> None:
    expected: dict[str, Expectation] = {}
    if isinstance(reviewer, PanelReviewer):
        expected[reviewer.name] = sum((_expected(reviewer, paper) for paper in batch.papers), Expectation())
    if as_json:
        print_json({"expected": {name: e.model_dump(mode="json") for name, e in expected.items()}})
    elif expected:
        print_tables([expectation_table(expected)])
    else:
        print(f"{reviewer.name} is no language model of ours: no calls to expect")


def _expected(panel: PanelReviewer, paper: Paper) -> Expectation:
    try:
        return expect(panel, paper)
    except ValueError as error:
        raise InputError(f"{paper.id}: {error}; give the whole text with --raw") from None


def _review(reviewer: Reviewer, batch: Batch, session: Session) -> tuple[dict[str, Review], bool]:
    """The reviews by paper id, and whether the budget put an end to them."""
    with progress_bars() as bars:
        session.on_note = noting(bars)
        task = bars.add_task(reviewer.name, total=len(batch.papers))

        def done(_: Review) -> None:
            spent = session.metering.budget.spent
            bars.update(task, advance=1, description=f"{reviewer.name} ${spent:.2f}" if spent else reviewer.name)

        return asyncio.run(
            review_papers(
                reviewer, batch.papers, concurrency=session.concurrency, budget=session.metering.budget, done=done
            )
        )


def _reviewed(
    reviewer: Reviewer, batch: Batch, paper: Paper, review: Review, calibrated: Calibrated | None
) -> Reviewed:
    loaded = batch.loaded[paper.id]
    panel = reviewer if isinstance(reviewer, PanelReviewer) else None
    removes = panel.settings.injections == "remove" if panel else None
    ok = review.status == "ok"
    return Reviewed(
        path=loaded.path,
        title=loaded.paper.title,
        pages=loaded.pages,
        tokens=loaded.tokens,
        tokens_reviewed=estimate_tokens(paper.text),
        references=loaded.references,
        notes=loaded.notes,
        review=review,
        verdict=verdict(review, reviewer.traits, calibrated, rule=_rule(panel)) if ok else None,
        findings=findings(loaded.quarantine, paper, review, removes=removes),
        form=panel.form if panel else None,
    )


def _rule(panel: PanelReviewer | None) -> str:
    """Whose threshold it is that decides without a calibration."""
    if panel is None:
        return ""
    return f"the rule of the form {panel.form.name}" if panel.settings.threshold is None else "the threshold given"


def _tell(
    reviewer: Reviewer,
    batch: Batch,
    shown: list[Reviewed],
    session: Session,
    page: Path | None,
    as_json: bool,
    *,
    budget_reached: bool,
) -> None:
    paid = session.metering.ledger.all()
    if as_json:
        heading: dict[str, Any] = {
            "reviewer": {"name": reviewer.name, "fingerprint": reviewer.fingerprint, "kind": reviewer.traits.kind},
            "text": batch.text,
            "budget_reached": budget_reached,
            "paid": paid.model_dump(mode="json"),
        }
        print_json(heading | reviews_document(shown, batch.unread))
    else:
        print_reviews(shown, reviewer.name, batch.text, paid)
    if page is not None:
        from ..reviewer.review_page import review_page

        write_atomic(page, review_page(shown, reviewer=reviewer.name, text=batch.text, unread=batch.unread))
        log().print(Text(f"page: {page}", style="bold"))
