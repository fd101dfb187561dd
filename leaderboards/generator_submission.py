"""From a run of `score` to the results that the generators' board is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..bench.scores.human_notes import human_notes
from ..bench.scores.metrics import GroupMetrics, ScoredIdea, ScoreMetrics
from ..bench.scores.records import Group, ScoreRecord
from ..bench.scores.run import open_score_run
from ..bench.scores.summary import ideas_of, summarise_scores
from ..data.errors import InputError
from ..data.files import validated
from ..reviewer.review import Review
from .human_submission import UNKNOWN, HumanMean, human_block, known_humans
from .recompute import generator_metrics
from .records import GeneratorResult, IdeaScore, SampleReview
from .redaction import redact_paths, redact_spec, sample_reviews
from .selection import PENDING, SAMPLES, Selection, made_by, notes_of
from .store import with_digest


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
    humans = known_humans(figures)
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
            "made": made_by(record),
            "ideas": (ideas := tuple(_idea_score(i, humans) for i in sorted(mine, key=lambda s: s.idea.name))),
            "humans": human_block(figures, ideas),
            "figures": _group_metrics(group, figures),
            "samples": _score_samples(mine, reviews, selection),
            "notes": (*notes_of(selection), *_cautions(record, reviews, group)),
        }
        result = validated(GeneratorResult, fields, f"{folder}: {group.label}")
        results.append(with_digest(result.model_copy(update={"figures": generator_metrics(result)})))
    return results


def _score_samples(
    ideas: Sequence[ScoredIdea], reviews: Mapping[str, Review], selection: Selection
) -> tuple[SampleReview, ...]:
    labelled = [(s.idea.title or s.idea.name, reviews[s.idea.id]) for s in ideas if s.stage == "reviewed"]
    return sample_reviews(labelled, SAMPLES if selection.samples is None else selection.samples)


def _idea_score(scored: ScoredIdea, humans: Mapping[str, HumanMean]) -> IdeaScore:
    idea = scored.idea
    human = humans.get(idea.id, UNKNOWN)
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
            "numbers_traced": idea.numbers_traced,
            "violations": idea.violations,
            "problems": idea.problems,
            "hidden": idea.hidden,
            "injections": idea.injections,
            "paper_sha256": idea.sha256,
            "human_mean": human.mean,
            "human_reviews": human.reviews,
        },
        idea.id,
    )


def _cautions(record: ScoreRecord, reviews: Mapping[str, Review], group: Group) -> tuple[str, ...]:
    """The remarks of `score` that are on this group, but for those on humans: the board has all papers of the judge."""
    ideas = [i for i in record.ideas if (i.template, i.configuration) == (group.template, group.configuration)]
    alone = record.model_copy(update={"groups": [group], "ideas": ideas})
    figures = summarise_scores(alone, reviews)
    on_humans = human_notes(figures.gate, figures.humans)
    return tuple(redact_paths(note)[:2000] for note in figures.notes if note not in on_humans)


def _group_metrics(group: Group, figures: ScoreMetrics) -> GroupMetrics:
    """The group's figures in the run."""
    return next(g for g in figures.groups if (g.template, g.configuration) == (group.template, group.configuration))
