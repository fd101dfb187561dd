"""From a run of `bench` or of `score` to the results that the boards are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..bench.outcomes import machine_of
from ..bench.run import BenchRecord, Run, RunReviewer
from ..bench.scores.records import Group, GroupFigures, ScoredIdea, ScoreFigures, ScoreRecord
from ..bench.scores.run import open_score_run
from ..bench.scores.summary import ideas_of, summarise_scores
from ..data.errors import InputError, unknown
from ..data.files import validated
from ..reviewer.protocol import paper_key
from ..reviewer.review import Review
from .recompute import BoardPapers, generator_figures, machine_from_scores, worth_of
from .records import BoardDataset, GeneratorResult, IdeaScore, Made, PaperScore, ReviewerResult, SampleReview
from .redaction import label_of, redact_command, redact_paths, redact_spec, sample_reviews
from .reproduction import board_dataset, board_traits
from .store import with_digest

SAMPLES = 3
PENDING = "unsealed"
"""Stands for the id until the result has one."""


@dataclass(frozen=True)
class Selection:
    """What of a run goes on the boards, and with what."""

    reviewers: tuple[str, ...] = ()
    """By name; empty: those that the run was asked for."""
    floors: bool = False
    """The rows that `bench` added by itself, too."""
    samples: int | None = None
    """Reviews to be read; None: some where the texts are generated or written for the dataset, else none."""
    note: str = ""


def results_of(
    folder: Path, selection: Selection
) -> tuple[BoardDataset | None, Sequence[ReviewerResult | GeneratorResult]]:
    """The results of a run, with the dataset of a run of `bench`.

    Raises InputError where the folder is no run, or the run lacks papers or reviews.
    """
    if (folder / "score.json").is_file():
        return None, generator_results(folder, selection)
    if (folder / "run.json").is_file():
        return reviewer_results(folder, selection)
    raise InputError(
        f"{folder}: no run there (neither run.json nor score.json); make one with `peerassay bench --out {folder}` or "
        f"`peerassay score --out {folder}`"
    )


def reviewer_results(folder: Path, selection: Selection) -> tuple[BoardDataset, list[ReviewerResult]]:
    """A result for each selected reviewer of a run of `bench`, and the dataset it is on."""
    run = Run.open(folder)
    record = run.record
    _refuse_part(folder, record)
    if record.dataset.text == "none":
        raise InputError(f"{folder}: was made by `evaluate`, without texts; a board's row needs `bench -r replay:FILE`")
    papers = BoardPapers.of(board_dataset(record.card, record.judgements, record.dataset.split))
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
        results.append(with_digest(validated(ReviewerResult, fields, f"{folder}: {entry.name}")))
    return papers.dataset, results


def _reviewer_fields(
    record: BenchRecord, entry: RunReviewer, reviews: list[Review], papers: BoardPapers, selection: Selection
) -> dict[str, object]:
    """The fields of a result from the reviews, one per paper in the dataset's order."""
    scores = tuple(_paper_score(review) for review in reviews)
    counted = machine_of(entry.name, entry.traits, reviews, papers.humans)
    machine = replace(
        machine_from_scores(redact_paths(entry.name), entry.traits, scores, papers.humans),
        seconds=counted.seconds,
        usd=counted.usd,
        usage=counted.usage,
        findings=counted.findings,
        noted=counted.noted,
    )
    figures = papers.figures(machine)
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
        "made": _made(record),
        "papers": scores,
        "usd_per_review": machine.usd,
        "seconds_per_review": figures.seconds_per_review,
        "worth": worth_of(machine, record.judgements),
        "figures": figures,
        "samples": _bench_samples(reviews, papers.dataset, selection),
        "notes": _notes(selection),
    }


def generator_results(folder: Path, selection: Selection) -> list[GeneratorResult]:
    """A result for each configuration on each template of a run of `score`."""
    record, reviews = open_score_run(folder)
    waiting = [idea.id for idea in record.ideas if idea.finished and not idea.ended and idea.id not in reviews]
    if waiting:
        raise InputError(
            f"{folder}: {len(waiting)} papers are not reviewed yet, e.g. {waiting[0]}; start the same score command "
            f"again to continue"
        )
    figures = summarise_scores(record, reviews)
    results: list[GeneratorResult] = []
    for group in record.groups:
        mine = ideas_of(group, figures.ideas)
        settings = {name: redact_spec(value) for name, value in group.settings.items()}
        traits = record.reviewer.traits.model_copy(update={"trained_on": frozenset()})
        reviewer = record.reviewer.model_copy(update={"spec": redact_spec(record.reviewer.spec), "traits": traits})
        fields = {
            "id": PENDING,
            "name": group.configuration,
            "template": group.template,
            "group": group.model_copy(update={"settings": settings}),
            "reviewer": reviewer,
            "text": record.text,
            "rule": redact_paths(figures.rule),
            "threshold": figures.threshold,
            "probability": redact_paths(figures.probability),
            "calibrated": figures.calibrated,
            "made": _made(record),
            "ideas": tuple(_idea_score(idea) for idea in sorted(mine, key=lambda s: s.idea.name)),
            "figures": _figures_there(group, figures),
            "samples": _score_samples(mine, reviews, selection),
            "notes": (*_notes(selection), *_cautions(record, reviews, group)),
        }
        result = validated(GeneratorResult, fields, f"{folder}: {group.label}")
        results.append(with_digest(result.model_copy(update={"figures": generator_figures(result)})))
    return results


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


def _paper_score(review: Review) -> PaperScore:
    return PaperScore(
        key=paper_key(review.paper_id),
        score=review.overall,
        decision=review.decision,
        p_accept=review.p_accept,
        failed=redact_paths(review.reason)[:2000] if review.status == "failed" else "",
    )


def _bench_samples(reviews: list[Review], dataset: BoardDataset, selection: Selection) -> tuple[SampleReview, ...]:
    count = selection.samples if selection.samples is not None else SAMPLES * (dataset.labels == "constructed")
    return sample_reviews([(label_of(p), review) for p, review in zip(dataset.papers, reviews, strict=True)], count)


def _score_samples(
    ideas: Sequence[ScoredIdea], reviews: Mapping[str, Review], selection: Selection
) -> tuple[SampleReview, ...]:
    labelled = [(s.idea.title or s.idea.name, reviews[s.idea.id]) for s in ideas if s.stage == "reviewed"]
    return sample_reviews(labelled, SAMPLES if selection.samples is None else selection.samples)


def _idea_score(scored: ScoredIdea) -> IdeaScore:
    idea = scored.idea
    return validated(
        IdeaScore,
        {
            "name": idea.name,
            "stage": scored.stage,
            "score": scored.score,
            "p_accept": scored.p_accept,
            "accepted": scored.accepted,
            "reason": redact_paths(scored.reason)[:2000],
            "usd": idea.usd,
            "seconds": idea.seconds,
            "numbers_checked": idea.numbers_checked,
            "violations": idea.violations,
            "hidden": idea.hidden,
            "injections": idea.injections,
            "paper_sha256": idea.sha256,
        },
        idea.id,
    )


def _cautions(record: ScoreRecord, reviews: Mapping[str, Review], group: Group) -> tuple[str, ...]:
    """The remarks of `score` that are on this group."""
    ideas = [i for i in record.ideas if (i.template, i.configuration) == (group.template, group.configuration)]
    alone = record.model_copy(update={"groups": [group], "ideas": ideas})
    return tuple(redact_paths(note)[:2000] for note in summarise_scores(alone, reviews).notes)


def _figures_there(group: Group, figures: ScoreFigures) -> GroupFigures:
    """The group's figures in the run."""
    return next(g for g in figures.groups if (g.template, g.configuration) == (group.template, group.configuration))


def _made(record: BenchRecord | ScoreRecord) -> Made:
    return Made(created=record.created, peerassay=record.peerassay, command=redact_command(record.command))


def _notes(selection: Selection) -> tuple[str, ...]:
    return (selection.note.strip(),) if selection.note.strip() else ()
