"""Humans beside the judge of generators' results: figures of one result, and the gate over all of a judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ..bench.scores.human_agreement import JudgedByBoth, gate_of
from ..bench.scores.human_figures import human_means
from ..bench.scores.human_metrics import HumanGate, HumanSummary
from ..bench.scores.records import HumanScore
from ..statistics.correlation import pearson_estimate
from ..statistics.estimate import Estimate
from .boards import NO_HUMANS, JudgeAndHumans
from .records import GeneratorResult, IdeaScore


def human_summary(ideas: Sequence[IdeaScore]) -> HumanSummary:
    """The figures of the ideas of one result that have a score by the judge, from nothing but their pairs."""
    papers = judged_papers(ideas)
    further = [idea.score for idea in ideas if idea.score is not None and idea.human_mean is None]
    pearson = _pearson(papers)
    return HumanSummary(
        **dict(human_means(papers, further)),
        reviews=_reviews(ideas),
        pearson=pearson,
        follows=gate_of(papers, pearson).follows,
    )


def judged_papers(ideas: Iterable[IdeaScore], scale: tuple[float, float] | None = None) -> list[JudgedByBoth]:
    """The papers with scores by both; the humans' as shares of a scale where one is given."""
    low, high = scale or (0.0, 1.0)
    return [
        JudgedByBoth(idea.score, (HumanScore(score=(idea.human_mean - low) / (high - low)),))
        for idea in ideas
        if idea.score is not None and idea.human_mean is not None
    ]


def judge_and_humans(results: Sequence[GeneratorResult]) -> JudgeAndHumans:
    """Whether a judge is shown to follow humans, by the papers of all these results of it, each paper once.

    Human scores on several scales are taken as shares of these; where one of several is not known, nothing is computed.
    """
    found = _each_paper_once([result for result in results if result.humans])
    if not found:
        return NO_HUMANS
    scales = {result.humans.scale for result, _ in found if result.humans}
    ideas = [idea for _, mine in found for idea in mine]
    counts = JudgeAndHumans(NO_HUMANS.gate, NO_HUMANS.pearson, len(ideas), _reviews(ideas), len(found))
    if len(scales) > 1 and None in scales:
        why = "the human scores of its results are on scales that are not all known"
        return replace(counts, gate=HumanGate(follows=False, why=why))
    shares = len(scales) > 1
    papers = [
        paper
        for result, mine in found
        for paper in judged_papers(mine, result.humans.scale if shares and result.humans else None)
    ]
    pearson = _pearson(papers)
    return replace(counts, gate=gate_of(papers, pearson), pearson=pearson)


def _each_paper_once(results: Iterable[GeneratorResult]) -> list[tuple[GeneratorResult, list[IdeaScore]]]:
    """The results with those ideas that have scores by both; one file of a paper counts with its most human reviews."""
    best: dict[tuple[str, ...], tuple[int, str]] = {}
    both = [(r, [i for i in r.ideas if i.human_mean is not None and i.score is not None]) for r in results]
    for result, ideas in both:
        for idea in ideas:
            mine = -(idea.human_reviews or 1), result.id
            best[_paper(result, idea)] = min(mine, best.get(_paper(result, idea), mine))
    kept: list[tuple[GeneratorResult, list[IdeaScore]]] = []
    for result, ideas in both:
        taken = {_paper(result, idea): idea for idea in ideas if best[_paper(result, idea)][1] == result.id}
        if taken:
            kept.append((result, list(taken.values())))
    return kept


def _paper(result: GeneratorResult, idea: IdeaScore) -> tuple[str, ...]:
    return (idea.paper_sha256,) if idea.paper_sha256 else (result.template, result.name, idea.name)


def _reviews(ideas: Iterable[IdeaScore]) -> int | None:
    counts = [idea.human_reviews for idea in ideas if idea.human_mean is not None]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _pearson(papers: Sequence[JudgedByBoth]) -> Estimate:
    return pearson_estimate([paper.human for paper in papers], [paper.judge for paper in papers])
