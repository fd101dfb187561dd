"""`peerassay flaws`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from rich.text import Text

from ..bench.run import Run
from ..bench.stress.flaw_judge import FlawJudge
from ..bench.stress.flaw_naming import by_rules, flaw_naming, flaws_by_paper
from ..bench.stress.flaw_tables import flaw_tables
from ..bench.stress.flaws import PlantedFlaw, flaws_of, planted_flaws
from ..bench.stress.run import StressRun
from ..llm.event_loop import wait_for
from ..llm.session import Session
from ..presentation.terminal import print_tables
from ..reviewer.review import Review
from . import kinds, options
from .output import log, print_json, working


@click.command("flaws")
@click.argument("run_folder", metavar="RUN", type=kinds.RUN)
@click.option(
    "--flaws",
    "source",
    type=kinds.DATASET,
    metavar="SOURCE",
    help="sample, ladder or a make-ladder folder [default: the run's].",
)
@click.option(
    "--judge", "spec", type=kinds.MODEL, metavar="SPEC", help="Ask this model too: openai/MODEL, anthropic/MODEL."
)
@options.BUDGET
@options.AS_JSON
def flaws_command(run_folder: Path, source: str | None, spec: str | None, budget: float | None, as_json: bool) -> None:
    """Whether reviews name the flaw that was planted in a paper, and how often they name it in its sound twin.

    RUN is a folder of `bench` or `stress` on a dataset of pairs: the sample, the ladder, or one of `data make-ladder`.
    Of a stress run the reviews of intact papers count.
    """
    run: Run = StressRun.open(run_folder) if StressRun.is_there(run_folder) else Run.open(run_folder)
    flaws = planted_flaws(source) if source else flaws_of(run.record.dataset)
    reviews: dict[str, list[Review]] = {entry.name: [] for entry in run.record.reviewers}
    for review in run.all_reviews():
        reviews.setdefault(review.reviewer, []).append(review)
    latest = {name: _latest(given) for name, given in reviews.items()}
    said = {"rules": {name: by_rules(given, run.record.judgements, flaws) for name, given in latest.items()}}
    if spec:
        with working(f"asking {spec}"):
            said[spec] = wait_for(_judged(spec, Session.within(budget), latest, run, flaws))
    found = [
        (by, flaw_naming(name, latest[name], run.record.judgements, flaws, named))
        for by, answers in said.items()
        for name, named in answers.items()
    ]
    if as_json:
        print_json([{"by": by, **figures.model_dump(mode="json")} for by, figures in found])
    else:
        print_tables(flaw_tables(found))


async def _judged(
    spec: str, session: Session, reviews: Mapping[str, list[Review]], run: Run, flaws: dict[str, PlantedFlaw]
) -> dict[str, dict[tuple[str, int], bool]]:
    """What the model says of each reviewer's reviews."""
    judge = FlawJudge.of(spec, session)
    by_paper = flaws_by_paper(run.record.judgements, flaws)
    found = {}
    for name, given in reviews.items():
        found[name], unsaid = await judge.all(given, by_paper)
        for line in unsaid:
            log().print(Text(f"no answer of the judge: {line}", style="yellow"))
    await session.aclose()
    return found


def _latest(reviews: Sequence[Review]) -> list[Review]:
    """The last review of each paper and repeat: one that failed may have been made again."""
    return list({(review.paper_id, review.repeat): review for review in reviews}.values())
