"""From a run of `bench` or of `score` to the results that the boards are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..bench.load_outcomes import machine_of
from ..bench.run import BenchRecord, Run, RunReviewer
from ..bench.sealing.run import SealingRun
from ..bench.stress.run import StressRun
from ..data.errors import InputError, unknown
from ..data.files import validated
from ..reviewer.review import Review
from .board_datasets import board_dataset, board_traits
from .generator_submission import generator_results
from .paper_scores import paper_score
from .recompute import BoardPapers, machine_from_scores, worth_of
from .records import BoardDataset, Result, ReviewerResult, SampleReview
from .redaction import label_of, redact_paths, redact_spec, sample_reviews
from .seal_rules import forecast_of
from .selection import PENDING, SAMPLES, Selection, made_by, notes_of
from .store import with_digest
from .stress_submission import stress_results


def results_of(folder: Path, selection: Selection) -> tuple[BoardDataset | None, Sequence[Result]]:
    """The results of a run, with the dataset of a run of `bench`, or of `stress` on all of its papers.

    Raises InputError where the folder is no run, or the run lacks papers or reviews.
    """
    if (folder / "score.json").is_file():
        return None, generator_results(folder, selection)
    if StressRun.is_there(folder):
        return stress_results(folder, selection)
    if (folder / "run.json").is_file():
        return reviewer_results(folder, selection)
    if SealingRun.is_there(folder):
        raise InputError(
            f"{folder}: sealed, not opened: `peerassay bench --open {folder}` makes a run that can be added"
        )
    raise InputError(
        f"{folder}: no run there (neither run.json, score.json nor stress.json); make one with `peerassay bench --out "
        f"{folder}`, `peerassay score --out {folder}` or `peerassay stress --out {folder}`"
    )


def reviewer_results(folder: Path, selection: Selection) -> tuple[BoardDataset, list[ReviewerResult]]:
    """A result for each selected reviewer of a run of `bench`, and the dataset it is on."""
    run = Run.open(folder)
    record = run.record
    _refuse_part(folder, record)
    if record.dataset.text == "none" and record.card.has_texts:
        raise InputError(f"{folder}: was made by `evaluate`, without texts; a board's row needs `bench -r replay:FILE`")
    sealed = record.seal is not None
    papers = BoardPapers.of(board_dataset(record.card, record.judgements, record.dataset.split, sealed=sealed))
    reviews = run.reviews()
    results: list[ReviewerResult] = []
    for entry in _entries(folder, record, selection):
        mine = [reviews.get((entry.name, entry.fingerprint, j.paper_id)) for j in record.judgements]
        whole = [review for review in mine if review is not None]
        if len(whole) < len(mine):
            raise InputError(
                f"{folder}: {entry.name} has reviewed {len(whole)} of {len(mine)} papers; start the same bench command "
                f"again to continue"
            )
        fields = _reviewer_fields(record, entry, whole, papers, selection)
        fields["seal"] = forecast_of(record, entry, reviews)
        results.append(with_digest(validated(ReviewerResult, fields, f"{folder}: {entry.name}")))
    return papers.dataset, results


def _reviewer_fields(
    record: BenchRecord, entry: RunReviewer, reviews: list[Review], papers: BoardPapers, selection: Selection
) -> dict[str, object]:
    """The fields of a result from the reviews, one per paper in the dataset's order."""
    scores = tuple(paper_score(review) for review in reviews)
    counted = machine_of(entry.name, entry.traits, reviews, papers.humans)
    machine = replace(
        machine_from_scores(redact_paths(entry.name), entry.traits, scores, papers.humans),
        seconds=counted.seconds,
        usd=counted.usd,
        usage=counted.usage,
        findings=counted.findings,
        noted=counted.noted,
    )
    figures = papers.metrics_of(machine)
    return {
        "id": PENDING,
        "name": machine.name,
        "spec": redact_spec(entry.spec),
        "fingerprint": entry.fingerprint,
        "traits": board_traits(entry.traits, papers.dataset),
        "dataset": papers.dataset.id,
        "dataset_hash": papers.dataset.hash,
        "text": record.dataset.text,
        "scrub_rules": record.dataset.scrub_rules,
        "made": made_by(record),
        "papers": scores,
        "usd_per_review": machine.usd,
        "seconds_per_review": figures.seconds_per_review,
        "worth": worth_of(machine, record.judgements),
        "figures": figures,
        "samples": _bench_samples(reviews, papers.dataset, selection),
        "notes": notes_of(selection),
    }


def _refuse_part(folder: Path, record: BenchRecord) -> None:
    """Refuse a run on some of the papers only."""
    split, there = record.dataset.split, record.dataset.papers
    whole = record.card.papers if split == "all" else record.card.splits.get(split, 0)
    if there < whole:
        raise InputError(f"{folder}: is on {there} of {whole} papers; the boards need all: make it without --limit")


def _entries(folder: Path, record: BenchRecord, selection: Selection) -> list[RunReviewer]:
    by_name = {entry.name: entry for entry in record.reviewers}
    for name in selection.reviewers:
        if name not in by_name:
            raise unknown("reviewer", name, by_name, hint=f"in {folder}")
    if selection.reviewers:
        return [by_name[name] for name in selection.reviewers]
    asked = [entry for entry in record.reviewers if selection.floors or not entry.automatic]
    found = asked or record.reviewers
    if not found:
        raise InputError(f"{folder}: has no reviewer yet; start the same bench command again to continue")
    return found


def _bench_samples(reviews: list[Review], dataset: BoardDataset, selection: Selection) -> tuple[SampleReview, ...]:
    count = selection.samples if selection.samples is not None else SAMPLES * (dataset.labels == "constructed")
    return sample_reviews([(label_of(p), review) for p, review in zip(dataset.papers, reviews, strict=True)], count)
