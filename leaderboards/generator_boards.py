"""The boards of generators: one for each reviewer, form of text and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ..bench.floors import Verdict, configurations_sentence
from ..bench.scores.describe import scale_of
from ..bench.scores.groups import ALL_TEMPLATES
from ..bench.scores.records import FLOOR
from ..statistics.estimate import Estimate, filled, mean_estimate, ordered, share_estimate
from ..statistics.pairwise import IdeaScores
from .boards import GeneratorBoard, GeneratorEntry, HumanReference, JudgeAndHumans, RankInterval, Strength
from .histograms import histogram
from .judge_and_humans import judge_and_humans
from .ranking import efficient, or_least, score_places, strength_table
from .recompute import BoardPapers
from .records import GeneratorResult, ReviewerResult
from .validation import Checked


def generator_boards(checked: Checked) -> tuple[GeneratorBoard, ...]:
    """A board for each reviewer, form of text and rule: figures that cannot be compared are never in one table."""
    found: dict[tuple[object, ...], list[GeneratorResult]] = {}
    for result in checked.generators.values():
        by = (result.reviewer.fingerprint, result.text, result.rule, result.threshold, result.probability)
        found.setdefault(by, []).append(result)
    by_judge: dict[tuple[str, str], list[GeneratorResult]] = {}
    for result in checked.generators.values():
        by_judge.setdefault(_judge(result), []).append(result)
    humans = {judge: judge_and_humans(results) for judge, results in by_judge.items()}
    boards = [_generator_board(checked, results, humans[_judge(results[0])]) for results in found.values()]
    return tuple(sorted(boards, key=lambda board: (-len(board.entries), board.reviewer, board.key)))


def _judge(result: GeneratorResult) -> tuple[str, str]:
    """Who gave the scores, and on which form of text: rules and thresholds do not change them."""
    return result.reviewer.fingerprint, result.text


def _marked(place: RankInterval | None, mark: str) -> RankInterval | None:
    return place and replace(place, mark=mark)


def _generator_board(checked: Checked, results: Sequence[GeneratorResult], humans: JudgeAndHumans) -> GeneratorBoard:
    reviewer = results[0].reviewer
    entries: list[GeneratorEntry] = []
    for template in sorted({result.template for result in results}):
        entries += _template_entries([result for result in results if result.template == template])
    entries = [replace(entry, place=_marked(entry.place, humans.gate.mark)) for entry in entries]
    labels = _configurations(results)
    floors = {labels[result.id] for result in results if result.name == FLOOR}
    tries = [_tries(result, labels[result.id]) for result in results]
    found = strength_table(tries, _costs(results, labels), floors=floors)
    strengths = tuple(replace(strength, place=_marked(strength.place, humans.gate.mark)) for strength in found)
    return GeneratorBoard(
        reviewer=reviewer.name,
        fingerprint=reviewer.fingerprint,
        unsigned=reviewer.unsigned,
        rule=results[0].rule,
        entries=tuple(entries),
        strengths=strengths,
        references=_references(checked, results[0]),
        text=results[0].text,
        probability=results[0].probability,
        threshold=results[0].threshold,
        humans=humans,
        floors=_on_floors(entries, strengths),
    )


def _on_floors(entries: Sequence[GeneratorEntry], strengths: Sequence[Strength]) -> dict[str, str]:
    """A sentence for each template that has the floor, and for all of them together."""
    verdicts: dict[str, dict[str, Verdict]] = {}
    for strength in strengths:
        verdicts.setdefault(ALL_TEMPLATES, {})[strength.configuration] = strength.floor
    for entry in entries:
        verdicts.setdefault(entry.result.template, {})[entry.result.name] = entry.floor
    return {where: said for where, found in verdicts.items() if (said := configurations_sentence(found))}


def _template_entries(results: Sequence[GeneratorResult]) -> list[GeneratorEntry]:
    """The configurations on one template, best first."""
    scores = {result.id: _scores(result) for result in results}
    floors = {result.id for result in results if result.name == FLOOR}
    places, verdicts = score_places(scores, _tried_scores(results, scores), floors=floors)
    means = [result.figures.mean.value for result in results]
    front = efficient(means, [None if result.name == FLOOR else result.figures.usd_per_paper for result in results])
    entries = [
        GeneratorEntry(
            result=result,
            place=places.get(result.id),
            histogram=histogram({"papers": _scores(result)}, result.group.tried - result.figures.reviewed),
            efficient=on_front,
            floor=verdicts.get(result.id, ""),
        )
        for result, on_front in zip(results, front, strict=True)
    ]
    return sorted(
        entries,
        key=lambda e: (e.result.name == FLOOR, -or_least(e.result.figures.mean.value), e.result.name, e.result.id),
    )


def _configurations(results: Sequence[GeneratorResult]) -> dict[str, str]:
    """What the configuration of each result is called over all templates, by the result's id.

    One name is one configuration, unless it is on one template twice: then each is one of its own.
    """
    counts = Counter((result.template, result.name) for result in results)
    twice = {name for (_, name), count in counts.items() if count > 1}
    return {r.id: f"{r.name} ({r.id[-8:]})" if r.name in twice else r.name for r in results}


def _tries(result: GeneratorResult, configuration: str) -> IdeaScores:
    scores = {idea.name: idea.score for idea in result.ideas}
    return IdeaScores(result.template, configuration, scores, result.group.tried - len(scores))


def _costs(results: Sequence[GeneratorResult], labels: dict[str, str]) -> dict[str, float | None]:
    """US dollars per finished paper over all templates, by configuration; None where one is unknown."""
    found: dict[str, float | None] = {}
    for name in set(labels.values()):
        figures = [result.figures for result in results if labels[result.id] == name]
        finished, costs = sum(f.finished for f in figures), [f.usd for f in figures]
        known = [cost for cost in costs if cost is not None]
        found[name] = sum(known) / finished if finished and len(known) == len(costs) else None
    return found


def _references(checked: Checked, result: GeneratorResult) -> tuple[HumanReference, ...]:
    """What the same reviewer gives papers that humans decided on, where it is on their board in the same text form."""
    found: list[HumanReference] = []
    for other in checked.reviewers.values():
        papers = checked.papers[other.dataset]
        same = other.fingerprint == result.reviewer.fingerprint and result.text in (other.text, "unknown")
        if same and papers.dataset.labels == "human":
            found += _references_on(other, papers, result)
    return tuple(found)


def _references_on(reviewed: ReviewerResult, papers: BoardPapers, result: GeneratorResult) -> list[HumanReference]:
    accepted = {paper.key: paper.accepted for paper in papers.dataset.papers}
    title = papers.dataset.title or papers.dataset.name
    found: list[HumanReference] = []
    for decision, word in ((True, "accepted"), (False, "rejected")):
        mine = [paper for paper in reviewed.papers if accepted[paper.key] is decision]
        scores = [paper.score for paper in mine if paper.score is not None]
        if result.threshold is not None:
            verdicts = [score >= result.threshold for score in scores]
        else:
            verdicts = [paper.decision == "accept" for paper in mine if paper.decision is not None]
        found.append(
            HumanReference(
                name=f"{title}, {word}",
                mean=mean_estimate(np.array(scores)) if scores else Estimate(value=None, n=0),
                histogram=histogram({"papers": scores}, len(mine) - len(scores)),
                accepted_share=share_estimate(sum(verdicts), len(verdicts)) if result.rule and verdicts else None,
            )
        )
    return found


def _scores(result: GeneratorResult) -> list[float]:
    return [idea.score for idea in result.ideas if idea.score is not None]


def _tried_scores(results: Sequence[GeneratorResult], scores: Mapping[str, Sequence[float]]) -> dict[str, list[float]]:
    """The scores with the scale's lowest for each idea without one, where it is known how many ideas were tried."""
    found: dict[str, list[float]] = {}
    for result in results:
        scale = scale_of(result.reviewer.traits, scores[result.id])
        if scale and result.group.tried_from != "papers":
            found[result.id] = filled(ordered(scores[result.id]), result.group.tried, scale[0]).tolist()
    return found
