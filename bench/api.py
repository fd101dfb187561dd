"""The functions of the Python API that bench, review, score, stress, compare and audit; `import peerassay` offers them.

They are synchronous, and usable where an event loop runs, as in a notebook. What a user can mend is raised as an
InputError of one line, before anything is paid for. A budget that was reached and reviews that failed are no
exceptions: they are told by the result, with all that was done.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..data.dataset import Dataset
from ..data.errors import InputError
from ..data.papers.arxiv import on_disk
from ..data.papers.find import find_papers
from ..data.records import Paper
from ..data.registry import load_dataset
from ..llm.session import Session
from ..reviewer.spec import load_reviewer
from .api_arguments import Progress, Reviewers, Where, listed, measured_run, name_of, settings_of
from .audit.leaks import stored_audit
from .compare import METRICS
from .entrants import ReviewerLike, as_reviewer
from .frames import own_name
from .from_scores import prepare_evaluation
from .measure import BenchSettings, prepare_bench
from .paper_reviews import batch_of, calibrated_for, read_batch, review_batch
from .results import AuditResult, BenchResult, CompareResult
from .review_result import ReviewResult
from .run import Run
from .scores.batch import ScoreSettings, choose_scored, prepare_scores
from .scores.result import ScoreResult
from .scores.run import ScoreRun
from .stress.api_result import StressResult
from .stress.run import StressRun
from .stress.settings import StressSettings
from .stress.stress import prepare_stress

DEFAULT = "learned:iclr2022"
"""The reviewer of `review` and `score` where none is named: bundled weights, no key."""
NAMED = ("manipulations", "attacks")
"""Settings of `stress` that are names, one or several."""


def bench(
    dataset: Where | Dataset,
    reviewers: Reviewers = (),
    *,
    out: Where | None = None,
    budget: float | None = None,
    concurrency: int = 8,
    cached: bool = True,
    progress: Progress = lambda *_: None,
    **settings: Any,
) -> BenchResult:
    """Measure reviewers against the human decisions of a dataset.

    `reviewers` are SPECs (as after `-r` on the command line), functions of a paper that return a score, a mapping or a
    Review, or `Reviewer` objects: one, a list, or a mapping of names to them. `out` is the run folder, None for one
    under runs/; the same call again continues the run in it. `budget` is US dollars that all calls on this folder may
    cost together. `settings` are the fields of `BenchSettings`: split, limit, raw, floors, repeats, audit, draws, ...

    Raises InputError for what cannot be measured, ModelUnusable, and NothingButFailures where the first reviews of a
    reviewer all fail in the same way.
    """
    session = Session.within(budget, concurrency=concurrency, cached=cached)
    asked = listed(reviewers)
    source = dataset if isinstance(dataset, Dataset) else os.fspath(dataset)
    prepared = prepare_bench(source, asked, session, settings_of(BenchSettings, out, settings))
    return measured_run(prepared, f"peerassay.bench({name_of(source)!r}, {[name_of(one) for one in asked]})", progress)


def evaluate(
    table: Where,
    *,
    columns: Sequence[str] = (),
    threshold: float | None = None,
    scale: str | None = None,
    out: Where | None = None,
    **settings: Any,
) -> BenchResult:
    """The same from a table of scores and human decisions, without any text; see `prepare_evaluation`.

    `settings` are split, floors, calibration, mixes, draws and seed of `BenchSettings`.

    Raises InputError where the table is none of this kind.
    """
    path = Path(table)
    asked = settings_of(BenchSettings, out, {**settings, "audit": False})
    prepared = prepare_evaluation(path, Session(), asked, columns=columns, threshold=threshold, scale=scale)
    return measured_run(prepared, f"peerassay.evaluate({str(path)!r})", lambda *_: None)


def review(
    papers: Where | Paper | Sequence[Where | Paper],
    reviewer: ReviewerLike = DEFAULT,
    *,
    raw: bool = False,
    calibration: Where | None = None,
    budget: float | None = None,
    concurrency: int = 8,
    cached: bool = True,
    progress: Progress = lambda *_: None,
) -> ReviewResult:
    """Review papers: files, folders, patterns, arXiv numbers, or `Paper` objects; one or several.

    `raw` gives the reviewer the whole text, not the scrubbed one it is measured on.

    Raises InputError for what cannot be read or loaded, ModelUnusable, and NothingButFailures.
    """
    session = Session.within(budget, concurrency=concurrency, cached=cached)
    loaded = load_reviewer(reviewer, session=session) if isinstance(reviewer, str) else as_reviewer(reviewer)
    calibrated = calibrated_for(loaded, Path(calibration) if calibration else None)
    given = [papers] if isinstance(papers, (str, os.PathLike, Paper)) else list(papers)
    known = [paper for paper in given if isinstance(paper, Paper)]
    named = [os.fspath(paper) for paper in given if not isinstance(paper, Paper)]
    if known and named:
        raise InputError("give either files or Paper objects, not both")
    batch = batch_of(known, raw=raw) if known else read_batch(find_papers(on_disk(named, lambda _: None)), raw=raw)
    made = 0

    def done(_: object) -> None:
        nonlocal made
        made += 1
        progress(loaded.name, made, len(batch.papers))

    return ReviewResult(review_batch(loaded, batch, session, calibrated, done=done))


def score(
    paths: Where | Sequence[Where],
    reviewer: ReviewerLike | None = None,
    *,
    out: Where | None = None,
    tried: Mapping[str, int] | None = None,
    budget: float | None = None,
    concurrency: int = 8,
    cached: bool = True,
    progress: Progress = lambda *_: None,
    **settings: Any,
) -> ScoreResult:
    """Score batches of generated papers by template and configuration, ideas that came to nothing included.

    `paths` are runs of the scientist, folders TEMPLATE/CONFIGURATION/paper.pdf, earlier reviews or score runs.
    Without a reviewer earlier reviews stand, and other papers are reviewed by a learned one. `tried` says how many
    ideas a group (TEMPLATE/CONFIGURATION) tried. `settings` are the other fields of `ScoreSettings`.

    Raises InputError for what is not there or does not fit, ModelUnusable, and NothingButFailures.
    """
    session = Session.within(budget, concurrency=concurrency, cached=cached)
    given = [f"{group}={number}" for group, number in (tried or {}).items()]
    asked = settings_of(ScoreSettings, out, {**settings, "tried": given})
    named = [os.fspath(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]
    chosen = choose_scored(named, reviewer, session, asked)
    name = chosen.choice.record.name
    scoring = prepare_scores(chosen, session, asked, [f"peerassay.score({named}, {name!r})"])
    run, reached = scoring.review(progress=lambda done, total: progress(name, done, total))
    if reached:
        return ScoreResult(run, budget_reached=True)
    figures = scoring.measure(run)
    scoring.report(run, figures)
    figures.notes[:0] = [*chosen.notes, *scoring.batch.notes]
    return ScoreResult(run, figures)


def stress(
    dataset: Where | Dataset,
    reviewers: Reviewers,
    *,
    papers: bool = False,
    out: Where | None = None,
    budget: float | None = None,
    concurrency: int = 8,
    cached: bool = True,
    progress: Progress = lambda *_: None,
    **settings: Any,
) -> StressResult:
    """Change papers in ways that should not matter, and in ways that should, and see what reviewers make of it.

    `dataset` and `reviewers` are those of `bench`; with `papers` it is a folder of papers without human decisions.
    `settings` are the other fields of `StressSettings`: manipulations, split, limit, repeats, attacks, rewriter, ...

    Raises InputError for what cannot be stressed, ModelUnusable, and NothingButFailures.
    """
    session = Session.within(budget, concurrency=concurrency, cached=cached)
    asked = listed(reviewers)
    source = dataset if isinstance(dataset, Dataset) else Path(dataset) if papers else os.fspath(dataset)
    given = {name: (value,) if isinstance(value, str) and name in NAMED else value for name, value in settings.items()}
    prepared = prepare_stress(source, asked, session, settings_of(StressSettings, out, given))
    command = f"peerassay.stress({name_of(str(source) if papers else source)!r}, {[name_of(one) for one in asked]})"
    run, outcome = prepared.review([command], progress=progress)
    return StressResult(run, budget_reached=outcome.budget_reached)


def compare(
    runs: Where | BenchResult | Sequence[Where | BenchResult],
    *,
    floors: bool = False,
    metrics: Sequence[str] = tuple(map(own_name, METRICS)),
    calibration: Where | None = None,
    margin: float | None = None,
    draws: int = 10_000,
    seed: int = 0,
) -> CompareResult:
    """Paired tests between all reviewers of one or more runs, on the papers that all of them reviewed.

    `floors` takes in the rows that `bench` added by itself; `margin` also tests whether AUCs are equal within it.

    Raises InputError for runs on different papers, or with fewer than two reviewers.
    """
    given = [runs] if isinstance(runs, (str, os.PathLike, BenchResult)) else runs
    opened: list[Run] = [one.run if isinstance(one, BenchResult) else Run.open(Path(one)) for one in given]
    if not opened:
        raise InputError("no run to compare; give a run folder, or what `bench` returned")
    return CompareResult.of(
        opened, floors=floors, metrics=metrics, calibration=calibration, margin=margin, draws=draws, seed=seed
    )


def audit(dataset: Where | Dataset, *, raw: bool = False) -> AuditResult:
    """What tells the decisions of a dataset without being the science, in the raw and in the scrubbed text.

    The verdict is on the scrubbed text, or with `raw` on the raw one. Audits are kept in the cache folder.

    Raises InputError for an unknown dataset, or one that is too small.
    """
    loaded = dataset if isinstance(dataset, Dataset) else load_dataset(dataset)
    return AuditResult(stored_audit(loaded).on("raw" if raw else "scrubbed"))


def open_run(folder: Where) -> BenchResult | ScoreResult | StressResult:
    """The run in a folder, of `bench`, `score` or `stress`. Raises InputError where there is none, or it is broken."""
    path = Path(folder)
    if StressRun.is_there(path):
        return StressResult(StressRun.open(path))
    if ScoreRun.is_there(path):
        return ScoreResult(ScoreRun.open(path))
    return BenchResult(Run.open(path))
