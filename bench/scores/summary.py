"""All metrics of a score run, from its record and the reviews."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ...reviewer.review import Review
from ...reviewer.verdict import Calibrated, Verdict, verdict
from ...statistics.estimate import filled, ordered
from .describe import describe_group, scale_of
from .formats import with_formats
from .groups import compare_configurations
from .human_agreement import agreement_of
from .human_figures import human_figures
from .human_notes import human_notes
from .metrics import GroupMetrics, ScoredIdea, ScoreMetrics
from .notes import notes_on
from .people import beside_people
from .records import FLOOR, Group, ScoreRecord, TriedIdea


def summarise_scores(record: ScoreRecord, reviews: Mapping[str, Review], *, seed: int = 0) -> ScoreMetrics:
    """All metrics of the table; `reviews` are by the ids of the ideas.

    Groups are by template in the order of the record, the highest mean first. An idea whose paper has no review yet
    counts as one whose review failed.
    """
    calibration = record.calibration.applied() if record.calibration else None
    verdicts = _verdicts(record, reviews, calibration)
    ideas = [_scored(idea, reviews.get(idea.id), verdicts.get(idea.id)) for idea in record.ideas]
    said = [v for v in verdicts.values() if v.score is not None]
    ruling = next((v for v in said if v.decision is not None), None)
    chance = next((v for v in said if v.p_accept is not None), None)

    scale = scale_of(record.reviewer.traits, [s.score for s in ideas])

    def described(group: Group) -> GroupMetrics:
        return describe_group(
            group,
            ideas_of(group, ideas),
            scale=scale,
            ruled=ruling is not None,
            probable=chance is not None,
        )

    groups = _in_order([described(group) for group in record.groups])
    pairs = compare_configurations(scores_by_group(groups, ideas), tried_by_group(groups, ideas, scale), seed=seed)
    pairs = with_formats(pairs, ideas)
    humans = human_figures(ideas, scale)
    gate = humans.agreement.gate if humans else agreement_of([], scale).gate
    return ScoreMetrics(
        reviewer=record.reviewer,
        scale=scale,
        text=record.text,
        rule=ruling.decision_from if ruling else "",
        threshold=ruling.threshold if ruling else None,
        probability=chance.p_from if chance else "",
        calibrated=calibration is not None,
        seed=seed,
        groups=groups,
        pairs=pairs,
        ideas=ideas,
        gate=gate,
        humans=humans,
        people=beside_people(record, ideas, scale, seed=seed),
        notes=[*human_notes(gate, humans), *notes_on(record, groups, pairs, verdicts)],
    )


def ideas_of(group: Group | GroupMetrics, ideas: Sequence[ScoredIdea]) -> list[ScoredIdea]:
    """The ideas of a group."""
    key = (group.template, group.configuration)
    return [s for s in ideas if (s.idea.template, s.idea.configuration) == key]


def scores_by_group(groups: Sequence[GroupMetrics], ideas: Sequence[ScoredIdea]) -> dict[str, dict[str, list[float]]]:
    """The scores of the papers by template and configuration, in the order of the groups."""
    found: dict[str, dict[str, list[float]]] = {}
    for group in groups:
        scores = [s.score for s in ideas_of(group, ideas) if s.score is not None]
        found.setdefault(group.template, {})[group.configuration] = scores
    return found


def tried_by_group(
    groups: Sequence[GroupMetrics], ideas: Sequence[ScoredIdea], scale: tuple[float, float] | None
) -> dict[str, dict[str, list[float]]]:
    """The same with the scale's lowest for each idea without a score; only groups of which is known what was tried."""
    found: dict[str, dict[str, list[float]]] = {}
    for template, by_configuration in scores_by_group(groups, ideas).items():
        for group in groups:
            if scale and group.template == template and group.tried_from != "papers":
                scores = filled(ordered(by_configuration[group.configuration]), group.tried, scale[0])
                found.setdefault(template, {})[group.configuration] = scores.tolist()
    return found


def _verdicts(record: ScoreRecord, reviews: Mapping[str, Review], calibration: Calibrated | None) -> dict[str, Verdict]:
    """What each review that did not fail comes to, by the ids of the ideas."""
    found = [(idea, reviews[idea.id]) for idea in record.ideas if idea.finished and idea.id in reviews]
    return {
        idea.id: verdict(
            review.model_copy(update={"paper_id": idea.name}),  # the paper's own id, as fitted reviewers know it
            record.reviewer.traits,
            calibration,
        )
        for idea, review in found
        if review.status == "ok"
    }


def _scored(idea: TriedIdea, review: Review | None, said: Verdict | None) -> ScoredIdea:
    if not idea.finished:
        return ScoredIdea(idea=idea, stage="unfinished", reason=idea.ended)
    if review is None and idea.ended:
        return ScoredIdea(idea=idea, stage="unread", reason=idea.ended)
    if review is None or said is None:
        return ScoredIdea(idea=idea, stage="review failed", reason=review.reason if review else "not reviewed yet")
    if said.score is None:
        return ScoredIdea(idea=idea, stage="review failed", reason="the review has no score")
    accepted = None if said.decision is None else said.decision == "accept"
    return ScoredIdea(idea=idea, stage="reviewed", score=said.score, p_accept=said.p_accept, accepted=accepted)


def _in_order(groups: Sequence[GroupMetrics]) -> list[GroupMetrics]:
    """By template as they come, the highest mean first, those without a score last, and then the floor."""
    templates = list(dict.fromkeys(group.template for group in groups))

    def place(group: GroupMetrics) -> tuple[int, bool, float, str]:
        mean, name = group.mean.value, group.configuration
        return templates.index(group.template), name == FLOOR, math.inf if mean is None else -mean, name

    return sorted(groups, key=place)
