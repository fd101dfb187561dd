"""The figures of a score run on human scores: agreement, generators, pairs of them, and what more reviews would buy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from ...statistics.estimate import ENOUGH, Estimate, mean_estimate, ordered
from ...statistics.permutation import mean_difference
from ...statistics.prediction_powered import expected_half_widths, powered_estimate
from .human_agreement import JudgedByBoth, agreement_of, human_scores_of, one_scale
from .human_metrics import HumanFigures, HumanGroup, HumanMeans, HumanPair, ReviewPlan
from .metrics import ScoredIdea

PLANNED = (10, 20, 50, 100, 200, 500)
"""Numbers of human reviews in the table of what they would buy."""
FURTHER = 10
"""Papers with the judge's score alone, for each human review there."""

Group = tuple[str, str]
Papers = Mapping[Group, Sequence[JudgedByBoth]]


def human_figures(ideas: Sequence[ScoredIdea], scale: tuple[float, float] | None) -> HumanFigures | None:
    """All figures; None where no human score is known of any idea. `scale` is the judge's."""
    said, source = human_scores_of([scored.idea for scored in ideas])
    if not said:
        return None
    both: dict[Group, list[JudgedByBoth]] = defaultdict(list)
    alone: dict[Group, list[float]] = defaultdict(list)
    for scored in ideas:
        group = scored.idea.template, scored.idea.configuration
        if scored.score is not None and scored.idea.id in said:
            both[group].append(JudgedByBoth(scored.score, said[scored.idea.id]))
        elif scored.score is not None:
            alone[group].append(scored.score)
    papers = [paper for mine in both.values() for paper in mine]
    scales = {human.scale for scores in said.values() for human in scores}
    spread = _single_reviews(both) if source != "mean human scores" else None
    return HumanFigures(
        agreement=agreement_of(papers, scale),
        without=sum(map(len, alone.values())),
        source=source,
        scale=scales.pop() if len(scales) == 1 else None,
        groups=[_group(group, mine, alone[group]) for group, mine in both.items()],
        pairs=_pairs(both, scale),
        plan=[_planned(n, *spread) for n in PLANNED] if spread else [],
        correlation=spread[1] if spread else None,
    )


def _group(group: Group, papers: Sequence[JudgedByBoth], further: Sequence[float]) -> HumanGroup:
    reviews = sum(len(paper.scores) for paper in papers)
    means = dict(human_means(papers, further))
    return HumanGroup(template=group[0], configuration=group[1], reviews=reviews, **means)


def human_means(papers: Sequence[JudgedByBoth], further: Sequence[float]) -> HumanMeans:
    """The means by humans and judge; `further` are the judge's scores of papers without a human score."""
    humans, judge = [paper.human for paper in papers], [paper.judge for paper in papers]
    powered = powered_estimate(humans, judge, further) if len(papers) > 1 and further else None
    return HumanMeans(
        labelled=len(papers),
        further=len(further),
        human=mean_estimate(humans),
        judge=mean_estimate(judge),
        powered=powered.powered if powered else None,
        weight=powered.weight if powered else None,
    )


def _pairs(both: Papers, scale: tuple[float, float] | None) -> list[HumanPair]:
    return [
        _pair(a, b, both[a], both[b], same=one_scale([*both[a], *both[b]], scale))
        for a, b in combinations(both, 2)
        if a[0] == b[0]
    ]


def _pair(
    a: Group, b: Group, first: Sequence[JudgedByBoth], second: Sequence[JudgedByBoth], *, same: bool
) -> HumanPair:
    human = _difference([p.human for p in first], [p.human for p in second])
    judge = _difference([p.judge for p in first], [p.judge for p in second])
    gap = _difference([p.human - p.judge for p in first], [p.human - p.judge for p in second]) if same else None
    opposite = (human.value or 0) * (judge.value or 0) < 0
    return HumanPair(template=a[0], a=a[1], b=b[1], human=human, judge=judge, gap=gap, reversed=opposite)


def _difference(first: Sequence[float], second: Sequence[float]) -> Estimate:
    value, ends = mean_difference([(ordered(first), ordered(second))])
    return Estimate.between(value, ends, len(first) + len(second))


def _single_reviews(both: Papers) -> tuple[float, float] | None:
    """Within configurations, the standard deviation of single human reviews and their correlation with the judge.

    A paper counts once. The square of the correlation is Wherry's (1931) adjusted one, 0 where that is below. None of
    fewer papers than `ENOUGH` beside their configurations, or without spread.
    """
    moments = np.zeros(3)
    for papers in both.values():
        human, judge = np.mean([p.human for p in papers]), np.mean([p.judge for p in papers])
        for paper in papers:
            apart = np.array([said.score for said in paper.scores]) - human
            other = paper.judge - judge
            moments += (float(np.mean(apart**2)), float(other**2), float(np.mean(apart) * other))
    freedom = sum(map(len, both.values())) - len(both)
    if freedom < ENOUGH or moments[0] == 0:
        return None
    squared = moments[2] ** 2 / (moments[0] * moments[1]) if moments[1] else 0.0
    adjusted = max(0.0, 1 - (1 - squared) * freedom / (freedom - 1))
    return float(np.sqrt(moments[0] / freedom)), float(np.copysign(np.sqrt(adjusted), moments[2])) if adjusted else 0.0


def _planned(reviews: int, sd: float, correlation: float) -> ReviewPlan:
    alone, with_judge = expected_half_widths(sd, correlation, reviews, FURTHER * reviews)
    return ReviewPlan(reviews=reviews, alone=alone, with_judge=with_judge)
